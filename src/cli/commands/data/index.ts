import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  const data = program.command('data').description('the data of one person: export, erase')
  exportData(data).action(action(lazy(() => import('./handlers.ts').then(module => module.exportData))))
  erase(data).action(action(lazy(() => import('./handlers.ts').then(module => module.erase))))
}

export const exportData = (parent: Parent) =>
  addCommand(parent, 'export', 'everything camp has about a person (ADMIN)', [
    'camp data export --phone 11987654321',
    'camp data export --document 529.982.247-25 --json',
  ])
    .option('--phone <phone>', 'a Brazilian number, however it is written')
    .option('--document <document>', 'a CPF or CNPJ')
    .addHelpText('after', `\n${EXPORT_NOTES}`)

export const erase = (parent: Parent) =>
  asks(
    addCommand(parent, 'erase', "replace a person's data in all campaigns (ADMIN)", [
      'camp data erase --document 529.982.247-25 --dry-run',
      'camp data erase --phone 11987654321',
    ]),
  )
    .option('--phone <phone>', 'a Brazilian number, however it is written')
    .option('--document <document>', 'a CPF or CNPJ')
    .option('--dry-run', 'show the result and write nothing')
    .addHelpText('after', `\n${ERASE_NOTES}`)

const EXPORT_NOTES = 'With --json: also the columns of the files, callbacks and audit entries.'

const ERASE_NOTES =
  'Statuses, costs and blocklist entries stay. Messages that wait are cancelled;\n' +
  'one that is being sent, or is in doubt, must end first. docs/lgpd.md'
