import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'
import { formatMoney, moneyOf } from './money.ts'

/** Ledger entries after a batch was reserved (reserve.ts). Each is written with its change of the budget, in one statement. */

/** Reserved cost of messages that the broker certainly did not take. */
export interface Release {
  batchId: string
  /** The budget that holds the batch's cost; null: it costs nothing. */
  budget_id: string | null
  /** A decimal. */
  unit_cost: string
  messages: number
}

/** Returns the cost to the budget. */
export async function releaseCost(
  tx: Tx,
  { batchId, budget_id, unit_cost, messages }: Release,
  at: Date,
): Promise<void> {
  if (budget_id === null || messages === 0) return
  const amount = formatMoney(moneyOf(unit_cost) * BigInt(messages))
  await locking(tx, 'Budget').query(
    `WITH entry AS (
       INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, messages, batch_id, created_at)
       VALUES (gen_random_uuid(), $1, 'RELEASE', -$2::numeric, -$3::int, $4, $5)
     )
     UPDATE "Budget" SET used_budget = used_budget - $2::numeric, updated_at = $5 WHERE id = $1`,
    [budget_id, amount, messages, batchId, at],
  )
}

/** A change of a batch's cost that is known only after its settle. */
export interface CostCorrection {
  batchId: string
  /** Messages whose cost is returned: they were not sent, or they failed and the broker bills deliveries. */
  released: number
  /** Why it is returned. */
  reason: string
  /** Messages that were sent although their cost had been returned. */
  bookedAgain: number
}

/**
 * Writes corrections of batches that are locked. A cost is reserved again even if the limit leaves no room for it: it was spent,
 * and used_budget says what was spent.
 * @param userId who decided; null: the broker reported it
 */
export async function correctCosts(
  tx: Tx,
  corrections: readonly CostCorrection[],
  userId: string | null,
  now: Date,
): Promise<void> {
  const costs = corrections.filter(correction => correction.released > 0 || correction.bookedAgain > 0)
  if (costs.length === 0) return
  await locking(tx, 'Budget').query(
    `SELECT 1 FROM "Budget" WHERE id IN (SELECT budget_id FROM "Batch" WHERE id = ANY($1::uuid[])) ORDER BY id FOR NO KEY UPDATE`,
    [corrections.map(correction => correction.batchId)],
  )
  await tx.query(
    `WITH cost AS (
       SELECT b.id AS batch_id, b.budget_id, n.messages, b.unit_cost * n.messages AS amount, n.kind, n.reason
       FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[]) AS n(batch_id, messages, kind, reason)
       JOIN "Batch" b ON b.id = n.batch_id
       WHERE b.budget_id IS NOT NULL AND n.messages <> 0
     ), entry AS (
       INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, messages, batch_id, user_id, reason, created_at)
       SELECT gen_random_uuid(), budget_id, kind::"BudgetEntryKind", amount, messages, batch_id, $6, reason, $5 FROM cost
     )
     UPDATE "Budget" g SET used_budget = used_budget + s.amount, updated_at = $5
     FROM (SELECT budget_id, sum(amount) AS amount FROM cost GROUP BY budget_id) s WHERE g.id = s.budget_id`,
    [
      [...costs, ...costs].map(cost => cost.batchId),
      [...costs.map(cost => -cost.released), ...costs.map(cost => cost.bookedAgain)],
      [...costs.map(() => 'RELEASE'), ...costs.map(() => 'RESERVE')],
      [...costs.map(cost => cost.reason), ...costs.map(() => 'the broker reports that it was sent')],
      now,
      userId,
    ],
  )
}
