import { z } from 'zod'
import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'

/**
 * Pacing: a campaign's throttling and a credential's rate limit, exact across all workers, because the next free moment of
 * each is one row (SendSlot) that a claim locks. A claim may take a moment up to LOOKAHEAD_MS ahead and wait for it in its
 * process; what is further off is rung again later. Nothing is saved up: after a pause the next moment is now, no burst.
 */
export const LOOKAHEAD_MS = 1_000

export type Throttling =
  | { type: 'none' }
  | { type: 'fixed'; delayMs: number }
  | { type: 'random'; fromMs: number; toMs: number }
  | { type: 'linear'; messages: number; minutes: number }
  | Ramp

/**
 * A warm-up: so many messages on the campaign's first day of sending, and `times` as many (or `plus` more) on each further one,
 * never more than `max` (ramp.ts). `gapMs` between two of them; null: spread evenly over the contact hours.
 */
export interface Ramp {
  type: 'ramp'
  perDay: number
  times: number
  plus: number
  max: number
  gapMs: number | null
}

const stored = z.union([
  z.object({ type: z.literal('none') }),
  z.object({ type: z.literal('fixed'), config: z.object({ delayLimit: z.number().nonnegative() }) }),
  z.object({
    type: z.literal('random'),
    config: z.object({ delayLimit: z.number().nonnegative(), maxRandom: z.number().nonnegative() }),
  }),
  z.object({
    type: z.literal('linear'),
    config: z.object({ messages: z.number().int().positive(), minutes: z.number().positive() }),
  }),
  z.object({
    type: z.literal('ramp'),
    config: z.strictObject({
      perDay: z.number().int().positive(),
      times: z.number().min(1).optional(),
      plus: z.number().int().nonnegative().optional(),
      max: z.number().int().positive().optional(),
      gap: z.number().nonnegative().optional(),
    }),
  }),
])

/** A campaign's throttling as its two columns hold it. @throws ZodError when they hold something else */
export function throttlingOf(type: string, config: unknown): Throttling {
  const read = stored.parse({ type, config })
  switch (read.type) {
    case 'none':
      return { type: 'none' }
    case 'fixed':
      return { type: 'fixed', delayMs: read.config.delayLimit * 1000 }
    case 'random':
      return { type: 'random', fromMs: read.config.delayLimit * 1000, toMs: read.config.maxRandom * 1000 }
    case 'linear':
      return { type: 'linear', ...read.config }
    case 'ramp': {
      const { perDay, times = 1, plus = 0, max = MOST_A_DAY, gap } = read.config
      return { type: 'ramp', perDay, times, plus, max, gapMs: gap === undefined ? null : gap * 1000 }
    }
  }
}

/** Where a ramp ends that was given no ceiling. */
export const MOST_A_DAY = 1_000_000_000

/** The time from one message's start to the next one's, in milliseconds. @param random uniform in [0, 1) */
export function throttleInterval(throttling: Exclude<Throttling, Ramp>, random: () => number): number {
  switch (throttling.type) {
    case 'none':
      return 0
    case 'fixed':
      return throttling.delayMs
    case 'random':
      return throttling.fromMs + random() * (throttling.toMs - throttling.fromMs)
    case 'linear':
      return (throttling.minutes * 60_000) / throttling.messages
  }
}

export interface Lane {
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
export async function takeSlots(tx: Tx, lanes: readonly Lane[], now: Date): Promise<SlotAnswer> {
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
  for (const id of lanes) startUs = Math.max(startUs, await lockLane(tx, id, now))
  const startAt = new Date(Math.ceil(startUs / 1000))
  const tooLate = startAt.getTime() > now.getTime() + LOOKAHEAD_MS || (before !== undefined && startAt >= before)
  return tooLate ? { waitUntil: startAt } : { startAt, startUs }
}

/** Takes a free moment. @param startUs in microseconds since 1970 */
export async function occupySlot(tx: Tx, lanes: readonly Lane[], startUs: number): Promise<void> {
  for (const { id, takesMs } of lanes) {
    await tx.query(
      `UPDATE "SendSlot" SET next_at = timestamptz 'epoch' + $2::bigint * interval '1 microsecond' WHERE id = $1`,
      [id, startUs + Math.ceil(takesMs * 1000)],
    )
  }
}

/** Locks a lane's row until the transaction ends. @returns its next free moment, in microseconds since 1970 */
export async function lockLane(tx: Tx, id: string, now: Date): Promise<number> {
  const { rows } = await locking(tx, 'SendSlot').query<{ next_us: string }>(
    `INSERT INTO "SendSlot" (id, next_at) VALUES ($1, $2)
     ON CONFLICT (id) DO UPDATE SET next_at = "SendSlot".next_at
     RETURNING (extract(epoch FROM next_at) * 1000000)::bigint AS next_us`,
    [id, now],
  )
  return Number(rows[0]!.next_us)
}

/** The broker asked to wait: a fact about the credential, obeyed by every worker from its next claim on. */
export async function blockCredential(
  tx: Tx,
  credentialId: string,
  until: Date,
  now: Date,
  reason: string,
): Promise<void> {
  await locking(tx, 'SendSlot').query(
    `INSERT INTO "SendSlot" (id, next_at, blocked_until, blocked_since, blocked_reason) VALUES ($1, $2, $3, $2, $4)
     ON CONFLICT (id) DO UPDATE SET
       blocked_until = greatest("SendSlot".blocked_until, excluded.blocked_until),
       blocked_since = CASE WHEN "SendSlot".blocked_until > $2 THEN "SendSlot".blocked_since ELSE excluded.blocked_since END,
       blocked_reason = excluded.blocked_reason`,
    [credentialId, now, until, reason],
  )
}

/** After so many requests in a row without an answer that says anything, the circuit opens. */
const CIRCUIT_AFTER = 5

export interface Failure {
  now: Date
  reason: string
  /** It was the one that an open circuit let through. */
  probe: boolean
  random: () => number
}

/**
 * A request was refused before it was read, or nobody can know: an outage, if it goes on. From the fifth in a row on nothing is
 * sent with this credential for a while, and then one batch alone tries (`takeProbe`); each that fails doubles the while. What
 * was on its way when the circuit opened says nothing new.
 */
export async function countFailure(tx: Tx, credentialId: string, failure: Failure): Promise<void> {
  const { now, reason, probe, random } = failure
  const { rows } = await locking(tx, 'SendSlot').query<{ failures: number }>(
    `INSERT INTO "SendSlot" AS s (id, next_at, failures) VALUES ($1, $2, 1)
     ON CONFLICT (id) DO UPDATE SET failures = s.failures + 1 WHERE s.failures < $3 OR $4 RETURNING failures`,
    [credentialId, now, CIRCUIT_AFTER, probe],
  )
  const failures = rows[0]?.failures ?? 0
  if (failures < CIRCUIT_AFTER) return
  await tx.query(
    `UPDATE "SendSlot" SET blocked_until = CASE WHEN $4 THEN $3 ELSE greatest(blocked_until, $3) END,
            blocked_since = coalesce(blocked_since, $2), blocked_reason = $5
     WHERE id = $1`,
    [credentialId, now, new Date(now.getTime() + circuitMs(failures - CIRCUIT_AFTER, random)), probe, reason],
  )
}

/** The broker answers: whatever was counted and blocked is over. */
export async function countAnswer(tx: Tx, credentialId: string): Promise<void> {
  await locking(tx, 'SendSlot').query(
    `UPDATE "SendSlot" SET failures = 0, blocked_until = NULL, blocked_since = NULL, blocked_reason = NULL
     WHERE id = $1 AND failures > 0`,
    [credentialId],
  )
}

export interface Circuit {
  failures: number
  blockedUntil: Date | null
}

export function isOpen({ failures }: Circuit): boolean {
  return failures >= CIRCUIT_AFTER
}

/**
 * Where the circuit is open and its time is over, lets this one claim through and blocks all others until it has settled, or
 * until its lease is over. @returns BUSY: another was first. CLOSED: an answer has closed it since this claim read that it was open,
 * and nothing is blocked: no settle would end that, since there is no failure left to forgive
 */
export async function takeProbe(
  tx: Tx,
  credentialId: string,
  now: Date,
  leaseUntil: Date,
): Promise<'TAKEN' | 'BUSY' | 'CLOSED'> {
  const { rows } = await locking(tx, 'SendSlot').query<{ failures: number }>(
    `UPDATE "SendSlot" SET blocked_until = CASE WHEN failures >= $4 THEN $3 ELSE blocked_until END
     WHERE id = $1 AND (blocked_until IS NULL OR blocked_until <= $2) RETURNING failures`,
    [credentialId, now, leaseUntil, CIRCUIT_AFTER],
  )
  const slot = rows[0]
  if (!slot) return 'BUSY'
  return slot.failures >= CIRCUIT_AFTER ? 'TAKEN' : 'CLOSED'
}

/** A probe that came to nothing before it sent: the next one may try. */
export async function giveProbeBack(tx: Tx, credentialId: string, now: Date): Promise<void> {
  await tx.query(`UPDATE "SendSlot" SET blocked_until = $2 WHERE id = $1`, [credentialId, now])
}

const MOST_PROBE_WAIT_MS = 10_000

/** When to look again: a probe may close the circuit long before its lease is over. */
export function lookAgainAt(circuit: Circuit & { blockedUntil: Date }, now: Date, random: () => number): Date {
  if (!isOpen(circuit)) return circuit.blockedUntil
  const soon = now.getTime() + MOST_PROBE_WAIT_MS * (0.5 + random() / 2)
  return new Date(Math.min(circuit.blockedUntil.getTime(), soon))
}

/** Between half and all of five seconds doubled with each failure, at most five minutes. */
export function circuitMs(failures: number, random: () => number): number {
  return Math.round(Math.min(300_000, 5_000 * 2 ** Math.min(failures, 20)) * (0.5 + random() / 2))
}

/** Exponential with full jitter: between 0 and `FIRST_MS` doubled with each failure, at most five minutes. */
export function backoffMs(failures: number, random: () => number): number {
  const FIRST_MS = 1_000
  const ceiling = Math.min(300_000, FIRST_MS * 2 ** Math.min(failures, 20))
  return Math.round(random() * ceiling)
}
