import { createReadStream } from 'node:fs'
import { findBlocked } from '../blocklist/blocklist.ts'
import type { Sql } from '../database/pool.ts'
import type { Columns } from './columns.ts'
import { type Row, readRows } from './csv.ts'
import { toUtf8 } from './encoding.ts'
import { emptyFile, type Inspection } from './inspect.ts'
import type { ImportDeps } from './request.ts'
import { Tally } from './tally.ts'
import { type Lead, refuse, type Vetter } from './vet.ts'

/** A file that is being read, past its header. */
export interface Records {
  header: readonly string[]
  headerLine: number
  rows: AsyncGenerator<Row[]>
  bytesRead: () => number
  close: () => Promise<unknown>
}

// Small enough that a chunk's rows are dead before the garbage collector keeps them: with 256 KB the process took 100 MB more.
const CHUNK = 64 * 1024

/** @throws CampError DATA when the file has no header, or is broken where it begins */
export async function openRecords(source: Inspection, signal: AbortSignal): Promise<Records> {
  const stream = createReadStream(source.path, { highWaterMark: CHUNK, signal })
  const chunks = readRows(toUtf8(stream, source.encoding), source)
  const first = await chunks.next()
  const [header, ...others] = first.done ? [] : first.value
  if (!header) throw emptyFile(source.file)
  return {
    header: header.cells,
    headerLine: header.line,
    rows: startingWith(others, chunks),
    bytesRead: () => stream.bytesRead,
    close: () => chunks.return(undefined),
  }
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
 * Reads the file to its end. While the blocklist is asked about one chunk of rows, the next is parsed.
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
  const anyoneBlocked = await hasBlocklist(pool)
  let ahead: Chunk | undefined
  for await (const rows of records.rows) {
    const made = vetter.vet(rows)
    const leads = anyoneBlocked ? refuseBlocked(pool, purpose, made, columns) : Promise.resolve(made)
    leads.catch(() => undefined) // it is awaited in emit, if nothing else fails before
    if (ahead) await emit(ahead)
    ahead = { rows: rows.length, leads }
  }
  if (ahead) await emit(ahead)
  if (tally.rows === 0) throw emptyFile(source.file)
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

async function refuseBlocked(
  sql: Sql,
  purpose: string | null,
  leads: readonly Lead[],
  { fields }: Columns,
): Promise<readonly Lead[]> {
  const open = leads.filter(lead => !lead.refusal)
  const { phones, documents } = await findBlocked(sql, purpose, {
    phones: open.map(lead => lead.phone),
    documents: open.flatMap(lead => lead.cpf_cnpj ?? []),
  })
  for (const lead of open) {
    if (phones.has(lead.phone)) refuse(lead, 'BLOCKLISTED', 'its phone is on the blocklist', lead.phoneColumn)
    else if (lead.cpf_cnpj !== null && documents.has(lead.cpf_cnpj))
      refuse(lead, 'BLOCKLISTED', 'its document is on the blocklist', fields.cpf_cnpj)
  }
  return leads
}
