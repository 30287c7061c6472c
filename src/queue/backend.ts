import type { Queue, Worker } from 'bullmq'
import type { CampError } from '../errors.ts'

/** What a job carries. */
export type Data = { batchId?: string; task?: string }

/** BullMQ on one of its two stores. */
export interface Backend {
  queue(name: string): Queue<Data>
  worker(name: string, process: (job: { data: Data }) => Promise<void>, concurrency: number): Worker<Data>
  /** What a person is told of an error. */
  told(error: unknown): CampError
  close(): Promise<void>
}

/** After a queue or a consumer could not be reached. */
export const RETRY_MS = 1_000

// A worker's option; a check takes its job with a queue's.
export const LOCK = { lockDuration: 10_000 } as const

/**
 * A job whose end could not be written because the queue was away is free again when its lock has run out and a check has seen
 * it; until then the same job id is not enqueued again. The lock is renewed while the job is at work.
 */
export const WORKER = {
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
  ...LOCK,
  stalledInterval: 5_000,
  runRetryDelay: RETRY_MS,
} as const
