import { hostname } from 'node:os'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { BEAT_MS } from '../campaign/read/workers.ts'
import { campVersion } from '../config.ts'
import { periodic, sleep } from './timing.ts'

export interface Heartbeat {
  /** Writes that the worker is alive. @throws if the database is unavailable */
  beat(): Promise<void>
  /** Records that it claims nothing more, within two seconds or not at all. */
  drain(): Promise<void>
  /** Deletes the row, within two seconds or not at all: an unavailable database does not delay a worker's stop. */
  stop(): Promise<void>
}

export interface Described {
  /** Names; undefined: all. */
  brokers: readonly string[] | undefined
  /** The interval of its rounds. */
  everyMs: number
  /** The URL of its listener. */
  listening?: string | undefined
  /** What its brokers call back. */
  callbackUrl?: string | undefined
}

const STOP_MS = 2_000

/**
 * A worker's row in "Worker": other processes see from it that messages are being sent (src/campaign/read/workers.ts). It is
 * written every few seconds, by the database's clock. Rows of killed workers are deleted a day later.
 * @param onError gets the errors of these writes
 */
export async function startHeartbeat(
  pool: pg.Pool,
  { brokers, everyMs, listening, callbackUrl }: Described,
  onError: (error: unknown) => void,
): Promise<Heartbeat> {
  const id = uuidv7()
  let beating: Promise<unknown> | undefined
  let stopped = false
  let isDraining = false
  const write = () =>
    pool.query(
      `INSERT INTO "Worker" (id, host, pid, brokers, every_ms, started_at, seen_at, version, listening, callback_url, draining)
       VALUES ($1, $2, $3, $4, $5, clock_timestamp(), clock_timestamp(), $6, $7, $8, $9)
       ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp(), draining = EXCLUDED.draining`,
      [
        ...[id, hostname(), process.pid, brokers ?? [], everyMs],
        ...[campVersion(), listening ?? null, callbackUrl ?? null, isDraining],
      ],
    )
  const beat = async () => {
    if (stopped) return
    beating = write()
    await beating
  }
  await pool.query(`DELETE FROM "Worker" WHERE seen_at < clock_timestamp() - interval '1 day'`)
  await write()
  const beats = periodic(Math.min(everyMs, BEAT_MS), onError, beat)
  beats.start()
  return {
    beat,
    async drain() {
      isDraining = true
      await Promise.race([beat().catch(() => undefined), sleep(STOP_MS)])
    },
    async stop() {
      stopped = true
      const gone = beats
        .stop()
        // A running beat must not be written after the delete; if either fails, the row expires.
        .then(() => Promise.allSettled([beating]))
        .then(() => pool.query(`DELETE FROM "Worker" WHERE id = $1`, [id]))
      await Promise.race([gone.catch(() => undefined), sleep(STOP_MS)])
    },
  }
}
