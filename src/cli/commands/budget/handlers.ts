import { adjustBudget, parseAdjustment } from '../../../budget/adjust.ts'
import { budgetPosition, ledgerOf, listBudgets, setBudget } from '../../../budget/budget.ts'
import { amountText, moneyOf, parseAmount, shortMoney } from '../../../budget/money.ts'
import { formatMonth, parseMonth } from '../../../budget/month.ts'
import { findWallet } from '../../../catalog/find.ts'
import { CampError } from '../../../errors.ts'
import { storedOrNull } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import { fields } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { orAdmin } from '../../permit.ts'
import { confirm } from '../../prompt.ts'
import { time } from '../campaign/text.ts'
import type * as commands from './index.ts'

export async function set(context: Context, walletRef: string, monthText: string, amount: string): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const wallet = await findWallet(prisma, walletRef)
  const month = parseMonth(monthText)
  const limit = parseAmount(amount, 2)
  await setBudget(await context.pool(), { walletId: wallet.id, month, limit, userId: actor.id })
  const view = await viewOf(context, wallet, monthText)
  warnIfExceeded(context, view, monthText)
  context.out.result(
    view,
    t`Budget of "${wallet.name}" for ${monthText}: ${amountText(view.budget)} (used ${amountText(view.used_budget)}).`,
  )
}

export async function adjust(
  context: Context,
  walletRef: string,
  monthText: string,
  amountTyped: string,
  { reason }: OptionsOf<typeof commands.adjust>,
): Promise<void> {
  const actor = await context.admin()
  const wallet = await findWallet(await context.prisma(), walletRef)
  const amount = parseAdjustment(amountTyped)
  const change = { walletId: wallet.id, month: parseMonth(monthText), amount, reason, userId: actor.id }
  const before = await viewOf(context, wallet, monthText)
  const used = moneyOf(before.used_budget) + moneyOf(amount)
  if (moneyOf(amount) > 0n && used > moneyOf(before.budget)) {
    await confirm(
      context,
      t`The used amount would exceed the limit of ${amountText(before.budget)}, and nothing more would be sent in
        ${monthText}. Adjust it by ${amountText(amount)}?`,
    )
  }
  const entry = await adjustBudget(await context.pool(), change, context.clock.now())
  if (!entry) throw noBudget(wallet.name, monthText)
  const view = await viewOf(context, wallet, monthText)
  warnIfExceeded(context, view, monthText)
  context.out.result(
    { ...view, entry: entry.id, amount },
    t`Adjusted the budget of "${wallet.name}" for ${monthText} by ${amountText(amount)}:
      used ${amountText(view.used_budget)} of ${amountText(view.budget)}.`,
  )
}

export async function show(context: Context, walletRef: string, monthText: string): Promise<void> {
  await context.actor()
  const prisma = await context.prisma()
  const view = await viewOf(context, await findWallet(prisma, walletRef), monthText)
  context.out.result(view, () =>
    fields([
      [t`wallet`, view.wallet],
      [t`month`, monthText],
      [t`budget`, amountText(view.budget)],
      [t`used`, amountText(view.used_budget)],
      [t`committed`, amountText(view.committed)],
      [t`available`, amountText(view.available)],
    ]),
  )
}

async function viewOf(context: Context, wallet: { id: string; name: string }, monthText: string) {
  const { year, month } = parseMonth(monthText)
  const present = { now: context.clock.now(), timezone: context.config.timezone }
  const position = await budgetPosition(await context.pool(), wallet.id, year, month, present)
  if (!position) throw noBudget(wallet.name, monthText)
  const { budget, used, committed, available } = position
  return { wallet: wallet.name, year, month, budget, used_budget: used, committed, available }
}

export async function list(context: Context, options: OptionsOf<typeof commands.list>): Promise<void> {
  await context.actor()
  const prisma = await context.prisma()
  const wallet = options.wallet === undefined ? undefined : await findWallet(prisma, options.wallet)
  const first = await orAdmin(context, 'budget set', t`Set one: camp budget set WALLET YYYY-MM AMOUNT`, t`sets one`)
  const budgets = await listBudgets(await context.pool(), wallet?.id ?? null)
  context.out.list(
    budgets,
    [
      { title: t`MONTH`, value: row => formatMonth(row) },
      { title: t`WALLET`, value: row => row.wallet, shrinks: true },
      { title: t`BUDGET`, value: row => amountText(row.budget), align: 'right' },
      { title: t`USED`, value: row => amountText(row.used_budget), align: 'right' },
    ],
    t`No budgets yet. ${first}`,
  )
}

export async function ledger(context: Context, walletRef: string, monthText: string): Promise<void> {
  await context.actor()
  const prisma = await context.prisma()
  const wallet = await findWallet(prisma, walletRef)
  const entries = await ledgerOf(await context.pool(), wallet.id, parseMonth(monthText))
  if (!entries) throw noBudget(wallet.name, monthText)
  context.out.list(
    entries,
    [
      { title: t`WHEN`, value: entry => time(entry.created_at, context.config.timezone) },
      { title: t`KIND`, value: entry => entry.kind },
      { title: t`AMOUNT`, value: entry => shortMoney(entry.amount), align: 'right' },
      { title: t`MESSAGES`, value: entry => String(entry.messages), align: 'right' },
      { title: t`CAMPAIGN`, value: entry => entry.campaign ?? '' },
      { title: t`BATCH`, value: entry => String(entry.batch ?? ''), align: 'right' },
      { title: t`WHO`, value: entry => entry.user ?? 'camp', shrinks: true },
      { title: t`REASON`, value: entry => storedOrNull(entry.reason) ?? '', shrinks: true },
    ],
    t`The budget of "${wallet.name}" for ${monthText} has no ledger entries.`,
  )
}

type BudgetView = Awaited<ReturnType<typeof viewOf>>

function warnIfExceeded(context: Context, { budget, used_budget }: BudgetView, monthText: string): void {
  if (moneyOf(used_budget) <= moneyOf(budget)) return
  context.out.warn(
    t`the used amount (${amountText(used_budget)}) exceeds this limit: nothing more is sent in ${monthText}.`,
  )
}

function noBudget(wallet: string, month: string): CampError {
  return new CampError('BUDGET_NOT_FOUND', t`wallet "${wallet}" has no budget for ${month}`, {
    hint: t`An ADMIN sets it: camp budget set "${wallet}" ${month} AMOUNT`,
  })
}
