import { setTimeout as delay } from 'node:timers/promises'
import type { Adapter, Closing, ClosingLook, ClosingResult } from '../broker/port.ts'
import { adapterOf } from '../broker/registry.ts'
import { type Sql, transaction } from '../database/pool.ts'
import { planEach, takeTurn } from './closing-each.ts'
import { BAD_CREDENTIAL, openCredential } from './credential.ts'
import type { DispatchDeps } from './dispatch.ts'
import { failCampaign, finishIfDone, pauseCampaign } from './finish.ts'
import { nextWithinHours } from './hours.ts'
import { backoffMs } from './pace.ts'
import { ringAll, ringNext } from './ring.ts'
import { requestName } from './send.ts'

/**
 * A campaign's closing (DESIGN 5): the broker's last step, once, after the last batch and a delay. At Salesforce it is the step
 * that really sends, so it keeps the contact hours of every zone, holds a lock per automation, and is never repeated in doubt:
 * what a look saw before the run (Batch.broker_ref) is compared with what it sees afterwards. Where a broker closes each request
 * by itself, the campaign's closing only plans those: a batch each, whose parent is the batch that it closes.
 */
export async function dispatchClosing(deps: DispatchDeps, batchId: string): Promise<void> {
  const claim = await transaction(deps.pool, sql => claimClosing(deps, sql, batchId))
  if (claim === undefined) return
  if (claim.kind === 'WAIT') {
    return ringAll(deps.queues, claim.brokerId, [{ batchId, ring: claim.ring, at: claim.until }], deps.now())
  }
  if (claim.kind === 'DONE') return ringAfter(deps, claim)
  const result = await run(deps, claim)
  if (result !== undefined) await settle(deps, claim, result)
}

interface ClaimedClosing extends Place {
  kind: 'CLAIMED'
  id: string
  attempt: number
  failures: number
  agendamentoId: string
  /** Where it has its turn of the credential's rate: when that is. */
  startAt: Date
  references: string[]
  closing: Closing<unknown>
  credential: unknown
}

type Claim =
  | ClaimedClosing
  | { kind: 'WAIT'; until: Date; ring: number; brokerId: string }
  /** Nothing to run: with this credential, or because the closings of single requests were planned. */
  | ({ kind: 'DONE' } & Place)
  | undefined

/** After which of a campaign's batches the next one is rung. */
interface Place {
  campaignId: string
  brokerId: string
  number: number
}

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
  parent_id: string | null
  rate_limit: string | null
  /** What it is to close: batches, and what the broker calls their requests. */
  batches: string[] | null
  references: string[] | null
}

async function claimClosing(deps: DispatchDeps, sql: Sql, batchId: string): Promise<Claim> {
  const row = await lockClosing(sql, batchId)
  if (!row) return undefined
  const now = deps.now()
  const adapter = await adapterOf(row.adapter)
  const credential =
    row.credential_id === null
      ? undefined
      : openCredential(deps.keys, adapter, { id: row.credential_id, sealed: row.sealed })
  if (credential === undefined) {
    await failCampaign(sql, row.campaign_id, BAD_CREDENTIAL, now)
    return undefined
  }
  const plan = adapter.closing?.plan(credential)
  const place = { campaignId: row.campaign_id, brokerId: row.broker_id, number: row.number }
  const done = async (): Promise<Claim> => {
    await sql.query(`UPDATE "Batch" SET status = 'DONE', settled_at = $2, claimed_at = $2 WHERE id = $1`, [row.id, now])
    await finishIfDone(sql, row.campaign_id, now)
    return { kind: 'DONE', ...place }
  }
  const wait = async (until: Date): Promise<Claim> => {
    return { kind: 'WAIT', until, ring: await postpone(sql, row.id, until, now), brokerId: row.broker_id }
  }
  if (!adapter.closing || !plan) return done()
  const until = waitFor(deps, row, plan.delayMs, now) ?? (await takeLock(sql, row.id, plan.lockKey, now))
  if (until) return wait(until)
  if (adapter.closing.perReference && row.parent_id === null) {
    await planEach(sql, row.campaign_id, row.batches ?? [])
    return done()
  }
  const turn = row.parent_id === null ? { startAt: now } : await takeTurn(sql, row, now)
  if ('waitUntil' in turn) return wait(turn.waitUntil)
  const leaseUntil = new Date(turn.startAt.getTime() + deps.leaseMs(adapter.timeoutMs))
  const attempt = await open(sql, row.id, plan.lockKey, now, leaseUntil)
  return {
    kind: 'CLAIMED',
    id: row.id,
    attempt,
    ...place,
    failures: row.failures,
    agendamentoId: row.agendamento_id,
    startAt: turn.startAt,
    references: (row.references ?? []).flatMap(reference => reference.split('\n')),
    closing: adapter.closing,
    credential,
  }
}

async function lockClosing(sql: Sql, batchId: string): Promise<Row | undefined> {
  const { rows } = await sql.query<Row>(
    `SELECT b.id, b.number, b.failures, b.not_before, c.id AS campaign_id, c.agendamento_id, c.hours_from, c.hours_to, c.days,
            c.allow_holidays, r.id AS broker_id, r.adapter, r.rate_limit, k.id AS credential_id, k.config AS sealed, s.blocked_until,
            (SELECT max(settled_at) FROM "Batch" WHERE campaign_id = c.id AND kind = 'SEND') AS last_settled,
            b.parent_id, done.batches, done.references
     FROM "Batch" b
     JOIN "Campaign" c ON c.id = b.campaign_id
     JOIN "Broker" r ON r.id = c.broker_id
     LEFT JOIN "Credential" k ON k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id
     LEFT JOIN "SendSlot" s ON s.id = k.id
     LEFT JOIN LATERAL (
       SELECT array_agg(id ORDER BY number) AS batches, array_agg(broker_ref ORDER BY number) AS references
       FROM "Batch"
       WHERE campaign_id = c.id AND kind = 'SEND' AND broker_ref IS NOT NULL AND accepted > 0
         AND CASE WHEN b.parent_id IS NULL THEN settled_at > coalesce(
               (SELECT max(claimed_at) FROM "Batch" WHERE campaign_id = c.id AND kind = 'CLOSING' AND id <> b.id), '-infinity')
             ELSE id = b.parent_id END
     ) done ON true
     WHERE b.id = $1 AND b.kind = 'CLOSING' AND b.status = 'QUEUED' AND c.status = 'PROCESSING'
     FOR UPDATE OF b SKIP LOCKED`,
    [batchId],
  )
  return rows[0]
}

/** @returns the moment from which it may run, where that is not now */
function waitFor(deps: DispatchDeps, row: Row, delayMs: number, now: Date): Date | undefined {
  const due = new Date((row.last_settled ?? now).getTime() + delayMs)
  const latest = [due, row.not_before, row.blocked_until].reduce<Date>((a, b) => (b && b > a ? b : a), now)
  if (latest > now) return latest
  const hours = { from: row.hours_from, to: row.hours_to, days: row.days, allowHolidays: row.allow_holidays }
  const opening = nextWithinHours(hours, '', now, deps.isHoliday)
  if (opening === now) return undefined
  return opening ?? new Date(now.getTime() + 24 * 3_600_000)
}

const LOCK_RETRY_MS = 15_000

/** One automation runs for one campaign at a time; a run in doubt holds it too. @returns when to try again, where it is taken */
async function takeLock(sql: Sql, id: string, key: string | null, now: Date): Promise<Date | undefined> {
  if (key === null) return undefined
  // Until the commit: of two that ask at once, the second sees what the first has written.
  await sql.query(`SELECT pg_advisory_xact_lock(hashtextextended('camp closing ' || $1, 0))`, [key])
  const { rows } = await sql.query<{ taken: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM "Batch" WHERE lock_key = $1 AND id <> $2 AND status IN ('SENDING', 'IN_DOUBT')) AS taken`,
    [key, id],
  )
  return rows[0]!.taken ? new Date(now.getTime() + LOCK_RETRY_MS) : undefined
}

async function postpone(sql: Sql, id: string, until: Date, now: Date): Promise<number> {
  const { rows } = await sql.query<{ ring: number }>(
    `UPDATE "Batch" SET not_before = $2, ring = ring + 1, rung_at = $3 WHERE id = $1 RETURNING ring`,
    [id, until, now],
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

const BUSY_MS = 60_000

/** Looks, keeps what it saw, and only then runs. @returns undefined where the claim was lost meanwhile */
async function run(deps: DispatchDeps, claim: ClaimedClosing): Promise<ClosingResult | undefined> {
  const { closing, credential, agendamentoId, references } = claim
  const waitMs = claim.startAt.getTime() - deps.now().getTime()
  if (waitMs > 0) await delay(waitMs)
  let mark = 'begun'
  if (closing.look) {
    const look = await closing.look(credential, deps.http)
    if (look.kind !== 'SEEN') return look
    if (look.busy) return { kind: 'NOT_ACCEPTED', reason: 'the automation is running', retryAfterMs: BUSY_MS }
    mark = look.mark
  }
  if (!(await keepMark(deps, claim, mark))) return undefined
  try {
    const name = requestName(agendamentoId, claim.number)
    return await closing.run({ name, agendamentoId, references }, credential, deps.http)
  } catch (error) {
    return { kind: 'IN_DOUBT', reason: `the adapter failed: ${error instanceof Error ? error.name : 'unknown error'}` }
  }
}

async function keepMark({ pool }: DispatchDeps, { id, attempt }: ClaimedClosing, mark: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE "Batch" SET broker_ref = $3 WHERE id = $1 AND attempt = $2 AND status = 'SENDING'`,
    [id, attempt, mark],
  )
  return rowCount === 1
}

/** After this a run that was asked for shows in what a look sees. */
const SETTLING_MS = 2 * 60_000

/** The result is known and must not be lost to a database that is away for a while. */
async function settle(deps: DispatchDeps, claim: ClaimedClosing, result: ClosingResult): Promise<void> {
  for (let failures = 0; ; failures++) {
    try {
      const ring = await transaction(deps.pool, sql => writeResult(deps, sql, claim, result))
      if (ring) await ringAll(deps.queues, claim.brokerId, [ring], deps.now())
      else if (result.kind === 'DONE') await ringAfter(deps, claim)
      return
    } catch (error) {
      if (failures >= 8) throw error // the lease says the rest
      await delay(100 * 2 ** failures)
    }
  }
}

/** The closing of the next request, where there is one. */
async function ringAfter({ pool, queues, now }: DispatchDeps, { campaignId, brokerId, number }: Place): Promise<void> {
  await ringNext(pool, queues, { id: campaignId, brokerId, paced: true }, number, null, now())
}

async function writeResult(deps: DispatchDeps, sql: Sql, claim: ClaimedClosing, result: ClosingResult) {
  const at = deps.now()
  const { rows } = await sql.query(
    `SELECT 1 FROM "Batch" WHERE id = $1 AND attempt = $2 AND status = 'SENDING' FOR UPDATE`,
    [claim.id, claim.attempt],
  )
  if (rows.length === 0) return undefined
  const what = `the closing of ${claim.agendamentoId}`
  switch (result.kind) {
    case 'DONE':
      await close(sql, claim.id, at, result.reference)
      await finishIfDone(sql, claim.campaignId, at)
      deps.log.info({ campaign: claim.agendamentoId, reference: result.reference }, 'closed')
      return undefined
    case 'NOT_ACCEPTED': {
      const waitMs = result.retryAfterMs ?? backoffMs(claim.failures, deps.random)
      const until = new Date(at.getTime() + waitMs)
      const ring = await requeue(sql, claim.id, { at, until, failures: claim.failures + 1, error: result.reason })
      return { batchId: claim.id, ring, at: until }
    }
    case 'FATAL':
      await requeue(sql, claim.id, { at, until: null, failures: 0, error: result.reason })
      await failCampaign(sql, claim.campaignId, `${what} was refused: ${result.reason}`, at)
      return undefined
    case 'IN_DOUBT':
      await doubt(sql, claim.id, { at, error: result.reason, lookAt: new Date(at.getTime() + SETTLING_MS) })
      if (!claim.closing.look) await askPerson(sql, claim.id, claim.campaignId, at)
      deps.log.warn({ campaign: claim.agendamentoId, reason: result.reason }, 'its closing is in doubt')
      return undefined
  }
}

async function close(sql: Sql, id: string, at: Date, reference: string | undefined): Promise<void> {
  await sql.query(
    `UPDATE "Batch" SET status = 'DONE', settled_at = $2, lease_until = NULL, not_before = NULL, error = NULL,
            broker_ref = coalesce($3, broker_ref)
     WHERE id = $1`,
    [id, at, reference ?? null],
  )
}

interface Requeue {
  at: Date
  until: Date | null
  failures: number
  error: string
}

async function requeue(sql: Sql, id: string, { at, until, failures, error }: Requeue): Promise<number> {
  const { rows } = await sql.query<{ ring: number }>(
    `UPDATE "Batch" SET status = 'QUEUED', lease_until = NULL, not_before = $3, failures = $4, error = $5, broker_ref = NULL,
            ring = ring + 1, rung_at = $2
     WHERE id = $1 RETURNING ring`,
    [id, at, until, failures, error],
  )
  return rows[0]!.ring
}

async function doubt(
  sql: Sql,
  id: string,
  { at, error, lookAt }: { at: Date; error: string; lookAt: Date },
): Promise<void> {
  await sql.query(
    `UPDATE "Batch" SET status = 'IN_DOUBT', settled_at = $2, lease_until = NULL, error = $3, not_before = $4 WHERE id = $1`,
    [id, at, error, lookAt],
  )
}

/** The broker has no read that could tell: somebody must look there. */
async function askPerson(sql: Sql, id: string, campaignId: string, at: Date): Promise<void> {
  const { rows } = await sql.query<{ error: string }>(
    `UPDATE "Batch" SET not_before = NULL WHERE id = $1 RETURNING error`,
    [id],
  )
  const what = `its last step at the broker is in doubt (${rows[0]!.error}): look there, then camp campaign resolve`
  await pauseCampaign(sql, campaignId, what, at)
}

interface Doubtful {
  id: string
  attempt: number
  broker_ref: string
  campaign_id: string
  agendamento_id: string
  broker_id: string
  adapter: string
  credential_id: string | null
  sealed: unknown
}

/**
 * Closings in doubt whose broker can be asked: a run that a look shows is done; one that it does not show, after the time that a
 * run takes to be seen, did not happen, and is asked for again. A look that fails is made again later.
 */
export async function reconcileClosings(deps: DispatchDeps): Promise<void> {
  const { rows } = await deps.pool.query<Doubtful>(
    `SELECT b.id, b.attempt, b.broker_ref, c.id AS campaign_id, c.agendamento_id, r.id AS broker_id, r.adapter,
            k.id AS credential_id, k.config AS sealed
     FROM "Batch" b
     JOIN "Campaign" c ON c.id = b.campaign_id
     JOIN "Broker" r ON r.id = c.broker_id
     LEFT JOIN "Credential" k ON k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id
     WHERE b.kind = 'CLOSING' AND b.status = 'IN_DOUBT' AND b.not_before < $1 AND b.broker_ref IS NOT NULL`,
    [deps.now()],
  )
  for (const row of rows) await reconcile(deps, row, await adapterOf(row.adapter))
}

async function reconcile(deps: DispatchDeps, row: Doubtful, adapter: Adapter): Promise<void> {
  if (!adapter.closing?.look) return transaction(deps.pool, sql => askPerson(sql, row.id, row.campaign_id, deps.now()))
  if (row.credential_id === null) return
  const credential = openCredential(deps.keys, adapter, { id: row.credential_id, sealed: row.sealed })
  if (credential === undefined) return
  const look = await adapter.closing.look(credential, deps.http)
  const ring = await transaction(deps.pool, sql => writeLook(deps, sql, row, look))
  if (ring) await ringAll(deps.queues, row.broker_id, [ring], deps.now())
}

async function writeLook(deps: DispatchDeps, sql: Sql, row: Doubtful, look: ClosingLook) {
  const at = deps.now()
  const { rows } = await sql.query(
    `SELECT 1 FROM "Batch" WHERE id = $1 AND attempt = $2 AND status = 'IN_DOUBT' FOR UPDATE`,
    [row.id, row.attempt],
  )
  if (rows.length === 0) return undefined
  if (look.kind !== 'SEEN') {
    const again = new Date(at.getTime() + (('retryAfterMs' in look && look.retryAfterMs) || BUSY_MS))
    await sql.query(`UPDATE "Batch" SET not_before = $2, error = $3 WHERE id = $1`, [row.id, again, look.reason])
    return undefined
  }
  if (look.busy || look.mark !== row.broker_ref) {
    await close(sql, row.id, at, look.mark)
    await finishIfDone(sql, row.campaign_id, at)
    deps.log.info({ campaign: row.agendamento_id }, 'its closing, in doubt until now, was done')
    return undefined
  }
  const error = 'asked for again: the first time did not reach the broker'
  const ring = await requeue(sql, row.id, { at, until: null, failures: 0, error })
  deps.log.info({ campaign: row.agendamento_id }, 'its closing, in doubt until now, had not happened')
  return { batchId: row.id, ring, at: null }
}
