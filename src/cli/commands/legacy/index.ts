import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { collect } from '../../options.ts'

export const register: Register = (program, action) => {
  const legacy = program.command('legacy').description('data of the old WordPress system: import')
  importLegacy(legacy).action(action(lazy(() => import('./handlers.ts').then(module => module.importOld))))
}

export const importLegacy = (parent: Parent) =>
  addCommand(parent, 'import <from>', 'take its tables from a dump or mysql://USER@HOST/DB (ADMIN)', [
    'camp legacy import dump.sql.gz --dry-run',
    'camp legacy import mysql://reader@db.example/wordpress --broker rcs=CDA_RCS',
  ])
    .option('--dry-run', 'count what would be taken, and write nothing')
    .option('--prefix <prefix>', "prefix of the old system's tables", 'wp_')
    .option('--broker <provider=broker>', 'broker of an old provider: rcs=CDA_RCS (repeatable)', collect)
    .option('--idgis <carteira=number>', 'idgis number of an old wallet, by its id_carteira', collect)
    .option('--double-encoded', 'repair texts that read "JosÃ©" instead of "José"')
    .option('--rejects <file>', 'write the id and the reason of each refused row')
    .option('--overwrite', 'replace an existing --rejects file')
    .addHelpText(
      'after',
      `
Nothing of it is ever sent: its messages become archived campaigns.
The password of the database: CAMP_LEGACY_PASSWORD`,
    )
