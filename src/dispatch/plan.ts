import type { Adapter } from '../broker/port.ts'
import { adapterOf } from '../broker/registry.ts'
import type { Sql } from '../database/pool.ts'
import { ZONE_TABLE } from '../lead/zones.ts'

/**
 * The plan of a campaign: its PENDING leads cut into batches, each a seq range of one time zone (and of one text, where a
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
}

/** Concurrent requests of one claim at a one-message broker: enough to hide its latency, few enough to stop a pause soon. */
const SINGLE_MESSAGE_BATCH = 50

export function effectiveBatchSize(limits: BatchLimits): number {
  if (limits.perMessage) return 1
  const { messagesPerRequest, usualBatch = messagesPerRequest } = limits.adapter
  const most = messagesPerRequest === 1 ? SINGLE_MESSAGE_BATCH : messagesPerRequest
  const usual = messagesPerRequest === 1 ? SINGLE_MESSAGE_BATCH : usualBatch
  return Math.max(1, Math.min(most, limits.brokerMax ?? usual, limits.campaignMax ?? Infinity))
}

/** @param groups how many leads there are to send in each zone (and text), in dispatch order @returns each batch's size */
export function batchSizes(groups: readonly { zone: string; count: number }[], size: number): number[] {
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
}

/** Batches for every PENDING lead that no open batch holds; the campaign's row is held. */
export async function planCampaign(sql: Sql, campaign: PlannedCampaign): Promise<void> {
  const adapter = await adapterOf(campaign.adapter)
  await planBatches(sql, {
    campaignId: campaign.id,
    size: effectiveBatchSize({
      adapter,
      brokerMax: campaign.max_batch,
      campaignMax: campaign.batch_size,
      perMessage: campaign.throttling_type !== 'none',
    }),
    oneTextPerRequest: adapter.oneTextPerRequest,
  })
}

export interface PlanRequest {
  campaignId: string
  size: number
  oneTextPerRequest: boolean
}

/**
 * Writes the batches of every PENDING lead that no open batch holds, numbered on from the last. To be called in the
 * transaction that makes the campaign PROCESSING, which holds its row. The open batches' ranges are one value, searched for each
 * lead: joined with the leads they took 4 s for 200,000 of them instead of 0.1, and four times that for twice as many.
 * @returns how many batches were planned
 */
export async function planBatches(sql: Sql, { campaignId, size, oneTextPerRequest }: PlanRequest): Promise<number> {
  const { rowCount } = await sql.query(
    `WITH zone_of AS (
       SELECT * FROM unnest($3::text[], $4::text[]) AS z(ddd, zone)
     ), held AS (
       SELECT coalesce(range_agg(int4range(from_seq, to_seq, '[]')), '{}') AS ranges FROM "Batch"
       WHERE campaign_id = $1 AND kind = 'SEND' AND status IN ('QUEUED', 'SENDING') AND from_seq <= to_seq
     ), lead AS (
       SELECT l.seq, coalesce(z.zone, '') AS zone, CASE WHEN $5 THEN coalesce(l.custom_message, '') END AS text
       FROM "CampaignLead" l LEFT JOIN zone_of z ON z.ddd = substr(l.phone, 3, 2)
       WHERE l.campaign_id = $1 AND l.status = 'PENDING'
         AND NOT l.seq <@ (SELECT ranges FROM held)
     ), place AS (
       SELECT seq, zone, text, (row_number() OVER (PARTITION BY zone, text ORDER BY seq) - 1) / $2 AS cut FROM lead
     ), slice AS (
       SELECT zone, min(seq) AS from_seq, max(seq) AS to_seq, count(*)::int AS size FROM place GROUP BY zone, text, cut
     )
     INSERT INTO "Batch" (id, campaign_id, number, from_seq, to_seq, size, zone)
     SELECT gen_random_uuid(), $1,
            coalesce((SELECT max(number) FROM "Batch" WHERE campaign_id = $1), 0) + row_number() OVER (ORDER BY from_seq),
            from_seq, to_seq, size, zone
     FROM slice`,
    [campaignId, size, ZONE_TABLE.ddds, ZONE_TABLE.zones, oneTextPerRequest],
  )
  return rowCount ?? 0
}
