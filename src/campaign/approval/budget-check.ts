import { type BudgetPosition, budgetPosition, type Present } from '../../budget/budget.ts'
import { moneyOf } from '../../budget/money.ts'
import { formatMonth, type Month } from '../../budget/month.ts'
import type { Sql } from '../../database/pool.ts'
import { monthOf } from '../../time/local-day.ts'

/**
 * A campaign is paid by the month in which it is to be sent.
 * @param scheduledAt null: it starts when a user runs it
 */
export function payingMonth(scheduledAt: Date | null, { now, timezone }: Present): Month {
  return monthOf(scheduledAt && scheduledAt > now ? scheduledAt : now, timezone)
}

/** A cost compared with what is available in the paying month. */
export interface BudgetCheck {
  /** YYYY-MM. */
  month: string
  /** null: the wallet has no budget for that month. */
  position: BudgetPosition | null
  /** Whether the budget allows an approval. */
  fits: boolean
}

/** @param cost of a campaign that waits for approval: a decimal string */
export async function checkBudget(
  sql: Sql,
  walletId: string,
  cost: string,
  scheduledAt: Date | null,
  present: Present,
): Promise<BudgetCheck> {
  const { year, month } = payingMonth(scheduledAt, present)
  const position = await budgetPosition(sql, walletId, year, month, present)
  const price = moneyOf(cost)
  const fits = price === 0n || (position !== null && price <= moneyOf(position.available))
  return { month: formatMonth({ year, month }), position, fits }
}

/**
 * The same, given the campaign's id.
 * @param cost a decimal string
 */
export async function checkBudgetOf(
  sql: Sql,
  { id, scheduled_at }: { id: string; scheduled_at: Date | null },
  cost: string,
  present: Present,
): Promise<BudgetCheck> {
  const { rows } = await sql.query<{ wallet_id: string }>(`SELECT wallet_id FROM "Campaign" WHERE id = $1`, [id])
  return checkBudget(sql, rows[0]!.wallet_id, cost, scheduled_at, present)
}
