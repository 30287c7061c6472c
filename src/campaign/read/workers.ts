import type { Sql } from '../../database/pool.ts'

/** A worker writes its row at least this often, and with each of its rounds if those are shorter. */
export const BEAT_MS = 5_000

/** The condition on "Worker" for a worker that is alive: it has written within three beats, and within five seconds at least. */
const ALIVE = `seen_at > clock_timestamp() - greatest(3 * least(every_ms, ${BEAT_MS}), 5000) * interval '1 millisecond'`

/**
 * @param broker its name
 * @returns whether a worker that serves this broker is alive, and is not about to end
 */
export async function isServed(sql: Sql, broker: string): Promise<boolean> {
  return (await servedOf(sql, [broker])).has(broker)
}

/** @returns those of the brokers, by name, that a worker serves which is alive and not about to end */
export async function servedOf(sql: Sql, brokers: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) AS b(name)
     WHERE EXISTS (SELECT 1 FROM "Worker" WHERE ${ALIVE} AND NOT draining AND (brokers = '{}' OR name = ANY(brokers)))`,
    [brokers],
  )
  return new Set(rows.map(row => row.name))
}

/** A worker that is alive. */
export interface WorkerView {
  host: string
  pid: number
  version: string
  /** Names; empty: all. */
  brokers: string[]
  started_at: Date
  /** The URL of its listener. */
  listening: string | null
  /** What its brokers call back; null: they cannot. */
  callback_url: string | null
  /** It claims nothing more, and ends. */
  draining: boolean
}

/** Oldest first. */
export async function workersAlive(sql: Sql): Promise<WorkerView[]> {
  const { rows } = await sql.query<WorkerView>(
    `SELECT host, pid, version, brokers, started_at, listening, callback_url, draining
     FROM "Worker" WHERE ${ALIVE} ORDER BY started_at, id`,
  )
  return rows
}

/** @returns the URL that the brokers of a living worker call back, of the newest one; undefined: none has one */
export async function callbackUrlInUse(sql: Sql): Promise<string | undefined> {
  const { rows } = await sql.query<{ callback_url: string }>(
    `SELECT callback_url FROM "Worker" WHERE ${ALIVE} AND callback_url IS NOT NULL ORDER BY started_at DESC, id LIMIT 1`,
  )
  return rows[0]?.callback_url
}
