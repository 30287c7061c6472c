import { CampError } from '../../errors.ts'
import { fields } from '../blocks.ts'
import { later, leaf, type Register } from '../command.ts'
import type { Context } from '../context.ts'

export const register: Register = (program, action) => {
  const budget = program.command('budget').description("a wallet's limit for a month: set, show, list, ledger, audit")
  leaf(budget, 'set <wallet> <month> <amount>', 'set the limit of a month (YYYY-MM): 1500.00 or 1.500,00').action(
    action(set),
  )
  leaf(budget, 'show <wallet> <month>', 'limit, used, committed and available').action(action(show))
  leaf(budget, 'list', 'all budgets').option('--wallet <wallet>', "one wallet's").action(action(list))
  leaf(budget, 'ledger <wallet> <month>', 'what was reserved and released, entry by entry').action(action(ledger))
  leaf(budget, 'audit', 'count everything again: budgets, ledger, batches, leads and their records must agree')
    .option('--head', 'print the newest checkpoint, to be kept outside of this machine and its database')
    .option('--expect <head>', 'a head that was printed before (NUMBER:HASH): its records must be there as they were')
    .option('--accept-head', 'after a restore: what this machine remembers is the newest checkpoint of now (ADMIN)')
    .addHelpText('after', '\nWhat it finds, and what it cannot: docs/security.md, "Records that show a change".')
    .action(action(later(async () => (await import('./budget/audit.ts')).audit)))
}

async function set(context: Context, walletRef: string, monthText: string, amount: string): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const { findWallet } = await import('../../database/lookup.ts')
  const { transaction } = await import('../../database/pool.ts')
  const { setBudget } = await import('../../budget/budget.ts')
  const { moneyOf, parseAmount } = await import('../../budget/money.ts')
  const { parseMonth } = await import('../../budget/month.ts')
  const wallet = await findWallet(prisma, walletRef)
  const month = parseMonth(monthText)
  const limit = parseAmount(amount, 2)
  await transaction(await context.pool(), tx => setBudget(tx, { walletId: wallet.id, month, limit, userId: actor.id }))
  const view = await viewOf(context, wallet, monthText)
  if (moneyOf(view.used_budget) > moneyOf(view.budget)) {
    context.out.warn(`more was used (${view.used_budget}) than this limit: nothing more is sent in ${monthText}.`)
  }
  context.out.result(view, `Budget of "${wallet.name}" for ${monthText}: ${view.budget} (used ${view.used_budget}).`)
}

async function show(context: Context, walletRef: string, monthText: string): Promise<void> {
  await context.actor()
  const prisma = await context.prisma()
  const { findWallet } = await import('../../database/lookup.ts')
  const view = await viewOf(context, await findWallet(prisma, walletRef), monthText)
  context.out.result(view, () =>
    fields([
      ['wallet', view.wallet],
      ['month', monthText],
      ['budget', view.budget],
      ['used', view.used_budget],
      ['committed', view.committed],
      ['available', view.available],
    ]),
  )
}

async function viewOf(context: Context, wallet: { id: string; name: string }, monthText: string) {
  const { budgetPosition } = await import('../../budget/budget.ts')
  const { parseMonth } = await import('../../budget/month.ts')
  const { year, month } = parseMonth(monthText)
  const present = { now: context.clock.now(), timezone: context.config.timezone }
  const position = await budgetPosition(await context.pool(), wallet.id, year, month, present)
  if (!position) throw noBudget(wallet.name, monthText)
  const { budget, used, committed, available } = position
  return { wallet: wallet.name, year, month, budget, used_budget: used, committed, available }
}

async function list(context: Context, options: { wallet?: string }): Promise<void> {
  await context.actor()
  const { orAdmin } = await import('../permit.ts')
  const prisma = await context.prisma()
  const { findWallet } = await import('../../database/lookup.ts')
  const { listBudgets } = await import('../../budget/budget.ts')
  const { formatMonth } = await import('../../budget/month.ts')
  const wallet = options.wallet === undefined ? undefined : await findWallet(prisma, options.wallet)
  const budgets = await listBudgets(await context.pool(), wallet?.id ?? null)
  context.out.list(
    budgets,
    [
      { title: 'MONTH', value: row => formatMonth(row) },
      { title: 'WALLET', value: row => row.wallet },
      { title: 'BUDGET', value: row => row.budget, align: 'right' },
      { title: 'USED', value: row => row.used_budget, align: 'right' },
    ],
    `No budgets yet. ${await orAdmin(context, 'budget set', 'Set one: camp budget set WALLET YYYY-MM AMOUNT', 'sets one')}`,
  )
}

async function ledger(context: Context, walletRef: string, monthText: string): Promise<void> {
  await context.actor()
  const prisma = await context.prisma()
  const { findWallet } = await import('../../database/lookup.ts')
  const { ledgerOf } = await import('../../budget/budget.ts')
  const { parseMonth } = await import('../../budget/month.ts')
  const wallet = await findWallet(prisma, walletRef)
  const entries = await ledgerOf(await context.pool(), wallet.id, parseMonth(monthText))
  if (!entries) throw noBudget(wallet.name, monthText)
  context.out.list(
    entries,
    [
      { title: 'WHEN', value: entry => entry.created_at.toISOString() },
      { title: 'KIND', value: entry => entry.kind },
      { title: 'AMOUNT', value: entry => entry.amount, align: 'right' },
      { title: 'MESSAGES', value: entry => String(entry.messages), align: 'right' },
      { title: 'CAMPAIGN', value: entry => entry.campaign ?? '' },
      { title: 'BATCH', value: entry => String(entry.batch ?? ''), align: 'right' },
      { title: 'REASON', value: entry => entry.reason ?? '' },
    ],
    `Nothing was used of the budget of "${wallet.name}" for ${monthText}.`,
  )
}

function noBudget(wallet: string, month: string): CampError {
  return new CampError('BUDGET_NOT_FOUND', `wallet "${wallet}" has no budget for ${month}`, {
    hint: `An ADMIN sets it: camp budget set "${wallet}" ${month} AMOUNT`,
  })
}
