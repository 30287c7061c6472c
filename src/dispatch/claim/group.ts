import type { Adapter } from '../../broker/port.ts'
import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'
import type { SlotDeps } from '../model/deps.ts'
import { batchLimits, effectiveBatchSize, SINGLE_MESSAGE_BATCH } from '../plan/batch-size.ts'
import type { BatchHeader } from './lock-batch.ts'
import { type ContactWindow, contactHours, type ReservedSlot } from './reserve-slot.ts'

/** What differs from batch to batch of one campaign. */
export type BatchRow = Pick<
  BatchHeader,
  'id' | 'number' | 'from_seq' | 'to_seq' | 'size' | 'zone' | 'region' | 'failures'
>

/** How much one claim takes. */
export interface GroupLimits {
  batches: number
  requests: number
  messages: number
}

/**
 * Where a request carries few messages, one transaction claims many batches of a campaign, so that its statements and its commit
 * serve all of them (docs/decisions/0087-batches-are-claimed-together.md). As many requests as a one-message broker's batch has.
 */
export const GROUP_LIMITS: GroupLimits = { batches: 50, requests: SINGLE_MESSAGE_BATCH, messages: 500 }

/**
 * Locks the batches that follow the first one in number, as far as they are QUEUED, not locked, do not wait for a time of their own
 * and fit into the limits. For a campaign without throttling at a broker without a rate limit: a paced batch has its own slot.
 */
export async function lockFollowing(
  tx: Tx,
  first: BatchHeader,
  adapter: Adapter,
  limits: GroupLimits,
): Promise<BatchRow[]> {
  const most = effectiveBatchSize(batchLimits(adapter, first))
  const left = { ...limits }
  const take = ({ size }: BatchRow) => {
    const messages = Math.min(size, most)
    left.batches--
    left.messages -= messages
    left.requests -= Math.ceil(messages / adapter.messagesPerRequest)
    return left.batches >= 0 && left.messages >= 0 && left.requests >= 0
  }
  if (!take(first)) return []
  const others = Math.min(left.batches, left.requests, left.messages)
  if (others === 0) return []
  // By number, and no further than others may be taken: the rows that this locks and does not take are few.
  const { rows } = await locking(tx, 'Batch').query<BatchRow>(
    `SELECT id, number, from_seq, to_seq, size, zone, region, failures FROM "Batch"
     WHERE campaign_id = $1 AND number > $2 AND number <= $2 + $3::int AND kind = 'SEND' AND status = 'QUEUED' AND not_before IS NULL
     ORDER BY number FOR UPDATE SKIP LOCKED`,
    [first.campaign_id, first.number, others],
  )
  const end = rows.findIndex(row => !take(row))
  return end === -1 ? rows : rows.slice(0, end)
}

/** A batch of the group, and how many messages of it may be sent within its contact hours. */
export interface Room {
  row: BatchRow
  window: ContactWindow
  most: number
}

/**
 * The batches whose contact hours are open. The others stay QUEUED: a claim of their own defers them.
 * @param first the slot of the first batch, in which all requests of the group start
 * @param most messages of the first batch
 */
export function roomsOf(
  deps: Pick<SlotDeps, 'isHoliday'>,
  group: { header: BatchHeader; adapter: Adapter; first: ReservedSlot; following: readonly BatchRow[]; most: number },
): Room[] {
  const { header, adapter, first, following, most } = group
  const size = effectiveBatchSize(batchLimits(adapter, header))
  const windows = new Map<string, ContactWindow | undefined>([[placeOf(header), first.window]])
  const windowOf = (row: BatchRow): ContactWindow | undefined => {
    const place = placeOf(row)
    if (!windows.has(place)) {
      const { opening, windowAt } = contactHours(deps, header, row)
      windows.set(place, opening(first.startAt) === first.startAt ? windowAt(first.startAt) : undefined)
    }
    return windows.get(place)
  }
  return [
    { row: header, window: first.window, most: Math.min(most, first.size) },
    ...following.flatMap(row => {
      const window = windowOf(row)
      return window ? [{ row, window, most: Math.min(row.size, size) }] : []
    }),
  ]
}

function placeOf({ region, zone }: BatchRow): string {
  return region || zone
}
