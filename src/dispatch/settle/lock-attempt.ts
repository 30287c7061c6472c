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
 * Locks those of the batches that are still this attempt's. The time of its claim is part of the fence: after a failover that lost
 * the claim, another claim may have the same number.
 * @returns by the batch's id
 */
export async function lockAttempts(tx: Tx, batches: readonly ClaimedBatch[]): Promise<Map<string, Attempt>> {
  const { rows } = await locking(tx, 'Batch').query<Attempt & { id: string }>(
    `SELECT b.id, b.failures, b.budget_id, b.unit_cost
     FROM unnest($1::uuid[], $2::int[], $3::timestamptz[]) AS a(id, attempt, claimed_at)
     JOIN "Batch" b ON b.id = a.id AND b.attempt = a.attempt AND b.claimed_at = a.claimed_at
     WHERE b.status = 'SENDING' ORDER BY b.id FOR UPDATE OF b`,
    [batches.map(batch => batch.id), batches.map(batch => batch.attempt), batches.map(batch => batch.claimedAt)],
  )
  return new Map(rows.map(({ id, ...attempt }) => [id, attempt]))
}

/**
 * Locks the slots by which claims decide whether another batch must wait for this one (first-batch.ts, requests-at-once.ts): a
 * batch is parked before its settle looks for parked ones, or sees the settled batch. The campaign's comes first.
 */
export async function lockSlots(tx: Tx, batch: ClaimedBatch, now: Date): Promise<void> {
  if (batch.firstOf !== null) await lockSlot(tx, batch.campaign.id, now)
  if (batch.isLimited) await lockSlot(tx, batch.credential.id, now)
}
