import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  demo(program).action(action(lazy(() => import('./handlers.ts').then(module => module.demo))))
}

export const demo = (parent: Parent) =>
  addCommand(parent, 'demo', 'end-to-end run on the bundled file, with a simulated broker', [
    'camp demo',
    'camp demo --broker GUPSHUP --keep',
  ])
    .option('--keep', 'keep its database and print where it is')
    .option('--broker <adapter>', 'the simulated broker: SANDBOX, GOSAC, OTIMA_WPP, …', 'SANDBOX')
    .addHelpText(
      'after',
      '\nIt uses its own database, broker and worker in a temporary folder, which it removes; nothing of yours is changed.',
    )
