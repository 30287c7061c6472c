import type pg from 'pg'
import { locking } from '../database/lock-order.ts'
import { type Sql, transaction } from '../database/pool.ts'
import { FREQUENCY_CAP_SQL } from '../dispatch/claim/frequency-cap.ts'
import { recordAudit } from '../security/audit-log.ts'
import { ERASED_COLUMNS } from './replacement.ts'

export interface Pruning {
  campaigns: number
  /** Leads whose personal data is replaced. */
  leads: number
  callbacks: number
  /** What people answered, also what no user has handled. */
  replies: number
  contacts: number
  /** Older campaigns that stay, because leads of them are in doubt or still to be sent. */
  campaigns_left: number
}

const CHUNK = 10_000

/** A campaign `c` that is over, and ended before $1. */
const OVER = `c.status IN ('FINISHED', 'CANCELLED') AND coalesce(c.finished_at, c.updated_at) < $1`
const OPEN_LEADS = `EXISTS (SELECT 1 FROM "CampaignLead" WHERE campaign_id = c.id AND status IN ('PENDING', 'SENDING', 'IN_DOUBT'))`
const UNPRUNED_LEADS = `EXISTS (SELECT 1 FROM "CampaignLead" WHERE campaign_id = c.id AND erased_at IS NULL AND NOT is_fish)`

/** What `prune` would do. */
export async function findPrunable(sql: Sql, before: Date): Promise<Pruning> {
  const { rows } = await sql.query<Pruning>(
    `WITH prunable AS (SELECT c.id FROM "Campaign" c WHERE ${OVER} AND ${UNPRUNED_LEADS} AND NOT ${OPEN_LEADS})
     SELECT (SELECT count(*)::int FROM prunable) AS campaigns,
            (SELECT count(*)::int FROM "CampaignLead" l JOIN prunable p ON p.id = l.campaign_id
             WHERE l.erased_at IS NULL AND NOT l.is_fish) AS leads,
            (SELECT count(*)::int FROM "WebhookEvent" WHERE applied_at IS NOT NULL AND received_at < $1) AS callbacks,
            (SELECT count(*)::int FROM "InboundMessage" WHERE received_at < $1) AS replies,
            (SELECT count(*)::int FROM "Contact" WHERE last_sent_at < least($1, now() - ${FREQUENCY_CAP_SQL})) AS contacts,
            (SELECT count(*)::int FROM "Campaign" c WHERE ${OVER} AND ${UNPRUNED_LEADS} AND ${OPEN_LEADS}) AS campaigns_left`,
    [before],
  )
  return rows[0]!
}

export interface PruneRun {
  before: Date
  now: Date
  userId: string
  /** Aborted: it ends after the current chunk. */
  signal: AbortSignal
  onProgress: (leads: number) => void
}

/**
 * Replaces the personal data of leads of campaigns that ended before `before`, and deletes callbacks, replies and frequency-cap entries
 * from before then. The ledger, budgets, statuses, attempts and the audit stay. Each chunk is a transaction of its own that locks
 * no running campaign; an interrupted run is continued by the next.
 */
export async function prune(pool: pg.Pool, run: PruneRun): Promise<Pruning> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT c.id FROM "Campaign" c WHERE ${OVER} AND ${UNPRUNED_LEADS} AND NOT ${OPEN_LEADS} ORDER BY c.created_at`,
    [run.before],
  )
  const pruned: Pruning = {
    ...(await findPrunable(pool, run.before)),
    campaigns: 0,
    leads: 0,
    callbacks: 0,
    replies: 0,
    contacts: 0,
  }
  for (const { id } of rows) {
    if (!(await beginCampaign(pool, id, run))) continue
    pruned.campaigns++
    pruned.leads += await inChunks(run, () => pruneLeads(pool, id, run.now), pruned.leads)
  }
  pruned.callbacks = await inChunks(run, () => deleteCallbacks(pool, run.before))
  pruned.replies = await inChunks(run, () => deleteReplies(pool, run.before))
  pruned.contacts = await inChunks(run, () => deleteContacts(pool, run.before))
  return pruned
}

/** @param before the leads before this campaign's, for the progress; undefined: not leads */
async function inChunks(
  { signal, onProgress }: PruneRun,
  chunk: () => Promise<number>,
  before?: number,
): Promise<number> {
  let done = 0
  for (;;) {
    signal.throwIfAborted()
    const size = await chunk()
    done += size
    if (before !== undefined) onProgress(before + done)
    if (size < CHUNK) return done
  }
}

/** @returns false if the campaign was retried or reopened meanwhile */
async function beginCampaign(pool: pg.Pool, id: string, { before, now, userId, signal }: PruneRun): Promise<boolean> {
  signal.throwIfAborted()
  return transaction(pool, async tx => {
    const { rows } = await locking(tx, 'Campaign').query<{ pruned_at: Date | null }>(
      `SELECT c.pruned_at FROM "Campaign" c WHERE c.id = $2 AND ${OVER} AND NOT ${OPEN_LEADS} FOR UPDATE`,
      [before, id],
    )
    if (rows[0]?.pruned_at === null) {
      await tx.query(`UPDATE "Campaign" SET pruned_at = $2 WHERE id = $1`, [id, now])
      const detail = { before: before.toISOString() }
      await recordAudit(tx, { userId, action: 'data.prune', subject: 'Campaign', subjectId: id, detail })
    }
    return rows[0] !== undefined
  })
}

function pruneLeads(pool: pg.Pool, campaignId: string, now: Date): Promise<number> {
  return transaction(pool, async tx => {
    const { rowCount } = await locking(tx, 'CampaignLead').query(
      `WITH chunk AS (
         SELECT l.id, l.provider_msg_id, c.broker_id FROM "CampaignLead" l JOIN "Campaign" c ON c.id = l.campaign_id
         WHERE l.campaign_id = $1 AND l.erased_at IS NULL AND NOT l.is_fish AND l.status NOT IN ('PENDING', 'SENDING', 'IN_DOUBT')
         ORDER BY l.seq LIMIT ${CHUNK} FOR UPDATE OF l
       ), forgotten AS (
         DELETE FROM "ProviderMessage" m USING chunk k WHERE m.broker_id = k.broker_id AND m.provider_msg_id = k.provider_msg_id
       )
       UPDATE "CampaignLead" l SET ${ERASED_COLUMNS}, erased_at = $2 FROM chunk k WHERE l.id = k.id`,
      [campaignId, now],
    )
    return rowCount ?? 0
  })
}

async function deleteCallbacks(pool: pg.Pool, before: Date): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM "WebhookEvent" WHERE id IN (
       SELECT id FROM "WebhookEvent" WHERE applied_at IS NOT NULL AND received_at < $1 LIMIT ${CHUNK})`,
    [before],
  )
  return rowCount ?? 0
}

async function deleteReplies(pool: pg.Pool, before: Date): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM "InboundMessage" WHERE id IN (SELECT id FROM "InboundMessage" WHERE received_at < $1 LIMIT ${CHUNK})`,
    [before],
  )
  return rowCount ?? 0
}

/** Rows that a claim holds are left to the next run. */
function deleteContacts(pool: pg.Pool, before: Date): Promise<number> {
  return transaction(pool, async tx => {
    const { rowCount } = await locking(tx, 'Contact').query(
      `DELETE FROM "Contact" WHERE key IN (
         SELECT key FROM "Contact" WHERE last_sent_at < least($1, now() - ${FREQUENCY_CAP_SQL})
         LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED)`,
      [before],
    )
    return rowCount ?? 0
  })
}
