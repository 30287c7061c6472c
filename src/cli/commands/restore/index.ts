import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  restore(program).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.restore)),
      { actsForNoUser: true, mayCreateDatabase: true },
    ),
  )
}

export const restore = (parent: Parent) =>
  addCommand(parent, 'restore <file>', t`replace the database by a backup, and hold it`, [
    'camp restore camp.dump',
    'camp restore camp.dump --copy --yes',
  ])
    .option('--copy', t`as an installation of its own, beside the original`)
    .addHelpText(
      'after',
      `\n${t`Nothing is sent from a restored database until an ADMIN has accepted it (camp db accept-restore): it
        does not know what was sent since. Refused while workers are active, with another secret, or from a newer
        camp. If the database is not empty it asks; without a terminal it requires --yes. If it fails, the database
        stays as it was.`}`,
    )
