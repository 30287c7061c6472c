import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  doctor(program).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.doctor)),
      { actsForNoUser: true, takesWeakSecret: true },
    ),
  )
}

const doctor = (parent: Parent) =>
  addCommand(parent, 'doctor', t`check this installation, and say what to do`, [
    'camp doctor',
    'camp doctor --json',
  ]).addHelpText(
    'after',
    `\n${t`It checks versions, CAMP_HOME, disk, database, migrations, clock, secret, users, queue, credentials, the
      listener at CAMP_PUBLIC_URL and workers. It changes nothing, and needs no login. It exits with 8 if a check fails.`}`,
  )
