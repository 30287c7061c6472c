import { setTimeout as delay } from 'node:timers/promises'
import type { Queue } from 'bullmq'
import { isUnreachable } from '../database/pool.ts'
import { CampError, codeOf, messageOf } from '../errors.ts'
import { t } from '../language/text.ts'
import { type Data, RETRY_MS } from './backend.ts'
import { CHECK, takeAJob } from './check.ts'
import { storedHint } from './faults.ts'
import { postgresBackend } from './postgres.ts'
import { redisBackend } from './redis.ts'

export { connectRedis } from './redis.ts'

/**
 * The queue is a doorbell: a job contains a batch's id and nothing else, and if the queue loses, repeats or reorders jobs, the
 * claim in the database decides. BullMQ on Redis if configured, else on its PostgreSQL backend in our database: one module, one
 * behaviour (test/integration/queue runs on both).
 */
export interface Queues {
  /**
   * Adds jobs for a broker's batches. A batch that is added again with the same `enqueue_seq` is one job.
   * @throws CampError UNREACHABLE: nothing is enqueued; the sweep does it when the queue is back
   */
  enqueue(brokerId: string, jobs: readonly BatchJob[]): Promise<void>
  /** Enqueues `task` on the control queue every `everyMs`, once for all workers; does nothing if it is already scheduled. */
  schedule(task: string, everyMs: number): Promise<void>
  /** Consumes a broker's queue until it is closed. */
  onBatch(brokerId: string, handle: (batchId: string) => Promise<void>, options: ConsumerOptions): Consumer
  /** Consumes the control queue. */
  onTask(handle: (task: string) => Promise<void>, options: ConsumerOptions): Consumer
  /**
   * Checks that a job can be added and taken. Concurrent calls share one check.
   * @throws CampError UNREACHABLE: no connection (`isQueueAway`), or a server that answers and delivers no job
   */
  check(): Promise<void>
  close(): Promise<void>
}

/** For functions that only enqueue batches. */
export type Enqueuer = Pick<Queues, 'enqueue'>

interface BatchJob {
  batchId: string
  /** Incremented whenever the batch is enqueued again: with the id, it names the job. */
  enqueue_seq: number
  delayMs: number
}

interface ConsumerOptions {
  concurrency: number
  /** A handler that threw, or an unavailable queue; the consumer continues. */
  onError: (error: unknown) => void
}

export interface Consumer {
  /** Takes no new jobs; resolves when those in progress have ended. */
  close(): Promise<void>
}

export interface QueueSettings {
  redisUrl: string | undefined
  databaseUrl: string
}

const CONTROL = 'control'

// Finished jobs are removed at once: their ids can be used again, and the results are in the database.
const JOB = { removeOnComplete: true, removeOnFail: true } as const

export function openQueues(settings: QueueSettings): Queues {
  const backend = settings.redisUrl ? redisBackend(settings.redisUrl) : postgresBackend(settings.databaseUrl)
  const queues = new Map<string, Queue<Data>>()
  const queue = (name: string): Queue<Data> => {
    const known = queues.get(name)
    if (known) return known
    const opened = backend.queue(name)
    // A queue's connection error is also thrown by the call that needed the connection.
    opened.on('error', () => undefined)
    queues.set(name, opened)
    // A queue whose first connection failed would fail forever: the next call opens another.
    opened.waitUntilReady().catch(() => {
      if (queues.get(name) === opened) queues.delete(name)
      return opened.close().catch(() => undefined)
    })
    return opened
  }
  const consume = (name: string, handle: (data: Data) => Promise<void>, options: ConsumerOptions): Consumer => {
    let isClosed = false
    const open = () => {
      const worker = backend.worker(name, job => handle(job.data), options.concurrency)
      worker.on('error', options.onError)
      worker.on('failed', (_job, error) => options.onError(error))
      worker.waitUntilReady().catch(async () => {
        await delay(RETRY_MS)
        if (isClosed) return
        // As with a queue; jobs that it took nevertheless are processed.
        const failed = consumer
        consumer = open()
        await failed.close()
      })
      return worker
    }
    let consumer = open()
    return {
      close: () => {
        isClosed = true
        return consumer.close()
      },
    }
  }
  const failureOf = (error: unknown, more?: string) =>
    settings.redisUrl || isConnectionError(error) ? backend.told(error) : queueUnusable(error, more)
  let checking: Promise<void> | undefined
  return {
    enqueue: async (brokerId, batches) => {
      if (batches.length === 0) return
      const jobs = batches.map(({ batchId, enqueue_seq, delayMs }) => ({
        name: 'batch',
        data: { batchId },
        opts: { ...JOB, jobId: `${batchId}-${enqueue_seq}`, ...(delayMs > 0 && { delay: Math.ceil(delayMs) }) },
      }))
      const [first] = jobs
      // On PostgreSQL a bulk makes a temporary table: 26 KB of WAL, which a single job needs not.
      const added =
        jobs.length === 1 ? queue(brokerId).add(first!.name, first!.data, first!.opts) : queue(brokerId).addBulk(jobs)
      await added.catch((error: unknown) => {
        throw failureOf(error, storedHint())
      })
    },
    schedule: async (task, everyMs) => {
      // Upserting an existing scheduler would postpone its next run.
      if (await queue(CONTROL).getJobScheduler(task)) return
      await queue(CONTROL).upsertJobScheduler(task, { every: everyMs }, { name: task, data: { task }, opts: JOB })
    },
    onBatch: (brokerId, handle, options) => consume(brokerId, data => handle(String(data.batchId)), options),
    onTask: (handle, options) => consume(CONTROL, data => handle(String(data.task)), options),
    check: () => {
      checking ??= takeAJob(queue(CHECK))
        .catch(error => {
          throw failureOf(error)
        })
        .finally(() => {
          checking = undefined
        })
      return checking
    },
    close: async () => {
      await Promise.all([...queues.values()].map(opened => opened.close()))
      await backend.close()
    },
  }
}

/** PostgreSQL answers, but delivers no job: retrying would not help. */
function queueUnusable(cause: unknown, more?: string): CampError {
  const hint = t`Behind PgBouncer, set CAMP_DIRECT_URL to the same database without PgBouncer, or REDIS_URL. Else
    run: camp db migrate`
  return new CampError('QUEUE_UNUSABLE', t`the queue delivers no job: ${messageOf(cause)}`, {
    hint: more === undefined ? hint : [hint, more],
    cause,
  })
}

/** Whether `check` or `enqueue` failed because there was no connection, which is temporary. */
export function isQueueAway(error: unknown): boolean {
  return error instanceof CampError && error.kind === 'UNREACHABLE' && isConnectionError(error.cause)
}

/** Redis' own answers are ReplyErrors; 08P01 is a pooler's error for a connection that it accepts and then refuses. */
function isConnectionError(error: unknown): boolean {
  if (error instanceof Error && error.name === 'MaxRetriesPerRequestError') return !isReply(error.cause)
  if (error instanceof Error && /^Connection is closed/.test(error.message)) return true
  return isUnreachable(error) && codeOf(error) !== '08P01'
}

function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError'
}
