import type { Adapter } from '../../broker/port.ts'

/**
 * What limits a batch's size. The plan cuts a campaign's PENDING leads into batches, each a seq range of one region (and of one
 * text, where a request carries only one). `batchSizes` computes the sizes without the database (for --dry-run); `planBatches`
 * cuts the same sizes in one statement, so that a million leads are planned without loading them. A test compares the two.
 */
export interface BatchLimits {
  /** The adapter's limits: the batch of a one-message broker is its concurrent requests. */
  adapter: Pick<Adapter, 'messagesPerRequest' | 'usualBatch'>
  brokerMax: number | null
  campaignMax: number | null
  /** Throttled: each message has its own slot. */
  perMessage: boolean
  /** The broker's rate limit in requests per second; null: none. */
  perSecond: number | null
}

/** The limits from the columns of a campaign and its broker. */
export function batchLimits(
  adapter: BatchLimits['adapter'],
  row: { max_batch: number | null; batch_size: number | null; throttling_type: string; rate_limit: string | null },
): BatchLimits {
  return {
    adapter,
    brokerMax: row.max_batch,
    campaignMax: row.batch_size,
    perMessage: row.throttling_type !== 'none',
    perSecond: perSecond(row.rate_limit),
  }
}

/** Concurrent requests of one claim at a one-message broker: enough to hide its latency. */
export const SINGLE_MESSAGE_BATCH = 50

/**
 * How many messages a batch holds. At a one-message broker with a rate limit, no more than start within a second: a claim and its
 * settle are then about a second's work at any rate, and a stop or a lost worker leaves few messages unfinished.
 */
export function effectiveBatchSize(limits: BatchLimits): number {
  if (limits.perMessage) return 1
  const { messagesPerRequest, usualBatch = messagesPerRequest } = limits.adapter
  const isSingle = messagesPerRequest === 1
  const most = isSingle ? Math.min(SINGLE_MESSAGE_BATCH, Math.floor(limits.perSecond ?? Infinity)) : messagesPerRequest
  const usual = isSingle ? SINGLE_MESSAGE_BATCH : usualBatch
  return Math.max(1, Math.min(most, limits.brokerMax ?? usual, limits.campaignMax ?? Infinity))
}

/** @param groups how many leads each region (and text) has to send, in dispatch order @returns each batch's size */
export function batchSizes(groups: readonly { count: number }[], size: number): number[] {
  return groups.flatMap(({ count }) =>
    Array.from({ length: Math.ceil(count / size) }, (_, i) => Math.min(size, count - i * size)),
  )
}

/** @param rateLimit a broker's column: a decimal, null without a limit */
export function perSecond(rateLimit: string | null): number | null {
  return rateLimit === null ? null : Number(rateLimit)
}
