import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { collect } from '../../options.ts'

export const register: Register = (program, action) => {
  const legacy = program.command('legacy').description(t`data of the old WordPress system: import`)
  importLegacy(legacy).action(action(lazy(() => import('./handlers.ts').then(module => module.importOld))))
}

export const importLegacy = (parent: Parent) =>
  addCommand(parent, 'import <from>', t`take its tables from a dump or mysql://USER@HOST/DB (ADMIN)`, [
    'camp legacy import dump.sql.gz --dry-run',
    'camp legacy import mysql://reader@db.example/wordpress --broker rcs=CDA_RCS',
  ])
    .option('--dry-run', t`count what would be taken, and write nothing`)
    .option('--prefix <prefix>', t`prefix of the old system's tables`, 'wp_')
    .option('--broker <provider=broker>', t`broker of an old provider: rcs=CDA_RCS (repeatable)`, collect)
    .option('--idgis <carteira=number>', t`idgis number of an old wallet, by its id_carteira`, collect)
    .option('--double-encoded', t`repair texts that read "JosÃ©" instead of "José"`)
    .option('--rejects <file>', t`write the id and the reason of each refused row`)
    .option('--overwrite', t`replace an existing --rejects file`)
    .addHelpText(
      'after',
      `\n${t`Nothing of it is ever sent: its messages become archived
        campaigns.`}\n${t`The password of the database: CAMP_LEGACY_PASSWORD`}`,
    )
