import { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { isUnreachable } from '../database/pool.ts'
import { codeOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { isQueueAway, type Queues } from '../queue/queues.ts'

export interface ServiceWait {
  log: Log
  /** Ends the wait at once. */
  signal: AbortSignal
}

const RETRY_MS = 1_000
/** After this many attempts the log repeats that a service is still unavailable. */
const SAY_EVERY = 30

/**
 * Waits, without a limit, until PostgreSQL accepts a connection.
 * @returns false if the signal came first
 * @throws PostgreSQL's error if it is running and refuses this worker: a wrong password, a database that does not exist
 */
export function waitForDatabase(url: string, waiting: ServiceWait): Promise<boolean> {
  return waitFor('the database', signal => connectOnce(url, signal), isDatabaseAway, waiting)
}

/** As `waitForDatabase`, until the queue delivers a job. @throws CampError UNREACHABLE if it answers and delivers none */
export function waitForQueue(queues: Queues, waiting: ServiceWait): Promise<boolean> {
  return waitFor('the queue', () => queues.check(), isQueueAway, waiting)
}

async function waitFor(
  what: string,
  ask: (signal: AbortSignal) => Promise<unknown>,
  isAway: (error: unknown) => boolean,
  { log, signal }: ServiceWait,
): Promise<boolean> {
  const aborted = new Promise<'aborted'>(resolve => {
    if (signal.aborted) resolve('aborted')
    signal.addEventListener('abort', () => resolve('aborted'), { once: true })
  })
  for (let attempt = 0; !signal.aborted; attempt++) {
    const error = await Promise.race([ask(signal).then(() => undefined, caught), aborted])
    if (error === 'aborted') break
    if (error === undefined) {
      if (attempt > 0) log.info({ event: 'service.back' }, `${what} is there`)
      return true
    }
    if (!isAway(error.thrown)) throw error.thrown
    if (attempt % SAY_EVERY === 0) {
      log.warn(
        { event: 'service.away', err: error.thrown },
        `${what} is unavailable: this worker waits for it, and claims nothing meanwhile`,
      )
    }
    await delay(RETRY_MS, undefined, { signal }).catch(() => undefined)
  }
  return false
}

function caught(thrown: unknown): { thrown: unknown } {
  return { thrown }
}

/** 08P01 is a pooler's error for a connection that it accepts and then refuses. */
function isDatabaseAway(error: unknown): boolean {
  return isUnreachable(error) && codeOf(error) !== '08P01'
}

/** @throws if it accepts no connection, or does not answer @param signal ends the attempt */
export async function connectOnce(connectionString: string, signal: AbortSignal): Promise<void> {
  // A separate socket: an attempt that hangs must not outlast the wait.
  const socket = new Socket()
  const destroy = () => socket.destroy()
  signal.addEventListener('abort', destroy, { once: true })
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000, stream: () => socket })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT 1')
  } finally {
    await client.end().catch(() => undefined)
    signal.removeEventListener('abort', destroy)
    destroy()
  }
}
