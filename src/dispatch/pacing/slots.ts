import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'

/**
 * Pacing: a campaign's throttling and a credential's rate limit, exact across all workers, because the next free moment of
 * each is one row (SendSlot) that a claim locks. A claim may take a moment up to LOOKAHEAD_MS ahead and wait for it in its
 * process; what is further off is rung again later. Nothing is saved up: after a pause the next moment is now, no burst.
 */
export const LOOKAHEAD_MS = 1_000

export interface SlotKey {
  /** The campaign's or the credential's id. */
  id: string
  /** How long the slot is taken from the start on. */
  takesMs: number
}

interface Slot {
  /** On a whole millisecond, never before its moment. */
  startAt: Date
  /** The moment, in microseconds since 1970. */
  startUs: number
}

export type SlotAnswer = Slot | { waitUntil: Date }

/** Takes the earliest moment at which all lanes are free, or none of them. */
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
 * The earliest moment at which all lanes are free: what is decided by the moment is decided before it is taken. Holds their rows
 * until the transaction ends. The lanes' order must be the same everywhere (campaign, then credential), or two claims lock each
 * other out. A lane is kept in microseconds: 30 requests a second are 30, not 29.4.
 * @param lanes their ids
 * @param before a moment from here on is not taken
 */
export async function freeSlot(tx: Tx, lanes: readonly string[], now: Date, before?: Date): Promise<SlotAnswer> {
  let startUs = now.getTime() * 1000
  for (const id of lanes) startUs = Math.max(startUs, await lockSlot(tx, id, now))
  const startAt = new Date(Math.ceil(startUs / 1000))
  const tooLate = startAt.getTime() > now.getTime() + LOOKAHEAD_MS || (before !== undefined && startAt >= before)
  return tooLate ? { waitUntil: startAt } : { startAt, startUs }
}

/** Takes a free moment. @param startUs in microseconds since 1970 */
export async function occupySlot(tx: Tx, lanes: readonly SlotKey[], startUs: number): Promise<void> {
  for (const { id, takesMs } of lanes) {
    await tx.query(
      `UPDATE "SendSlot" SET next_at = timestamptz 'epoch' + $2::bigint * interval '1 microsecond' WHERE id = $1`,
      [id, startUs + Math.ceil(takesMs * 1000)],
    )
  }
}

/** Locks a lane's row until the transaction ends. @returns its next free moment, in microseconds since 1970 */
export async function lockSlot(tx: Tx, id: string, now: Date): Promise<number> {
  const { rows } = await locking(tx, 'SendSlot').query<{ next_us: string }>(
    `INSERT INTO "SendSlot" (id, next_at) VALUES ($1, $2)
     ON CONFLICT (id) DO UPDATE SET next_at = "SendSlot".next_at
     RETURNING (extract(epoch FROM next_at) * 1000000)::bigint AS next_us`,
    [id, now],
  )
  return Number(rows[0]!.next_us)
}
