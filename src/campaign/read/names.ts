import type { Sql } from '../../database/pool.ts'

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

/** Names that begin so, ignoring case; at most 100. */
export async function namesOfRecords(sql: Sql, record: NamedRecord, beginning: string): Promise<string[]> {
  return (await READ[record](sql, beginning)).rows.map(row => row.name)
}
