import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import type * as commands from './index.ts'
import { runDemo } from './run.ts'

export async function demo(context: Context, options: OptionsOf<typeof commands.demo>): Promise<void> {
  await runDemo(context, { keep: options.keep ?? false, broker: options.broker.toUpperCase() })
}
