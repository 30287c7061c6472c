import type { Sql } from '../database/pool.ts'
import { codeOf } from '../errors.ts'

/** Identity of this database, as the server reports it. */
export interface ServerIdentity {
  /**
   * The cluster's system identifier and the database's oid; null if this user may not query them. A byte-wise copy has the
   * same.
   */
  server: string | null
  /** A promoted replica, and a point-in-time recovery, begin a new one; null if this user may not query it. */
  timeline: string | null
}

/** Outside a transaction: a refused query would abort it. */
export async function serverIdentity(sql: Sql): Promise<ServerIdentity> {
  return {
    server: await ask(
      sql,
      `SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()) AS answer ` +
        `FROM pg_control_system()`,
    ),
    timeline: await ask(sql, `SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) AS answer`),
  }
}

/** @param address as a process knows the server */
export function addressOn(address: string, timeline: string | null): string {
  return `${address} timeline ${timeline ?? '?'}`
}

async function ask(sql: Sql, statement: string): Promise<string | null> {
  try {
    const { rows } = await sql.query<{ answer: string }>(statement)
    return rows[0]?.answer ?? null
  } catch (error) {
    // insufficient_privilege; undefined_function and feature_not_supported of servers that only resemble PostgreSQL.
    if (['42501', '42883', '0A000'].includes(codeOf(error) ?? '')) return null
    throw error
  }
}
