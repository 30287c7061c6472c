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
 * Reads the file to its end. While PostgreSQL is asked about the blocklist for a chunk, the next one is parsed; a chunk for which
 * nothing need be asked, which is most of them, is stored at once: fewer leads are alive when the garbage collector runs. An entry added
 * during the import may be missed here; the claim checks again.
 * @throws CampError DATA: the file is broken or has no rows
 */
export async function readLeads(
  { pool, signal, onProgress }: ImportDeps,
  { source, records, columns, validator, byText, purpose }: LeadReading,
  sinks: readonly LeadSink[],
): Promise<ImportSummary> {
  const tally = new ImportSummary(byText)
  const store = async (rows: number, leads: readonly Lead[]) => {
    signal.throwIfAborted()
    for (const sink of sinks) await sink.add(leads)
    tally.add(leads, rows)
    onProgress?.({ rows: tally.rows, bytes: records.bytesRead(), totalBytes: source.bytes })
  }
  const filter = (await hasBlocklist(pool))
    ? await readBlocklistFilter(pool, Math.max(source.bytes / BYTES_PER_ENTRY, MIN_ENTRIES), signal)
    : null
  let asked: { rows: number; leads: Promise<readonly Lead[]> } | undefined
  for await (const rows of records.rows) {
    const made = validator.validate(rows)
    const suspects = filter === null ? undefined : suspectsAmong(made, filter)
    const checked = suspects && refuseBlocked(pool, purpose, suspects, made, columns)
    checked?.catch(() => undefined) // awaited below; an earlier failure must not leave it unhandled
    if (asked) await store(asked.rows, await asked.leads)
    asked = checked && { rows: rows.length, leads: checked }
    if (!checked) await store(rows.length, made)
  }
  if (asked) await store(asked.rows, await asked.leads)
  if (tally.rows === 0) throw withOtherSheets(source, emptyFile(source.file))
  return tally
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

/** Values that may be on the blocklist. */
interface Suspects {
  phones: string[]
  documents: string[]
}

/** @param filter undefined: every value may be listed @returns undefined if none is */
function suspectsAmong(leads: readonly Lead[], filter: BlocklistFilter | undefined): Suspects | undefined {
  const suspects: Suspects = { phones: [], documents: [] }
  for (const { refusal, phone, cpf_cnpj } of leads) {
    if (refusal) continue
    if (filter?.has(phone) !== false) suspects.phones.push(phone)
    if (cpf_cnpj !== null && filter?.has(cpf_cnpj) !== false) suspects.documents.push(cpf_cnpj)
  }
  return suspects.phones.length + suspects.documents.length === 0 ? undefined : suspects
}

async function refuseBlocked(
  sql: Sql,
  purpose: string | null,
  suspects: Suspects,
  leads: readonly Lead[],
  { fields }: Columns,
): Promise<readonly Lead[]> {
  const { phones, documents } = await findBlocked(sql, purpose, suspects)
  if (phones.size + documents.size === 0) return leads
  for (const lead of leads) {
    if (lead.refusal) continue
    if (phones.has(lead.phone)) refuse(lead, 'BLOCKLISTED', PHONE_BLOCKED, lead.phoneColumn)
    else if (lead.cpf_cnpj !== null && documents.has(lead.cpf_cnpj))
      refuse(lead, 'BLOCKLISTED', 'its document is on the blocklist', fields.cpf_cnpj)
  }
  return leads
}
