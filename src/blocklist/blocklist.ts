import type { Sql, Tx } from '../database/pool.ts'

/**
 * Who must never be contacted. Phones and documents come in canonical (src/intake): here they are only compared. A row holds
 * one of them, from one source; somebody whom two sources name stands twice, and stays blocked when one source lets go.
 */
export interface Blocked {
  phones: Set<string>
  documents: Set<string>
}

/**
 * Which of these a campaign may not contact; two index reads, however many there are. The claim asks the same (vetLeads in
 * src/dispatch/claim/screen-leads.ts).
 * @param purpose the campaign's: entries of another one do not bind it; null: every entry does
 */
export async function findBlocked(
  sql: Sql,
  purpose: string | null,
  { phones, documents }: { phones: readonly string[]; documents: readonly string[] },
): Promise<Blocked> {
  const { rows } = await sql.query<{ phone: string | null; cpf_cnpj: string | null }>(
    `SELECT phone, NULL AS cpf_cnpj FROM "Blocklist" WHERE phone = ANY($1) AND coalesce(purpose = $3, true)
     UNION
     SELECT NULL, cpf_cnpj FROM "Blocklist" WHERE cpf_cnpj = ANY($2) AND coalesce(purpose = $3, true)`,
    [phones, documents, purpose],
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
  /** What they are blocked for; null: for everything. */
  purpose: string | null
}

/** Ends the source of opt-outs that a broker reports of phones that no lead of its campaigns has. */
export const UNKNOWN_PERSON = ':unknown'

/** People who told a broker that they want no more. */
export function optedOutAt(broker: string, phones: readonly string[]): Addition {
  return { phones, documents: [], reason: 'opted out at the broker', source: `broker:${broker}`, purpose: null }
}

/**
 * Adds them; whom the source names already gets the new reason, if there is one. Named for one purpose and for another, they
 * are blocked for every one: an addition never unblocks.
 * @returns how many were not there yet
 */
export async function addToBlocklist(
  sql: Sql,
  { phones, documents, reason, source, purpose }: Addition,
): Promise<number> {
  const { rows } = await sql.query<{ added: number }>(
    `WITH phone AS (
       INSERT INTO "Blocklist" AS b (id, phone, reason, source, purpose, updated_at)
       SELECT DISTINCT ON (phone) gen_random_uuid(), phone, $3, $4, $5, now() FROM unnest($1::text[]) AS phone ORDER BY phone
       ON CONFLICT (phone, source) DO UPDATE SET
         reason = coalesce(excluded.reason, b.reason), updated_at = now(),
         purpose = CASE WHEN b.purpose = excluded.purpose THEN b.purpose END
       RETURNING xmax = 0 AS added
     ), document AS (
       INSERT INTO "Blocklist" AS b (id, cpf_cnpj, reason, source, purpose, updated_at)
       SELECT DISTINCT ON (document) gen_random_uuid(), document, $3, $4, $5, now() FROM unnest($2::text[]) AS document ORDER BY document
       ON CONFLICT (cpf_cnpj, source) DO UPDATE SET
         reason = coalesce(excluded.reason, b.reason), updated_at = now(),
         purpose = CASE WHEN b.purpose = excluded.purpose THEN b.purpose END
       RETURNING xmax = 0 AS added
     )
     SELECT count(*) FILTER (WHERE added)::int AS added FROM (TABLE phone UNION ALL TABLE document) written`,
    [phones, documents, reason, source, purpose],
  )
  return rows[0]!.added
}

export interface Entry {
  id: string
  phone: string | null
  cpf_cnpj: string | null
  reason: string | null
  source: string
  /** What it is blocked for; null: for everything. */
  purpose: string | null
  created_at: Date
}

/** Phones and documents, and of which source; without one, of all. */
export interface Selection {
  phones: readonly string[]
  documents: readonly string[]
  source?: string | undefined
}

/**
 * Takes them off. Their sources' lists may name them still: so that the next sync sees that, its server is no longer told what
 * camp has of it.
 * @returns what was removed
 */
export async function removeFromBlocklist(sql: Sql, { phones, documents, source }: Selection): Promise<Entry[]> {
  const { rows } = await sql.query<Entry>(
    `WITH removed AS (
       DELETE FROM "Blocklist" WHERE (phone = ANY($1) OR cpf_cnpj = ANY($2)) AND ($3::text IS NULL OR source = $3)
       RETURNING id, phone, cpf_cnpj, reason, source, purpose, created_at
     ), forgotten AS (
       UPDATE "BlocklistSync" SET etag = NULL, last_modified = NULL WHERE source IN (SELECT source FROM removed)
     )
     TABLE removed`,
    [phones, documents, source ?? null],
  )
  return rows
}

/** Takes all entries of a source off; its list's next sync is a whole one. @returns how many there were */
export async function clearSource(tx: Tx, source: string): Promise<number> {
  const { rowCount } = await tx.query(`DELETE FROM "Blocklist" WHERE source = $1`, [source])
  await tx.query(`UPDATE "BlocklistSync" SET etag = NULL, last_modified = NULL WHERE source = $1`, [source])
  return rowCount ?? 0
}

/** Every entry for these, with its source and reason, the oldest first. */
export async function entriesFor(sql: Sql, { phones, documents, source }: Selection): Promise<Entry[]> {
  const { rows } = await sql.query<Entry>(
    `SELECT id, phone, cpf_cnpj, reason, source, purpose, created_at FROM "Blocklist"
     WHERE (phone = ANY($1) OR cpf_cnpj = ANY($2)) AND ($3::text IS NULL OR source = $3) ORDER BY created_at, id`,
    [phones, documents, source ?? null],
  )
  return rows
}

export interface SourceCount {
  source: string
  phones: number
  documents: number
  /** What its entries are for, each once; null: for everything. */
  purposes: (string | null)[]
}

/** Sources in the order of their names. */
export async function countBySource(sql: Sql): Promise<SourceCount[]> {
  const { rows } = await sql.query<SourceCount>(
    `SELECT source, sum(phones)::int AS phones, sum(documents)::int AS documents,
            array_agg(purpose ORDER BY purpose) AS purposes
     FROM (SELECT source, purpose, count(phone) AS phones, count(cpf_cnpj) AS documents FROM "Blocklist" GROUP BY 1, 2) counted
     GROUP BY 1 ORDER BY 1`,
  )
  return rows
}
