import type pg from 'pg'
import { pagesOf } from '../database/pages.ts'
import { type Sql, transaction } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { masked } from '../mask.ts'
import type { Actor } from '../security/actor.ts'
import { recordAudit } from '../security/audit-log.ts'
import type { Entry } from './blocklist.ts'

export interface EntryFilter {
  source?: string | undefined
  /** Entries that apply to this purpose only. */
  purpose?: string | undefined
  type?: 'phone' | 'document' | undefined
}

const FILTER = `($1::text IS NULL OR source = $1) AND ($2::text IS NULL OR purpose = $2)
  AND ($3::text IS NULL OR ($3 = 'phone') = (phone IS NOT NULL))`

const valuesOf = ({ source, purpose, type }: EntryFilter) => [source ?? null, purpose ?? null, type ?? null]

/** A page of entries, and the id after which the next one begins; null: there is none. */
export interface EntryPage {
  entries: Entry[]
  next: string | null
}

/**
 * Entries, newest first. Phones and documents are masked, also within reasons: a list of all persons who asked for silence is personal
 * data that a look at the list does not need (decision 67).
 * @param after the id of the last entry of the page before
 * @throws CampError BLOCKLIST_ENTRY_NOT_FOUND: no entry has the id `after`
 */
export async function listEntries(
  sql: Sql,
  filter: EntryFilter,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<EntryPage> {
  if (after !== undefined) await assertEntry(sql, after)
  const { rows } = await sql.query<Entry>(
    `SELECT id, phone, cpf_cnpj, reason, source, purpose, created_at FROM "Blocklist" b
     WHERE ${FILTER} AND ($4::uuid IS NULL
       OR (created_at, id) < (SELECT created_at, id FROM "Blocklist" WHERE id = $4))
     ORDER BY created_at DESC, id DESC LIMIT $5`,
    [...valuesOf(filter), after ?? null, limit + 1],
  )
  const entries = rows.slice(0, limit).map(withoutNumbers)
  return { entries, next: rows.length > limit ? entries.at(-1)!.id : null }
}

async function assertEntry(sql: Sql, id: string): Promise<void> {
  const { rowCount } = await sql.query(`SELECT 1 FROM "Blocklist" WHERE id::text = $1`, [id])
  if (rowCount === 1) return
  throw new CampError('BLOCKLIST_ENTRY_NOT_FOUND', t`no entry of the blocklist has the id ${id}`, {
    hint: t`It may have been removed. Begin again without --after.`,
  })
}

function withoutNumbers(entry: Entry): Entry {
  const hidden = (text: string | null) => masked(text) as string | null
  return { ...entry, phone: hidden(entry.phone), cpf_cnpj: hidden(entry.cpf_cnpj), reason: hidden(entry.reason) }
}

const PAGE = 5_000

/** Entries with their numbers, oldest first, page by page: millions of them need a few megabytes of memory. */
export function entryPages(pool: pg.Pool, filter: EntryFilter): AsyncGenerator<Entry[]> {
  return pagesOf(
    pool,
    client =>
      client.query(
        `DECLARE entry_page NO SCROLL CURSOR FOR
       SELECT id, phone, cpf_cnpj, reason, source, purpose, created_at FROM "Blocklist" WHERE ${FILTER} ORDER BY created_at, id`,
        valuesOf(filter),
      ),
    client => client.query<Entry>(`FETCH ${PAGE} FROM entry_page`),
  )
}

/** Records that a user exports entries. Call it before they are read: what is interrupted was read, too. */
export function recordExport(pool: pg.Pool, { id }: Pick<Actor, 'id'>, filter: EntryFilter): Promise<void> {
  const { source = null, purpose = null, type = null } = filter
  return transaction(pool, tx =>
    recordAudit(tx, {
      userId: id,
      action: 'blocklist.export',
      subject: 'Blocklist',
      subjectId: source ?? 'all',
      detail: { source, purpose, type },
    }),
  )
}
