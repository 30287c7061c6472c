import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'
import { closeForReplan } from '../../lifecycle/batch-writes.ts'
import type { ClaimedBatch, ClaimedLead } from '../model/claimed-batch.ts'

/**
 * Plans the PENDING leads in the range of a batch that holds a cost as a new batch. A batch that holds a cost is never claimed
 * again, so that one month at one price has paid for all of it, and a released cost goes back where it came from. To be called in
 * the transaction that closes the batch; locks the Campaign row.
 * @returns the new batch; undefined if no lead is left
 */
export async function planRest(
  tx: Tx,
  batch: { id: string; campaignId: string },
  rest: { failures: number; notBefore: Date | null; enqueuedAt: Date | null },
): Promise<{ id: string; enqueue_seq: number } | undefined> {
  await locking(tx, 'Campaign').query(`SELECT 1 FROM "Campaign" WHERE id = $1 FOR NO KEY UPDATE`, [batch.campaignId])
  const { rows } = await tx.query<{ id: string; enqueue_seq: number }>(
    `WITH rest AS (
       SELECT min(l.seq) AS from_seq, max(l.seq) AS to_seq, count(*)::int AS size
       FROM "Batch" b JOIN "CampaignLead" l ON l.campaign_id = b.campaign_id AND l.seq BETWEEN b.from_seq AND b.to_seq
       WHERE b.id = $1 AND l.status = 'PENDING'
     ), parent AS (
       UPDATE "Batch" b SET size = accepted + refused + (
         SELECT count(*) FROM "CampaignLead" l
         WHERE l.campaign_id = b.campaign_id AND l.seq BETWEEN b.from_seq AND b.to_seq AND l.batch_number = b.number
           AND l.status = 'IN_DOUBT')
       FROM rest r WHERE b.id = $1 AND r.size > 0
       RETURNING b.id, b.campaign_id, b.zone, b.region, r.from_seq, r.to_seq, r.size AS rest
     )
     INSERT INTO "Batch" (id, campaign_id, number, from_seq, to_seq, size, zone, region, parent_id, failures, not_before, enqueued_at)
     SELECT gen_random_uuid(), campaign_id, (SELECT max(number) + 1 FROM "Batch" WHERE campaign_id = $2),
            from_seq, to_seq, rest, zone, region, id, $3, $4, $5
     FROM parent RETURNING id, enqueue_seq`,
    [batch.id, batch.campaignId, rest.failures, rest.notBefore, rest.enqueuedAt],
  )
  return rows[0]
}

/**
 * Splits the leads of a batch that was refused as a whole into two batches, each with its own number, so that the lead that
 * causes the refusal ends up alone. The PENDING leads behind them that the claim did not take (`left`) become a third batch. The
 * batch itself keeps no leads: its range becomes empty.
 */
export async function splitBatch(
  tx: Tx,
  batch: ClaimedBatch,
  leads: readonly ClaimedLead[],
  at: Date,
): Promise<{ batchId: string; enqueue_seq: number; at: Date | null }[]> {
  await locking(tx, 'Campaign').query(`SELECT 1 FROM "Campaign" WHERE id = $1 FOR NO KEY UPDATE`, [batch.campaign.id])
  const middle = Math.ceil(leads.length / 2)
  const halves = [leads.slice(0, middle), leads.slice(middle)]
  const parts = halves.map(half => ({ from: half[0]!.seq, to: half.at(-1)!.seq as number | null, size: half.length }))
  if (batch.left > 0) parts.push({ from: batch.leads.at(-1)!.seq + 1, to: null, size: batch.left })
  const { rows } = await tx.query<{ id: string; enqueue_seq: number }>(
    `WITH whole AS (
       SELECT id, to_seq FROM "Batch" WHERE id = $1
     ), parent AS (
       UPDATE "Batch" b SET to_seq = from_seq - 1 FROM whole w WHERE b.id = w.id RETURNING b.campaign_id, b.zone, b.region, w.to_seq
     )
     INSERT INTO "Batch" (id, campaign_id, number, from_seq, to_seq, size, zone, region, parent_id, enqueued_at)
     SELECT gen_random_uuid(), p.campaign_id,
            (SELECT max(number) FROM "Batch" WHERE campaign_id = p.campaign_id) + h.n, h.from_seq, coalesce(h.to_seq, p.to_seq),
            h.size, p.zone, p.region, $1, $5
     FROM parent p, unnest($2::int[], $3::int[], $4::int[]) WITH ORDINALITY AS h(from_seq, to_seq, size, n)
     RETURNING id, enqueue_seq`,
    [batch.id, parts.map(part => part.from), parts.map(part => part.to), parts.map(part => part.size), at],
  )
  return rows.map(({ id, enqueue_seq }) => ({ batchId: id, enqueue_seq, at: null }))
}

/**
 * Closes a QUEUED batch that holds a cost by now (a message that was thought not sent had been sent) and plans its PENDING leads
 * as a new batch, which the sweeper enqueues. The caller has locked the batch; locks the Campaign row.
 */
export async function replanQueued(tx: Tx, batch: { id: string; campaignId: string }): Promise<void> {
  const waiting = await closeForReplan(tx, batch.id)
  if (!waiting) return
  await planRest(tx, batch, { failures: waiting.failures, notBefore: waiting.not_before, enqueuedAt: null })
}
