import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'

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

/** Returns the cost of batches to the budgets that paid for them. */
export async function releaseCosts(tx: Tx, releases: readonly Release[], at: Date): Promise<void> {
  const byBudget = new Map<string, Release[]>()
  for (const release of releases) {
    if (release.budget_id === null || release.messages === 0) continue
    byBudget.set(release.budget_id, [...(byBudget.get(release.budget_id) ?? []), release])
  }
  // Nearly always one; in the order of their ids.
  for (const [budgetId, released] of [...byBudget].sort(([a], [b]) => (a < b ? -1 : 1)))
    await releaseOf(tx, budgetId, released, at)
}

async function releaseOf(tx: Tx, budgetId: string, releases: readonly Release[], at: Date): Promise<void> {
  await locking(tx, 'Budget').query(
    `WITH cost AS (
       SELECT n.batch_id, n.unit_cost * n.messages AS amount, n.messages
       FROM unnest($2::uuid[], $3::numeric[], $4::int[]) AS n(batch_id, unit_cost, messages)
     ), entry AS (
       INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, messages, batch_id, created_at)
       SELECT gen_random_uuid(), $1, 'RELEASE', -amount, -messages, batch_id, $5 FROM cost
     )
     UPDATE "Budget" SET used_budget = used_budget - (SELECT sum(amount) FROM cost), updated_at = $5 WHERE id = $1`,
    [
      budgetId,
      releases.map(release => release.batchId),
      releases.map(release => release.unit_cost),
      releases.map(release => release.messages),
      at,
    ],
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
