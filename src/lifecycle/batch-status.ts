/** A batch's statuses. Which may follow which is a table, and the functions of this folder alone write them. */
export const BATCH_STATUSES = ['QUEUED', 'SENDING', 'DONE', 'IN_DOUBT'] as const
export type BatchStatus = (typeof BATCH_STATUSES)[number]

interface Transition {
  from: readonly BatchStatus[]
  to: BatchStatus
}

export const BATCH_TRANSITIONS = {
  /** A claim has taken it: its request may be on its way from now on. */
  claim: { from: ['QUEUED'], to: 'SENDING' },
  /** Its claim found nothing to send, or nothing to run. */
  empty: { from: ['QUEUED'], to: 'DONE' },
  /** Each of its requests has an answer; a closing has run. */
  settle: { from: ['SENDING'], to: 'DONE' },
  /** Nothing of it was taken: it is claimed again. */
  requeue: { from: ['SENDING'], to: 'QUEUED' },
  /** What became of its request is not known, or its lease ran out. */
  doubt: { from: ['SENDING'], to: 'IN_DOUBT' },
  /** No lead of it is in doubt any longer; a closing was found done, or a person decided. */
  resolve: { from: ['IN_DOUBT'], to: 'DONE' },
  /** Of a closing: it did not run, and is to run. */
  runAgain: { from: ['IN_DOUBT'], to: 'QUEUED' },
  /** It holds a cost by now: what is PENDING of it is planned as another batch. */
  replan: { from: ['QUEUED'], to: 'DONE' },
  /** Its campaign was cancelled before it was claimed. */
  cancel: { from: ['QUEUED'], to: 'DONE' },
  /** Of a closing: it did not run, and its campaign was cancelled meanwhile. */
  cancelUnrun: { from: ['SENDING', 'IN_DOUBT'], to: 'DONE' },
} as const satisfies Record<string, Transition>

/** How an attempt may end. */
export type SettledBatchStatus = (typeof BATCH_TRANSITIONS)['settle' | 'requeue' | 'doubt']['to']
