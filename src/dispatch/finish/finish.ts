import type pg from 'pg'
import { adapterOf } from '../../broker/registry.ts'
import { locking } from '../../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../../database/pool.ts'
import { transition } from '../../lifecycle/transition.ts'

/**
 * Makes the campaign FINISHED if nothing of it is open, in the transaction that closed a batch. The Campaign row is locked before
 * the check, so that of two transactions that close the last two batches at once the later one sees the earlier one's work; it is
 * the last lock that a transaction takes, and is held only until the commit. If the broker has a closing, that is planned first,
 * and the campaign is FINISHED when it is done.
 * @returns whether a closing was planned, which is then to be enqueued
 */
export async function finishIfDone(tx: Tx, campaignId: string, now: Date): Promise<boolean> {
  const { rows } = await locking(tx, 'Campaign').query<{ adapter: string }>(
    `SELECT r.adapter FROM "Campaign" c JOIN "Broker" r ON r.id = c.broker_id WHERE c.id = $1 FOR NO KEY UPDATE OF c`,
    [campaignId],
  )
  if (await hasOpenBatches(tx, campaignId)) return false
  const { closing } = await adapterOf(rows[0]!.adapter)
  if (closing && (await planClosing(tx, campaignId))) return true
  if (await hasOpenLeads(tx, campaignId)) return false
  await transition(tx, 'finish', campaignId, { userId: null, now, reason: null })
  return false
}

/**
 * To be called after the commit of a transaction that ended a batch and did not check the campaign, because other batches were
 * QUEUED. Those may have ended meanwhile, in transactions that did not see this one's changes. So each checks after its own
 * commit, and the last one to check sees all of them.
 * @returns whether a closing was planned
 */
export async function finishAfterCommit(pool: pg.Pool, campaignId: string, now: Date): Promise<boolean> {
  if (await hasQueued(pool, campaignId)) return false
  return transaction(pool, tx => finishIfDone(tx, campaignId, now))
}

/**
 * While a batch is QUEUED, no settle needs the Campaign row, which all of them would wait for: the one that ends the last batch
 * checks.
 */
export async function hasQueued(sql: Sql, campaignId: string): Promise<boolean> {
  const { rows } = await sql.query<{ queued: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM "Batch" WHERE campaign_id = $1 AND status = 'QUEUED') AS queued`,
    [campaignId],
  )
  return rows[0]!.queued
}

async function hasOpenLeads(sql: Sql, campaignId: string): Promise<boolean> {
  const { rows } = await sql.query<{ open: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM "CampaignLead" WHERE campaign_id = $1 AND status IN ('PENDING', 'SENDING')) AS open`,
    [campaignId],
  )
  return rows[0]!.open
}

/** A closing in doubt is open: it is unknown whether the broker will send anything. */
async function hasOpenBatches(sql: Sql, campaignId: string): Promise<boolean> {
  const { rows } = await sql.query<{ open: boolean }>(
    `SELECT EXISTS (
       SELECT 1 FROM "Batch" WHERE campaign_id = $1 AND status IN ('QUEUED', 'SENDING', 'IN_DOUBT')
         AND (status <> 'IN_DOUBT' OR kind = 'CLOSING')) AS open`,
    [campaignId],
  )
  return rows[0]!.open
}

/** @returns whether one was planned */
async function planClosing(tx: Tx, campaignId: string): Promise<boolean> {
  if (!(await closingOwed(tx, campaignId))) return false
  const { rowCount } = await tx.query(
    `INSERT INTO "Batch" (id, campaign_id, kind, number, from_seq, to_seq, size, zone)
     SELECT gen_random_uuid(), id, 'CLOSING', (SELECT max(number) FROM "Batch" WHERE campaign_id = $1) + 1, 0, -1, 0, ''
     FROM "Campaign" WHERE id = $1 AND status IN ('PROCESSING', 'PAUSED')
       AND NOT EXISTS (SELECT 1 FROM "CampaignLead" WHERE campaign_id = $1 AND status IN ('PENDING', 'SENDING'))`,
    [campaignId],
  )
  return rowCount === 1
}

/**
 * Whether the broker accepted messages, or may have, after the last closing: none is planned for refused messages. A closing that
 * never ran, because its campaign was cancelled, has no claimed_at. The leads are read, not their batch's figures: a batch that
 * is sent again has figures from before.
 */
export async function closingOwed(sql: Sql, campaignId: string): Promise<boolean> {
  const { rows } = await sql.query<{ owed: boolean }>(
    `WITH last AS (
       SELECT coalesce(max(claimed_at), '-infinity') AS run_at FROM "Batch"
       WHERE campaign_id = $1 AND kind = 'CLOSING' AND parent_id IS NULL AND status = 'DONE'
     )
     SELECT EXISTS (
       SELECT 1 FROM last, "Batch" b
       JOIN "CampaignLead" l ON l.campaign_id = b.campaign_id AND l.seq BETWEEN b.from_seq AND b.to_seq
       WHERE b.campaign_id = $1 AND b.kind = 'SEND' AND b.settled_at > last.run_at
         AND l.sent_at > last.run_at AND l.status IN ('SENT', 'DELIVERED', 'READ', 'IN_DOUBT')
     ) AS owed`,
    [campaignId],
  )
  return rows[0]!.owed
}
