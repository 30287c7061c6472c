import { adapterOf } from '../../broker/registry.ts'
import { unreachable } from '../../errors.ts'
import type { RefusalCode } from '../../lifecycle/refusal-codes.ts'
import type { BatchOutcome, LeadOutcome, Settled } from '../model/batch-outcome.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'
import type { DispatchDeps } from '../model/deps.ts'
import { persistOutcome } from './persist.ts'
import { settleBatch } from './settle.ts'
import { settleLate } from './settle-late.ts'

/**
 * Settles a batch. The answer is known and must not be lost if the database refuses writes for a while: retried until the batch's
 * lease has been expired for longer than any sweep takes. After that the batch is IN_DOUBT, as if this worker had died.
 * @returns undefined if the lease had expired
 */
export async function settleWithRetry(
  deps: DispatchDeps,
  batch: ClaimedBatch,
  outcome: BatchOutcome,
): Promise<Settled | undefined> {
  const adapter = await adapterOf(batch.adapter)
  return persistOutcome(
    deps,
    { what: 'settle', about: aboutOf(batch), giveUpAt: giveUpAt(batch) },
    { outcome, without: withoutTexts },
    async known => {
      const settled = await settleBatch(deps, batch, adapter, known)
      if (settled.kind === 'SETTLED') return settled
      warnFenced(deps, batch, await settleLate(deps, batch, adapter, known))
      return undefined
    },
  )
}

/** By then a sweep has decided about its leads, and an answer is too late for the ledger. */
export function giveUpAt({ leaseUntil }: ClaimedBatch): Date {
  return new Date(leaseUntil.getTime() + 60_000)
}

/** @param resolved how many leads in doubt its answers decided about */
function warnFenced(deps: DispatchDeps, batch: ClaimedBatch, resolved: number): void {
  deps.log.warn({ event: 'settle.late', ...aboutOf(batch), resolved }, 'settle came too late: the lease had run out')
}

/** The fields that name a batch in a log line. */
export function aboutOf({ id, campaign, number, attempt }: ClaimedBatch) {
  return { campaign: campaign.agendamentoId, batch: id, number, attempt }
}

/** Replaces the broker's texts where the database refused them. */
export const NO_WORDS = 'the answer of the broker could not be stored'
const NO_CODE: RefusalCode = 'REFUSED'

function withoutTexts(outcome: BatchOutcome): BatchOutcome {
  return {
    ...outcome,
    outcomes: outcome.outcomes.map(withoutText),
    reference: undefined,
    stop: outcome.stop && { ...outcome.stop, reason: NO_WORDS },
  }
}

function withoutText(outcome: LeadOutcome): LeadOutcome {
  switch (outcome.kind) {
    case 'ACCEPTED':
      return { ...outcome, providerId: undefined }
    case 'REJECTED':
      return { ...outcome, code: NO_CODE, detail: NO_WORDS }
    case 'NOT_ACCEPTED':
    case 'IN_DOUBT':
      return { ...outcome, code: undefined, reason: NO_WORDS }
    default:
      return unreachable(outcome)
  }
}
