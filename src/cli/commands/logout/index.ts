import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  logout(program).action(action(lazy(() => import('./handlers.ts').then(module => module.logout))))
}

const logout = (parent: Parent) =>
  addCommand(parent, 'logout', t`forget the session`, ['camp logout', 'camp logout --quiet'])
