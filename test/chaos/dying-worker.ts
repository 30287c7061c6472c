import type pg from 'pg'
import { systemClock, systemMonotonic, systemSleep } from '../../src/clock.ts'
import { openPool } from '../../src/database/pool.ts'
import { openDispatch } from '../../src/dispatch/dispatch.ts'
import { createHttp, type Http } from '../../src/http/client.ts'
import { testKeys } from '../support/fixtures.ts'
import { testLog } from '../support/log.ts'

/**
 * A process that dispatches one batch and dies by SIGKILL at one exact moment of it, or is frozen there by SIGSTOP:
 * `dying-worker MOMENT DATABASE_URL BATCH [SIGNAL]`.
 * camp's own code runs as it is; only what it is given, a pool and an HTTP client, knows when to die.
 */
export const MOMENTS = [
  'before the claim commits',
  'after the claim has committed',
  'when the request is written',
  'when the answer is read',
  'before the settle commits',
  'after the settle has committed',
] as const
export type Moment = (typeof MOMENTS)[number]

const [moment, databaseUrl, batchId, signal = 'SIGKILL'] = process.argv.slice(2) as [Moment, string, string, string?]

function die(): never {
  process.kill(process.pid, signal)
  throw new Error('unreachable')
}

/** Counts the commits of a connection's transactions: the first is the claim's, the second the settle's. */
function mortal(pool: pg.Pool): pg.Pool {
  let commits = 0
  const known = new WeakSet<pg.PoolClient>()
  const connect = pool.connect.bind(pool) as (told?: unknown) => Promise<pg.PoolClient>
  // pool.query connects with a callback, for itself; transactions with a promise.
  pool.connect = ((told?: unknown) => (told ? connect(told) : armed())) as typeof pool.connect
  const armed = async () => {
    const client = await connect()
    if (known.has(client)) return client
    known.add(client)
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
    client.query = (async (...args: unknown[]) => {
      if (args[0] !== 'COMMIT') return query(...args)
      commits++
      if (moment === 'before the claim commits' && commits === 1) die()
      if (moment === 'before the settle commits' && commits === 2) die()
      const result = await query(...args)
      if (moment === 'after the claim has committed' && commits === 1) die()
      if (moment === 'after the settle has committed' && commits === 2) die()
      return result
    }) as typeof client.query
    return client
  }
  return pool
}

/** "Written" is when the broker has it and does not answer: the sandbox is told to (accept-hang), and we die while it waits. */
function mortalHttp(http: Http): Http {
  return {
    ...http,
    request: async request => {
      if (moment === 'when the request is written') setTimeout(die, 1_000)
      const answer = await http.request(request)
      return moment === 'when the answer is read' ? die() : answer
    },
  }
}

if (batchId !== undefined) {
  await openDispatch({
    pool: mortal(openPool(databaseUrl)),
    queues: { enqueue: async () => undefined },
    keys: await testKeys(),
    http: mortalHttp(createHttp({ timeoutMs: 10_000 })),
    log: testLog(),
    callbackUrl: () => process.env.CALLBACK_URL,
    draining: new AbortController().signal,
    now: () => systemClock.now(),
    sleep: systemSleep,
    monotonic: systemMonotonic,
    leaseMs: () => 60_000,
    timezone: 'America/Sao_Paulo',
    isHoliday: () => false,
    random: Math.random,
  })(batchId)
  // A worker that was to die does not come here.
  process.exit(3)
}
