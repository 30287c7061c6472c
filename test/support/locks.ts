import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'

/** Starts `work` while `table` is locked, and releases it when `count` connections wait. */
export async function releaseTogether<T>(
  pool: pg.Pool,
  table: string,
  count: number,
  work: () => Promise<T>,
): Promise<T> {
  const holder = await pool.connect()
  try {
    await holder.query(`BEGIN; LOCK TABLE "${table}" IN ACCESS EXCLUSIVE MODE`)
    const running = work()
    running.catch(() => undefined) // it is the caller's, below
    await untilWaiting(pool, count)
    await holder.query('COMMIT')
    return await running
  } finally {
    holder.release(true) // closed: after any failure the lock is gone
  }
}

/** Not on the holder's connection: within a transaction pg_stat_activity stands still. */
export async function untilWaiting(pool: pg.Pool, count: number): Promise<void> {
  const giveUpAt = Date.now() + 60_000
  for (;;) {
    const { rowCount } = await pool.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
    if (rowCount === count) return
    if (Date.now() > giveUpAt) throw new Error(`${rowCount} connections wait, not ${count}`)
    await delay(10)
  }
}
