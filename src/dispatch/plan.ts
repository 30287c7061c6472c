import type { Adapter } from '../broker/port.ts'
import { adapterOf } from '../broker/registry.ts'
import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'
import { AREA_TABLE } from '../lead/zones.ts'
import type { ClaimedBatch } from './claim.ts'
import type { ClaimedLead } from './claim-leads.ts'

/**
 * The plan of a campaign: its PENDING leads cut into batches, each a seq range of one region (and of one text, where a
 * request carries only one). The sizes are pure (`batchSizes`, what --dry-run prints); `planBatches` cuts the same sizes in one
 * statement, so that a million leads are planned without holding them. A test holds the two together.
 */
export interface BatchLimits {
  /** The adapter's: a one-message broker's batch is its concurrent requests. */
  adapter: Pick<Adapter, 'messagesPerRequest' | 'usualBatch'>
  brokerMax: number | null
  campaignMax: number | null
  /** Throttled: every message has its own moment. */
  perMessage: boolean
  /** The broker's rate limit, requests a second; null: none. */
  perSecond: number | null
}

/** Concurrent requests of one claim at a one-message broker: enough to hide its latency. */
const SINGLE_MESSAGE_BATCH = 50

/**
 * How many messages a batch holds. At a one-message broker with a rate limit, no more than start within a second: a claim, and the
 * settle of its answers, is about a second's work at any rate, so that a stop or a lost worker leaves little behind.
 */
export function effectiveBatchSize(limits: BatchLimits): number {
  if (limits.perMessage) return 1
  const { messagesPerRequest, usualBatch = messagesPerRequest } = limits.adapter
  const isSingle = messagesPerRequest === 1
  const most = isSingle ? Math.min(SINGLE_MESSAGE_BATCH, Math.floor(limits.perSecond ?? Infinity)) : messagesPerRequest
  const usual = isSingle ? SINGLE_MESSAGE_BATCH : usualBatch
  return Math.max(1, Math.min(most, limits.brokerMax ?? usual, limits.campaignMax ?? Infinity))
}

/** @param groups how many leads there are to send in each region (and text), in dispatch order @returns each batch's size */
export function batchSizes(groups: readonly { count: number }[], size: number): number[] {
  return groups.flatMap(({ count }) =>
    Array.from({ length: Math.ceil(count / size) }, (_, i) => Math.min(size, count - i * size)),
  )
}

/** What of a campaign and its broker decides how it is cut. */
export interface PlannedCampaign {
  id: string
  adapter: string
  max_batch: number | null
  batch_size: number | null
  throttling_type: string
  /** A decimal. */
  rate_limit: string | null
}

/** Batches for every PENDING lead that no open batch holds; the campaign's row is held. */
export async function planCampaign(tx: Tx, campaign: PlannedCampaign): Promise<void> {
  const adapter = await adapterOf(campaign.adapter)
  await planBatches(tx, {
    campaignId: campaign.id,
    size: effectiveBatchSize({
      adapter,
      brokerMax: campaign.max_batch,
      campaignMax: campaign.batch_size,
      perMessage: campaign.throttling_type !== 'none',
      perSecond: perSecond(campaign.rate_limit),
    }),
    oneTextPerRequest: adapter.oneTextPerRequest,
  })
}

/** @param rateLimit a broker's column: a decimal, null without a limit */
export function perSecond(rateLimit: string | null): number | null {
  return rateLimit === null ? null : Number(rateLimit)
}

export interface PlanRequest {
  campaignId: string
  size: number
  oneTextPerRequest: boolean
}

/**
 * Writes the batches of every PENDING lead that no open batch holds, numbered on from the last; none reaches over an open one,
 * so that no lead is in the range of two. The campaign's row is held. The open batches' ranges are one value, searched for each
 * lead: joined with the leads they took 4 s for 200,000 of them instead of 0.1, and four times that for twice as many. A
 * campaign that was imported when seq told only time zones apart is cut by them: its batches name no region.
 * @returns how many batches were planned
 */
export async function planBatches(tx: Tx, { campaignId, size, oneTextPerRequest }: PlanRequest): Promise<number> {
  const { rowCount } = await tx.query(
    `WITH area AS (
       SELECT a.ddd, a.zone, CASE WHEN c.seq_by_zone THEN '' ELSE a.region END AS region
       FROM "Campaign" c, unnest($3::text[], $4::text[], $6::text[]) AS a(ddd, zone, region) WHERE c.id = $1
     ), held AS (
       SELECT coalesce(range_agg(int4range(from_seq, to_seq, '[]')), '{}') AS ranges,
              coalesce(array_agg(to_seq ORDER BY to_seq), '{}') AS ends
       FROM "Batch" WHERE campaign_id = $1 AND kind = 'SEND' AND status IN ('QUEUED', 'SENDING') AND from_seq <= to_seq
     ), lead AS (
       SELECT l.seq, coalesce(a.zone, '') AS zone, coalesce(a.region, '') AS region,
         CASE WHEN $5 THEN coalesce(l.custom_message, '') END AS text,
              width_bucket(l.seq, (SELECT ends FROM held)) AS gap
       FROM "CampaignLead" l LEFT JOIN area a ON a.ddd = substr(l.phone, 3, 2)
       WHERE l.campaign_id = $1 AND l.status = 'PENDING'
         AND NOT l.seq <@ (SELECT ranges FROM held)
     ), place AS (
       SELECT *, (row_number() OVER (PARTITION BY region, zone, text, gap ORDER BY seq) - 1) / $2 AS cut FROM lead
     ), slice AS (
       SELECT zone, region, min(seq) AS from_seq, max(seq) AS to_seq, count(*)::int AS size
       FROM place GROUP BY region, zone, text, gap, cut
     )
     INSERT INTO "Batch" (id, campaign_id, number, from_seq, to_seq, size, zone, region)
     SELECT gen_random_uuid(), $1,
            coalesce((SELECT max(number) FROM "Batch" WHERE campaign_id = $1), 0) + row_number() OVER (ORDER BY from_seq),
            from_seq, to_seq, size, zone, region
     FROM slice`,
    [campaignId, size, AREA_TABLE.ddds, AREA_TABLE.zones, oneTextPerRequest, AREA_TABLE.regions],
  )
  return rowCount ?? 0
}

/**
 * Plans what is PENDING in the range of a batch that holds a cost: as a batch of its own. One that holds a cost is never claimed
 * again, so that one month at one price has paid for all of it, and what comes back goes where it came from. Belongs into the
 * transaction that closes the batch; takes the campaign's row.
 * @returns the new batch; undefined where nothing is left
 */
export async function planRest(
  tx: Tx,
  batch: { id: string; campaignId: string },
  rest: { failures: number; notBefore: Date | null; rungAt: Date | null },
): Promise<{ id: string; ring: number } | undefined> {
  await locking(tx, 'Campaign').query(`SELECT 1 FROM "Campaign" WHERE id = $1 FOR NO KEY UPDATE`, [batch.campaignId])
  const { rows } = await tx.query<{ id: string; ring: number }>(
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
     INSERT INTO "Batch" (id, campaign_id, number, from_seq, to_seq, size, zone, region, parent_id, failures, not_before, rung_at)
     SELECT gen_random_uuid(), campaign_id, (SELECT max(number) + 1 FROM "Batch" WHERE campaign_id = $2),
            from_seq, to_seq, rest, zone, region, id, $3, $4, $5
     FROM parent RETURNING id, ring`,
    [batch.id, batch.campaignId, rest.failures, rest.notBefore, rest.rungAt],
  )
  return rows[0]
}

/**
 * Cuts the leads of a batch that was refused as a whole into two batches, each with a number of its own, so that the one that
 * poisons it ends up alone. What the budget did not pay for stands behind them, and is a third. The batch itself keeps no leads:
 * its range becomes empty.
 */
export async function splitBatch(
  tx: Tx,
  batch: ClaimedBatch,
  leads: readonly ClaimedLead[],
  at: Date,
): Promise<{ batchId: string; ring: number; at: Date | null }[]> {
  await locking(tx, 'Campaign').query(`SELECT 1 FROM "Campaign" WHERE id = $1 FOR NO KEY UPDATE`, [batch.campaign.id])
  const middle = Math.ceil(leads.length / 2)
  const halves = [leads.slice(0, middle), leads.slice(middle)]
  const parts = halves.map(half => ({ from: half[0]!.seq, to: half.at(-1)!.seq as number | null, size: half.length }))
  if (batch.left > 0) parts.push({ from: batch.leads.at(-1)!.seq + 1, to: null, size: batch.left })
  const { rows } = await tx.query<{ id: string; ring: number }>(
    `WITH whole AS (
       SELECT id, to_seq FROM "Batch" WHERE id = $1
     ), parent AS (
       UPDATE "Batch" b SET to_seq = from_seq - 1 FROM whole w WHERE b.id = w.id RETURNING b.campaign_id, b.zone, b.region, w.to_seq
     )
     INSERT INTO "Batch" (id, campaign_id, number, from_seq, to_seq, size, zone, region, parent_id, rung_at)
     SELECT gen_random_uuid(), p.campaign_id,
            (SELECT max(number) FROM "Batch" WHERE campaign_id = p.campaign_id) + h.n, h.from_seq, coalesce(h.to_seq, p.to_seq),
            h.size, p.zone, p.region, $1, $5
     FROM parent p, unnest($2::int[], $3::int[], $4::int[]) WITH ORDINALITY AS h(from_seq, to_seq, size, n)
     RETURNING id, ring`,
    [batch.id, parts.map(part => part.from), parts.map(part => part.to), parts.map(part => part.size), at],
  )
  return rows.map(({ id, ring }) => ({ batchId: id, ring, at: null }))
}

/**
 * A batch that waits to be claimed and holds a cost by now (a message that it was thought not to have sent) is closed, and what is
 * PENDING of it is planned as a batch of its own, which the sweeper rings. To be called with the batch locked; takes the campaign's row.
 */
export async function replanQueued(tx: Tx, batch: { id: string; campaignId: string }): Promise<void> {
  const { rows } = await tx.query<{ failures: number; not_before: Date | null }>(
    `UPDATE "Batch" SET status = 'DONE' WHERE id = $1 AND status = 'QUEUED' AND claimed_at IS NOT NULL RETURNING failures, not_before`,
    [batch.id],
  )
  const waiting = rows[0]
  if (!waiting) return
  await planRest(tx, batch, { failures: waiting.failures, notBefore: waiting.not_before, rungAt: null })
}
