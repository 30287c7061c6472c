import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'
import { lockSlot } from '../pacing/slots.ts'

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

/**
 * Locks the slots by which claims decide whether another batch must wait for this one (first-batch.ts, requests-at-once.ts): a
 * batch is parked before its settle looks for parked ones, or sees the settled batch. The campaign's comes first.
 */
export async function lockSlots(tx: Tx, batch: ClaimedBatch, now: Date): Promise<void> {
  if (batch.firstOf !== null) await lockSlot(tx, batch.campaign.id, now)
  if (batch.isLimited) await lockSlot(tx, batch.credential.id, now)
}
