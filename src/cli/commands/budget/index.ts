import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { reasonArgument } from '../../options.ts'

export const register: Register = (program, action) => {
  const budget = program.command('budget').description(t`a wallet's month: set, adjust, show, list, ledger, audit`)
  set(budget).action(action(lazy(() => import('./handlers.ts').then(module => module.set))))
  adjust(budget).action(action(lazy(() => import('./handlers.ts').then(module => module.adjust))))
  show(budget).action(action(lazy(() => import('./handlers.ts').then(module => module.show))))
  list(budget).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  ledger(budget).action(action(lazy(() => import('./handlers.ts').then(module => module.ledger))))
  audit(budget).action(action(lazy(() => import('./audit.ts').then(module => module.audit))))
}

const set = (parent: Parent) =>
  addCommand(parent, 'set <wallet> <month> <amount>', t`set the limit of a month (YYYY-MM): 1500.00 or 1.500,00`, [
    'camp budget set Sul 2026-12 1500.00',
    'camp budget set Sul 2026-12 1.500,00',
  ])

export const adjust = (parent: Parent) =>
  addCommand(parent, 'adjust <wallet> <month> <amount>', t`correct what a month has used (ADMIN): 12.30 or -12,30`, [
    "camp budget adjust Sul 2026-12 12.30 --reason 'bill 4711: 273 messages'",
    "camp budget adjust Sul 2026-12 --reason 'bill 4712: refunded' -- -12,30",
  ])
    .requiredOption('--reason <text>', t`why, for the ledger and the audit`, reasonArgument)
    .addHelpText(
      'after',
      `\n${t`For messages that camp did not send, or a bill that differs. Write -- before a negative amount.
      Beyond the limit of the month it asks first; --yes answers.`}`,
    )

const show = (parent: Parent) =>
  addCommand(parent, 'show <wallet> <month>', t`limit, used, committed and available`, [
    'camp budget show Sul 2026-12',
    'camp budget show Sul 2026-12 --json',
  ])

export const list = (parent: Parent) =>
  addCommand(parent, 'list', t`all budgets`, ['camp budget list', 'camp budget list --wallet Sul']).option(
    '--wallet <wallet>',
    t`one wallet's`,
  )

const ledger = (parent: Parent) =>
  addCommand(parent, 'ledger <wallet> <month>', t`each reservation, release and adjustment of its budget`, [
    'camp budget ledger Sul 2026-12',
    'camp budget ledger Sul 2026-12 --json',
  ])

const audit = (parent: Parent) =>
  addCommand(parent, 'audit', t`check that budgets, ledger, batches, leads and records agree`, [
    'camp budget audit',
    'camp budget audit --json',
  ]).addHelpText(
    'after',
    `\n${t`What the audit finds, and what it cannot find: docs/security.md, "Records that show a change". Heads that are
      kept elsewhere: camp audit verify.`}`,
  )
