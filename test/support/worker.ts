import type { Clock } from '../../src/clock.ts'
import { systemClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { openPool } from '../../src/database/pool.ts'
import { openMarks } from '../../src/installation/marks.ts'
import type { Log } from '../../src/log.ts'
import { openQueues } from '../../src/queue/queues.ts'
import type { Keys } from '../../src/security/keys.ts'
import { openListener } from '../../src/webhook/listener.ts'
import { startWorker } from '../../src/worker/worker.ts'
import { brokersOfTest, testKeys } from './fixtures.ts'
import { testLog } from './log.ts'
import { sharedScratchFolder } from './scratch.ts'

export interface TestWorkerOptions {
  databaseUrl: string
  redisUrl?: string | undefined
  env?: NodeJS.ProcessEnv
  concurrency?: number
  clock?: Clock
  listen?: boolean
  /** Looked through, and not shown, unless given. */
  log?: Log
  /** Where undefined: those of the test's scenes, so that a worker does not open the queues of all tests before it. */
  brokers?: string[] | 'all'
  /** Of the tests' secret unless given. */
  keys?: Keys
}

/** A worker in this process, on the queue's own backend. */
export async function startTestWorker(options: TestWorkerOptions) {
  const config = readConfig({
    CAMP_HOME: sharedScratchFolder('workers'),
    ...(options.redisUrl && { REDIS_URL: options.redisUrl }),
    DATABASE_URL: options.databaseUrl,
    CAMP_SWEEP_MS: '300',
    LOG_LEVEL: 'silent',
    ...options.env,
  })
  const pool = openPool(options.databaseUrl, { max: 12, worker: true })
  const queues = openQueues({ redisUrl: options.redisUrl, databaseUrl: options.databaseUrl })
  const brokers = options.brokers ?? (await brokersOfTest(pool))
  const listener = options.listen ? await openListener({ host: '127.0.0.1', port: 0 }) : undefined
  const marks = await openMarks(config)
  const worker = await startWorker(
    {
      pool,
      queues,
      keys: options.keys ?? (await testKeys()),
      config,
      clock: options.clock ?? systemClock,
      log: options.log ?? testLog(),
      marks,
    },
    {
      brokers: brokers === 'all' ? undefined : brokers,
      concurrency: options.concurrency ?? 4,
      listener,
    },
  ).catch(async error => {
    marks.close()
    await queues.close()
    await pool.end()
    throw error
  })
  return {
    url: listener?.url,
    fault: worker.fault,
    queues,
    stop: async () => {
      await worker.stop()
      marks.close()
      await queues.close()
      await pool.end()
    },
  }
}

/** Asks until it is so. @throws Error when it still is not after `ms`, with what was last seen */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  isSo: (seen: T) => boolean,
  ms = 300_000,
): Promise<T> {
  const giveUpAt = Date.now() + ms
  // Asking costs CPU that what is asked about needs, too.
  let wait = 10
  for (;;) {
    const seen = await ask()
    if (isSo(seen)) return seen
    if (Date.now() > giveUpAt)
      throw new Error(`${what}: still not so after ${ms} ms; last seen: ${JSON.stringify(seen)}`)
    await new Promise(resolve => setTimeout(resolve, wait))
    wait = Math.min(wait * 1.5, 200)
  }
}
