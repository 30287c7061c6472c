import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { fileNotes, plainHelp } from '../../table-options.ts'

export const register: Register = (program, action) => {
  report(program).action(action(lazy(() => import('./handlers.ts').then(module => module.report))))
}

export const report = (parent: Parent) =>
  addCommand(parent, 'report', t`a month's messages and money, by wallet or campaign`, [
    'camp report --month 2026-11',
    'camp report --wallet Norte --campaigns --xlsx november.xlsx',
  ])
    .option('--month <month>', t`YYYY-MM (default: the current month)`)
    .option('--wallet <wallet>', t`only this wallet`)
    .option('--campaigns', t`a row for each campaign`)
    .option('--csv <file>', t`write it to a CSV file (-: stdout)`)
    .option('--xlsx <file>', t`write it to a workbook`)
    .option('--plain', plainHelp())
    .option('--overwrite', t`replace an existing file`)
    .addHelpText('after', `\n${notes()}\n\n${fileNotes()}`)

function notes(): string {
  return t`A message belongs to the month whose budget holds its cost. ROWS are the rows of the files; BILLED also counts
    fish and messages in doubt. Exit code: 6 if the ledger, the used budget and the leads do not agree.`
}
