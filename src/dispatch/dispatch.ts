import type { Quota } from '../broker/port.ts'
import { adapterOf } from '../broker/registry.ts'
import { namedError } from '../database/faults.ts'
import { unreachable } from '../errors.ts'
import { variablesIn } from '../message/template.ts'
import { claimBatches } from './claim/claim.ts'
import { type GroupSizes, openGroupSizes } from './claim/group-sizes.ts'
import { dispatchClosing } from './closing/run.ts'
import { finishAfterCommit } from './finish/finish.ts'
import type { BatchOutcome, Settled } from './model/batch-outcome.ts'
import type { Claim, ClaimedBatch } from './model/claimed-batch.ts'
import type { DispatchDeps } from './model/deps.ts'
import {
  type EnqueueTarget,
  enqueueAhead,
  enqueueAll,
  enqueueNext,
  enqueueParked,
  enqueueWindow,
} from './plan/enqueue.ts'
import { keepQuota } from './record/quota.ts'
import { openPermits, type Permit } from './send/permit.ts'
import { renderLeads } from './send/render.ts'
import { type NotWritten, requestName, sendBatch, withheldOutcome } from './send/send.ts'
import { settlingEarly } from './settle/early-settle.ts'
import { openSettler, type Settler } from './settle/settle-together.ts'
import { aboutOf } from './settle/settle-with-retry.ts'
import { settleUnanswered } from './settle/unanswered-claim.ts'

/** Processes a job of the queue. */
export type Dispatch = (batchId: string) => Promise<void>

/**
 * A worker's dispatch: processes an enqueued batch, and those that are claimed with it: claim, send, settle. The sweeper handles
 * what a crash leaves unfinished at any line.
 */
export function openDispatch(deps: DispatchDeps): Dispatch {
  const [sizes, settler] = [openGroupSizes(), openSettler(deps)]
  return async batchId => {
    const claims = await claimBatches(deps, batchId, sizes.limitsOf)
    const claimed = claims.flatMap(claim => (claim.kind === 'CLAIMED' ? [claim.batch] : []))
    const others = claims.filter(claim => claim.kind !== 'CLAIMED')
    await all([
      ...(claimed.length > 0 ? [dispatchClaimed(deps, { sizes, settler }, claimed)] : []),
      ...others.map(claim => afterClaim(deps, batchId, claim, claimed.length > 0)),
    ])
  }
}

/** @param isBeside whether batches were claimed beside it */
async function afterClaim(
  deps: DispatchDeps,
  batchId: string,
  claim: Exclude<Claim, { kind: 'CLAIMED' }>,
  isBeside: boolean,
): Promise<void> {
  switch (claim.kind) {
    case 'GONE':
    case 'FAILED':
    case 'PARKED':
      return
    case 'CLOSING':
      return dispatchClosing(deps, batchId)
    case 'WAIT': {
      const at = claim.why === 'PACE' ? enqueueAhead(claim.until) : claim.until
      const { batchId: waiting, enqueue_seq, campaign } = claim
      await orLeaveToSweep(deps, () =>
        enqueueAll(deps.queues, campaign.brokerId, [{ batchId: waiting, enqueue_seq, at }], deps.now()),
      )
      // Outside contact hours in this zone; other batches may run.
      if (claim.why === 'HOURS') await enqueueFollowing(deps, campaign, claim.number, null)
      return
    }
    case 'EMPTIED':
      if (isBeside) return
      await finishIfLast(deps, claim.campaign, claim.number)
      return enqueueFollowing(deps, claim.campaign, claim.number, null)
    case 'UNANSWERED': {
      const { batch, error } = claim
      return afterSettle(deps, batch, await settleUnanswered(deps, batch, error))
    }
    default:
      return unreachable(claim)
  }
}

/**
 * One batch after another, so that as many are in flight as the worker has jobs at once. After one whose requests were not answered,
 * or not taken, the rest of the claim is not sent.
 * @param batches claimed together: of one campaign
 */
async function dispatchClaimed(
  deps: DispatchDeps,
  { sizes, settler }: { sizes: GroupSizes; settler: Settler },
  batches: readonly ClaimedBatch[],
): Promise<void> {
  const { campaign, nextAt, firstOf } = batches[0]!
  const last = Math.max(...batches.map(({ number }) => number))
  for (const batch of batches) settler.began(batch)
  if (firstOf === null) await enqueueFollowing(deps, campaign, last, nextAt && enqueueAhead(nextAt))
  const permits = openPermits(deps, batches)
  const from = deps.monotonic()
  const ends: Promise<void>[] = []
  let isAnswered = true
  for (const [i, batch] of batches.entries()) {
    const sent: Promise<BatchOutcome> = isAnswered
      ? sendClaimedBatch(deps, batch, permits[i]!)
      : Promise.resolve(withheldOutcome(batch, whyNotSent(permits[i]!)))
    ends.push(settleClaimed(deps, settler, batch, sent))
    isAnswered &&= await sent.then(isAnswer, () => false)
  }
  sizes.ended(campaign.id, { isPlain: isAnswered, batches: batches.length, tookMs: deps.monotonic() - from })
  await all(ends)
}

/** Of a batch whose turn did not come: what had ended the claim. */
function whyNotSent(permit: Permit): NotWritten {
  const refusal = permit.refusal()
  return refusal === undefined || refusal === 'STALE' ? 'BROKER' : refusal
}

/** A batch whose send fails, which is a bug, is left to its lease. */
async function settleClaimed(
  deps: DispatchDeps,
  settler: Settler,
  batch: ClaimedBatch,
  sent: Promise<BatchOutcome>,
): Promise<void> {
  const outcome = await sent.catch((error: unknown) => {
    settler.abandoned(batch)
    throw error
  })
  const settled = await settler.settle(batch, outcome)
  if (outcome.quota) await tellQuota(deps, batch, outcome.quota)
  await afterSettle(deps, batch, settled)
}

/** Whether the broker has decided about the batch, and nothing that it said concerns others. */
function isAnswer({ outcomes, retryAfterMs, split, stop }: BatchOutcome): boolean {
  if (retryAfterMs !== undefined || stop) return false
  return split === true || outcomes.every(({ kind }) => kind === 'ACCEPTED' || kind === 'REJECTED')
}

/** Resolves when all have ended. @throws the first one's error */
async function all(work: readonly Promise<void>[]): Promise<void> {
  for (const ended of await Promise.allSettled(work)) if (ended.status === 'rejected') throw ended.reason
}

async function sendClaimedBatch(deps: DispatchDeps, batch: ClaimedBatch, permit: Permit): Promise<BatchOutcome> {
  const adapter = await adapterOf(batch.adapter)
  const credential = batch.credential.config
  const rendered = renderLeads(batch)
  const { template } = batch.campaign
  const { http, now, sleep, draining } = deps
  const early = settlingEarly(deps, batch, adapter, () => void enqueueAfterFirst(deps, batch.campaign, true))
  const codes = { table: adapter.codes, overrides: batch.codeOverrides }
  const sent = await sendBatch(
    { adapter, codes, credential, http, now, sleep, draining, permit, onAnswer: early.add },
    batch,
    {
      name: requestName(batch.campaign.agendamentoId, batch.number),
      agendamentoId: batch.campaign.agendamentoId,
      batchNumber: batch.number,
      wallet: { id: batch.campaign.walletId, idgisAmbiente: batch.campaign.idgisAmbiente },
      window: { from: batch.windowStartsAt, to: batch.windowEndsAt },
      template: template && { code: template.code, variables: variablesIn(template.content) },
      messages: rendered.flatMap(lead => (lead.message ? [lead.message] : [])),
      callbackUrl: leadId => deps.callbackUrl(batch.campaign.brokerId, urlOf(credential), leadId),
    },
  )
  const settledBefore = await early.end()
  const answers = sent.outcomes.values()
  return { ...sent, settledBefore, outcomes: rendered.map(lead => lead.outcome ?? answers.next().value!) }
}

function urlOf(credential: unknown): string | undefined {
  const { url } = credential as { url?: unknown }
  return typeof url === 'string' ? url : undefined
}

/** @param settled undefined: the lease had expired, and the sweep enqueues what is left */
async function afterSettle(deps: DispatchDeps, batch: ClaimedBatch, settled: Settled | undefined): Promise<void> {
  if (!settled) return
  const { accepted, refused, inDoubt, again } = settled
  deps.log.debug(
    { event: 'settle.done', ...aboutOf(batch), broker: batch.broker, accepted, refused, inDoubt, again },
    'settled',
  )
  await orLeaveToSweep(deps, () => enqueueAll(deps.queues, batch.campaign.brokerId, settled.jobs, deps.now()))
  if (batch.firstOf !== null) await enqueueAfterFirst(deps, batch.campaign, settled.opened)
  if (batch.isLimited)
    await orLeaveToSweep(deps, () => enqueueParked(deps.pool, deps.queues, batch.campaign, deps.now()))
  if (settled.closing) await enqueueFollowing(deps, batch.campaign, batch.number, null)
  if (settled.mayFinish) await finishIfLast(deps, batch.campaign, batch.number)
}

/** @param opened the broker took a message: the others go beside one another, and else one after another */
async function enqueueAfterFirst(deps: DispatchDeps, campaign: EnqueueTarget, opened: boolean): Promise<void> {
  if (!opened) return enqueueFollowing(deps, campaign, 0, null)
  await orLeaveToSweep(deps, () => enqueueWindow(deps.pool, deps.queues, campaign, deps.now()))
}

/** The quota nears its end: an operator should know before the broker refuses. */
async function tellQuota(deps: DispatchDeps, { broker, credential }: ClaimedBatch, quota: Quota): Promise<void> {
  deps.log.warn(
    { event: 'broker.quota', broker, credential: credential.id, ...quota },
    'the quota of requests nears its end',
  )
  // Only for display: a fault of the database must not fail what was settled.
  await keepQuota(deps, credential.id, quota).catch(() => undefined)
}

async function finishIfLast(deps: DispatchDeps, campaign: EnqueueTarget, after: number): Promise<void> {
  try {
    if (await finishAfterCommit(deps.pool, campaign.id, deps.now())) await enqueueFollowing(deps, campaign, after, null)
  } catch (error) {
    const about = { campaignId: campaign.id, err: namedError(error) }
    deps.log.warn({ event: 'campaign.finish_deferred', ...about }, 'campaign not checked: the sweep will check it')
  }
}

async function enqueueFollowing(
  deps: DispatchDeps,
  campaign: EnqueueTarget,
  after: number,
  at: Date | null,
): Promise<void> {
  await orLeaveToSweep(deps, () => enqueueNext(deps.pool, deps.queues, campaign, after, at, deps.now()))
}

/** A failed enqueue must not fail its caller: the sweeper enqueues the batch later. */
async function orLeaveToSweep(deps: DispatchDeps, enqueue: () => Promise<void>): Promise<void> {
  try {
    await enqueue()
  } catch (error) {
    deps.log.warn(
      { event: 'queue.enqueue_failed', err: namedError(error) },
      'batch not enqueued: the sweep will enqueue it',
    )
  }
}
