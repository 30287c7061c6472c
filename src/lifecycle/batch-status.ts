/** A batch's statuses. BATCH_TRANSITIONS is the table of their transitions; only the functions of this folder write them. */
export const BATCH_STATUSES = ['QUEUED', 'SENDING', 'DONE', 'IN_DOUBT'] as const
export type BatchStatus = (typeof BATCH_STATUSES)[number]

interface Transition {
  from: readonly BatchStatus[]
  to: BatchStatus
}

export const BATCH_TRANSITIONS = {
  /** A claim has taken it: its request may be in flight from now on. */
  claim: { from: ['QUEUED'], to: 'SENDING' },
  /** Its claim found nothing to send, or nothing to run. */
  empty: { from: ['QUEUED'], to: 'DONE' },
  /** Each of its requests has an answer; a closing has run. */
  settle: { from: ['SENDING'], to: 'DONE' },
  /** The broker took none of it: it is claimed again. */
  requeue: { from: ['SENDING'], to: 'QUEUED' },
  /** The outcome of its request is unknown, or its lease expired. */
  doubt: { from: ['SENDING'], to: 'IN_DOUBT' },
  /** No lead of it is in doubt any longer; a closing was found done, or a person decided. */
  resolve: { from: ['IN_DOUBT'], to: 'DONE' },
  /** Of a closing: it did not run, and is to run. */
  runAgain: { from: ['IN_DOUBT'], to: 'QUEUED' },
  /** It holds a cost by now: its PENDING leads are planned as another batch. */
  replan: { from: ['QUEUED'], to: 'DONE' },
  /** Its campaign was cancelled before it was claimed. */
  cancel: { from: ['QUEUED'], to: 'DONE' },
  /** Of a closing: it did not run, and its campaign was cancelled meanwhile. */
  cancelUnrun: { from: ['SENDING', 'IN_DOUBT'], to: 'DONE' },
} as const satisfies Record<string, Transition>

/** The statuses in which an attempt may end. */
export type SettledBatchStatus = (typeof BATCH_TRANSITIONS)['settle' | 'requeue' | 'doubt']['to']
