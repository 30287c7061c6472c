import type pg from 'pg'
import { locking } from '../database/lock-order.ts'
import { type Tx, transaction } from '../database/pool.ts'
import { expireBatch } from '../lifecycle/batch-writes.ts'
import { requeueUnbegun } from '../lifecycle/closing-writes.ts'
import { doubtLeads } from '../lifecycle/lead-writes.ts'
import type { Enqueuer } from '../queue/queues.ts'
import { cancelOpenLeads } from './finish/cancel-pending.ts'
import { finishIfDone } from './finish/finish.ts'
import { enqueueAll, isPaced, refillWindow } from './plan/enqueue.ts'
import { type PlannedCampaign, planCampaign } from './plan/plan.ts'
import { planRest } from './plan/replan.ts'
import { LOST, recordLeadEvents } from './record/lead-events.ts'
import { recipientsHash } from './record/recipients-hash.ts'

/**
 * Dependencies of the sweeper, which repairs what crashes leave behind. The control queue's scheduler enqueues it once for all
 * workers; two concurrent sweeps do no harm.
 */
export interface SweepDeps {
  pool: pg.Pool
  queues: Enqueuer
  now: () => Date
  sweepMs: number
}

export interface Swept {
  /** Leads whose lease expired: it is unknown whether they were sent. */
  inDoubt: number
  enqueued: number
}

export async function sweep(deps: SweepDeps): Promise<Swept> {
  const inDoubt = await expireLeases(deps)
  await endCancelled(deps)
  await planUnplanned(deps)
  await finishUnfinished(deps)
  const enqueued = (await enqueueLost(deps)) + (await enqueueStalled(deps))
  return { inDoubt, enqueued }
}

/**
 * Puts batches with an expired lease in doubt: the request may have been sent. The cost stays reserved; callbacks or a person
 * decide.
 */
async function expireLeases({ pool, now }: SweepDeps): Promise<number> {
  let expired = 0
  for (;;) {
    const leads = await transaction(pool, async tx => {
      const at = now()
      const batch = await expireBatch(tx, at, LOST)
      if (!batch) return undefined
      const leads = await doubtLeads(tx, batch, LOST)
      leads.sort((a, b) => a.seq - b.seq)
      const seqs = leads.map(lead => lead.seq)
      const { campaign_id: campaignId, number, attempt, claimed_at: claimedAt } = batch
      await recordLeadEvents(tx, [
        {
          ...{ campaignId, kind: 'IN_DOUBT', at, seqs, batch: { number, attempt }, claimedAt, detail: LOST },
          recipients: recipientsHash(leads),
        },
      ])
      await requeueUnbegun(tx, batch.id, at)
      // Leads that the claim left PENDING, for lack of budget at the time, are still to be sent.
      const whole = { failures: 0, notBefore: null, enqueuedAt: null }
      await planRest(tx, { id: batch.id, campaignId: batch.campaign_id }, whole)
      await finishIfDone(tx, batch.campaign_id, at)
      return seqs.length
    })
    if (leads === undefined) return expired
    expired += leads
  }
}

/**
 * Completes cancels of the last day that a crash interrupted: the campaign still has QUEUED batches or, if it was never planned,
 * PENDING leads.
 */
async function endCancelled({ pool, now }: SweepDeps): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT c.id FROM "Campaign" c
     WHERE c.status = 'CANCELLED' AND c.updated_at > $1::timestamptz - interval '1 day'
       AND (EXISTS (SELECT 1 FROM "Batch" WHERE campaign_id = c.id AND status = 'QUEUED')
         OR (NOT EXISTS (SELECT 1 FROM "Batch" WHERE campaign_id = c.id)
             AND EXISTS (SELECT 1 FROM "CampaignLead" WHERE campaign_id = c.id AND status = 'PENDING')))`,
    [now()],
  )
  for (const { id } of rows) await transaction(pool, tx => cancelOpenLeads(tx, id, now()))
}

/**
 * Plans PENDING leads of running campaigns without an open batch: a lead's doubt was resolved while its batch was being sent
 * again.
 */
async function planUnplanned({ pool }: SweepDeps): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT c.id FROM "Campaign" c
     WHERE c.status = 'PROCESSING'
       AND NOT EXISTS (
         SELECT 1 FROM "Batch" WHERE campaign_id = c.id AND (status IN ('QUEUED', 'SENDING') OR (kind = 'CLOSING' AND status = 'IN_DOUBT')))
       AND EXISTS (SELECT 1 FROM "CampaignLead" WHERE campaign_id = c.id AND status = 'PENDING')`,
  )
  for (const { id } of rows) {
    await transaction(pool, async tx => {
      const campaign = await lockRunning(tx, id)
      if (campaign) await planCampaign(tx, campaign)
    })
  }
}

/**
 * Finishes campaigns that have nothing open: the worker died after the commit that ended the last batch, before it checked the
 * campaign.
 */
async function finishUnfinished({ pool, now }: SweepDeps): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT c.id FROM "Campaign" c
     WHERE c.status IN ('PROCESSING', 'PAUSED')
       AND NOT EXISTS (
         SELECT 1 FROM "Batch" WHERE campaign_id = c.id AND (status IN ('QUEUED', 'SENDING') OR (kind = 'CLOSING' AND status = 'IN_DOUBT')))
       AND NOT EXISTS (SELECT 1 FROM "CampaignLead" WHERE campaign_id = c.id AND status IN ('PENDING', 'SENDING'))`,
  )
  for (const { id } of rows) await transaction(pool, tx => finishIfDone(tx, id, now()))
}

async function lockRunning(tx: Tx, campaignId: string): Promise<PlannedCampaign | undefined> {
  const { rows } = await locking(tx, 'Campaign').query<PlannedCampaign>(
    `SELECT c.id, c.batch_size, c.throttling_type, r.adapter, r.max_batch, r.rate_limit
     FROM "Campaign" c JOIN "Broker" r ON r.id = c.broker_id
     WHERE c.id = $1 AND c.status = 'PROCESSING' FOR NO KEY UPDATE OF c`,
    [campaignId],
  )
  return rows[0]
}

interface LostBatch {
  id: string
  enqueue_seq: number
  broker_id: string
}

/**
 * Enqueues due batches that were enqueued more than a sweep interval ago: the queue may have lost the job. A duplicate job is
 * harmless. A deferred batch gets a new job name, once: its job may wait in the queue for a time that a wrong clock had set, and
 * the queue accepts no second job of the same name.
 */
async function enqueueLost({ pool, queues, now, sweepMs }: SweepDeps): Promise<number> {
  const at = now()
  const { rows } = await pool.query<LostBatch>(
    `UPDATE "Batch" b SET enqueued_at = $1, enqueue_seq = b.enqueue_seq + (b.not_before IS NOT NULL)::int, not_before = NULL,
            waiting_for_hours = false
     FROM (
       SELECT b.id, c.broker_id FROM "Batch" b JOIN "Campaign" c ON c.id = b.campaign_id
       WHERE b.status = 'QUEUED' AND c.status = 'PROCESSING'
         AND greatest(b.enqueued_at, b.not_before) < $1::timestamptz - $2 * interval '1 millisecond'
       ORDER BY b.enqueued_at LIMIT 1000 FOR NO KEY UPDATE OF b SKIP LOCKED
     ) late
     WHERE b.id = late.id AND b.enqueued_at IS NOT NULL RETURNING b.id, b.enqueue_seq, late.broker_id`,
    [at, sweepMs],
  )
  for (const brokerId of new Set(rows.map(row => row.broker_id))) {
    const jobs = rows
      .filter(row => row.broker_id === brokerId)
      .map(({ id, enqueue_seq }) => ({ batchId: id, enqueue_seq, at: null }))
    await enqueueAll(queues, brokerId, jobs, at)
  }
  return rows.length
}

/**
 * Enqueues batches of running campaigns that have no enqueued batch and no request in flight: the worker died between a claim and
 * the next enqueue.
 */
async function enqueueStalled({ pool, queues, now }: SweepDeps): Promise<number> {
  const { rows } = await pool.query<{ id: string; broker_id: string } & Parameters<typeof isPaced>[0]>(
    `SELECT c.id, c.broker_id, c.throttling_type, r.rate_limit
     FROM "Campaign" c JOIN "Broker" r ON r.id = c.broker_id
     WHERE c.status = 'PROCESSING'
       AND EXISTS (SELECT 1 FROM "Batch" WHERE campaign_id = c.id AND status = 'QUEUED')
       AND NOT EXISTS (
         SELECT 1 FROM "Batch" WHERE campaign_id = c.id AND (status = 'SENDING' OR (status = 'QUEUED' AND enqueued_at IS NOT NULL)))`,
  )
  let enqueued = 0
  for (const { id, broker_id, ...row } of rows)
    enqueued += await refillWindow(pool, queues, { id, brokerId: broker_id, paced: isPaced(row) }, now())
  return enqueued
}
