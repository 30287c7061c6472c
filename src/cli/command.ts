import type { GlobalOptions, Parent } from './add-command.ts'
import type { Context, ContextOptions, Host } from './context.ts'
import { lazy } from './lazy.ts'

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
