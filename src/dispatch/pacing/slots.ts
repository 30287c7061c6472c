import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'

/**
 * Pacing: a campaign's throttling and a credential's rate limit, exact across all workers, because the next free time of each is
 * one row (SendSlot) that a claim locks. A claim may take a slot up to LOOKAHEAD_MS ahead and wait for it in its process; for a
 * later slot the batch is enqueued again. Unused time is not saved: after a pause the next slot is now, without a burst.
 */
export const LOOKAHEAD_MS = 1_000

export interface SlotKey {
  /** The campaign's or the credential's id. */
  id: string
  /** How long the slot is taken, from its start. */
  takesMs: number
}

interface Slot {
  /** In whole milliseconds, rounded up: never before the slot. */
  startAt: Date
  /** The slot's start, in microseconds since 1970. */
  startUs: number
}

export type SlotAnswer = Slot | { waitUntil: Date }

/** Takes the earliest time at which all lanes are free; takes nothing if it is too far ahead. */
export async function takeSlots(tx: Tx, lanes: readonly SlotKey[], now: Date): Promise<SlotAnswer> {
  const slot = await freeSlot(
    tx,
    lanes.map(lane => lane.id),
    now,
  )
  if ('startAt' in slot) await occupySlot(tx, lanes, slot.startUs)
  return slot
}

/**
 * Finds the earliest time at which all lanes are free, without taking it: the caller first decides by this time. Locks their rows
 * until the transaction ends. The order of the lanes must be the same everywhere (campaign, then credential), or two claims
 * deadlock. A lane is kept in microseconds: 30 requests a second are 30, not 29.4.
 * @param lanes their ids
 * @param before a time from here on is not taken
 */
export async function freeSlot(tx: Tx, lanes: readonly string[], now: Date, before?: Date): Promise<SlotAnswer> {
  let startUs = now.getTime() * 1000
  for (const id of lanes) startUs = Math.max(startUs, await lockSlot(tx, id, now))
  const startAt = new Date(Math.ceil(startUs / 1000))
  const tooLate = startAt.getTime() > now.getTime() + LOOKAHEAD_MS || (before !== undefined && startAt >= before)
  return tooLate ? { waitUntil: startAt } : { startAt, startUs }
}

/** Takes a free slot. @param startUs in microseconds since 1970 */
export async function occupySlot(tx: Tx, lanes: readonly SlotKey[], startUs: number): Promise<void> {
  for (const { id, takesMs } of lanes) {
    await tx.query(
      `UPDATE "SendSlot" SET next_at = timestamptz 'epoch' + $2::bigint * interval '1 microsecond' WHERE id = $1`,
      [id, startUs + Math.ceil(takesMs * 1000)],
    )
  }
}

/** Locks a lane's row until the transaction ends. @returns its next free time, in microseconds since 1970 */
export async function lockSlot(tx: Tx, id: string, now: Date): Promise<number> {
  const { rows } = await locking(tx, 'SendSlot').query<{ next_us: string }>(
    `INSERT INTO "SendSlot" (id, next_at) VALUES ($1, $2)
     ON CONFLICT (id) DO UPDATE SET next_at = "SendSlot".next_at
     RETURNING (extract(epoch FROM next_at) * 1000000)::bigint AS next_us`,
    [id, now],
  )
  return Number(rows[0]!.next_us)
}
