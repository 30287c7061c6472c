import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { fileNotes, plainHelp } from '../../table-options.ts'

export const register: Register = (program, action) => {
  report(program).action(action(lazy(() => import('./handlers.ts').then(module => module.report))))
}

export const report = (parent: Parent) =>
  addCommand(parent, 'report', "a month's messages and money, by wallet or campaign", [
    'camp report --month 2026-11',
    'camp report --wallet Norte --campaigns --xlsx november.xlsx',
  ])
    .option('--month <month>', 'YYYY-MM (default: the current month)')
    .option('--wallet <wallet>', 'only this wallet')
    .option('--campaigns', 'a row for each campaign')
    .option('--csv <file>', 'write it to a CSV file (-: stdout)')
    .option('--xlsx <file>', 'write it to a workbook')
    .option('--plain', plainHelp())
    .option('--overwrite', 'replace an existing file')
    .addHelpText('after', `\n${NOTES}\n\n${fileNotes()}`)

const NOTES =
  'A message belongs to the month whose budget holds its cost. ROWS are the rows\n' +
  'of the files; BILLED also counts fish and messages in doubt. Exit code: 6 if\n' +
  'the ledger, the used budget and the leads do not agree.'
