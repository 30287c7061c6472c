import { t } from '../../../language/text.ts'
import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { daysArgument } from '../../options.ts'

export const register: Register = (program, action) => {
  prune(program).action(action(lazy(() => import('./handlers.ts').then(module => module.prune))))
}

export const prune = (parent: Parent) =>
  asks(
    addCommand(parent, 'prune', t`replace the personal data of old campaigns (ADMIN)`, [
      'camp prune --older-than 180d --dry-run',
      'camp prune --older-than 365d --yes',
    ]),
  )
    .requiredOption('--older-than <days>', t`campaigns that ended before: 180d`, daysArgument)
    .option('--dry-run', t`show the result and write nothing`)
    .addHelpText('after', `\n${notes()}`)

const notes = () =>
  t`Statuses, costs, attempts, the ledger and the audit stay. An interrupted run is
    continued by the next one. docs/lgpd.md`
