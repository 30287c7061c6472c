import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  login(program).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.login)),
      { takesWeakSecret: true },
    ),
  )
}

export const login = (parent: Parent) =>
  addCommand(parent, 'login [email]', t`log in for 12 hours`, [
    'camp login ana@example.com',
    'camp login ana@example.com --password-stdin < password.txt',
  ]).option('--password-stdin', t`read the password from stdin`)
