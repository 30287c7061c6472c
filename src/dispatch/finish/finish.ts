import type pg from 'pg'
import { adapterOf } from '../../broker/registry.ts'
import { locking } from '../../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../../database/pool.ts'
import { transition } from '../../lifecycle/transition.ts'

/**
 * Makes the campaign FINISHED if nothing of it is left open, in the transaction that closed a batch. The campaign's row is
 * locked before it looks, so that of two that close the last two batches at once the later one sees the earlier one's work;
 * it is the last lock that a transaction takes, and held for no longer than the commit. Where the broker has a closing, that
 * is planned first, and the campaign is FINISHED when it is done.
 * @returns whether a closing was planned, which is then to be rung
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
 * After the commit of a transaction that ended a batch and left the campaign alone, because others were QUEUED: those may have ended
 * meanwhile, in transactions that did not see this one's. So each looks after its own commit, and the last one to look sees all of them.
 * @returns whether a closing was planned
 */
export async function finishAfterCommit(pool: pg.Pool, campaignId: string, now: Date): Promise<boolean> {
  if (await hasQueued(pool, campaignId)) return false
  return transaction(pool, tx => finishIfDone(tx, campaignId, now))
}

/** While it has, no settle needs the campaign's row, which all of them would wait for: whoever ends the last one looks. */
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

/** A closing in doubt is open: nobody knows whether the broker will send anything. */
async function hasOpenBatches(sql: Sql, campaignId: string): Promise<boolean> {
  const { rows } = await sql.query<{ open: boolean }>(
    `SELECT EXISTS (
       SELECT 1 FROM "Batch" WHERE campaign_id = $1 AND status IN ('QUEUED', 'SENDING', 'IN_DOUBT')
         AND (status <> 'IN_DOUBT' OR kind = 'CLOSING')) AS open`,
    [campaignId],
  )
  return rows[0]!.open
}

/** @returns whether there is one to run */
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
 * Whether the broker has taken messages, or may have, that no closing has come after: none is planned for what was refused. A
 * closing that was never run, because its campaign was cancelled, has no claimed_at. Leads say it, not their batch's figures: a
 * batch that is sent again has figures from before.
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
