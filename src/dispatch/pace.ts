import { z } from 'zod'
import type { Sql } from '../database/pool.ts'

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
  }
}

/** The time from one message's start to the next one's. @param random uniform in [0, 1) */
export function throttleInterval(throttling: Throttling, random: () => number): number {
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

export type SlotAnswer = { startAt: Date } | { waitUntil: Date }

/** Takes the earliest moment at which all lanes are free, or none of them. */
export async function takeSlots(sql: Sql, lanes: readonly Lane[], now: Date): Promise<SlotAnswer> {
  const slot = await freeSlot(
    sql,
    lanes.map(lane => lane.id),
    now,
  )
  if ('startAt' in slot) await occupySlot(sql, lanes, slot.startAt)
  return slot
}

/**
 * The earliest moment at which all lanes are free: what is decided by the moment is decided before it is taken. Holds their rows
 * until the transaction ends. The lanes' order must be the same everywhere (campaign, then credential), or two claims lock each
 * other out.
 * @param lanes their ids
 */
export async function freeSlot(sql: Sql, lanes: readonly string[], now: Date): Promise<SlotAnswer> {
  let startAt = now.getTime()
  for (const id of lanes) {
    const { rows } = await sql.query<{ next_at: Date }>(
      `INSERT INTO "SendSlot" (id, next_at) VALUES ($1, $2)
       ON CONFLICT (id) DO UPDATE SET next_at = "SendSlot".next_at
       RETURNING next_at`,
      [id, now],
    )
    startAt = Math.max(startAt, rows[0]!.next_at.getTime())
  }
  return startAt > now.getTime() + LOOKAHEAD_MS ? { waitUntil: new Date(startAt) } : { startAt: new Date(startAt) }
}

/** Takes a free moment. */
export async function occupySlot(sql: Sql, lanes: readonly Lane[], startAt: Date): Promise<void> {
  for (const { id, takesMs } of lanes) {
    const next = new Date(startAt.getTime() + Math.ceil(takesMs))
    await sql.query(`UPDATE "SendSlot" SET next_at = $2 WHERE id = $1`, [id, next])
  }
}

/** The broker asked to wait: a fact about the credential, obeyed by every worker from its next claim on. */
export async function blockCredential(
  sql: Sql,
  credentialId: string,
  until: Date,
  now: Date,
  reason: string,
): Promise<void> {
  await sql.query(
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
export async function countFailure(sql: Sql, credentialId: string, failure: Failure): Promise<void> {
  const { now, reason, probe, random } = failure
  const { rows } = await sql.query<{ failures: number }>(
    `INSERT INTO "SendSlot" AS s (id, next_at, failures) VALUES ($1, $2, 1)
     ON CONFLICT (id) DO UPDATE SET failures = s.failures + 1 WHERE s.failures < $3 OR $4 RETURNING failures`,
    [credentialId, now, CIRCUIT_AFTER, probe],
  )
  const failures = rows[0]?.failures ?? 0
  if (failures < CIRCUIT_AFTER) return
  await sql.query(
    `UPDATE "SendSlot" SET blocked_until = CASE WHEN $4 THEN $3 ELSE greatest(blocked_until, $3) END,
            blocked_since = coalesce(blocked_since, $2), blocked_reason = $5
     WHERE id = $1`,
    [credentialId, now, new Date(now.getTime() + circuitMs(failures - CIRCUIT_AFTER, random)), probe, reason],
  )
}

/** The broker answers: whatever was counted and blocked is over. */
export async function countAnswer(sql: Sql, credentialId: string): Promise<void> {
  await sql.query(
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
 * until its lease is over. @returns false where another was first
 */
export async function takeProbe(sql: Sql, credentialId: string, now: Date, leaseUntil: Date): Promise<boolean> {
  const { rowCount } = await sql.query(
    `UPDATE "SendSlot" SET blocked_until = $3 WHERE id = $1 AND (blocked_until IS NULL OR blocked_until <= $2)`,
    [credentialId, now, leaseUntil],
  )
  return rowCount === 1
}

/** A probe that came to nothing before it sent: the next one may try. */
export async function giveProbeBack(sql: Sql, credentialId: string, now: Date): Promise<void> {
  await sql.query(`UPDATE "SendSlot" SET blocked_until = $2 WHERE id = $1`, [credentialId, now])
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
