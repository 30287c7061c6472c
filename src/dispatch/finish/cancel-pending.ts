import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'

/**
 * What a cancelled campaign had still to send: its leads end with that reason, its batches are closed. In the order of the
 * claim's locks, batches first: one that is being claimed at this moment is waited for, and what it took is its settle's to end.
 */
export async function cancelOpenLeads(tx: Tx, campaignId: string, now: Date): Promise<void> {
  await locking(tx, 'Batch').query(
    `WITH open AS (
       SELECT id FROM "Batch" WHERE campaign_id = $1 AND status = 'QUEUED' ORDER BY number FOR UPDATE
     )
     UPDATE "Batch" b SET status = 'DONE', settled_at = $2,
            error = CASE WHEN kind = 'CLOSING' THEN coalesce(error, 'the campaign was cancelled') ELSE error END,
            claimed_at = CASE WHEN kind = 'CLOSING' THEN NULL ELSE claimed_at END
     FROM open WHERE b.id = open.id`,
    [campaignId, now],
  )
  await locking(tx, 'CampaignLead').query(
    `UPDATE "CampaignLead" SET status = 'ERROR', error_code = 'CANCELLED', error_message = 'the campaign was cancelled'
     WHERE campaign_id = $1 AND status = 'PENDING'`,
    [campaignId],
  )
}
