import { once } from 'node:events'
import { CsvError, Parser } from 'csv-parse'
import { CampError } from '../errors.ts'

/** A record of the file: its cells, and the line where it begins (the file's first line is 1). */
export interface Row {
  line: number
  cells: string[]
}

export interface CsvOptions {
  /** For errors. */
  file: string
  delimiter: string
}

/**
 * The records of a CSV file, a chunk of bytes at a time: what a consumer holds is a chunk, however long the file. Empty lines are
 * no records. A quote within a cell that is not quoted is a character like any other (Zé "Bala" Silva).
 * @param bytes UTF-8 without byte order mark
 * @throws CampError DATA with file, line and column
 */
export async function* readRows(bytes: AsyncIterable<Buffer>, options: CsvOptions): AsyncGenerator<Row[]> {
  const lines = new LineCount()
  let rows: Row[] = []
  let headers: string[] | undefined
  const parser = new Parser({
    delimiter: options.delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MOST_CHARACTERS,
    on_record: (cells: string[]) => {
      const line = lines.next(cells, parser.info.lines, parser.info.empty_lines)
      headers ??= cells
      const torn = cells.findIndex(isTorn)
      if (torn >= 0) throw quoteError(options.file, line, headers[torn] ?? torn + 1)
      rows.push({ line, cells })
      return null // kept here: a record that is passed on costs an event each
    },
  })
  const failure = (error: unknown) =>
    error instanceof CsvError ? parseError(error, options.file, lines.current, headers) : error
  parser.on('error', () => undefined) // it comes through the calls below
  parser.resume()
  for await (const chunk of bytes) {
    if (chunk.length === 0) continue
    await new Promise<void>((resolve, reject) =>
      parser.write(chunk, error => (error ? reject(failure(error)) : resolve())),
    )
    if (rows.length > 0) yield rows
    rows = []
  }
  parser.end()
  await once(parser, 'end').catch(error => {
    throw failure(error)
  })
  if (rows.length > 0) yield rows
}

// Far longer than any lead: it is a quote that was never closed, and would swallow the rest of the file.
const MOST_CHARACTERS = 1024 * 1024

/**
 * With relax_quotes a cell whose closing quote is followed by other characters keeps its opening quote. Within a line that is
 * harmless; over lines it means that a quote was not closed where it should have been, and rows are lost in the cell.
 */
function isTorn(cell: string): boolean {
  return cell.charCodeAt(0) === 34 && cell.includes('\n')
}

function parseError(error: CsvError, file: string, line: number, headers: readonly string[] | undefined): CampError {
  const index = 'column' in error && typeof error.column === 'number' ? error.column : 0
  if (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE') {
    return quoteError(file, line, headers?.[index] ?? index + 1)
  }
  return new CampError('DATA', `${file}, line ${line}: ${error.message}`, { cause: error })
}

function quoteError(file: string, line: number, column: string | number): CampError {
  const name = typeof column === 'number' ? `${column}` : `"${column}"`
  return new CampError('DATA', `${file}, line ${line}, column ${name}: a quote is opened and not closed`, {
    hint: 'Close it, or remove it; a quote within a quoted cell is written twice. Nothing was imported.',
  })
}

/** The lines on which records begin. csv-parse counts a CRLF within a cell as two lines, so its count only says when to look. */
class LineCount {
  /** Where the record that is being read begins. */
  current = 1
  #parsed = 0
  #empty = 0

  /** @returns the line on which this record begins */
  next(cells: readonly string[], parsed: number, empty: number): number {
    const skipped = empty - this.#empty
    const line = this.current + skipped
    const ofItsOwn = parsed - this.#parsed - skipped
    this.current = line + (ofItsOwn > 1 ? 1 + cells.reduce((sum, cell) => sum + breaksIn(cell), 0) : 1)
    this.#parsed = parsed
    this.#empty = empty
    return line
  }
}

function breaksIn(cell: string): number {
  let breaks = 0
  for (let i = 0; i < cell.length; i++) {
    const code = cell.charCodeAt(i)
    if (code === 10 || (code === 13 && cell.charCodeAt(i + 1) !== 10)) breaks++
  }
  return breaks
}
