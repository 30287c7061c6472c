import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  demo(program).action(action(lazy(() => import('./handlers.ts').then(module => module.demo))))
}

export const demo = (parent: Parent) =>
  addCommand(parent, 'demo', t`end-to-end run on the bundled file, with a simulated broker`, [
    'camp demo',
    'camp demo --broker GUPSHUP --keep',
  ])
    .option('--keep', t`keep its database and print where it is`)
    .option('--broker <adapter>', t`the simulated broker: SANDBOX, GOSAC, OTIMA_WPP, …`, 'SANDBOX')
    .addHelpText(
      'after',
      `\n${t`It uses its own database, broker and worker in a temporary folder, which it removes; nothing of yours
        is changed.`}`,
    )
