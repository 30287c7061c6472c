import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'

/** Blocks the credential until the time that the broker asked for: every worker obeys it from its next claim on. */
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

/** The circuit opens after this many failures in a row (`countFailure`). */
const CIRCUIT_AFTER = 5

export interface RequestFailure {
  now: Date
  reason: string
  /** The request was the probe of an open circuit. */
  probe: boolean
  random: () => number
}

/**
 * Counts a request that was refused before it was read, or whose outcome is unknown: an outage, if it continues. From the fifth
 * in a row on nothing is sent with this credential for a while, and then one batch is sent as a probe (`takeProbe`); each failed
 * probe doubles the wait. Failures of requests that were in flight when the circuit opened are not counted.
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

/** The broker answered: resets the failures and ends the block. Without counted failures nothing changes. */
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
 * If the circuit is open and its wait is over, gives the probe to this claim and blocks all others until it has settled, or until
 * its lease has expired.
 * @returns BUSY: another claim was first. CLOSED: an answer has closed the circuit since this claim read that it was open, and
 * nothing is blocked: no settle would end that block, since no failure is left
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

/** Releases a probe that sent nothing: the next claim may take it. */
export async function giveProbeBack(tx: Tx, credentialId: string, now: Date): Promise<void> {
  await tx.query(`UPDATE "SendSlot" SET blocked_until = $2 WHERE id = $1`, [credentialId, now])
}

const MAX_PROBE_WAIT_MS = 10_000

/** When to try again: a probe may close the circuit long before its lease expires. */
export function lookAgainAt(circuit: Circuit & { blockedUntil: Date }, now: Date, random: () => number): Date {
  if (!isCircuitOpen(circuit)) return circuit.blockedUntil
  const soon = now.getTime() + MAX_PROBE_WAIT_MS * (0.5 + random() / 2)
  return new Date(Math.min(circuit.blockedUntil.getTime(), soon))
}

/** Between half and all of five seconds doubled with each failure, at most five minutes. */
export function circuitMs(failures: number, random: () => number): number {
  return Math.round(Math.min(300_000, 5_000 * 2 ** Math.min(failures, 20)) * (0.5 + random() / 2))
}
