import { CampError } from '../errors.ts'
import { numberText } from '../language/format.ts'
import { t } from '../language/text.ts'
import { withDoubledQuotes } from './backslash-quotes.ts'
import { type Row, readRows } from './csv.ts'
import { toText } from './encoding.ts'
import { withoutGuard } from './formula-guard.ts'
import { isOfRejects } from './header-names.ts'
import { headerIn } from './header-row.ts'
import { emptyFile, type Inspection } from './inspect.ts'
import { openBytes } from './open-bytes.ts'
import { otherSheetsOf } from './other-sheets.ts'
import { openSheet } from './xlsx/open.ts'
import type { SheetNotes } from './xlsx/sheet.ts'

/** Numbers of rows, cells or sheets of a workbook that an operator should know about. */
type SheetWarnings = Partial<Record<'HIDDEN_ROW' | 'NO_RESULT' | 'MERGED_CELL' | 'OTHER_SHEET', number>>

/** A file that is being read, after its header. */
export interface Records {
  header: readonly string[]
  headerLine: number
  /** Rows above the header, which are no data. */
  rowsAbove: number
  rows: AsyncGenerator<Row[]>
  /** Of the file on disk. */
  bytesRead: () => number
  /** Warnings about the rows so far. */
  warnings: () => SheetWarnings
  close: () => Promise<unknown>
}

// Small enough that few rows are alive when the garbage collector runs: with 256 KB the process took 100 MB more. With 32 KB it
// takes less CPU, but PostgreSQL, which is queried for the blocklist once per chunk, takes more than that.
const CHUNK = 64 * 1024

const MAX_COLUMNS = 16_384

/** @throws CampError DATA if the file has no header, more columns than Excel's sheets, or is damaged at its beginning */
export async function openRecords(source: Inspection, signal: AbortSignal): Promise<Records> {
  const opened = source.sheet === null ? openText(source, signal) : await openRows(source, source.sheet, signal)
  try {
    const { header, others, rowsAbove } = await headerOf(source, opened.rows)
    if (header.cells.length > MAX_COLUMNS) {
      const count = numberText(header.cells.length)
      throw new CampError('FILE_TOO_LARGE', t`${source.file}, line ${header.line}: it has ${count} columns`, {
        hint: t`${numberText(MAX_COLUMNS)} columns at most can be read, as many as Excel has.`,
      })
    }
    const rows = startingWith(others, opened.rows)
    const read = { ...opened, headerLine: header.line, rowsAbove }
    if (!isOfRejects(header.cells)) return { ...read, header: header.cells, rows }
    return { ...read, header: header.cells.map(withoutGuard), rows: withoutGuards(rows) }
  } catch (error) {
    await opened.close()
    throw error
  }
}

type Opened = Omit<Records, 'header' | 'headerLine' | 'rowsAbove'>

/** Reads up to the header. */
async function headerOf(source: Inspection, rows: AsyncGenerator<Row[]>) {
  let rowsAbove = 0
  for (let next = await rows.next(); !next.done; next = await rows.next()) {
    const at = headerAt(source, next.value)
    const header = next.value[at]
    if (!header) {
      rowsAbove += next.value.length
      continue
    }
    assertChosen(source, header)
    return { header, others: next.value.slice(at + 1), rowsAbove: rowsAbove + at }
  }
  if (rowsAbove > 0) assertChosen(source, undefined)
  throw emptyFile(source.file)
}

/** @returns -1 if these rows are above it */
function headerAt({ headerLine, headerNames }: Inspection, rows: readonly Row[]): number {
  if (headerLine !== null) return rows.findIndex(({ line }) => line >= headerLine)
  return headerNames === null ? 0 : headerIn(rows, headerNames)
}

/** @throws CampError DATA if no row begins on the chosen line */
function assertChosen({ file, headerLine }: Inspection, header: Row | undefined): void {
  if (headerLine === null || header?.line === headerLine) return
  throw new CampError('HEADER_ROW_EMPTY', t`${file} has no row on line ${headerLine} (--header-row)`, {
    hint:
      header === undefined
        ? t`The file ends before. Name the line with the names of the columns.`
        : t`The next row begins on line ${header.line}. Name the line with the names of the columns.`,
  })
}

function openText(source: Inspection, signal: AbortSignal): Opened {
  const { path, file, encoding } = source
  const { chunks, bytesRead } = openBytes({ path, file, gzip: source.format === 'csv.gz', chunk: CHUNK, signal })
  const text = toText(chunks, encoding)
  const rows = readRows(source.backslashQuotes ? withDoubledQuotes(text, source.delimiter) : text, source)
  return { rows, bytesRead, warnings: () => ({}), close: () => rows.return(undefined) }
}

async function openRows(source: Inspection, sheet: string, signal: AbortSignal): Promise<Opened> {
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

function warningsOf({ hiddenRows, withoutResult, mergedOverRows }: SheetNotes, otherSheets: number): SheetWarnings {
  const counts = {
    HIDDEN_ROW: hiddenRows,
    NO_RESULT: withoutResult,
    MERGED_CELL: mergedOverRows,
    OTHER_SHEET: otherSheets,
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}

/** The cells as they were before camp wrote them into a rejects file. */
async function* withoutGuards(chunks: AsyncGenerator<Row[]>): AsyncGenerator<Row[]> {
  for await (const rows of chunks) yield rows.map(row => ({ ...row, cells: row.cells.map(withoutGuard) }))
}

async function* startingWith(rows: Row[], others: AsyncGenerator<Row[]>): AsyncGenerator<Row[]> {
  if (rows.length > 0) yield rows
  yield* others
}
