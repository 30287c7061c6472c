import type pg from 'pg'
import type { Clock } from '../clock.ts'

/**
 * All workers use the database's clock for pacing: a machine with a wrong clock must not send early.
 * @param known the previous offset; 0 at first
 * @returns milliseconds to be added to this machine's clock
 */
export async function databaseOffset(pool: pg.Pool, clock: Clock, known: number): Promise<number> {
  const before = clock.now().getTime()
  const { rows } = await pool.query<{ now: Date }>(`SELECT clock_timestamp() AS now`)
  return offsetFrom({ before, told: rows[0]!.now.getTime(), after: clock.now().getTime() }, known)
}

/**
 * The database read its clock between `before` and `after`; the exact time is unknown, and on a busy machine the interval is
 * long. So the known offset stays unless the answer contradicts it; then the smallest offset that the answer allows is used:
 * behind the database's clock, never ahead of it.
 */
export function offsetFrom(
  { before, told, after }: Record<'before' | 'told' | 'after', number>,
  known: number,
): number {
  const [least, most] = [told - after, told - before]
  return known >= least && known <= most ? known : least
}
