import { locking } from '../../database/lock-order.ts'
import type { Sql, Tx } from '../../database/pool.ts'
import type { Enqueuer } from '../../queue/queues.ts'
import { LOOKAHEAD_MS } from '../pacing/slots.ts'

/**
 * How many batches of a campaign are enqueued at the start. Each claim enqueues one more before it sends, so that the queue stays
 * small however large the campaign is, and as many claims as there are workers may run at once. A paced campaign has a small
 * window, because its batches run one after another anyway. The sweeper enqueues again what the queue loses.
 */
const WINDOW = 32
const PACED_WINDOW = 4
/** Until the broker has taken a message, one batch is in flight (first-batch.ts): the others are spares, if its job is lost. */
const FIRST_WINDOW = 4

export interface EnqueueTarget {
  id: string
  brokerId: string
  paced: boolean
}

/** Whether the campaign's batches run one after another: by its own throttling, or its broker's rate limit. */
export function isPaced(campaign: { throttling_type: string; rate_limit: string | null }): boolean {
  return campaign.throttling_type !== 'none' || campaign.rate_limit !== null
}

interface Unqueued {
  id: string
  enqueue_seq: number
  not_before: Date | null
}

/**
 * Enqueues the first window of a campaign's batches that are not enqueued yet. A batch that is locked is waited for: a second
 * start that is about to be refused locks all of them, and the campaign would stand still until the next sweep.
 */
export async function enqueueWindow(sql: Sql, queues: Enqueuer, campaign: EnqueueTarget, now: Date): Promise<void> {
  await enqueueUnqueued(sql, queues, campaign, { after: 0, limit: windowOf(campaign), now, locked: 'wait' })
}

/** As `enqueueWindow`, for the sweeper: a locked batch is left to the next sweep. @returns how many were enqueued */
export async function refillWindow(sql: Sql, queues: Enqueuer, campaign: EnqueueTarget, now: Date): Promise<number> {
  return enqueueUnqueued(sql, queues, campaign, { after: 0, limit: windowOf(campaign), now, locked: 'skip' })
}

/** Enqueues the first batch after number `after` that is not enqueued yet, for the time `at`. */
export async function enqueueNext(
  sql: Sql,
  queues: Enqueuer,
  campaign: EnqueueTarget,
  after: number,
  at: Date | null,
  now: Date,
): Promise<void> {
  await enqueueUnqueued(sql, queues, campaign, { after, limit: 1, now, at, locked: 'skip' })
}

/**
 * There is room for another request of a credential (requests-at-once.ts): enqueues one batch of each running campaign of the
 * wallet at the broker that has one which is not enqueued.
 */
export async function enqueueParked(
  sql: Sql,
  queues: Enqueuer,
  { walletId, brokerId }: { walletId: string; brokerId: string },
  now: Date,
): Promise<void> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT c.id FROM "Campaign" c
     WHERE c.wallet_id = $1 AND c.broker_id = $2 AND c.status = 'PROCESSING'
       AND EXISTS (SELECT 1 FROM "Batch" b WHERE b.campaign_id = c.id AND b.status = 'QUEUED' AND b.enqueued_at IS NULL)
     ORDER BY c.id`,
    [walletId, brokerId],
  )
  for (const { id } of rows) await enqueueNext(sql, queues, { id, brokerId, paced: true }, 0, null, now)
}

/** Locks a campaign's QUEUED batches. To be called before the Campaign row is locked: batches come first in the lock order. */
export async function lockQueued(tx: Tx, campaignId: string): Promise<void> {
  await locking(tx, 'Batch').query(
    `SELECT 1 FROM "Batch" WHERE campaign_id = $1 AND status = 'QUEUED' ORDER BY number FOR NO KEY UPDATE`,
    [campaignId],
  )
}

/** Marks every QUEUED batch of a campaign as not enqueued: after a pause it is unknown which jobs are left in the queue. */
export async function resetEnqueued(tx: Tx, campaignId: string): Promise<void> {
  await tx.query(
    `UPDATE "Batch" SET enqueue_seq = enqueue_seq + 1, enqueued_at = NULL, failures = 0, not_before = NULL,
            due_at = clock_timestamp(), waiting_for_hours = false
     WHERE campaign_id = $1 AND status = 'QUEUED'`,
    [campaignId],
  )
}

interface Choice {
  after: number
  limit: number
  now: Date
  at?: Date | null
  /** What to do about a batch that another transaction has locked. */
  locked: 'wait' | 'skip'
}

function windowOf(campaign: EnqueueTarget): number {
  return campaign.paced ? PACED_WINDOW : WINDOW
}

async function enqueueUnqueued(
  sql: Sql,
  queues: Enqueuer,
  campaign: EnqueueTarget,
  { after, limit, now, at, locked }: Choice,
): Promise<number> {
  const { rows } = await sql.query<Unqueued>(
    `UPDATE "Batch" b SET enqueued_at = greatest($4::timestamptz, $5::timestamptz) FROM (
       SELECT id FROM "Batch"
       WHERE campaign_id = $1 AND number > $2 AND status = 'QUEUED' AND enqueued_at IS NULL
       ORDER BY number
       LIMIT (SELECT CASE WHEN unanswered_start IS NULL THEN $3::int ELSE least($3, $6::int) END FROM "Campaign" WHERE id = $1)
       FOR UPDATE ${locked === 'skip' ? 'SKIP LOCKED' : ''}
     ) next
     WHERE b.id = next.id RETURNING b.id, b.enqueue_seq, b.not_before`,
    [campaign.id, after, limit, now, at ?? null, FIRST_WINDOW],
  )
  await enqueueAll(
    queues,
    campaign.brokerId,
    rows.map(row => ({ batchId: row.id, enqueue_seq: row.enqueue_seq, at: latest(row.not_before, at ?? null) })),
    now,
  )
  return rows.length
}

/** @param jobs each is delivered at `at`, or now; for a slot, `at` is a little early (`enqueueAhead`) */
export async function enqueueAll(
  queues: Enqueuer,
  brokerId: string,
  jobs: readonly { batchId: string; enqueue_seq: number; at: Date | null }[],
  now: Date,
): Promise<void> {
  await queues.enqueue(
    brokerId,
    jobs.map(({ batchId, enqueue_seq, at }) => ({
      batchId,
      enqueue_seq,
      delayMs: at ? Math.max(0, at.getTime() - now.getTime()) : 0,
    })),
  )
}

/** When to enqueue for a slot: a claim may take it up to LOOKAHEAD_MS ahead, and waits for it in its process. */
export function enqueueAhead(slot: Date): Date {
  return new Date(slot.getTime() - LOOKAHEAD_MS / 2)
}

function latest(a: Date | null, b: Date | null): Date | null {
  if (!a || !b) return a ?? b
  return a > b ? a : b
}
