import type { Sql } from '../../database/pool.ts'

/** A worker is dead when it has not written for three of its rounds; five seconds are given where its rounds are shorter. */
const MIN_MS = 5_000

/** @returns whether a worker is alive that serves this broker. @param broker its name */
export async function isServed(sql: Sql, broker: string): Promise<boolean> {
  const { rows } = await sql.query<{ served: boolean }>(
    `SELECT EXISTS (
       SELECT 1 FROM "Worker"
       WHERE seen_at > clock_timestamp() - greatest(3 * every_ms, $2::int) * interval '1 millisecond'
         AND (brokers = '{}' OR $1 = ANY(brokers))
     ) AS served`,
    [broker, MIN_MS],
  )
  return rows[0]!.served
}
