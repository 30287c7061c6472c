import type { Closing } from '../broker/port.ts'
import { adapterOf } from '../broker/registry.ts'
import { type Sql, transaction } from '../database/pool.ts'
import { closeClosing } from './closing-rows.ts'
import { BAD_CREDENTIAL, openCredential } from './credential.ts'
import type { DispatchDeps } from './dispatch.ts'
import { failCampaign, finishIfDone } from './finish.ts'
import { nextWithinHours } from './hours.ts'

/**
 * The claim of a campaign's closing, one transaction: all that was to be sent has been, its delay is over, it is within the contact
 * hours of every zone that it writes to, and no other campaign runs the same automation. What does not hold is waited for.
 */
export type ClosingClaim =
  | { kind: 'CLAIMED'; claim: ClaimedClosing }
  | { kind: 'WAIT'; until: Date; ring: number; brokerId: string }
  /** Somebody has it, it is done, or its campaign does not run. */
  | { kind: 'GONE' }

export interface ClaimedClosing {
  id: string
  attempt: number
  number: number
  failures: number
  campaignId: string
  agendamentoId: string
  brokerId: string
  references: string[]
  closing: Closing<unknown>
  credential: unknown
  leaseMs: number
}

export async function claimClosing(deps: DispatchDeps, batchId: string): Promise<ClosingClaim> {
  return transaction(deps.pool, sql => tryClaim(deps, sql, batchId))
}

async function tryClaim(deps: DispatchDeps, sql: Sql, batchId: string): Promise<ClosingClaim> {
  const row = await lockClosing(sql, batchId)
  if (!row) return { kind: 'GONE' }
  const now = deps.now()
  const fail = async (reason: string): Promise<ClosingClaim> => {
    await failCampaign(sql, row.campaign_id, reason, now)
    return { kind: 'GONE' }
  }
  if (row.credential_id === null) return fail('the wallet has no credential at its broker: camp credential set')
  const adapter = await adapterOf(row.adapter)
  const credential = openCredential(deps.keys, adapter, { id: row.credential_id, sealed: row.sealed })
  if (credential === undefined) return fail(BAD_CREDENTIAL)
  const plan = adapter.closing?.plan(credential)
  if (!adapter.closing || !plan) {
    await sql.query(`UPDATE "Batch" SET claimed_at = $2 WHERE id = $1`, [row.id, now])
    await closeClosing(sql, row.id, now, undefined)
    await finishIfDone(sql, row.campaign_id, now)
    return { kind: 'GONE' }
  }
  const wait = waitFor(deps, row, plan.delayMs, now) ?? (await takeLock(sql, row.id, plan.lockKey, now))
  if (wait?.kind === 'NEVER') return fail(NEVER_OPEN)
  if (wait) {
    const ring = await postpone(sql, row.id, wait, now)
    return { kind: 'WAIT', until: wait.until, ring, brokerId: row.broker_id }
  }
  const leaseMs = deps.leaseMs(adapter.timeoutMs)
  const attempt = await open(sql, row.id, plan.lockKey, now, new Date(now.getTime() + leaseMs))
  return {
    kind: 'CLAIMED',
    claim: {
      id: row.id,
      attempt,
      number: row.number,
      failures: row.failures,
      campaignId: row.campaign_id,
      agendamentoId: row.agendamento_id,
      brokerId: row.broker_id,
      references: row.references ?? [],
      closing: adapter.closing,
      credential,
      leaseMs,
    },
  }
}

const NEVER_OPEN =
  'its last step at the broker would write to people of several time zones at once, and in the next three weeks there is no moment ' +
  'that is within the contact hours of all of them: do it there by hand, and cancel the campaign'

interface Row {
  id: string
  number: number
  failures: number
  not_before: Date | null
  campaign_id: string
  agendamento_id: string
  hours_from: number
  hours_to: number
  days: number
  allow_holidays: boolean
  broker_id: string
  adapter: string
  credential_id: string | null
  sealed: unknown
  blocked_until: Date | null
  last_settled: Date | null
  /** Leads are still on their way, or are to be sent again. */
  sending: boolean
  /** Of those who may be written to. */
  zones: string[] | null
  references: string[] | null
}

async function lockClosing(sql: Sql, batchId: string): Promise<Row | undefined> {
  const { rows } = await sql.query<Row>(
    `SELECT b.id, b.number, b.failures, b.not_before, c.id AS campaign_id, c.agendamento_id, c.hours_from, c.hours_to, c.days,
            c.allow_holidays, r.id AS broker_id, r.adapter, k.id AS credential_id, k.config AS sealed, s.blocked_until,
            sent.last_settled, sent.sending, sent.zones, sent.references
     FROM "Batch" b
     JOIN "Campaign" c ON c.id = b.campaign_id
     JOIN "Broker" r ON r.id = c.broker_id
     LEFT JOIN "Credential" k ON k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id
     LEFT JOIN "SendSlot" s ON s.id = k.id
     CROSS JOIN LATERAL (
       SELECT max(settled_at) AS last_settled, coalesce(bool_or(status IN ('QUEUED', 'SENDING')), false) AS sending,
              array_agg(DISTINCT zone) FILTER (WHERE accepted > 0 OR status = 'IN_DOUBT') AS zones,
              array_agg(broker_ref ORDER BY number) FILTER (WHERE accepted > 0 AND broker_ref IS NOT NULL) AS references
       FROM "Batch" WHERE campaign_id = c.id AND kind = 'SEND'
     ) sent
     WHERE b.id = $1 AND b.kind = 'CLOSING' AND b.status = 'QUEUED' AND c.status = 'PROCESSING'
     FOR UPDATE OF b SKIP LOCKED`,
    [batchId],
  )
  return rows[0]
}

type Wait = { kind: 'UNTIL'; until: Date; why: string | null } | { kind: 'NEVER' }

const RETRY_MS = 15_000

function waitFor(deps: DispatchDeps, row: Row, delayMs: number, now: Date): Wait | undefined {
  if (row.sending) {
    return { kind: 'UNTIL', until: new Date(now.getTime() + RETRY_MS), why: 'leads are being sent' }
  }
  const due = new Date((row.last_settled ?? now).getTime() + delayMs)
  const latest = [due, row.not_before, row.blocked_until].reduce<Date>((a, b) => (b && b > a ? b : a), now)
  if (latest > now) return { kind: 'UNTIL', until: latest, why: null }
  const hours = { from: row.hours_from, to: row.hours_to, days: row.days, allowHolidays: row.allow_holidays }
  const opening = nextWithinHours(hours, row.zones ?? [], now, deps.isHoliday)
  if (opening === now) return undefined
  return opening ? { kind: 'UNTIL', until: opening, why: null } : { kind: 'NEVER' }
}

/** One automation runs for one campaign at a time; a run in doubt holds it too. */
async function takeLock(sql: Sql, id: string, key: string | null, now: Date): Promise<Wait | undefined> {
  if (key === null) return undefined
  // Until the commit: of two that ask at once, the second sees what the first has written.
  await sql.query(`SELECT pg_advisory_xact_lock(hashtextextended('camp closing ' || $1, 0))`, [key])
  const { rows } = await sql.query<{ agendamento_id: string; status: string }>(
    `SELECT c.agendamento_id, b.status FROM "Batch" b JOIN "Campaign" c ON c.id = b.campaign_id
     WHERE b.lock_key = $1 AND b.id <> $2 AND b.status IN ('SENDING', 'IN_DOUBT') LIMIT 1`,
    [key, id],
  )
  const holder = rows[0]
  if (!holder) return undefined
  const why = `campaign ${holder.agendamento_id} runs the same${holder.status === 'IN_DOUBT' ? ', and is in doubt' : ''}`
  return { kind: 'UNTIL', until: new Date(now.getTime() + RETRY_MS), why }
}

/** @returns the ring under which the queue is to call again */
async function postpone(sql: Sql, id: string, { until, why }: Wait & { kind: 'UNTIL' }, now: Date): Promise<number> {
  const { rows } = await sql.query<{ ring: number }>(
    `UPDATE "Batch" SET not_before = $2, error = coalesce($4, error), ring = ring + 1, rung_at = $3 WHERE id = $1 RETURNING ring`,
    [id, until, now, why],
  )
  return rows[0]!.ring
}

/** Without broker_ref its run has not begun: a worker that dies now has done nothing (sweep.ts). */
async function open(sql: Sql, id: string, lockKey: string | null, now: Date, leaseUntil: Date): Promise<number> {
  const { rows } = await sql.query<{ attempt: number }>(
    `UPDATE "Batch" SET status = 'SENDING', attempt = attempt + 1, lease_until = $2, claimed_at = $3, not_before = NULL,
            lock_key = $4, broker_ref = NULL, error = NULL
     WHERE id = $1 RETURNING attempt`,
    [id, leaseUntil, now, lockKey],
  )
  return rows[0]!.attempt
}
