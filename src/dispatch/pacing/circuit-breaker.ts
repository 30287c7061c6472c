import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'

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

export interface RequestFailure {
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
export async function countFailure(tx: Tx, credentialId: string, failure: RequestFailure): Promise<void> {
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

export function isCircuitOpen({ failures }: Circuit): boolean {
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

const MAX_PROBE_WAIT_MS = 10_000

/** When to look again: a probe may close the circuit long before its lease is over. */
export function lookAgainAt(circuit: Circuit & { blockedUntil: Date }, now: Date, random: () => number): Date {
  if (!isCircuitOpen(circuit)) return circuit.blockedUntil
  const soon = now.getTime() + MAX_PROBE_WAIT_MS * (0.5 + random() / 2)
  return new Date(Math.min(circuit.blockedUntil.getTime(), soon))
}

/** Between half and all of five seconds doubled with each failure, at most five minutes. */
export function circuitMs(failures: number, random: () => number): number {
  return Math.round(Math.min(300_000, 5_000 * 2 ** Math.min(failures, 20)) * (0.5 + random() / 2))
}
