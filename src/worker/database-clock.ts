import type pg from 'pg'
import type { Clock } from '../clock.ts'

/**
 * All workers pace by the database's clock: a machine whose own is wrong must not send early.
 * @param known what was found before; 0 at first
 * @returns milliseconds to be added to this machine's clock
 */
export async function databaseOffset(pool: pg.Pool, clock: Clock, known: number): Promise<number> {
  const before = clock.now().getTime()
  const { rows } = await pool.query<{ now: Date }>(`SELECT clock_timestamp() AS now`)
  return offsetFrom({ before, told: rows[0]!.now.getTime(), after: clock.now().getTime() }, known)
}

/**
 * The database told its time at some moment between `before` and `after`: where in it nobody knows, and on a busy machine it is a
 * long while. So what is known holds unless the answer contradicts it, and then the least that the answer allows: behind the
 * database's clock, never ahead of it.
 */
export function offsetFrom(
  { before, told, after }: Record<'before' | 'told' | 'after', number>,
  known: number,
): number {
  const [least, most] = [told - after, told - before]
  return known >= least && known <= most ? known : least
}
