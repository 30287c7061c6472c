import type { Sql } from '../database/pool.ts'

/**
 * Makes the campaign FINISHED if nothing of it is left open, in the transaction that closed a batch. The campaign's row is
 * locked before it looks, so that of two that close the last two batches at once the later one sees the earlier one's work;
 * it is the last lock that a transaction takes, and held for no longer than the commit.
 */
export async function finishIfDone(sql: Sql, campaignId: string, now: Date): Promise<void> {
  await sql.query(`SELECT 1 FROM "Campaign" WHERE id = $1 FOR NO KEY UPDATE`, [campaignId])
  const { rows } = await sql.query<{ open: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM "Batch" WHERE campaign_id = $1 AND status IN ('QUEUED', 'SENDING')) AS open`,
    [campaignId],
  )
  if (rows[0]!.open) return
  await sql.query(
    `UPDATE "Campaign" SET status = 'FINISHED', finished_at = $2, updated_at = $2
     WHERE id = $1 AND status IN ('PROCESSING', 'PAUSED')
       AND NOT EXISTS (SELECT 1 FROM "CampaignLead" WHERE campaign_id = $1 AND status IN ('PENDING', 'SENDING'))`,
    [campaignId, now],
  )
}

/** PROCESSING → FAILED; a campaign that stands elsewhere by now stays there. */
export async function failCampaign(sql: Sql, campaignId: string, reason: string, now: Date): Promise<void> {
  await stopCampaign(sql, campaignId, 'FAILED', reason, now)
}

/** PROCESSING → PAUSED by camp itself: somebody should look before it goes on. */
export async function pauseCampaign(sql: Sql, campaignId: string, reason: string, now: Date): Promise<void> {
  await stopCampaign(sql, campaignId, 'PAUSED', reason, now)
}

async function stopCampaign(
  sql: Sql,
  campaignId: string,
  status: 'FAILED' | 'PAUSED',
  reason: string,
  now: Date,
): Promise<void> {
  const { rowCount } = await sql.query(
    `UPDATE "Campaign" SET status = $2, failure_reason = $3, updated_at = $4 WHERE id = $1 AND status = 'PROCESSING'`,
    [campaignId, status, reason, now],
  )
  if (rowCount === 0) return
  await sql.query(
    `INSERT INTO "AuditEvent" (id, at, action, subject, subject_id, detail)
     VALUES (gen_random_uuid(), $2, $3, 'Campaign', $1, jsonb_build_object('reason', $4::text))`,
    [campaignId, now, status === 'FAILED' ? 'campaign.fail' : 'campaign.pause', reason],
  )
}

/**
 * What a cancelled campaign had still to send: its leads end with that reason, its batches are closed. In the order of the
 * claim's locks, batches first: one that is being claimed at this moment is waited for, and is its settle's to end.
 */
export async function cancelOpenLeads(sql: Sql, campaignId: string, now: Date): Promise<void> {
  await sql.query(
    `WITH open AS (
       SELECT id FROM "Batch" WHERE campaign_id = $1 AND status = 'QUEUED' ORDER BY number FOR UPDATE
     )
     UPDATE "Batch" b SET status = 'DONE', settled_at = $2 FROM open WHERE b.id = open.id`,
    [campaignId, now],
  )
  await sql.query(
    `UPDATE "CampaignLead" l SET status = 'ERROR', error_code = 'CANCELLED', error_message = 'the campaign was cancelled'
     WHERE campaign_id = $1 AND status = 'PENDING'
       AND NOT EXISTS (
         SELECT 1 FROM "Batch" b WHERE b.campaign_id = $1 AND b.status = 'SENDING' AND l.seq BETWEEN b.from_seq AND b.to_seq)`,
    [campaignId],
  )
}
