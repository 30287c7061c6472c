import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { locking } from '../database/lock-order.ts'
import { type Tx, transaction } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { recordAudit } from '../security/audit-log.ts'
import { formatMoney, moneyOf, parseAmount } from './money.ts'
import type { Month } from './month.ts'

/** A person's correction of what a budget has used: for messages that camp did not send, or a bill that differs. */
export interface Adjustment {
  walletId: string
  month: Month
  /** A decimal string with four decimals; negative: less was used. */
  amount: string
  reason: string
  userId: string
}

/**
 * A signed amount as a person types it: 12.30, -12,30 or +1.500,00.
 * @returns a decimal string with four decimals
 * @throws CampError DATA if it is not an amount, or is zero
 */
export function parseAdjustment(text: string): string {
  const [, sign, digits] = /^\s*([+-]?)\s*(.*)$/s.exec(text)!
  // Thousands in Brazil, a fraction in JSON: a wrong guess is a factor of a thousand.
  if (/^[1-9]\d*[.,]\d{3}$/.test(digits!.trim()))
    throw new CampError('INVALID_AMOUNT', t`"${text}" may be thousands or a fraction`, {
      hint: t`Write it as 1234.00 or 1.2340.`,
    })
  const amount = moneyOf(parseAmount(digits!, 4))
  if (amount === 0n) throw new CampError('INVALID_AMOUNT', t`"${text}" changes nothing`)
  return formatMoney(sign === '-' ? -amount : amount)
}

/**
 * Writes an ADJUST entry with its user, and its audit. It may exceed the limit: then nothing more is sent in this month.
 * @returns null if the wallet has no budget for the month
 * @throws CampError DATA if less than nothing would be used
 */
export function adjustBudget(pool: pg.Pool, adjustment: Adjustment, now: Date): Promise<{ id: string } | null> {
  return transaction(pool, async tx => {
    const { walletId, month } = adjustment
    const { rows } = await locking(tx, 'Budget').query<{ id: string; used_budget: string }>(
      `SELECT id, used_budget FROM "Budget" WHERE wallet_id = $1 AND year = $2 AND month = $3 FOR NO KEY UPDATE`,
      [walletId, month.year, month.month],
    )
    const budget = rows[0]
    if (!budget) return null
    const left = moneyOf(budget.used_budget) + moneyOf(adjustment.amount)
    if (left < 0n) {
      throw new CampError('INVALID_AMOUNT', t`only ${budget.used_budget} is used: ${adjustment.amount} is too much`)
    }
    return { id: await writeAdjustment(tx, budget.id, adjustment, now) }
  })
}

/** The reason in the audit's detail shows that a person wrote the entry, not an import of the old system (outside-use.ts). */
async function writeAdjustment(
  tx: Tx,
  budgetId: string,
  { amount, reason, userId }: Adjustment,
  now: Date,
): Promise<string> {
  const entry = uuidv7()
  await tx.query(
    `WITH entry AS (
       INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, user_id, reason, created_at)
       VALUES ($1, $2, 'ADJUST', $3, $4, $5, $6)
     )
     UPDATE "Budget" SET used_budget = used_budget + $3::numeric, updated_at = $6 WHERE id = $2`,
    [entry, budgetId, amount, userId, reason, now],
  )
  const detail = { entry, amount, reason }
  await recordAudit(tx, { userId, action: 'budget.adjust', subject: 'Budget', subjectId: budgetId, detail })
  return entry
}
