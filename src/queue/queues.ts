import { setTimeout as delay } from 'node:timers/promises'
import {
  type BackendClasses,
  createPostgresBackend,
  type IQueueBackend,
  type PostgresQueueBackend,
  Queue,
  Worker,
  withBackend,
} from 'bullmq'
import { Cluster, Redis } from 'ioredis'
import { QUEUE_SCHEMA } from '../database/migrations.ts'
import { type CampError, messageOf } from '../errors.ts'
import { queueError } from './faults.ts'

/**
 * The queue is a doorbell: a job carries a batch's id and nothing else, and whatever the queue loses, repeats or reorders, the
 * claim in the database decides. BullMQ on Redis where there is one, else on its PostgreSQL backend in our database: one
 * module, one behaviour (test/integration/queue runs on both).
 */
export interface Queues {
  /**
   * Rings a broker's workers for batches. Ringing a batch again with the same `ring` is harmless.
   * @throws CampError UNREACHABLE: nothing is rung; the sweeper does it when the queue is back
   */
  ring(brokerId: string, rings: readonly Ring[]): Promise<void>
  /** Rings the control queue's `task` every `everyMs`, once among all workers; does nothing where that is arranged already. */
  schedule(task: string, everyMs: number): Promise<void>
  /** Consumes a broker's queue until it is closed. */
  onRing(brokerId: string, handle: (batchId: string) => Promise<void>, options: ConsumerOptions): Consumer
  /** Consumes the control queue. */
  onTask(handle: (task: string) => Promise<void>, options: ConsumerOptions): Consumer
  /** @throws CampError UNREACHABLE where the queue has a server of its own and that does not answer */
  check(): Promise<void>
  close(): Promise<void>
}

export interface Ring {
  batchId: string
  /** Raised whenever the batch is to be rung anew: with the id, it names the job. */
  ring: number
  delayMs: number
}

export interface ConsumerOptions {
  concurrency: number
  /** A handler that threw, or a queue that is away: it goes on by itself. */
  onError: (error: unknown) => void
}

export interface Consumer {
  /** No new jobs; resolves when those in work have ended. */
  close(): Promise<void>
}

export interface QueueSettings {
  redisUrl: string | undefined
  databaseUrl: string
}

type Data = { batchId?: string; task?: string }

const CONTROL = 'control'

// Finished jobs are removed at once: their ids are free again, and what happened stands in the database.
const JOB = { removeOnComplete: true, removeOnFail: true } as const

// The braces keep all keys on one node of a Redis cluster, which BullMQ's scripts need.
const PREFIX = '{camp}'

export function openQueues(settings: QueueSettings): Queues {
  const backend = settings.redisUrl ? redisBackend(settings.redisUrl) : postgresBackend(settings.databaseUrl)
  const queues = new Map<string, Queue<Data>>()
  const queue = (name: string): Queue<Data> => {
    const known = queues.get(name)
    if (known) return known
    const opened = backend.queue(name)
    // What a queue says of its connection is said again by the call that needed it.
    opened.on('error', () => undefined)
    queues.set(name, opened)
    return opened
  }
  const consume = (name: string, handle: (data: Data) => Promise<void>, options: ConsumerOptions): Consumer => {
    const worker = backend.worker(name, job => handle(job.data), options.concurrency)
    worker.on('error', options.onError)
    worker.on('failed', (_job, error) => options.onError(error))
    return { close: () => worker.close() }
  }
  return {
    ring: async (brokerId, rings) => {
      if (rings.length === 0) return
      const jobs = rings.map(({ batchId, ring, delayMs }) => ({
        name: 'batch',
        data: { batchId },
        opts: { ...JOB, jobId: `${batchId}-${ring}`, ...(delayMs > 0 && { delay: Math.ceil(delayMs) }) },
      }))
      await queue(brokerId)
        .addBulk(jobs)
        .catch(error => {
          throw backend.told(error)
        })
    },
    schedule: async (task, everyMs) => {
      // Upserting an existing one would put off its next turn.
      if (await queue(CONTROL).getJobScheduler(task)) return
      await queue(CONTROL).upsertJobScheduler(task, { every: everyMs }, { name: task, data: { task }, opts: JOB })
    },
    onRing: (brokerId, handle, options) => consume(brokerId, data => handle(String(data.batchId)), options),
    onTask: (handle, options) => consume(CONTROL, data => handle(String(data.task)), options),
    check: () =>
      backend.check().catch(error => {
        throw backend.told(error)
      }),
    close: async () => {
      await Promise.all([...queues.values()].map(opened => opened.close()))
      await backend.close()
    },
  }
}

interface Backend {
  queue(name: string): Queue<Data>
  worker(name: string, process: (job: { data: Data }) => Promise<void>, concurrency: number): Worker<Data>
  check(): Promise<void>
  /** What a person is told of an error. */
  told(error: unknown): CampError
  close(): Promise<void>
}

function postgresBackend(connectionString: string): Backend {
  const classes = withBackend(patientBackend) as unknown as BackendClasses<IQueueBackend, object>
  const connection = {
    connectionString,
    schema: QUEUE_SCHEMA,
    // A small pool for each: with one shared pool every worker's LISTEN holds a slot, and ten workers on eight slots are stuck.
    max: 2,
    application_name: 'camp queue',
    connectionTimeoutMillis: 10_000,
  }
  return {
    queue: name => new classes.Queue(name, { connection }) as unknown as Queue<Data>,
    worker: (name, process, concurrency) =>
      new classes.Worker(name, process, { connection, concurrency, ...WORKER }) as unknown as Worker<Data>,
    // Whoever asks for the database's health has asked for it all.
    check: async () => undefined,
    told: error => queueError(error, false),
    close: async () => undefined,
  }
}

const RETRY_MS = 1_000

/**
 * BullMQ waits after a connection that is refused, and asks again at once after any other error: thousands of times a second
 * for as long as PostgreSQL restarts, has no connection left, or is cut off.
 */
const patientBackend: typeof createPostgresBackend = (name, options, more) => {
  const backend = createPostgresBackend(name, options, more) as PostgresQueueBackend
  // BullMQ listens to its pool and not to the clients that it has taken: one that breaks meanwhile would end the process.
  backend.connection.pool.on('connect', client => client.on('error', () => undefined))
  const patient =
    <Args extends unknown[], Result>(ask: (...args: Args) => Promise<Result>) =>
    (...args: Args) =>
      ask.apply(backend, args).catch(async error => {
        await delay(RETRY_MS)
        throw error
      })
  backend.moveToActive = patient(backend.moveToActive)
  backend.waitForJob = patient(backend.waitForJob)
  return backend
}

const WITHOUT_REASON = /^Connection is closed|max retries per request|None of startup nodes|Failed to refresh slots/

function redisBackend(url: string): Backend {
  // A caller that rings gets an error in seconds when Redis is away; a worker waits for it to come back.
  const connection = connectRedis(url, { maxRetriesPerRequest: 2 })
  const blocking = connectRedis(url, { maxRetriesPerRequest: null })
  // A command that fails says "Connection is closed"; why it is stands in the client's own event.
  let last: unknown
  for (const client of [connection, blocking]) {
    client.on('error', error => {
      last = error
    })
    client.on('node error', error => {
      last = error
    })
    client.on('ready', () => {
      last = undefined
    })
  }
  return {
    queue: name => new Queue<Data>(name, { connection, prefix: PREFIX }),
    worker: (name, process, concurrency) =>
      new Worker<Data>(name, process, { connection: blocking, prefix: PREFIX, concurrency, ...WORKER }),
    check: async () => {
      await connection.ping()
    },
    told: error => queueError(WITHOUT_REASON.test(messageOf(error)) ? (last ?? error) : error, true),
    close: async () => {
      connection.disconnect()
      blocking.disconnect()
    },
  }
}

/**
 * A job whose end could not be written because the queue was away is nobody's until its lock has run out and a check has seen
 * it; until then the same ring again is not heard. The lock is renewed while the job is at work.
 */
const WORKER = {
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
  lockDuration: 10_000,
  stalledInterval: 5_000,
  runRetryDelay: RETRY_MS,
} as const

/**
 * redis://…, rediss://…, redis+sentinel://[user:password@]host:port,host:port/master-name[/db] or
 * redis+cluster://[user:password@]host:port,host:port (rediss+cluster:// with TLS).
 */
export function connectRedis(url: string, options: { maxRetriesPerRequest: number | null }): Redis | Cluster {
  const match = /^(rediss?)\+(sentinel|cluster):\/\/(?:([^:@]*):([^@]*)@)?([^/]+)(?:\/([^/]*))?(?:\/(\d+))?$/.exec(url)
  if (!match) return new Redis(url, { ...options, lazyConnect: true })
  const [, scheme, kind, user, password, hosts, master, db] = match
  const nodes = hosts!.split(',').map(host => {
    const [name, port] = host.split(':')
    return { host: name!, port: Number(port ?? (kind === 'sentinel' ? 26379 : 6379)) }
  })
  const access = {
    ...(user && { username: decodeURIComponent(user) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(scheme === 'rediss' && { tls: {} }),
  }
  if (kind === 'cluster') return new Cluster(nodes, { lazyConnect: true, redisOptions: { ...access, ...options } })
  return new Redis({
    sentinels: nodes,
    name: master || 'mymaster',
    ...access,
    ...(db && { db: Number(db) }),
    ...options,
    lazyConnect: true,
  })
}
