import { type BudgetPosition, budgetPosition, type Present } from '../../budget/budget.ts'
import { formatMoney, moneyOf } from '../../budget/money.ts'
import { formatMonth, type Month } from '../../budget/month.ts'
import type { Sql } from '../../database/pool.ts'
import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import { monthOf } from '../../time/local-day.ts'
import type { CampaignHeader } from '../campaign-header.ts'

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

/** Of the month's budget, if the cost is committed; a decimal string, negative if it does not fit. null: there is no budget. */
export function leftAfter(cost: string, { position }: Pick<BudgetCheck, 'position'>): string | null {
  return position === null ? null : formatMoney(moneyOf(position.available) - moneyOf(cost))
}

/** @returns the error that refuses an approval, with the figures; null if the budget allows it */
export function budgetRefusal(
  campaign: Pick<CampaignHeader, 'agendamento_id' | 'wallet' | 'cost_per_message'>,
  { leads, cost }: { leads: number; cost: string },
  { month, position, fits }: BudgetCheck,
): CampError | null {
  if (fits) return null
  const { agendamento_id: handle, wallet, cost_per_message: unit } = campaign
  if (position === null) {
    return new CampError('BUDGET_MISSING', t`wallet ${wallet} has no budget for ${month}`, {
      hint: t`Run: camp budget set "${wallet}" ${month} AMOUNT`,
    })
  }
  return new CampError(
    'BUDGET_EXCEEDED',
    t`${handle} may cost ${cost} (${leads} messages of ${formatMoney(moneyOf(unit))}), and wallet ${wallet} has
      ${position.available} available in ${month}: limit ${position.budget}, used ${position.used}, committed to
      other campaigns ${position.committed}`,
    { hint: t`Raise it: camp budget set "${wallet}" ${month} AMOUNT` },
  )
}
