import { formatMoney, moneyOf } from '../../budget/money.ts'
import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'

/** How the row of a batch that is being settled changes, and what was booked for it. */
export interface Attempt {
  failures: number
  budget_id: string | null
  unit_cost: string
}

/**
 * Locks the batch where it is this attempt's. The moment of its claim is a part of the fence: after a failover that lost the claim,
 * another claim may have the same number.
 */
export async function lockAttempt(tx: Tx, { id, attempt, claimedAt }: ClaimedBatch): Promise<Attempt | undefined> {
  const { rows } = await locking(tx, 'Batch').query<Attempt>(
    `SELECT failures, budget_id, unit_cost FROM "Batch"
     WHERE id = $1 AND attempt = $2 AND claimed_at = $3 AND status = 'SENDING' FOR UPDATE`,
    [id, attempt, claimedAt],
  )
  return rows[0]
}

export interface BatchResult {
  status: 'QUEUED' | 'IN_DOUBT' | 'DONE'
  accepted: number
  refused: number
  unspent: number
  failures: number
  notBefore: Date | null
  reference: string | undefined
  error: string | null
  at: Date
}

/**
 * A batch that is claimed again (the broker took none of it, and named its request all the same) has a reference for each.
 * @returns the ring under which a batch that is QUEUED again is to be called
 */
export async function completeBatch(tx: Tx, batch: ClaimedBatch, closing: BatchResult): Promise<number> {
  const { rows } = await tx.query<{ enqueue_seq: number }>(
    `UPDATE "Batch" SET status = $2::"BatchStatus", lease_until = NULL, settled_at = $3,
            accepted = accepted + $4, refused = refused + $5, reserved = reserved - unit_cost * $6::int,
            failures = $7, not_before = $8, broker_ref = nullif(concat_ws(E'\\n', broker_ref, $9::text), ''),
            error = $10, enqueue_seq = enqueue_seq + 1, enqueued_at = $3
     WHERE id = $1 RETURNING enqueue_seq`,
    [
      batch.id,
      closing.status,
      closing.at,
      closing.accepted,
      closing.refused,
      closing.unspent,
      closing.failures,
      closing.notBefore,
      closing.reference ?? null,
      closing.error,
    ],
  )
  return rows[0]!.enqueue_seq
}

/** What was reserved for messages that the broker certainly did not take goes back. */
export async function releaseCost(
  tx: Tx,
  batchId: string,
  { budget_id, unit_cost }: Attempt,
  messages: number,
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
