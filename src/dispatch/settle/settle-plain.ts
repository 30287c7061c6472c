import type pg from 'pg'
import type { Adapter } from '../../broker/port.ts'
import { releaseCosts } from '../../budget/ledger.ts'
import { type Tx, transaction } from '../../database/pool.ts'
import { type BatchResult, completeBatches } from '../../lifecycle/batch-writes.ts'
import { finishIfDone, hasQueued } from '../finish/finish.ts'
import type { BatchOutcome, LeadOutcome, Settled } from '../model/batch-outcome.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'
import { countAnswer } from '../pacing/circuit-breaker.ts'
import { type BatchLeads, writeOutcomes } from './lead-outcomes.ts'
import { lockAttempts } from './lock-attempt.ts'
import { pauseIfAllAreRefused } from './refusals-in-a-row.ts'

/** A batch and what became of it. */
export interface Settlement {
  batch: ClaimedBatch
  outcome: BatchOutcome
}

/**
 * Whether the settle of a batch decides about its own leads alone: each of them was accepted or refused, and none is to be sent
 * again. Nearly every batch is so; the others are settled one by one (settle.ts).
 */
export function isPlain({ batch, outcome }: Settlement): boolean {
  const { outcomes, retryAfterMs, split, stop, settledBefore } = outcome
  const concernsOthers = batch.probe || batch.firstOf !== null || batch.isLimited || retryAfterMs !== undefined || stop
  return !concernsOthers && batch.left === 0 && !split && !settledBefore && outcomes.every(isFinal)
}

function isFinal(outcome: LeadOutcome): boolean {
  return outcome.kind === 'ACCEPTED' || (outcome.kind === 'REJECTED' && outcome.byShare === undefined)
}

/**
 * Settles plain batches that were claimed together, in one transaction, each fenced by its own attempt.
 * @returns by the batch's id; nothing for a batch that is no longer this attempt's. `closing` and `mayFinish` concern the
 * campaign, and are said with one of the batches
 */
export async function settlePlain(
  { pool, now }: { pool: pg.Pool; now: () => Date },
  settlements: readonly Settlement[],
  adapter: Pick<Adapter, 'correlatesByProviderId'>,
): Promise<ReadonlyMap<string, Settled>> {
  return transaction(pool, async tx => {
    const at = now()
    const attempts = await lockAttempts(
      tx,
      settlements.map(({ batch }) => batch),
    )
    const held = settlements.filter(({ batch }) => attempts.has(batch.id)).map(figuresOf)
    if (held.length === 0) return new Map<string, Settled>()
    const { campaign, credential } = held[0]!.batch
    await countAnswer(tx, credential.id)
    await writeOutcomes(tx, held, adapter, at)
    await completeBatches(tx, held.map(resultOf), at)
    await releaseCosts(
      tx,
      held.map(({ batch, refused }) => ({ batchId: batch.id, ...attempts.get(batch.id)!, messages: refused })),
      at,
    )
    const { closing, mayFinish } = await checkEnd(tx, campaign.id, at)
    if (held.some(({ accepted, refused }) => refused > 0 && accepted === 0))
      await pauseIfAllAreRefused(tx, campaign.id, at)
    return new Map(
      held.map(({ batch, accepted, refused }, i): [string, Settled] => [
        batch.id,
        {
          ...{ kind: 'SETTLED', accepted, refused, inDoubt: 0, again: 0, jobs: [] },
          ...{ closing: i === 0 && closing, opened: false, mayFinish: i === 0 && mayFinish },
        },
      ]),
    )
  })
}

interface Figures extends BatchLeads {
  reference: string | undefined
  accepted: number
  refused: number
}

function figuresOf({ batch, outcome }: Settlement): Figures {
  const settledLeads = batch.leads.map((lead, i) => ({ lead, outcome: outcome.outcomes[i]! }))
  const accepted = settledLeads.filter(settledLead => settledLead.outcome.kind === 'ACCEPTED').length
  return { batch, settledLeads, reference: outcome.reference, accepted, refused: settledLeads.length - accepted }
}

function resultOf({ batch: { id }, accepted, refused, reference }: Figures): BatchResult {
  return {
    ...{ id, status: 'DONE', accepted, refused, unspent: refused, reference },
    ...{ failures: 0, notBefore: null, error: null },
  }
}

/** Locks the Campaign row only if no batch is QUEUED (finish.ts). */
async function checkEnd(tx: Tx, campaignId: string, at: Date): Promise<{ closing: boolean; mayFinish: boolean }> {
  if (await hasQueued(tx, campaignId)) return { closing: false, mayFinish: true }
  return { closing: await finishIfDone(tx, campaignId, at), mayFinish: false }
}
