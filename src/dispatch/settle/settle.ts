import type pg from 'pg'
import { gravest } from '../../broker/classify-code.ts'
import type { Adapter, Outcome } from '../../broker/port.ts'
import { releaseCosts } from '../../budget/ledger.ts'
import { LOCK_EXCEPTIONS, locking } from '../../database/lock-order.ts'
import { type Tx, transaction } from '../../database/pool.ts'
import { completeBatches } from '../../lifecycle/batch-writes.ts'
import { cancelPendingLeads, cancelSettledRest } from '../../lifecycle/cancel-writes.ts'
import { finishIfDone, hasQueued } from '../finish/finish.ts'
import type { BatchOutcome, Settled } from '../model/batch-outcome.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'
import { backoffMs } from '../pacing/backoff.ts'
import { blockCredential, countAnswer, countFailure, giveProbeBack } from '../pacing/circuit-breaker.ts'
import { endFirst } from '../pacing/first-batch.ts'
import { planRest, splitBatch } from '../plan/replan.ts'
import { reasonOf, writeOutcomes } from './lead-outcomes.ts'
import { lockAttempts, lockSlots } from './lock-attempt.ts'
import { pauseIfAllAreRefused } from './refusals-in-a-row.ts'
import { NONE_BEFORE, unsettled } from './settle-known.ts'
import { judgeByShare, type ShareVerdict, takeBack } from './share.ts'
import { stopCampaign } from './stop-campaign.ts'

export interface SettleDeps {
  pool: pg.Pool
  now: () => Date
  random: () => number
}

/** @returns FENCED if the batch is no longer this attempt's: its lease expired, and it was put in doubt or decided about */
export async function settleBatch(
  { pool, now, random }: SettleDeps,
  batch: ClaimedBatch,
  adapter: Pick<Adapter, 'correlatesByProviderId'>,
  outcome: BatchOutcome,
): Promise<Settled | { kind: 'FENCED' }> {
  return transaction(pool, async tx => {
    const at = now()
    const row = (await lockAttempts(tx, [batch])).get(batch.id)
    if (!row) return { kind: 'FENCED' }
    const all = batch.leads.map((lead, i) => ({ lead, outcome: outcome.outcomes[i]! }))
    const { settledLeads: open, before } = outcome.settledBefore
      ? await unsettled(tx, batch, all)
      : { settledLeads: all, before: NONE_BEFORE }
    const verdict = await judgeByShare(tx, batch, all, open)
    await lockSlots(tx, batch, at)
    const { settledLeads } = verdict
    const stop = gravest([outcome.stop, verdict.stop])
    const of = (kind: Outcome['kind']) => settledLeads.filter(settledLead => settledLead.outcome.kind === kind)
    const [accepted, refused, notAccepted, inDoubt] = [
      of('ACCEPTED'),
      of('REJECTED'),
      of('NOT_ACCEPTED'),
      of('IN_DOUBT'),
    ]

    const isPaused = stop?.ends === 'PAUSE'
    const failures = notAccepted.length > 0 && !isPaused && !outcome.split && !outcome.withheld ? row.failures + 1 : 0
    const waitMs = outcome.retryAfterMs ?? (failures > 0 ? backoffMs(failures - 1, random) : 0)
    const notBefore = waitMs > 0 ? new Date(at.getTime() + waitMs) : null
    const isAnswered = open.some(({ outcome: { kind } }) => kind === 'ACCEPTED' || kind === 'REJECTED')
    const answered = isAnswered || before.accepted + before.refused > 0 || outcome.split === true || stop !== undefined
    if (answered) await countAnswer(tx, batch.credential.id)
    else if (outcome.withheld && inDoubt.length === 0) {
      if (batch.probe) await giveProbeBack(locking(tx, 'SendSlot'), batch.credential.id, at)
    } else {
      const reason = reasonOf(notAccepted) ?? reasonOf(inDoubt) ?? 'the broker does not answer'
      await countFailure(tx, batch.credential.id, { now: at, reason, probe: batch.probe, random })
    }
    if (outcome.retryAfterMs !== undefined && notBefore) {
      await blockCredential(
        tx,
        batch.credential.id,
        notBefore,
        at,
        reasonOf(notAccepted) ?? 'the broker requested a wait',
      )
    }
    await writeOutcomes(tx, [{ batch, settledLeads }], adapter, at)
    await takeBack(tx, batch, verdict, at)

    const unspent = refused.length + notAccepted.length
    const split = outcome.split === true && notAccepted.length > 1
    const again = !split && batch.left + notAccepted.length > 0
    const keepsCost = accepted.length + before.accepted + inDoubt.length > 0
    const completed = await completeBatches(
      tx,
      [
        {
          id: batch.id,
          status: again && !keepsCost ? 'QUEUED' : inDoubt.length > 0 ? 'IN_DOUBT' : 'DONE',
          accepted: accepted.length,
          refused: refused.length,
          unspent,
          failures,
          notBefore,
          reference: outcome.reference,
          error: stop?.reason ?? reasonOf(notAccepted) ?? reasonOf(inDoubt) ?? null,
        },
      ],
      at,
    )
    const enqueue_seq = completed.get(batch.id)!
    await releaseCosts(tx, [{ batchId: batch.id, ...row, messages: unspent }], at)

    const jobs = split
      ? await splitBatch(
          tx,
          batch,
          notAccepted.map(settledLead => settledLead.lead),
          at,
        )
      : []
    if (again && !keepsCost) jobs.push({ batchId: batch.id, enqueue_seq, at: notBefore })
    if (again && keepsCost) {
      const rest = await planRest(
        tx,
        { id: batch.id, campaignId: batch.campaign.id },
        { failures, notBefore, enqueuedAt: at },
      )
      if (rest) jobs.push({ batchId: rest.id, enqueue_seq: rest.enqueue_seq, at: notBefore })
    }
    if (again || split) await dropIfCancelled(tx, batch, verdict, at)
    const isTaken = accepted.length + before.accepted > 0
    const opened = isTaken && batch.firstOf !== null && (await endFirst(tx, batch.campaign.id, batch.firstOf))
    if (stop) await stopCampaign(tx, batch, stop, at)
    const isEnd = !stop && !again && !split
    const others = isEnd && (await hasQueued(tx, batch.campaign.id))
    const closing = isEnd && !others && (await finishIfDone(tx, batch.campaign.id, at))
    const isAllRefused = refused.length + before.refused > 0 && !isTaken
    if (isAllRefused) await pauseIfAllAreRefused(tx, batch.campaign.id, at)
    return {
      kind: 'SETTLED',
      accepted: accepted.length + before.accepted,
      refused: refused.length + before.refused,
      inDoubt: inDoubt.length,
      again: notAccepted.length,
      jobs,
      closing,
      opened,
      mayFinish: others,
    }
  })
}

/**
 * Ends leads that would stay PENDING in a campaign that was cancelled meanwhile. Locks the Campaign row, so that a concurrent
 * cancel either was before (and is seen here) or comes after (and finds this batch QUEUED).
 */
async function dropIfCancelled(tx: Tx, batch: ClaimedBatch, { earlier }: ShareVerdict, at: Date): Promise<void> {
  const { rows } = await locking(tx, 'Campaign').query<{ status: string }>(
    `SELECT status FROM "Campaign" WHERE id = $1 FOR SHARE`,
    [batch.campaign.id],
  )
  if (rows[0]?.status !== 'CANCELLED') return
  await cancelSettledRest(tx, batch.id, at)
  // Those that were taken back are in the range of no batch that is still to be cancelled.
  if (earlier) await cancelPendingLeads(tx, batch.campaign.id, LOCK_EXCEPTIONS.LEFT_PENDING)
}
