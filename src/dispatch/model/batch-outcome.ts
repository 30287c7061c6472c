import type { Outcome } from '../../broker/port.ts'

/** What became of a lead, and of its request. */
export type LeadOutcome = Outcome & {
  /** When its request was written; undefined: it was not, or it is not known. */
  writtenAt?: Date | undefined
  /** NOT_ACCEPTED because camp did not write it (permit.ts). */
  isWithheld?: boolean
}

/**
 * The settle (docs/design.md#claim-send-settle): one transaction that writes what became of a claimed batch. It is fenced: only
 * the attempt that claimed the batch may settle it, and only once. Its locks are in the system's order: batch, slot, contacts,
 * leads, budget, campaign.
 */
export interface BatchOutcome {
  /** One for each claimed lead, in their order. */
  outcomes: LeadOutcome[]
  /** The broker's own name for what it took. */
  reference?: string | undefined
  /** The broker asked to wait this long. */
  retryAfterMs?: number | undefined
  /** The broker refused the request as a whole: its leads, NOT_ACCEPTED here, are to be sent in halves. */
  split?: boolean
  /** What was not accepted was never written, by camp's own decision (permit.ts): no failure of the broker's. */
  withheld?: boolean
  /** The key or the configuration is wrong: nothing more goes out. */
  fatal?: string | undefined
  /** Some of its leads may have been settled while others were on their way (settle-known.ts). */
  settledBefore?: boolean
}

export interface Settled {
  kind: 'SETTLED'
  accepted: number
  refused: number
  inDoubt: number
  /** Leads that go out again, and when. */
  again: number
  /** The batches to ring for them. */
  jobs: { batchId: string; enqueue_seq: number; at: Date | null }[]
  /** The campaign's closing was planned: its next batch. */
  closing: boolean
  /** Others were QUEUED: `finishAfterCommit` is to be called. */
  mayFinish: boolean
}
