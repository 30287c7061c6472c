import type { ClosingResult } from '../../broker/port.ts'
import { type Tx, transaction } from '../../database/pool.ts'
import { guardedHttp } from '../../http/client.ts'
import {
  completeClosing,
  doubtClosing,
  holdsClosing,
  requeueClosing,
  watchClosing,
} from '../../lifecycle/closing-writes.ts'
import { failCampaign } from '../../lifecycle/transition.ts'
import { finishIfDone } from '../finish/finish.ts'
import type { DispatchDeps } from '../model/deps.ts'
import { backoffMs } from '../pacing/backoff.ts'
import { enqueueAll, enqueueNext } from '../plan/enqueue.ts'
import { isStale, LOOK_GOOD_FOR_MS, lookingAt } from '../send/permit.ts'
import { requestName } from '../send/send.ts'
import { persistOutcome } from '../settle/persist.ts'
import { NO_WORDS } from '../settle/settle-with-retry.ts'
import { type ClaimedClosing, type ClosingSlot, claimClosing } from './claim.ts'
import { askPerson, LOOK_MS, reconcileClosings } from './reconcile.ts'

/**
 * Runs a campaign's closing (docs/design.md#closing): the broker's last step, once, after the last batch and a delay. At
 * Salesforce this step sends the messages, so it keeps the contact hours, holds a lock per automation, and is never repeated in
 * doubt: the mark that a look saw before the run is stored before the run starts, and compared with what later looks see
 * (reconcile.ts); those also show how a run ends that the broker took. If a broker closes each request separately, the campaign's
 * closing only plans those: one batch each, whose parent is the batch that it closes.
 */
export async function dispatchClosing(deps: DispatchDeps, batchId: string): Promise<void> {
  const claimed = await claimClosing(deps, batchId)
  if (claimed.kind === 'GONE') return
  if (claimed.kind === 'DONE') return enqueueAfter(deps, claimed.place)
  if (claimed.kind === 'WAIT') {
    const { place, enqueue_seq, until } = claimed
    await enqueueAll(deps.queues, place.brokerId, [{ batchId, enqueue_seq, at: until }], deps.now())
    // Outside contact hours in this zone; another request's closing may run.
    if (claimed.waiting_for_hours) await enqueueAfter(deps, place)
    return
  }
  const result = await performClosing(deps, claimed.claim)
  await settleClosing(deps, claimed.claim, result)
  // A short run may have ended by now; a longer one is looked at by the sweeps.
  if (result.kind === 'TAKEN') await reconcileClosings(deps, claimed.claim.id)
}

/** Enqueues the closing of the next request, if there is one. */
async function enqueueAfter(
  { pool, queues, now }: DispatchDeps,
  { campaignId, brokerId, number }: ClosingSlot,
): Promise<void> {
  await enqueueNext(pool, queues, { id: campaignId, brokerId, paced: true }, number, null, now())
}

const BUSY_MS = 60_000

/** Looks, stores what it saw, and only then runs. */
async function performClosing(deps: DispatchDeps, claim: ClaimedClosing): Promise<ClosingResult> {
  const { closing, credential, agendamentoId, references } = claim
  const waitMs = claim.startAt.getTime() - deps.now().getTime()
  if (waitMs > 0) await deps.sleep(waitMs, deps.draining)
  if (deps.draining.aborted) return { kind: 'NOT_ACCEPTED', reason: 'the worker was stopping', retryAfterMs: 0 }
  let mark = 'begun'
  if (closing.look) {
    const look = await closing.look(credential, deps.http)
    if (look.kind !== 'SEEN') return look
    if (look.busy) return { kind: 'NOT_ACCEPTED', reason: 'it is already running', retryAfterMs: BUSY_MS }
    mark = look.mark
  }
  // The wait for its slot and the look took time.
  if (deps.now() >= claim.windowEndsAt) return { kind: 'NOT_ACCEPTED', reason: 'its contact hours had ended' }
  const lookedAt = lookingAt(deps)
  const kept = await keepMark(deps, claim, mark).catch(() => undefined)
  if (kept === undefined) return { kind: 'NOT_ACCEPTED', reason: 'the database was unavailable' }
  if (!kept) return { kind: 'NOT_ACCEPTED', reason: 'its campaign was stopped' }
  // As for a batch's requests: a process that was frozen here writes nothing when it continues (permit.ts).
  const http = guardedHttp(deps.http, () =>
    deps.draining.aborted || deps.now() >= claim.windowEndsAt || isStale(deps, lookedAt, LOOK_GOOD_FOR_MS)
      ? 'not sent: too late after the check of its campaign'
      : undefined,
  )
  try {
    const name = requestName(agendamentoId, claim.place.number)
    return await closing.run({ name, agendamentoId, references }, credential, http)
  } catch (error) {
    return { kind: 'IN_DOUBT', reason: `the adapter failed: ${error instanceof Error ? error.name : 'unknown error'}` }
  }
}

/**
 * Stores the mark and renews the lease, which is longer than the run, however long the look took.
 * @returns false if the claim was lost, or the campaign stopped
 */
async function keepMark(deps: DispatchDeps, { id, attempt, leaseMs }: ClaimedClosing, mark: string): Promise<boolean> {
  const { rowCount } = await deps.pool.query(
    `UPDATE "Batch" b SET broker_ref = $3, lease_until = $4 FROM "Campaign" c
     WHERE b.id = $1 AND b.attempt = $2 AND b.status = 'SENDING' AND c.id = b.campaign_id AND c.status = 'PROCESSING'`,
    [id, attempt, mark, new Date(deps.now().getTime() + leaseMs)],
  )
  return rowCount === 1
}

/** The result is known and must not be lost if the database refuses writes for a while. */
async function settleClosing(deps: DispatchDeps, claim: ClaimedClosing, result: ClosingResult): Promise<void> {
  const about = { campaign: claim.agendamentoId, batch: claim.id, attempt: claim.attempt }
  const giveUpAt = new Date(deps.now().getTime() + claim.leaseMs + 60_000)
  const enqueue_seq = await persistOutcome(
    deps,
    { what: 'settle of a closing', about, giveUpAt },
    { outcome: result, without: withoutText },
    known => transaction(deps.pool, tx => writeResult(deps, tx, claim, known)),
  )
  if (enqueue_seq) await enqueueAll(deps.queues, claim.place.brokerId, [enqueue_seq], deps.now())
  else if (result.kind === 'DONE') await enqueueAfter(deps, claim.place)
}

function withoutText(result: ClosingResult): ClosingResult {
  if (result.kind === 'TAKEN') return result
  return result.kind === 'DONE' ? { ...result, reference: undefined } : { ...result, reason: NO_WORDS }
}

async function writeResult(deps: DispatchDeps, tx: Tx, claim: ClaimedClosing, result: ClosingResult) {
  const at = deps.now()
  if (!(await holdsClosing(tx, claim, 'SENDING'))) return undefined
  const about = { campaign: claim.agendamentoId, batch: claim.id, attempt: claim.attempt }
  switch (result.kind) {
    case 'DONE':
      await completeClosing(tx, claim.id, at, result.reference)
      await finishIfDone(tx, claim.place.campaignId, at)
      deps.log.info({ event: 'closing.done', ...about, reference: result.reference }, 'closing done')
      return undefined
    case 'TAKEN':
      await watchClosing(tx, claim.id, at)
      deps.log.info({ event: 'closing.taken', ...about }, 'closing taken by the broker')
      return undefined
    case 'NOT_ACCEPTED': {
      const waitMs = result.retryAfterMs ?? backoffMs(claim.failures, deps.random)
      const until = new Date(at.getTime() + waitMs)
      const failures = claim.failures + 1
      const enqueue_seq = await requeueClosing(tx, claim.id, { at, until, failures, error: result.reason })
      deps.log.info({ event: 'closing.deferred', ...about, reason: result.reason, until }, 'closing deferred')
      return enqueue_seq === undefined ? undefined : { batchId: claim.id, enqueue_seq, at: until }
    }
    case 'FATAL':
      await requeueClosing(tx, claim.id, { at, until: null, failures: 0, error: result.reason })
      await failCampaign(tx, claim.place.campaignId, `its last step at the broker was refused: ${result.reason}`, at)
      deps.log.warn({ event: 'closing.refused', ...about, reason: result.reason }, 'closing refused')
      return undefined
    case 'IN_DOUBT':
      if (claim.closing.look) {
        await doubtClosing(tx, claim.id, { at, error: result.reason, lookAt: new Date(at.getTime() + LOOK_MS) })
      } else {
        await doubtClosing(tx, claim.id, { at, error: result.reason, lookAt: null })
        await askPerson(tx, claim.place.campaignId, result.reason, at)
      }
      deps.log.warn({ event: 'closing.in_doubt', ...about, reason: result.reason }, 'closing in doubt')
      return undefined
  }
}
