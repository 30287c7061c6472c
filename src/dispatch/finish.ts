import type { Sql } from '../database/pool.ts'

/**
 * Makes the campaign FINISHED if nothing of it is left open, in the transaction that closed a batch. While another batch is
 * QUEUED the answer is no, without a lock. Else the campaign's row is locked first, so that of two settles that close the last
 * two batches at once the later one sees the earlier one's.
 */
export async function finishIfDone(sql: Sql, campaignId: string, now: Date): Promise<void> {
  if (await hasOpenBatch(sql, campaignId, ['QUEUED'])) return
  await sql.query(`SELECT 1 FROM "Campaign" WHERE id = $1 FOR NO KEY UPDATE`, [campaignId])
  if (await hasOpenBatch(sql, campaignId, ['QUEUED', 'SENDING'])) return
  await sql.query(
    `UPDATE "Campaign" SET status = 'FINISHED', finished_at = $2, updated_at = $2
     WHERE id = $1 AND status IN ('PROCESSING', 'PAUSED')
       AND NOT EXISTS (SELECT 1 FROM "CampaignLead" WHERE campaign_id = $1 AND status IN ('PENDING', 'SENDING'))`,
    [campaignId, now],
  )
}

async function hasOpenBatch(sql: Sql, campaignId: string, statuses: string[]): Promise<boolean> {
  const { rows } = await sql.query<{ open: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM "Batch" WHERE campaign_id = $1 AND status = ANY($2::"BatchStatus"[])) AS open`,
    [campaignId, statuses],
  )
  return rows[0]!.open
}

/** PROCESSING → FAILED; a campaign that stands elsewhere by now stays there. */
export async function failCampaign(sql: Sql, campaignId: string, reason: string, now: Date): Promise<void> {
  await stopCampaign(sql, campaignId, 'FAILED', reason, now)
}

/** PROCESSING → PAUSED by camp itself: somebody should look before it goes on. */
export async function pauseCampaign(sql: Sql, campaignId: string, reason: string, now: Date): Promise<void> {
  await stopCampaign(sql, campaignId, 'PAUSED', reason, now)
}

async function stopCampaign(sql: Sql, campaignId: string, status: 'FAILED' | 'PAUSED', reason: string, now: Date): Promise<void> {
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

/** What a cancelled campaign had still to send: its leads end with that reason, its batches are closed. */
export async function cancelOpenLeads(sql: Sql, campaignId: string, now: Date): Promise<void> {
  await sql.query(
    `UPDATE "CampaignLead" SET status = 'ERROR', error_code = 'CANCELLED', error_message = 'the campaign was cancelled'
     WHERE campaign_id = $1 AND status = 'PENDING'`,
    [campaignId],
  )
  await sql.query(`UPDATE "Batch" SET status = 'DONE', settled_at = $2 WHERE campaign_id = $1 AND status = 'QUEUED'`, [
    campaignId,
    now,
  ])
}
