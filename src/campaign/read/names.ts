import { openPool, type Sql } from '../../database/pool.ts'

/** The records whose names the command line completes. */
export type NamedRecord = 'wallet' | 'broker' | 'template' | 'campaign' | 'recurrence'

type Named = { name: string }

const READ: Readonly<Record<NamedRecord, (sql: Sql, beginning: string) => Promise<{ rows: Named[] }>>> = {
  wallet: (sql, beginning) =>
    sql.query<Named>(`SELECT name FROM "Wallet" WHERE starts_with(lower(name), lower($1)) ORDER BY name LIMIT 100`, [
      beginning,
    ]),
  broker: (sql, beginning) =>
    sql.query<Named>(`SELECT name FROM "Broker" WHERE starts_with(lower(name), lower($1)) ORDER BY name LIMIT 100`, [
      beginning,
    ]),
  template: (sql, beginning) =>
    sql.query<Named>(
      `SELECT template_code AS name FROM "Template" WHERE starts_with(lower(template_code), lower($1))
       ORDER BY template_code LIMIT 100`,
      [beginning],
    ),
  campaign: (sql, beginning) =>
    sql.query<Named>(
      `SELECT agendamento_id AS name FROM "Campaign" WHERE starts_with(lower(agendamento_id), lower($1))
       ORDER BY created_at DESC LIMIT 100`,
      [beginning],
    ),
  recurrence: (sql, beginning) =>
    sql.query<Named>(
      `SELECT handle AS name FROM "Recurrence" WHERE starts_with(lower(handle), lower($1)) AND status <> 'REMOVED'
       ORDER BY created_at DESC LIMIT 100`,
      [beginning],
    ),
}

/** A shell waits for the answer with each press of the key. */
const WITHIN_MS = 700

/**
 * Names that begin so, ignoring case; at most 100, and none if the database does not answer within 0.7 s. For the completion of a
 * shell: it opens a connection of its own, because it must not wait for migrations or a login.
 */
export async function namesAt(databaseUrl: string, record: NamedRecord, beginning: string): Promise<string[]> {
  const pool = openPool(databaseUrl, { max: 1, name: 'camp-completion' })
  const late = AbortSignal.timeout(WITHIN_MS)
  const end = new Promise<string[]>(resolve => late.addEventListener('abort', () => resolve([]), { once: true }))
  const read = READ[record](pool, beginning)
    .then(({ rows }) => rows.map(row => row.name))
    .catch(() => [])
  const names = await Promise.race([read, end])
  // The answer does not wait for a connection that does not open.
  void pool.end().catch(() => undefined)
  return names
}
