import { t } from '../../../language/text.ts'
import { type AnsweredRequest, startSandbox } from '../../../sandbox/server.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { time } from '../campaign/text.ts'
import type * as commands from './index.ts'

type Flags = OptionsOf<typeof commands.sandbox>

export async function runSandbox(context: Context, flags: Flags): Promise<void> {
  const { host, port } = flags.listen
  const sandbox = await startSandbox({
    host,
    port,
    seed: flags.seed,
    journal: flags.journal,
    control: controlOf(flags),
    clock: context.clock,
    ...(context.out.hasScreen && {
      onRequest: ({ broker, method, path, status }: AnsweredRequest) =>
        context.out.talk(`${timeOf(context)} ${broker} ${method} ${path} ${status ?? t`cut off`}`),
    }),
  })
  // One line, immediately: the process that started the sandbox waits for it.
  context.out.line({ url: sandbox.url }, sandbox.url)
  context.out.talk(t`The sandbox is listening; Ctrl-C stops it.`)
  await stopped(context.signal)
  await sandbox.close()
}

function timeOf({ clock, config }: Context): string {
  return time(clock.now(), config.timezone).slice(11)
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Only the options that were given: the sandbox has its own defaults. */
function controlOf(flags: Flags): Record<string, unknown> {
  const callbacks = given({
    delay_ms: flags.callbackDelay,
    delivered: flags.delivered,
    failed: flags.failed,
    read: flags.read,
    opt_out: flags.optOut,
    ...flags.callbacks,
  })
  return {
    ...given({
      latency_ms: flags.latency,
      refused: flags.refused,
      faults: flags.fault,
      retry_after_s: flags.retryAfter,
      poison: flags.poison,
      phones: flags.phone,
      replies: flags.reply,
      brokers: flags.for,
    }),
    ...(Object.keys(callbacks).length > 0 && { callbacks }),
    ...flags.control,
  }
}

function given(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
