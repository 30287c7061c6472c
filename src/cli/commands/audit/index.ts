import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { wholeNumber } from '../../options.ts'
import { fileNotes, plainHelp } from '../../table-options.ts'

export const register: Register = (program, action) => {
  const audit = program.command('audit').description(t`who did what, and with whose token: list, export, verify`)
  list(audit).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  exportAudit(audit).action(action(lazy(() => import('./handlers.ts').then(module => module.exportAudit))))
  verify(audit).action(action(lazy(() => import('./verify.ts').then(module => module.verify))))
}

export const list = (parent: Parent) =>
  addCommand(parent, 'list', t`recorded actions, newest first (ADMIN, AUDITOR)`, [
    'camp audit list --user ana@example.com --since 2026-11-01 --limit 20',
    'camp audit list --action user.login --json',
  ])
    .option('--user <email>', t`by this user, or with a token or password that they set`)
    .option('--action <beginning>', t`only actions with this beginning: user.login, setting`)
    .option('--on <subject>', t`only on this: an ID, a handle, an e-mail or a name`)
    .option('--since <time>', t`from this day or time on (CAMP_TIMEZONE)`)
    .option('--until <time>', t`up to and with this day, or before this time`)
    .option('--limit <n>', t`at most this many`, wholeNumber(1, 10_000), 50)
    .addHelpText('after', `\n${asBy()}`)

export const exportAudit = (parent: Parent) =>
  addCommand(parent, 'export', t`write recorded actions to a file (ADMIN, AUDITOR)`, [
    'camp audit export --csv audit.csv --since 2026-11-01 --until 2026-11-30',
    'camp audit export --xlsx audit.xlsx --on ana@example.com',
  ])
    .option('--user <email>', t`by this user, or with a token or password that they set`)
    .option('--action <beginning>', t`only actions with this beginning: user.login, setting`)
    .option('--on <subject>', t`only on this: an ID, a handle, an e-mail or a name`)
    .option('--since <time>', t`from this day or time on (CAMP_TIMEZONE)`)
    .option('--until <time>', t`up to and with this day, or before this time`)
    .option('--csv <file>', t`write it to a CSV file (-: stdout)`)
    .option('--xlsx <file>', t`write it to a workbook`)
    .option('--plain', plainHelp())
    .option('--overwrite', t`replace an existing file`)
    .addHelpText('after', `\n${fileNotes()}`)

export const verify = (parent: Parent) =>
  addCommand(parent, 'verify', t`check that no record was changed, deleted or inserted`, [
    'camp audit verify',
    'camp audit verify --head --quiet',
  ])
    .option('--head', t`print the newest checkpoint, to keep it elsewhere`)
    .option('--expect <head>', t`compare with a head that was printed before (NUMBER:HASH)`)
    .option('--accept-head', t`after a restore: remember the newest checkpoint (ADMIN)`)
    .addHelpText(
      'after',
      `\n${t`Exit code: 6 if a record was changed. What it finds, and what it cannot find:
        docs/security.md, "Records that show a change".`}`,
    )

const asBy = () => t`"as bob@x, by ana@x": bob acted with a token that ana created, or a password that ana set.`
