import { leaf, type Register } from '../command.ts'
import type { Context } from '../context.ts'

export const register: Register = (program, action) => {
  leaf(program, 'demo', 'the whole way on the bundled file, with the sandbox as a broker')
    .option('--keep', 'keep its database and say where it is, to look around')
    .option('--broker <adapter>', 'which broker the sandbox is: SANDBOX, GOSAC, OTIMA_WPP, …', 'SANDBOX')
    .addHelpText(
      'after',
      '\nUses a database, a broker and a worker of its own, in a temporary folder; nothing of yours is touched, nothing is left.',
    )
    .action(action(demo))
}

async function demo(context: Context, options: { keep?: boolean; broker: string }): Promise<void> {
  const { runDemo } = await import('./demo/run.ts')
  await runDemo(context, { keep: options.keep ?? false, broker: options.broker.toUpperCase() })
}
