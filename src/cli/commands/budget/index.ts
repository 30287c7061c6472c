import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  const budget = program.command('budget').description(t`a wallet's limit for a month: set, show, list, ledger, audit`)
  set(budget).action(action(lazy(() => import('./handlers.ts').then(module => module.set))))
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
  addCommand(parent, 'ledger <wallet> <month>', t`each reservation and release of its budget`, [
    'camp budget ledger Sul 2026-12',
    'camp budget ledger Sul 2026-12 --json',
  ])

export const audit = (parent: Parent) =>
  addCommand(parent, 'audit', t`check that budgets, ledger, batches, leads and records agree`, [
    'camp budget audit',
    'camp budget audit --head --quiet',
  ])
    .option('--head', t`print the newest checkpoint, to keep it elsewhere`)
    .option('--expect <head>', t`compare with a head that was printed before (NUMBER:HASH)`)
    .option('--accept-head', t`after a restore: remember the newest checkpoint (ADMIN)`)
    .addHelpText(
      'after',
      `\n${t`What the audit finds, and what it cannot find: docs/security.md, "Records that show a change".`}`,
    )
