import { signingAudits } from '../security/audit-log.ts'
import { inRun } from '../security/via.ts'
import type { GlobalOptions } from './add-command.ts'
import { Context, type ContextOptions, type Host } from './context.ts'

/** Runs a command's handler with a context of its own, and closes the context afterwards. */
export async function runHandler(
  handler: (context: Context) => Promise<void>,
  host: Host,
  options: GlobalOptions,
  contextOptions?: ContextOptions,
): Promise<void> {
  const context = new Context(host, options, contextOptions)
  try {
    const work = () => signingAudits(context.signer, () => handler(context))
    await (contextOptions?.actsForNoUser ? work() : inRun(work))
    await context.takeCheckpoints()
  } catch (error) {
    await context.close(FAILED_CLOSE_MS).catch(() => undefined) // the first error is the one to report
    throw context.named(error)
  }
  await context.close(CLOSE_MS)
}

const CLOSE_MS = 5_000
/** After a failure a connection may be dead: waiting for it would delay the error message. */
const FAILED_CLOSE_MS = 500
