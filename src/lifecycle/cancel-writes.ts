import { LOCK_EXCEPTIONS, locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'
import type { RefusalCode } from './refusal-codes.ts'

/** The statements that end what is still to be sent of a campaign that is CANCELLED, or over. */

/** Stored with each lead and closing. */
const CAMPAIGN_CANCELLED = 'the campaign was cancelled'
/** Stored with each lead of the batch. */
const WORKER_STOPPED = 'its worker was stopped before it was written'

const CANCELLED: RefusalCode = 'CANCELLED'
const NOT_SENT: RefusalCode = 'NOT_SENT'

/**
 * The batches are locked, QUEUED, before they are written: a batch that is being claimed is waited for, and is then not among
 * them.
 * @transition batch.cancel
 */
export async function cancelQueuedBatches(tx: Tx, campaignId: string, now: Date): Promise<void> {
  await locking(tx, 'Batch').query(
    `WITH open AS (
       SELECT id FROM "Batch" WHERE campaign_id = $1 AND status = 'QUEUED' ORDER BY number FOR NO KEY UPDATE
     )
     UPDATE "Batch" b SET status = 'DONE', settled_at = $2,
            error = CASE WHEN kind = 'CLOSING' THEN coalesce(error, '${CAMPAIGN_CANCELLED}') ELSE error END,
            claimed_at = CASE WHEN kind = 'CLOSING' THEN NULL ELSE claimed_at END
     FROM open WHERE b.id = open.id`,
    [campaignId, now],
  )
}

/**
 * @param exception the caller has locked the campaign before
 * @transition lead.cancel
 */
export async function cancelPendingLeads(
  tx: Tx,
  campaignId: string,
  exception?: typeof LOCK_EXCEPTIONS.LEFT_PENDING,
): Promise<void> {
  await locking(tx, 'CampaignLead', exception).query(
    `UPDATE "CampaignLead" SET status = 'ERROR', error_code = '${CANCELLED}', error_message = '${CAMPAIGN_CANCELLED}'
     WHERE campaign_id = $1 AND status = 'PENDING'`,
    [campaignId],
  )
}

/**
 * For a batch that was settled while its campaign was cancelled: the caller has locked the campaign and checked its status. Ends
 * the batch and those that were planned from it, if they are QUEUED, and their leads.
 * @transition batch.cancel, lead.cancel
 */
export async function cancelSettledRest(tx: Tx, batchId: string, now: Date): Promise<void> {
  await locking(tx, 'CampaignLead', LOCK_EXCEPTIONS.LEFT_PENDING).query(
    `WITH mine AS (
       UPDATE "Batch" SET status = 'DONE', settled_at = $2 WHERE (id = $1 OR parent_id = $1) AND status = 'QUEUED'
       RETURNING campaign_id, from_seq, to_seq
     )
     UPDATE "CampaignLead" l SET status = 'ERROR', error_code = '${CANCELLED}', error_message = '${CAMPAIGN_CANCELLED}'
     FROM mine m WHERE l.campaign_id = m.campaign_id AND l.seq BETWEEN m.from_seq AND m.to_seq AND l.status = 'PENDING'`,
    [batchId, now],
  )
}

/**
 * Ends leads that a worker released after their campaign was over: the caller has locked the campaign and checked its status.
 * @transition lead.drop
 */
export async function dropGivenBack(tx: Tx, leadIds: readonly string[]): Promise<void> {
  await locking(tx, 'CampaignLead', LOCK_EXCEPTIONS.LEFT_PENDING).query(
    `UPDATE "CampaignLead" SET status = 'ERROR', error_code = '${NOT_SENT}', error_message = '${WORKER_STOPPED}'
     WHERE id = ANY($1::uuid[]) AND status = 'PENDING'`,
    [leadIds],
  )
}
