import type { Quota } from '../broker/port.ts'
import { adapterOf } from '../broker/registry.ts'
import { namedError } from '../database/faults.ts'
import { variablesIn } from '../message/template.ts'
import { claimBatch } from './claim/claim.ts'
import { dispatchClosing } from './closing/run.ts'
import { finishAfterCommit } from './finish/finish.ts'
import type { BatchOutcome, Settled } from './model/batch-outcome.ts'
import type { ClaimedBatch } from './model/claimed-batch.ts'
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
import { openPermit } from './send/permit.ts'
import { renderLeads } from './send/render.ts'
import { requestName, sendBatch } from './send/send.ts'
import { settlingEarly } from './settle/early-settle.ts'
import { aboutOf, settleWithRetry } from './settle/settle-with-retry.ts'
import { settleUnanswered } from './settle/unanswered-claim.ts'

/** Processes one enqueued batch: claim, send, settle. The sweeper handles what a crash leaves unfinished at any line. */
export async function dispatchBatch(deps: DispatchDeps, batchId: string): Promise<void> {
  const claim = await claimBatch(deps, batchId)
  switch (claim.kind) {
    case 'GONE':
    case 'PARKED':
      return
    case 'CLOSING':
      return dispatchClosing(deps, batchId)
    case 'WAIT': {
      const at = claim.why === 'PACE' ? enqueueAhead(claim.until) : claim.until
      await orLeaveToSweep(deps, () =>
        enqueueAll(deps.queues, claim.campaign.brokerId, [{ batchId, enqueue_seq: claim.enqueue_seq, at }], deps.now()),
      )
      // Outside contact hours in this zone; other batches may run.
      if (claim.why === 'HOURS') await enqueueFollowing(deps, claim.campaign, claim.number, null)
      return
    }
    case 'EMPTIED':
      await finishIfLast(deps, claim.campaign, claim.number)
      return enqueueFollowing(deps, claim.campaign, claim.number, null)
    case 'FAILED':
      return
    case 'CLAIMED': {
      const { batch } = claim
      if (batch.firstOf === null)
        await enqueueFollowing(deps, batch.campaign, batch.number, batch.nextAt && enqueueAhead(batch.nextAt))
      const outcome = await sendClaimedBatch(deps, batch)
      const settled = await settleWithRetry(deps, batch, outcome)
      if (outcome.quota) await tellQuota(deps, batch, outcome.quota)
      return afterSettle(deps, batch, settled)
    }
    case 'UNANSWERED': {
      const { batch, error } = claim
      return afterSettle(deps, batch, await settleUnanswered(deps, batch, error))
    }
  }
}

async function sendClaimedBatch(deps: DispatchDeps, batch: ClaimedBatch): Promise<BatchOutcome> {
  const adapter = await adapterOf(batch.adapter)
  const credential = batch.credential.config
  const rendered = renderLeads(batch)
  const { template } = batch.campaign
  const { http, now, sleep, draining } = deps
  const early = settlingEarly(deps, batch, adapter, () => void enqueueAfterFirst(deps, batch.campaign, true))
  const permit = openPermit(deps, batch)
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
