import { findBlocked } from '../blocklist/blocklist.ts'
import { type BlocklistFilter, readBlocklistFilter } from '../blocklist/filter.ts'
import type { Sql } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { openBytes } from './bytes.ts'
import { type Columns, isOfRejects } from './columns.ts'
import { type Row, readRows } from './csv.ts'
import { toText } from './encoding.ts'
import { withDoubledQuotes } from './escapes.ts'
import { withoutGuard } from './formula.ts'
import { emptyFile, type Inspection } from './inspect.ts'
import { otherSheetsOf, withOtherSheets } from './other-sheets.ts'
import type { ImportDeps } from './request.ts'
import { Tally } from './tally.ts'
import { type Lead, refuse, type Vetter } from './vet.ts'
import type { Warnings } from './warnings.ts'
import { openSheet } from './xlsx/open.ts'
import type { SheetNotes } from './xlsx/sheet.ts'

/** A file that is being read, past its header. */
export interface Records {
  header: readonly string[]
  headerLine: number
  rows: AsyncGenerator<Row[]>
  /** Of the file on the disk. */
  bytesRead: () => number
  /** What is remarkable in the rows so far. */
  warnings: () => Warnings
  close: () => Promise<unknown>
}

// Small enough that few rows are alive when the garbage collector looks: with 256 KB the process took 100 MB more. With 32 KB it takes
// less CPU, and PostgreSQL, which is asked about the blocklist once a chunk, more than that.
const CHUNK = 64 * 1024

const MOST_COLUMNS = 16_384

/** @throws CampError DATA when the file has no header, more columns than Excel's sheets, or is broken where it begins */
export async function openRecords(source: Inspection, signal: AbortSignal): Promise<Records> {
  const opened = source.sheet === null ? openText(source, signal) : await openRows(source, source.sheet, signal)
  try {
    const first = await opened.rows.next()
    const [header, ...others] = first.done ? [] : first.value
    if (!header) throw emptyFile(source.file)
    if (header.cells.length > MOST_COLUMNS) {
      const count = header.cells.length.toLocaleString('en')
      throw new CampError('FILE_TOO_LARGE', `${source.file}, line ${header.line}: it has ${count} columns`, {
        hint: `${MOST_COLUMNS.toLocaleString('en')} columns at most are read, as many as Excel has.`,
      })
    }
    const rows = startingWith(others, opened.rows)
    const read = { ...opened, headerLine: header.line }
    if (!isOfRejects(header.cells)) return { ...read, header: header.cells, rows }
    return { ...read, header: header.cells.map(withoutGuard), rows: withoutGuards(rows) }
  } catch (error) {
    await opened.close()
    throw error
  }
}

function openText(source: Inspection, signal: AbortSignal): Omit<Records, 'header' | 'headerLine'> {
  const { path, file, encoding } = source
  const { chunks, bytesRead } = openBytes({ path, file, gzip: source.format === 'csv.gz', chunk: CHUNK, signal })
  const text = toText(chunks, encoding)
  const rows = readRows(source.backslashQuotes ? withDoubledQuotes(text, source.delimiter) : text, source)
  return { rows, bytesRead, warnings: () => ({}), close: () => rows.return(undefined) }
}

async function openRows(
  source: Inspection,
  sheet: string,
  signal: AbortSignal,
): Promise<Omit<Records, 'header' | 'headerLine'>> {
  const { rows, share, notes, close } = await openSheet(source.path, source.file, sheet, signal)
  return {
    rows,
    bytesRead: () => Math.floor(share() * source.bytes),
    warnings: () => warningsOf(notes, otherSheetsOf(source).length),
    close: async () => {
      await rows.return(undefined)
      close()
    },
  }
}

function warningsOf({ hiddenRows, withoutResult, mergedOverRows }: SheetNotes, otherSheets: number): Warnings {
  const counts = {
    HIDDEN_ROW: hiddenRows,
    NO_RESULT: withoutResult,
    MERGED_CELL: mergedOverRows,
    OTHER_SHEET: otherSheets,
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}

/** As the cells were before camp wrote them into a rejects file. */
async function* withoutGuards(chunks: AsyncGenerator<Row[]>): AsyncGenerator<Row[]> {
  for await (const rows of chunks) yield rows.map(row => ({ ...row, cells: row.cells.map(withoutGuard) }))
}

async function* startingWith(rows: Row[], others: AsyncGenerator<Row[]>): AsyncGenerator<Row[]> {
  if (rows.length > 0) yield rows
  yield* others
}

/** Where leads go, in the file's order. */
export interface LeadSink {
  add: (leads: readonly Lead[]) => Promise<void>
}

export interface Reading {
  source: Inspection
  records: Records
  columns: Columns
  vetter: Vetter
  /** Batches hold one text. */
  byText: boolean
  /** The campaign's (src/blocklist/purpose.ts). */
  purpose: string | null
}

/**
 * Reads the file to its end. While the blocklist is asked about one chunk of rows, the next is parsed. An entry that is added while
 * the file is read may be missed here; the claim asks again.
 * @throws CampError DATA: broken, or without a row
 */
export async function readLeads(
  { pool, signal, onProgress }: ImportDeps,
  { source, records, columns, vetter, byText, purpose }: Reading,
  sinks: readonly LeadSink[],
): Promise<Tally> {
  const tally = new Tally(byText)
  const emit = async ({ rows, leads }: Chunk) => {
    signal.throwIfAborted()
    const vetted = await leads
    for (const sink of sinks) await sink.add(vetted)
    tally.add(vetted, rows)
    onProgress?.({ rows: tally.rows, bytes: records.bytesRead(), totalBytes: source.bytes })
  }
  const filter = (await hasBlocklist(pool))
    ? await readBlocklistFilter(pool, Math.max(source.bytes / BYTES_PER_ENTRY, LEAST_ENTRIES))
    : null
  let ahead: Chunk | undefined
  for await (const rows of records.rows) {
    const made = vetter.vet(rows)
    const leads = filter === null ? Promise.resolve(made) : refuseBlocked(pool, filter, purpose, made, columns)
    leads.catch(() => undefined) // it is awaited in emit, if nothing else fails before
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

/** Reading five entries of the blocklist takes about as long as asking about one row of 80 bytes. */
const BYTES_PER_ENTRY = 16
const LEAST_ENTRIES = 10_000

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
    if (phones.has(lead.phone)) refuse(lead, 'BLOCKLISTED', 'its phone is on the blocklist', lead.phoneColumn)
    else if (lead.cpf_cnpj !== null && documents.has(lead.cpf_cnpj))
      refuse(lead, 'BLOCKLISTED', 'its document is on the blocklist', fields.cpf_cnpj)
  }
  return leads
}
