import { hostname } from 'node:os'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { sleep } from './timing.ts'

export interface Heartbeat {
  /** Writes that the worker is alive. @throws if the database is unavailable */
  beat(): Promise<void>
  /** Deletes the row, within two seconds or not at all: an unavailable database does not delay a worker's stop. */
  stop(): Promise<void>
}

const STOP_MS = 2_000

/**
 * A worker's row in "Worker": other processes see from it that messages are being sent (src/campaign/read/workers.ts). The
 * times are the database's. Rows of killed workers are deleted a day later.
 * @param brokers names; undefined: all brokers
 * @param everyMs how often `beat` will be called
 */
export async function startHeartbeat(
  pool: pg.Pool,
  { brokers, everyMs }: { brokers: readonly string[] | undefined; everyMs: number },
): Promise<Heartbeat> {
  const id = uuidv7()
  let beating: Promise<unknown> | undefined
  let stopped = false
  const write = () =>
    pool.query(
      `INSERT INTO "Worker" (id, host, pid, brokers, every_ms, started_at, seen_at)
       VALUES ($1, $2, $3, $4, $5, clock_timestamp(), clock_timestamp())
       ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()`,
      [id, hostname(), process.pid, brokers ?? [], everyMs],
    )
  await pool.query(`DELETE FROM "Worker" WHERE seen_at < clock_timestamp() - interval '1 day'`)
  await write()
  return {
    async beat() {
      if (stopped) return
      beating = write()
      await beating
    },
    async stop() {
      stopped = true
      // A running beat must not be written after the delete; if either fails, the row expires.
      const gone = Promise.allSettled([beating]).then(() => pool.query(`DELETE FROM "Worker" WHERE id = $1`, [id]))
      await Promise.race([gone.catch(() => undefined), sleep(STOP_MS)])
    },
  }
}
