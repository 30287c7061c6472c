import type { ClassifiedOutcome, CodeStop } from '../../broker/classify-code.ts'
import type { Quota } from '../../broker/port.ts'

/** The outcome of a lead and of its request. */
export type LeadOutcome = ClassifiedOutcome & {
  /** When its request was written; undefined: it was not, or the time is unknown. */
  writtenAt?: Date | undefined
  /** NOT_ACCEPTED because camp did not write the request (permit.ts). */
  isWithheld?: boolean
}

/**
 * The outcome of a claimed batch. The settle (docs/design.md#claim-send-settle) writes it in one transaction. It is fenced: only
 * the attempt that claimed the batch may settle it, and only once. It locks in the system's order: batch, slot, contacts, leads,
 * budget, campaign.
 */
export interface BatchOutcome {
  /** One for each claimed lead, in their order. */
  outcomes: LeadOutcome[]
  /** The broker's own name for what it took. */
  reference?: string | undefined
  /** The account's quota of requests, if the broker says that it nears its end. */
  quota?: Quota | undefined
  /** The broker asked to wait this long. */
  retryAfterMs?: number | undefined
  /** The broker refused the request as a whole: its leads, NOT_ACCEPTED here, are sent again in halves. */
  split?: boolean
  /** What was not accepted was not written, by camp's own decision (permit.ts): not a failure of the broker. */
  withheld?: boolean
  /** The key, the configuration or the content is wrong: nothing more of the campaign is sent. */
  stop?: CodeStop | undefined
  /** Some of its leads may have been settled while others were in flight (settle-known.ts). */
  settledBefore?: boolean
}

export interface Settled {
  kind: 'SETTLED'
  accepted: number
  refused: number
  inDoubt: number
  /** How many leads are sent again. */
  again: number
  /** The batches to enqueue for them. */
  jobs: { batchId: string; enqueue_seq: number; at: Date | null }[]
  /** The campaign's closing was planned: it is the next batch to enqueue. */
  closing: boolean
  /** It was the first batch since a start, and the broker took a message of it: the others are to be enqueued. */
  opened: boolean
  /** Other batches were QUEUED: `finishAfterCommit` is to be called. */
  mayFinish: boolean
}
