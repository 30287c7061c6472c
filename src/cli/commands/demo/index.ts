import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  demo(program).action(action(lazy(() => import('./handlers.ts').then(module => module.demo))))
}

export const demo = (parent: Parent) =>
  addCommand(parent, 'demo', 'end-to-end run on the bundled file, with a simulated broker')
    .option('--keep', 'keep its database and print where it is')
    .option('--broker <adapter>', 'which broker is simulated: SANDBOX, GOSAC, OTIMA_WPP, …', 'SANDBOX')
    .addHelpText(
      'after',
      '\nUses a database, a broker and a worker of its own, in a temporary folder; nothing of yours is touched, nothing is left.',
    )
