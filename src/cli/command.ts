import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import type { GlobalOptions, Parent } from './add-command.ts'
import type { Context, ContextOptions, Host } from './context.ts'
import { lazy } from './lazy.ts'

/**
 * Turns a handler into the action of a command. The declaration of the command must give the arguments and options that the
 * handler takes.
 */
export type Action = <Args extends unknown[]>(
  handler: (context: Context, ...args: Args) => Promise<void>,
  options?: ContextOptions,
) => (this: CommandUnknownOpts, ...args: Args) => Promise<void>

/** The export of each index.ts of src/cli/commands: adds its commands, each with its handler, to their parent. */
export type Register = (parent: Parent, action: Action) => void

/** The options that a declaration passes to its handler. */
export type OptionsOf<Declare extends (parent: Parent) => { opts(): unknown }> = ReturnType<ReturnType<Declare>['opts']>

// Loaded with the first handler: the schemas of the settings would be half of a help text's loading time.
const runHandler = lazy(() => import('./run-handler.ts').then(module => module.runHandler))

export function actionFor(host: Host): Action {
  return (handler, contextOptions) =>
    async function (...args) {
      // The types of a command leave out the options of the program.
      const options = this.optsWithGlobals() as GlobalOptions
      await runHandler(context => handler(context, ...args), host, options, { ...contextOptions, asked: askedOf(this) })
    }
}

function askedOf(command: CommandUnknownOpts): { command: string; flags: string[] } {
  const path: string[] = []
  for (let one: CommandUnknownOpts | null = command; one?.parent; one = one.parent) path.unshift(one.name())
  const given = command.options.filter(option => command.getOptionValueSource(option.attributeName()) === 'cli')
  return { command: path.join(' '), flags: given.flatMap(option => option.long ?? []) }
}
