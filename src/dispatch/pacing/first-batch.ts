import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'
import { lockSlot } from './slots.ts'

/**
 * After each start of a campaign (run, resume, retry) one batch is in flight until the broker has taken a message: what is wrong
 * with the whole campaign (a sender, a template, a field) is then answered for one batch only (decision 83). A start has a token,
 * `Campaign.unanswered_start`, which is NULL once a message was taken; a batch that is claimed meanwhile has it as `first_of`.
 * Other batches are parked, and the settle of that batch enqueues them. Claims and that settle take the campaign's slot row, so
 * that a batch is either parked before the settle looks for parked ones, or sees the settled batch.
 */

/**
 * Whether a batch of this start is in flight, or the campaign was stopped, or started again, since its token was read: a claim that
 * waited for the settle of the first batch must not go by what it read before. Locks the campaign's slot until the transaction ends.
 */
export async function isFirstInFlight(tx: Tx, campaignId: string, start: string, now: Date): Promise<boolean> {
  await lockSlot(tx, campaignId, now)
  const { rows } = await tx.query<{ waits: boolean }>(
    `SELECT status <> 'PROCESSING' OR coalesce(unanswered_start <> $2, false) OR (unanswered_start = $2 AND EXISTS (
       SELECT 1 FROM "Batch" WHERE campaign_id = $1 AND status = 'SENDING' AND kind = 'SEND' AND first_of = $2)) AS waits
     FROM "Campaign" WHERE id = $1`,
    [campaignId, start],
  )
  return rows[0]!.waits
}

/**
 * The broker took a message of a batch of this start: from now on batches are claimed beside one another. Locks the Campaign row.
 * @returns false if that was written before, or the campaign was started again since
 */
export async function endFirst(tx: Tx, campaignId: string, start: string): Promise<boolean> {
  const { rowCount } = await locking(tx, 'Campaign').query(
    `UPDATE "Campaign" SET unanswered_start = NULL WHERE id = $1 AND unanswered_start = $2`,
    [campaignId, start],
  )
  return rowCount === 1
}
