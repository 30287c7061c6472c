import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'

/** What the settle of a batch needs of its row: the failures, and the cost that was reserved. */
export interface Attempt {
  failures: number
  budget_id: string | null
  unit_cost: string
}

/**
 * Locks the batch if it is this attempt's. The time of its claim is part of the fence: after a failover that lost the claim,
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
