import type { Sql, Tx } from '../database/pool.ts'

/**
 * Phones and documents that must not be contacted. Both are canonical (src/recipient) and are only compared here. A row holds one of
 * them, from one source; an entry of two sources stays blocked when one source removes it.
 */
export interface Blocked {
  phones: Set<string>
  documents: Set<string>
}

/**
 * The blocked ones among these, for a campaign; two indexed reads. The claim applies the same rule (screenLeads in
 * src/dispatch/claim/screen-leads.ts).
 * @param purpose the campaign's: entries with another purpose do not count; null: every entry counts
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
  /** The purpose they are blocked for; null: all. */
  purpose: string | null
}

/** Suffix of a broker's source for opt-outs of phones that none of its leads has. */
export const UNKNOWN_PERSON = ':unknown'

/** Opt-outs that a broker reported. */
export function optedOutAt(broker: string, phones: readonly string[]): Addition {
  return { phones, documents: [], reason: 'opted out at the broker', source: `broker:${broker}`, purpose: null }
}

/** SQL: what an addition changes of an entry that exists. */
export const WIDENED = `reason = coalesce(excluded.reason, b.reason), updated_at = now(),
         purpose = CASE WHEN b.purpose = excluded.purpose THEN b.purpose END`

/**
 * Adds entries. An existing entry of the source gets the new reason, if given; with a second purpose it is blocked for all purposes:
 * an addition never unblocks.
 * @returns the number of new entries
 */
export async function addToBlocklist(
  sql: Sql,
  { phones, documents, reason, source, purpose }: Addition,
): Promise<number> {
  const { rows } = await sql.query<{ added: number }>(
    `WITH phone AS (
       INSERT INTO "Blocklist" AS b (id, phone, reason, source, purpose, updated_at)
       SELECT DISTINCT ON (phone) gen_random_uuid(), phone, $3, $4, $5, now() FROM unnest($1::text[]) AS phone ORDER BY phone
       ON CONFLICT (phone, source) DO UPDATE SET ${WIDENED}
       RETURNING xmax = 0 AS added
     ), document AS (
       INSERT INTO "Blocklist" AS b (id, cpf_cnpj, reason, source, purpose, updated_at)
       SELECT DISTINCT ON (document) gen_random_uuid(), document, $3, $4, $5, now() FROM unnest($2::text[]) AS document ORDER BY document
       ON CONFLICT (cpf_cnpj, source) DO UPDATE SET ${WIDENED}
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
  /** The purpose it is blocked for; null: all. */
  purpose: string | null
  created_at: Date
}

/** Phones and documents, of one source or of all. */
export interface Selection {
  phones: readonly string[]
  documents: readonly string[]
  source?: string | undefined
}

/**
 * Removes entries. Their sources' lists may still name them: the stored validators are cleared, so that the next sync downloads the
 * whole list.
 * @returns the removed entries
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

/** Removes all entries of a source; its next sync downloads the whole list. @returns their number */
export async function clearSource(tx: Tx, source: string): Promise<number> {
  const { rowCount } = await tx.query(`DELETE FROM "Blocklist" WHERE source = $1`, [source])
  await tx.query(`UPDATE "BlocklistSync" SET etag = NULL, last_modified = NULL WHERE source = $1`, [source])
  return rowCount ?? 0
}

/** All entries for these, with source and reason, oldest first. */
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
  /** The distinct purposes of its entries; null: all. */
  purposes: (string | null)[]
}

/** Sources by name. */
export async function countBySource(sql: Sql): Promise<SourceCount[]> {
  const { rows } = await sql.query<SourceCount>(
    `SELECT source, sum(phones)::int AS phones, sum(documents)::int AS documents,
            array_agg(purpose ORDER BY purpose) AS purposes
     FROM (SELECT source, purpose, count(phone) AS phones, count(cpf_cnpj) AS documents FROM "Blocklist" GROUP BY 1, 2) counted
     GROUP BY 1 ORDER BY 1`,
  )
  return rows
}
