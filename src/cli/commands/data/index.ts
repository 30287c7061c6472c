import { t } from '../../../language/text.ts'
import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  const data = program.command('data').description(t`the data of one person: export, erase`)
  exportData(data).action(action(lazy(() => import('./handlers.ts').then(module => module.exportData))))
  erase(data).action(action(lazy(() => import('./handlers.ts').then(module => module.erase))))
}

export const exportData = (parent: Parent) =>
  addCommand(parent, 'export', t`everything camp has about a person (ADMIN)`, [
    'camp data export --phone 11987654321',
    'camp data export --document 529.982.247-25 --json',
  ])
    .option('--phone <phone>', t`a Brazilian number, however it is written`)
    .option('--document <document>', t`a CPF or CNPJ`)
    .addHelpText('after', `\n${exportNotes()}`)

export const erase = (parent: Parent) =>
  asks(
    addCommand(parent, 'erase', t`replace a person's data in all campaigns (ADMIN)`, [
      'camp data erase --document 529.982.247-25 --dry-run',
      'camp data erase --phone 11987654321',
    ]),
  )
    .option('--phone <phone>', t`a Brazilian number, however it is written`)
    .option('--document <document>', t`a CPF or CNPJ`)
    .option('--dry-run', t`show the result and write nothing`)
    .addHelpText('after', `\n${eraseNotes()}`)

const exportNotes = () => t`With --json: also the columns of the files, callbacks and audit entries.`

const eraseNotes = () =>
  t`Statuses, costs and blocklist entries stay. Messages that wait are cancelled;
    one that is being sent, or is in doubt, must end first. docs/lgpd.md`
