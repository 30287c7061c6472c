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
  addCommand(parent, 'restore <file>', 'replace the database by a backup, and hold it', [
    'camp restore camp.dump',
    'camp restore camp.dump --copy --yes',
  ])
    .option('--copy', 'as an installation of its own, beside the original')
    .addHelpText(
      'after',
      '\nNothing is sent from a restored database until an ADMIN has accepted it\n' +
        '(camp db accept-restore): it does not know what was sent since. Refused\n' +
        'while workers are active, with another secret, or from a newer camp. If\n' +
        'the database is not empty it asks; without a terminal it requires --yes.\n' +
        'If it fails, the database stays as it was.',
    )
