import type { Command } from 'commander'
import type { Context, ContextOptions, GlobalOptions, Host } from './context.ts'

/** Wraps a command's handler: a context before it, everything closed after it. */
export type Action = <Args extends unknown[]>(
  handler: (context: Context, ...args: Args) => Promise<void>,
  options?: ContextOptions,
) => (...args: unknown[]) => Promise<void>

/** What a file of src/cli/commands exports: it adds its commands to their parent. */
export type Register = (parent: Command, action: Action) => void

export function actionFor(host: Host): Action {
  return (handler, contextOptions) =>
    async (...args) => {
      // commander calls with the arguments, the options and the command itself.
      const options = args.at(-2) as GlobalOptions
      // Loaded here: the settings' schemas are half of what a help text would wait for.
      const { Context } = await import('./context.ts')
      const { signingAudits } = await import('../security/audit.ts')
      const { inRun } = await import('../security/via.ts')
      const context = new Context(host, options, contextOptions)
      try {
        const work = () => signingAudits(context.signer, () => handler(context, ...(args.slice(0, -1) as never)))
        await (contextOptions?.actsForNoUser ? work() : inRun(work))
        await context.takeCheckpoints()
      } catch (error) {
        await context.close(FAILED_CLOSE_MS).catch(() => undefined) // the first error is the one to tell
        throw context.named(error)
      }
      await context.close(CLOSE_MS)
    }
}

const CLOSE_MS = 5_000
/** After a failure a connection may be dead, and would keep the message from whom it is for. */
const FAILED_CLOSE_MS = 500

/** A handler whose module is loaded when it is called: `later(async () => (await import('./show.ts')).show)`. */
export function later<Args extends unknown[]>(load: () => Promise<(context: Context, ...args: Args) => Promise<void>>) {
  return async (context: Context, ...args: Args): Promise<void> => (await load())(context, ...args)
}

/** For help alone: the option is taken off the command line before commander sees it (env-file.ts). */
export const ENV_FILE_HELP = 'take settings from a file, as systemd reads its EnvironmentFile= (or CAMP_ENV_FILE)'

/** A command that does something: every one takes the same options. */
export function leaf(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .option('--json', 'print one JSON document on stdout, nothing else')
    .option('--yes', 'answer every question with yes')
    .option('--quiet', 'say nothing but the result')
    .option('--debug', 'show the stack of an error')
    .option('--env-file <path>', ENV_FILE_HELP)
}

/** Says in a command's help that it asks before it does what cannot be undone (`confirm` in prompt.ts). */
export function asks(command: Command): Command {
  return command.addHelpText('after', `\n${ASKS}`)
}

export const ASKS = 'It asks first; --yes answers. Without a terminal it takes --yes.'
