import type { Closing } from '../../broker/port.ts'
import { adapterOf } from '../../broker/registry.ts'
import { nextWithinHours, windowEndAfter } from '../../calendar/contact-hours.ts'
import { OWN_HOLIDAYS_SQL, withOwn } from '../../calendar/custom-holidays.ts'
import { HOURS_SETTINGS, type HoursColumns, hoursOf } from '../../campaign-settings/contact-hours.ts'
import { columnsSql } from '../../campaign-settings/schema.ts'
import { locking } from '../../database/lock-order.ts'
import { type Tx, transaction } from '../../database/pool.ts'
import { deferBatch } from '../../lifecycle/batch-queue.ts'
import { completeClosing, openClosing } from '../../lifecycle/closing-writes.ts'
import { failCampaign } from '../../lifecycle/transition.ts'
import { NO_CREDENTIAL, openCredential } from '../../security/open-credential.ts'
import { finishIfDone } from '../finish/finish.ts'
import type { DispatchDeps } from '../model/deps.ts'
import { planPerRequest, reserveTurn } from './per-request.ts'

/**
 * The result of the claim of a campaign's closing, one transaction. It requires that all messages were sent, that the closing's
 * delay is over, that all regions that it writes to are within contact hours, and that no other campaign runs the same
 * automation. Until then the closing waits.
 */
export type ClosingClaim =
  | { kind: 'CLAIMED'; claim: ClaimedClosing }
  /** waiting_for_hours: it closes a single request, whose recipients are outside contact hours. */
  | { kind: 'WAIT'; until: Date; enqueue_seq: number; place: ClosingSlot; waiting_for_hours: boolean }
  /** Nothing to run: this credential needs no closing, or the closings of single requests were planned. */
  | { kind: 'DONE'; place: ClosingSlot }
  /** Another worker has it, it is done, or its campaign does not run or has just failed. */
  | { kind: 'GONE' }

/** A batch of a campaign; the next one is enqueued after it. */
export interface ClosingSlot {
  campaignId: string
  brokerId: string
  number: number
}

export interface ClaimedClosing {
  id: string
  attempt: number
  place: ClosingSlot
  failures: number
  agendamentoId: string
  /** When it may start: its slot in the credential's rate limit, or now. */
  startAt: Date
  /** When the contact hours of the first of its recipients end, at most a day later: it may not run from then on. */
  windowEndsAt: Date
  references: string[]
  closing: Closing<unknown>
  credential: unknown
  leaseMs: number
}

export async function claimClosing(deps: DispatchDeps, batchId: string): Promise<ClosingClaim> {
  return transaction(deps.pool, tx => tryClaim(deps, tx, batchId))
}

async function tryClaim(deps: DispatchDeps, tx: Tx, batchId: string): Promise<ClosingClaim> {
  const row = await lockClosing(tx, batchId)
  if (!row) return { kind: 'GONE' }
  const now = deps.now()
  const fail = async (reason: string): Promise<ClosingClaim> => {
    await failCampaign(tx, row.campaign_id, reason, now)
    return { kind: 'GONE' }
  }
  if (row.credential_id === null) return fail(NO_CREDENTIAL)
  const adapter = await adapterOf(row.adapter)
  const opened = await openCredential(tx, deps.keys, adapter, { id: row.credential_id, sealed: row.sealed })
  if (opened.flaw !== undefined) return fail(opened.flaw)
  const credential = opened.config
  const plan = adapter.closing?.plan(credential)
  const place = { campaignId: row.campaign_id, brokerId: row.broker_id, number: row.number }
  const done = async (): Promise<ClosingClaim> => {
    await tx.query(`UPDATE "Batch" SET claimed_at = $2 WHERE id = $1`, [row.id, now])
    await completeClosing(tx, row.id, now, undefined)
    await finishIfDone(tx, row.campaign_id, now)
    return { kind: 'DONE', place }
  }
  const isOfOne = row.parent_id !== null
  const wait = async (until: Date, why: string | null, waiting_for_hours = false): Promise<ClosingClaim> => {
    const enqueue_seq = await deferBatch(tx, row.id, { until, waiting_for_hours, error: why }, now)
    return { kind: 'WAIT', until, enqueue_seq, place, waiting_for_hours: waiting_for_hours && isOfOne }
  }
  if (!adapter.closing || !plan) return done()
  if (row.sending && !isOfOne) return wait(new Date(now.getTime() + RETRY_MS), 'leads are being sent')
  const due = dueAt(row, plan.delayMs, now)
  // While the broker's own wait lasts, its reason is kept.
  if (due > now) return wait(due, due === row.not_before ? row.error : null)
  if (adapter.closing.perReference && !isOfOne) {
    await planPerRequest(tx, row.campaign_id, row.batches ?? [])
    return done()
  }
  const [hours, places, isHoliday] = [hoursOf(row), row.places ?? [], withOwn(deps.isHoliday, row.own_holidays)]
  const opening = nextWithinHours(hours, places, now, isHoliday)
  if (!opening) return fail(NEVER_OPEN)
  if (opening > now) return wait(opening, null, true)
  const holder = await lockHolder(tx, row.id, plan.lockKey)
  if (holder) return wait(new Date(now.getTime() + RETRY_MS), holder)
  const turn = isOfOne ? await reserveTurn(tx, row, now) : { startAt: now }
  if ('waitUntil' in turn) return wait(turn.waitUntil, null)
  const windowEndsAt = windowEndAfter(hours, places, now, isHoliday)
  const leaseMs = deps.leaseMs(adapter.timeoutMs)
  const leaseUntil = new Date(turn.startAt.getTime() + leaseMs)
  const attempt = await openClosing(tx, row.id, { lockKey: plan.lockKey, now, leaseUntil })
  return {
    kind: 'CLAIMED',
    claim: {
      id: row.id,
      attempt,
      place,
      failures: row.failures,
      agendamentoId: row.agendamento_id,
      startAt: turn.startAt,
      windowEndsAt,
      references: (row.references ?? []).flatMap(reference => reference.split('\n')),
      closing: adapter.closing,
      credential,
      leaseMs,
    },
  }
}

const NEVER_OPEN =
  'no contact hours common to all its recipients in three weeks: do its last step at the broker by hand, and cancel it'

interface Row extends HoursColumns {
  id: string
  number: number
  failures: number
  error: string | null
  not_before: Date | null
  waiting_for_hours: boolean
  campaign_id: string
  agendamento_id: string
  broker_id: string
  adapter: string
  credential_id: string | null
  sealed: unknown
  blocked_until: Date | null
  parent_id: string | null
  rate_limit: string | null
  last_settled: Date | null
  /** Whether batches of leads are SENDING, or are to be sent (again). */
  sending: boolean
  /** The places of its recipients. */
  places: string[] | null
  /** What it closes: batches, and the broker's names for their requests. */
  batches: string[] | null
  references: string[] | null
  own_holidays: string[]
}

/** The last run is read once, not for each batch: for 5,000 batches that took 12 s. */
async function lockClosing(tx: Tx, batchId: string): Promise<Row | undefined> {
  const { rows } = await locking(tx, 'Batch').query<Row>(
    `SELECT b.id, b.number, b.failures, b.error, b.not_before, b.waiting_for_hours, c.id AS campaign_id, c.agendamento_id,
            ${columnsSql('c', HOURS_SETTINGS)}, ${OWN_HOLIDAYS_SQL} AS own_holidays,
            r.id AS broker_id, r.adapter, k.id AS credential_id, k.config AS sealed, s.blocked_until,
            r.rate_limit, b.parent_id, sent.last_settled, sent.sending, sent.places, sent.batches, sent.references
     FROM "Batch" b
     JOIN "Campaign" c ON c.id = b.campaign_id
     JOIN "Broker" r ON r.id = c.broker_id
     LEFT JOIN "Credential" k ON k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id
     LEFT JOIN "SendSlot" s ON s.id = k.id
     CROSS JOIN LATERAL (
       SELECT coalesce(max(claimed_at), '-infinity') AS run_at FROM "Batch"
       WHERE campaign_id = c.id AND kind = 'CLOSING' AND parent_id IS NULL AND status = 'DONE'
     ) last
     CROSS JOIN LATERAL (
       SELECT max(settled_at) AS last_settled, coalesce(bool_or(status IN ('QUEUED', 'SENDING')), false) AS sending,
              array_agg(DISTINCT coalesce(nullif(region, ''), zone))
                FILTER (WHERE mine AND (accepted > 0 OR status = 'IN_DOUBT')) AS places,
              array_agg(id ORDER BY number) FILTER (WHERE mine AND accepted > 0 AND broker_ref IS NOT NULL) AS batches,
              array_agg(broker_ref ORDER BY number) FILTER (WHERE mine AND accepted > 0 AND broker_ref IS NOT NULL) AS references
       FROM (
         SELECT *, CASE WHEN b.parent_id IS NULL THEN settled_at > last.run_at ELSE id = b.parent_id END AS mine
         FROM "Batch" WHERE campaign_id = c.id AND kind = 'SEND'
       ) s
     ) sent
     WHERE b.id = $1 AND b.kind = 'CLOSING' AND b.status = 'QUEUED' AND c.status = 'PROCESSING'
     FOR UPDATE OF b SKIP LOCKED`,
    [batchId],
  )
  return rows[0]
}

/** How long to wait before the next try if it is unknown when the wait ends. */
const RETRY_MS = 15_000

function dueAt(row: Row, delayMs: number, now: Date): Date {
  const due = new Date((row.last_settled ?? now).getTime() + delayMs)
  // A wait for contact hours is not kept: the calendar may have changed.
  return [due, row.waiting_for_hours ? null : row.not_before, row.blocked_until].reduce<Date>(
    (a, b) => (b && b > a ? b : a),
    now,
  )
}

/** One automation runs for one campaign at a time; a run in doubt holds it, too. @returns the holder, as a text */
async function lockHolder(tx: Tx, id: string, key: string | null): Promise<string | undefined> {
  if (key === null) return undefined
  // Held until the commit: of two concurrent claims, the second sees what the first has written.
  await locking(tx, 'automation').query(`SELECT pg_advisory_xact_lock(hashtextextended('camp closing ' || $1, 0))`, [
    key,
  ])
  const { rows } = await tx.query<{ agendamento_id: string; status: string }>(
    `SELECT c.agendamento_id, b.status FROM "Batch" b JOIN "Campaign" c ON c.id = b.campaign_id
     WHERE b.lock_key = $1 AND b.id <> $2 AND b.status IN ('SENDING', 'IN_DOUBT') LIMIT 1`,
    [key, id],
  )
  const holder = rows[0]
  if (!holder) return undefined
  return holder.status === 'IN_DOUBT'
    ? `campaign ${holder.agendamento_id} runs the same step, and is in doubt`
    : `campaign ${holder.agendamento_id} runs the same step`
}
