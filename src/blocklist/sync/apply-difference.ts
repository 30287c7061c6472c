import { type Copy, copyValue, startCopy } from '../../database/copy.ts'
import { uuidPrefix, uuidSql } from '../../database/ids.ts'
import type { Tx } from '../../database/pool.ts'
import { type Addition, WIDENED } from '../blocklist.ts'
import type { EntryKind, Named } from './types.ts'

/** The changes of a sync, in entries. */
export interface Delta {
  /** Distinct phones and documents in the list. */
  phones: number
  documents: number
  added: number
  /** Existing entries with a new reason or purpose. */
  changed: number
  unchanged: number
  removed: number
  /** The source's entries before. */
  held: number
}

export interface Application {
  source: string
  purpose: string | null
  /** Entries that the list does not name are removed. */
  replace: boolean
  now: Date
}

/** A temporary table for a list's rows, on the transaction's connection and dropped with it. */
export async function openStaging(tx: Tx) {
  await tx.query(`CREATE TEMP TABLE staged (kind "char", value text COLLATE "C", line int, reason text) ON COMMIT DROP`)
  const copy = startCopy(tx, `COPY staged (kind, value, line, reason) FROM STDIN`)
  return { ...copy, add: (rows: readonly StagedRow[]) => copyRows(copy, rows) }
}

export interface StagedRow {
  line: number
  named: readonly Named[]
  reason: string | null
}

async function copyRows(copy: Copy, rows: readonly StagedRow[]): Promise<void> {
  let lines = ''
  for (const { line, named, reason } of rows) {
    for (const { kind, value } of named) lines += `${CODES[kind]}\t${value}\t${line}\t${copyValue(reason)}\n`
  }
  if (lines !== '') await copy.write(lines)
}

const CODES = { phone: 'p', cpf_cnpj: 'd' } as const satisfies Record<EntryKind, string>

/**
 * Applies the staged list to the source's entries as a difference: if ten of five million entries changed, ten rows are written. Other
 * sources' entries are not touched.
 */
export async function applyStaged(tx: Tx, application: Application): Promise<Delta> {
  // For sorts and hashes of millions of rows, in this transaction only; beyond it PostgreSQL uses disk.
  await tx.query(`SET LOCAL work_mem = '64MB'`)
  const { rows } = await tx.query<{ held: number }>(`SELECT count(*)::int AS held FROM "Blocklist" WHERE source = $1`, [
    application.source,
  ])
  const phones = await applyKind(tx, 'phone', application)
  const documents = await applyKind(tx, 'cpf_cnpj', application)
  const [added, changed] = [phones.added + documents.added, phones.changed + documents.changed]
  // The claim's query plans depend on statistics, and autovacuum runs later.
  if (added > ANALYZE_FROM) await tx.query(`ANALYZE "Blocklist"`)
  return {
    phones: phones.named,
    documents: documents.named,
    added,
    changed,
    unchanged: phones.named + documents.named - added - changed,
    removed: phones.removed + documents.removed,
    held: rows[0]!.held,
  }
}

const ANALYZE_FROM = 10_000

async function applyKind(tx: Tx, kind: EntryKind, { source, purpose, replace, now }: Application) {
  const named = `named_${kind}`
  // A repeated value keeps its first reason.
  const { rowCount } = await tx.query(
    `CREATE TEMP TABLE ${named} ON COMMIT DROP AS
     SELECT DISTINCT ON (value) value, reason FROM staged WHERE kind = '${CODES[kind]}' ORDER BY value, reason IS NULL, line`,
  )
  await tx.query(`ANALYZE ${named}`)
  const removed = replace
    ? await tx.query(
        `DELETE FROM "Blocklist" b
         WHERE source = $1 AND ${kind} IS NOT NULL AND NOT EXISTS (SELECT FROM ${named} n WHERE n.value = b.${kind})`,
        [source],
      )
    : undefined
  const changed = await tx.query(
    `UPDATE "Blocklist" b SET reason = coalesce(n.reason, b.reason), purpose = $2, updated_at = $3
     FROM ${named} n
     WHERE b.source = $1 AND b.${kind} = n.value
       AND (b.purpose IS DISTINCT FROM $2 OR b.reason IS DISTINCT FROM coalesce(n.reason, b.reason))`,
    [source, purpose, now],
  )
  // Ids ascend with the value, and so do all of the table's indexes.
  const added = await tx.query(
    `INSERT INTO "Blocklist" (id, ${kind}, reason, source, purpose, created_at, updated_at)
     SELECT ${uuidSql('$4', 'n')},
            value, reason, $1, $2, $3, $3
     FROM (SELECT value, reason, row_number() OVER (ORDER BY value) - 1 AS n FROM ${named} m
           WHERE NOT EXISTS (SELECT FROM "Blocklist" b WHERE b.source = $1 AND b.${kind} = m.value)) fresh`,
    [source, purpose, now, uuidPrefix(now)],
  )
  return {
    named: rowCount ?? 0,
    added: added.rowCount ?? 0,
    changed: changed.rowCount ?? 0,
    removed: removed?.rowCount ?? 0,
  }
}

/**
 * Adds the staged list to the source's entries with the rule of `addToBlocklist`: an addition never unblocks.
 * @param addition `reason` for the rows without one
 * @returns the distinct phones and documents, and the new entries among them
 */
export async function addStaged(
  tx: Tx,
  addition: Pick<Addition, 'source' | 'reason' | 'purpose'>,
): Promise<Pick<Delta, 'phones' | 'documents' | 'added'>> {
  const phones = await addKind(tx, 'phone', addition)
  const documents = await addKind(tx, 'cpf_cnpj', addition)
  const added = phones.added + documents.added
  if (added > ANALYZE_FROM) await tx.query(`ANALYZE "Blocklist"`)
  return { phones: phones.named, documents: documents.named, added }
}

async function addKind(
  tx: Tx,
  kind: EntryKind,
  { source, reason, purpose }: Pick<Addition, 'source' | 'reason' | 'purpose'>,
) {
  const { rows } = await tx.query<{ named: number; added: number }>(
    `WITH named AS (
       SELECT DISTINCT ON (value) value, reason FROM staged WHERE kind = '${CODES[kind]}' ORDER BY value, reason IS NULL, line
     ), written AS (
       INSERT INTO "Blocklist" AS b (id, ${kind}, reason, source, purpose, updated_at)
       SELECT gen_random_uuid(), value, coalesce(reason, $2), $1, $3, now() FROM named ORDER BY value
       ON CONFLICT (${kind}, source) DO UPDATE SET ${WIDENED}
       RETURNING xmax = 0 AS added
     )
     SELECT count(*)::int AS named, (count(*) FILTER (WHERE added))::int AS added FROM written`,
    [source, reason, purpose],
  )
  return rows[0]!
}
