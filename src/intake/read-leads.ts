import { findBlocked } from '../blocklist/blocklist.ts'
import { type BlocklistFilter, readBlocklistFilter } from '../blocklist/filter.ts'
import type { Sql } from '../database/pool.ts'
import { emptyFile, type Inspection } from '../tabular/inspect.ts'
import { withOtherSheets } from '../tabular/other-sheets.ts'
import type { Records } from '../tabular/records.ts'
import type { Columns } from './columns.ts'
import { ImportSummary } from './import-summary.ts'
import { type Lead, type LeadSink, refuse } from './lead.ts'
import type { ImportDeps } from './request.ts'
import type { RowValidator } from './validate-rows.ts'

export interface LeadReading {
  source: Inspection
  records: Records
  columns: Columns
  validator: RowValidator
  /** Leads are ordered by text. */
  byText: boolean
  /** The campaign's (src/blocklist/purpose.ts). */
  purpose: string | null
}

/**
 * Reads the file to its end. The next chunk is parsed while PostgreSQL is asked about the blocklist for the one before. An entry added
 * during the import may be missed here; the claim checks again.
 * @throws CampError DATA: the file is broken or has no rows
 */
export async function readLeads(
  { pool, signal, onProgress }: ImportDeps,
  { source, records, columns, validator, byText, purpose }: LeadReading,
  sinks: readonly LeadSink[],
): Promise<ImportSummary> {
  const tally = new ImportSummary(byText)
  const emit = async ({ rows, leads }: Chunk) => {
    signal.throwIfAborted()
    const validated = await leads
    for (const sink of sinks) await sink.add(validated)
    tally.add(validated, rows)
    onProgress?.({ rows: tally.rows, bytes: records.bytesRead(), totalBytes: source.bytes })
  }
  const filter = (await hasBlocklist(pool))
    ? await readBlocklistFilter(pool, Math.max(source.bytes / BYTES_PER_ENTRY, MIN_ENTRIES), signal)
    : null
  let ahead: Chunk | undefined
  for await (const rows of records.rows) {
    const made = validator.validate(rows)
    const leads = filter === null ? Promise.resolve(made) : refuseBlocked(pool, filter, purpose, made, columns)
    leads.catch(() => undefined) // awaited in emit; an earlier failure must not leave it unhandled
    if (ahead) await emit(ahead)
    ahead = { rows: rows.length, leads }
  }
  if (ahead) await emit(ahead)
  if (tally.rows === 0) throw withOtherSheets(source, emptyFile(source.file))
  return tally
}

interface Chunk {
  rows: number
  leads: Promise<readonly Lead[]>
}

async function hasBlocklist(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ any: boolean }>(`SELECT EXISTS (SELECT 1 FROM "Blocklist") AS any`)
  return rows[0]!.any
}

/** The detail of a lead whose phone is blocked. */
export const PHONE_BLOCKED = 'its phone is on the blocklist'

/** Reading five entries of the blocklist takes about as long as a query for one row of 80 bytes. */
const BYTES_PER_ENTRY = 16
const MIN_ENTRIES = 10_000

async function refuseBlocked(
  sql: Sql,
  filter: BlocklistFilter | undefined,
  purpose: string | null,
  leads: readonly Lead[],
  { fields }: Columns,
): Promise<readonly Lead[]> {
  const asked: { phones: string[]; documents: string[] } = { phones: [], documents: [] }
  for (const { refusal, phone, cpf_cnpj } of leads) {
    if (refusal) continue
    if (filter?.has(phone) !== false) asked.phones.push(phone)
    if (cpf_cnpj !== null && filter?.has(cpf_cnpj) !== false) asked.documents.push(cpf_cnpj)
  }
  if (asked.phones.length + asked.documents.length === 0) return leads
  const { phones, documents } = await findBlocked(sql, purpose, asked)
  if (phones.size + documents.size === 0) return leads
  for (const lead of leads) {
    if (lead.refusal) continue
    if (phones.has(lead.phone)) refuse(lead, 'BLOCKLISTED', PHONE_BLOCKED, lead.phoneColumn)
    else if (lead.cpf_cnpj !== null && documents.has(lead.cpf_cnpj))
      refuse(lead, 'BLOCKLISTED', 'its document is on the blocklist', fields.cpf_cnpj)
  }
  return leads
}
