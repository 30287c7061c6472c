import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  backup(program).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.backup)),
      { actsForNoUser: true },
    ),
  )
}

const backup = (parent: Parent) =>
  addCommand(parent, 'backup <file>', t`write a backup of the database to a file`, [
    'camp backup camp.dump',
    'camp backup /var/backups/camp.dump --json',
  ]).addHelpText(
    'after',
    `\n${t`It uses pg_dump of the version of the server, and may run at any time. A backup is two files: FILE, a
      dump in the custom format, and FILE.json with what a restore checks. Keep CAMP_SECRET in another place:
      without it the credentials in a backup cannot be read.`}`,
  )
