import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  whoami(program).action(action(lazy(() => import('./handlers.ts').then(module => module.whoami))))
}

const whoami = (parent: Parent) =>
  addCommand(parent, 'whoami', t`show the logged-in user and their role`, ['camp whoami', 'camp whoami --json'])
