import { onTestFinished } from 'vitest'
import { type Clock, systemClock } from '../../src/clock.ts'
import { openQueues } from '../../src/queue/queues.ts'
import { startSandbox } from '../../src/sandbox/server.ts'
import type { TestDatabase } from './database.ts'
import { type Books, booksOf } from './fixtures.ts'
import { startTestWorker, until } from './worker.ts'

/** A sandbox that ends with the test. */
export async function openSandbox(control?: unknown) {
  const sandbox = await startSandbox({ control })
  onTestFinished(() => sandbox.close())
  return sandbox
}

export interface WorkersOptions {
  count: number
  redisUrl?: string | undefined
  concurrency?: number
  env?: NodeJS.ProcessEnv
  /** The workers'. */
  clock?: Clock
}

/** What a test of dispatch does with its database. */
export function dispatchOn(db: TestDatabase) {
  return {
    /** As many workers as asked for, on one queue, ended with the test. @returns what the moves need */
    async workers({ count, ...rest }: WorkersOptions) {
      const queues = openQueues({ redisUrl: rest.redisUrl, databaseUrl: db.url })
      onTestFinished(() => queues.close())
      for (let i = 0; i < count; i++) {
        const worker = await startTestWorker({ databaseUrl: db.url, ...rest })
        onTestFinished(() => worker.stop())
      }
      return { pool: db.pool, queues, clock: systemClock }
    },

    status: (id: string, wanted: string, ms?: number): Promise<Books> =>
      until(
        `campaign ${wanted}`,
        () => booksOf(db.pool, id),
        books => books.campaign === wanted,
        ms,
      ),

    /** The books, when they have not changed for half a second: claims and settles that were at work have ended. */
    still(id: string): Promise<Books> {
      let [last, since] = ['', Date.now()]
      return until(
        'it is still',
        () => booksOf(db.pool, id),
        books => {
          const now = JSON.stringify(books)
          if (now !== last) [last, since] = [now, Date.now()]
          return Date.now() - since > 500 && !books.statuses.SENDING
        },
      )
    },
  }
}
