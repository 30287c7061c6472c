import type { Queue, Worker } from 'bullmq'
import type { CampError } from '../errors.ts'

/** A job's payload. */
export type Data = { batchId?: string; task?: string }

/** BullMQ on one of its two stores. */
export interface Backend {
  queue(name: string): Queue<Data>
  worker(name: string, process: (job: { data: Data }) => Promise<void>, concurrency: number): Worker<Data>
  /** The error to report for a failure of the queue. */
  told(error: unknown): CampError
  close(): Promise<void>
}

/** Pause after a queue or a consumer could not be reached. */
export const RETRY_MS = 1_000

// A worker's option; a check takes its job with a queue's.
export const LOCK = { lockDuration: 10_000 } as const

/**
 * A job whose end could not be written because the queue was unavailable is released when its lock has expired and a stalled
 * check has seen it; until then the same job id is not enqueued again. The lock is renewed while the job is being processed.
 */
export const WORKER = {
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
  ...LOCK,
  stalledInterval: 5_000,
  runRetryDelay: RETRY_MS,
} as const
