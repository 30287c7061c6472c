import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import type { Context, ContextOptions, Host } from './context.ts'
import { lazy } from './lazy.ts'

/** What commands are added to. */
export type Parent = CommandUnknownOpts

/** Makes a handler the action of a command, whose declaration must give the arguments and options that the handler takes. */
export type Action = <Args extends unknown[]>(
  handler: (context: Context, ...args: Args) => Promise<void>,
  options?: ContextOptions,
) => (this: { opts(): GlobalOptions }, ...args: Args) => Promise<void>

/** What an index.ts of src/cli/commands exports: it adds its commands to their parent, each with its handler. */
export type Register = (parent: Parent, action: Action) => void

/** The options that a declaration gives its handler. */
export type OptionsOf<Declare extends (parent: Parent) => { opts(): unknown }> = ReturnType<ReturnType<Declare>['opts']>

// Loaded with the first handler: the settings' schemas are half of what a help text would wait for.
const runHandler = lazy(() => import('./run-handler.ts').then(module => module.runHandler))

export function actionFor(host: Host): Action {
  return (handler, contextOptions) =>
    async function (...args) {
      await runHandler(context => handler(context, ...args), host, this.opts(), contextOptions)
    }
}

/** For help alone: the option is taken off the command line before commander sees it (env-file.ts). */
export const ENV_FILE_HELP = 'take settings from a file, as systemd reads its EnvironmentFile= (or CAMP_ENV_FILE)'

/** A command that does something: every one takes the same options. */
export function addCommand<Usage extends string>(parent: Parent, usage: Usage, description: string) {
  return parent
    .command(usage)
    .description(description)
    .option('--json', 'print one JSON document on stdout, nothing else')
    .option('--yes', 'answer every question with yes')
    .option('--quiet', 'say nothing but the result')
    .option('--debug', 'show the stack of an error')
    .option('--env-file <path>', ENV_FILE_HELP)
}

/** What every command takes. */
export type GlobalOptions = ReturnType<ReturnType<typeof addCommand<string>>['opts']>

/** Says in a command's help that it asks before it does what cannot be undone (`confirm` in prompt.ts). */
export function asks<Asking extends { addHelpText(position: 'after', text: string): Asking }>(command: Asking): Asking {
  return command.addHelpText('after', `\n${ASKS}`)
}

export const ASKS = 'It asks first; --yes answers. Without a terminal it takes --yes.'
