import type { Sql } from '../../database/pool.ts'

/** A worker is dead if it has not written for three of its rounds, and for at least five seconds. */
const MIN_MS = 5_000

/**
 * @param broker its name
 * @returns whether a worker that serves this broker is alive
 */
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
