import type { Sql } from '../database/pool.ts'

/**
 * Who must never be contacted. Phones and documents come in canonical (src/intake): here they are only compared. A row holds
 * one of them, from one source; somebody whom two sources name stands twice, and stays blocked when one source lets go.
 */
export interface Blocked {
  phones: Set<string>
  documents: Set<string>
}

/** Which of these stand on the blocklist; two index reads, however many there are. */
export async function findBlocked(sql: Sql, phones: readonly string[], documents: readonly string[]): Promise<Blocked> {
  const { rows } = await sql.query<{ phone: string | null; cpf_cnpj: string | null }>(
    `SELECT phone, NULL AS cpf_cnpj FROM "Blocklist" WHERE phone = ANY($1)
     UNION
     SELECT NULL, cpf_cnpj FROM "Blocklist" WHERE cpf_cnpj = ANY($2)`,
    [phones, documents],
  )
  return {
    phones: new Set(rows.flatMap(row => row.phone ?? [])),
    documents: new Set(rows.flatMap(row => row.cpf_cnpj ?? [])),
  }
}

export interface Addition {
  phones: readonly string[]
  documents: readonly string[]
  reason: string | null
  /** "manual", "broker:GOSAC", … */
  source: string
}

/** People who told a broker that they want no more. */
export function optedOutAt(broker: string, phones: readonly string[]): Addition {
  return { phones, documents: [], reason: 'opted out at the broker', source: `broker:${broker}` }
}

/**
 * Adds them; whom the source names already gets the new reason, if there is one.
 * @returns how many were not there yet
 */
export async function addToBlocklist(sql: Sql, { phones, documents, reason, source }: Addition): Promise<number> {
  const { rows } = await sql.query<{ added: number }>(
    `WITH phone AS (
       INSERT INTO "Blocklist" AS b (id, phone, reason, source, updated_at)
       SELECT DISTINCT ON (phone) gen_random_uuid(), phone, $3, $4, now() FROM unnest($1::text[]) AS phone ORDER BY phone
       ON CONFLICT (phone, source) DO UPDATE SET reason = coalesce(excluded.reason, b.reason), updated_at = now()
       RETURNING xmax = 0 AS added
     ), document AS (
       INSERT INTO "Blocklist" AS b (id, cpf_cnpj, reason, source, updated_at)
       SELECT DISTINCT ON (document) gen_random_uuid(), document, $3, $4, now() FROM unnest($2::text[]) AS document ORDER BY document
       ON CONFLICT (cpf_cnpj, source) DO UPDATE SET reason = coalesce(excluded.reason, b.reason), updated_at = now()
       RETURNING xmax = 0 AS added
     )
     SELECT count(*) FILTER (WHERE added)::int AS added FROM (TABLE phone UNION ALL TABLE document) written`,
    [phones, documents, reason, source],
  )
  return rows[0]!.added
}

export interface Entry {
  id: string
  phone: string | null
  cpf_cnpj: string | null
  reason: string | null
  source: string
  created_at: Date
}

/** Takes them off, whatever source put them there. @returns what was removed */
export async function removeFromBlocklist(
  sql: Sql,
  { phones, documents }: Pick<Addition, 'phones' | 'documents'>,
): Promise<Entry[]> {
  const { rows } = await sql.query<Entry>(
    `DELETE FROM "Blocklist" WHERE phone = ANY($1) OR cpf_cnpj = ANY($2)
     RETURNING id, phone, cpf_cnpj, reason, source, created_at`,
    [phones, documents],
  )
  return rows
}

/** Every entry for these, with its source and reason. */
export async function entriesFor(
  sql: Sql,
  { phones, documents }: Pick<Addition, 'phones' | 'documents'>,
): Promise<Entry[]> {
  const { rows } = await sql.query<Entry>(
    `SELECT id, phone, cpf_cnpj, reason, source, created_at FROM "Blocklist"
     WHERE phone = ANY($1) OR cpf_cnpj = ANY($2) ORDER BY created_at, id`,
    [phones, documents],
  )
  return rows
}

export interface SourceCount {
  source: string
  phones: number
  documents: number
}

export async function countBySource(sql: Sql): Promise<SourceCount[]> {
  const { rows } = await sql.query<SourceCount>(
    `SELECT source, count(phone)::int AS phones, count(cpf_cnpj)::int AS documents FROM "Blocklist" GROUP BY 1 ORDER BY 1`,
  )
  return rows
}
