import { setTimeout as delay } from 'node:timers/promises'
import {
  type BackendClasses,
  createPostgresBackend,
  type IQueueBackend,
  type Queue,
  type Worker,
  withBackend,
} from 'bullmq'
import type pg from 'pg'
import { parseIntoClientConfig } from 'pg-connection-string'
import { QUEUE_SCHEMA } from '../database/migrations.ts'
import { applySettings, IDLE_IN_TRANSACTION_MS, SESSION } from '../database/pool.ts'
import { type Backend, type Data, LOCK, RETRY_MS, WORKER } from './backend.ts'
import { queueError } from './faults.ts'

export function postgresBackend(connectionString: string): Backend {
  const classes = withBackend(withRetryDelay) as unknown as BackendClasses<IQueueBackend, object>
  const connection = {
    // Not as a string: `options` in a URL would replace the search path that BullMQ adds to them.
    ...parseIntoClientConfig(connectionString),
    schema: QUEUE_SCHEMA,
    // A small pool for each: with one shared pool every worker's LISTEN holds a connection, and ten workers on eight
    // connections are stuck.
    max: 2,
    application_name: 'camp queue',
    connectionTimeoutMillis: 10_000,
  }
  return {
    queue: name => new classes.Queue(name, { connection, ...LOCK }) as unknown as Queue<Data>,
    worker: (name, process, concurrency) =>
      new classes.Worker(name, process, { connection, concurrency, ...WORKER }) as unknown as Worker<Data>,
    told: error => queueError(error, false),
    close: async () => undefined,
  }
}

/** The queue's connections do not go through a pooler, so a session setting applies to them alone. */
const QUEUE_SESSION = `${SESSION}; SET idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`

/**
 * BullMQ waits after a refused connection, but retries immediately after any other error: thousands of times a second while
 * PostgreSQL restarts, has no connection left, or is unreachable.
 */
const withRetryDelay: typeof createPostgresBackend = (name, options, more) => {
  const backend = createPostgresBackend(name, options, more)
  // Its first query runs on a client without an error listener: a connection that breaks then would crash the process. BullMQ's
  // type of it is narrower.
  const pool = backend.connection.pool as unknown as pg.Pool
  pool.on('connect', client => client.on('error', () => undefined))
  pool.options.onConnect = client => applySettings(client, QUEUE_SESSION)
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
