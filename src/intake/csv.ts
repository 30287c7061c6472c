import { once } from 'node:events'
import { CsvError, Parser } from 'csv-parse'
import { CampError } from '../errors.ts'
import { faultOfHeader, type QuoteFault, QuoteJudge } from './quotes.ts'

/** A record of the file: its cells, and the line where it begins (the file's first line is 1). */
export interface Row {
  line: number
  cells: string[]
  /** Why it cannot be trusted, though it was read: a quoted cell of it may hold other rows. */
  doubt?: { column: number; detail: string }
}

export interface CsvOptions {
  /** For errors. */
  file: string
  delimiter: string
  /** The first line is no record: it names the delimiter. */
  separatorLine: string | null
}

/**
 * The records of a CSV file, a chunk of bytes at a time: what a consumer holds is a chunk, however long the file. Lines with
 * nothing but delimiters and spaces are no records. A quote within a cell that is not quoted is a character like any other (Zé "Bala" Silva).
 * @param bytes UTF-8 without byte order mark
 * @throws CampError DATA with file, line and column
 */
export async function* readRows(bytes: AsyncIterable<Buffer>, options: CsvOptions): AsyncGenerator<Row[]> {
  const parser = new RowParser(options)
  parser.on('error', () => undefined) // it comes through the calls below
  parser.resume()
  for await (const chunk of bytes) {
    if (chunk.length === 0) continue
    await new Promise<void>((resolve, reject) =>
      parser.write(chunk, error => (error ? reject(parser.explain(error)) : resolve())),
    )
    const rows = parser.takeRows()
    if (rows.length > 0) yield rows
  }
  parser.end()
  await once(parser, 'end').catch(error => {
    throw parser.explain(error)
  })
  const rows = parser.takeRows()
  if (rows.length > 0) yield rows
}

/** Records are kept where they come out of the parser: passed on through its stream, each costs more than its parsing. */
class RowParser extends Parser {
  readonly #file: string
  readonly #delimiter: string
  readonly #lines = new LineCount()
  #passOver: boolean
  #headers: readonly string[] | undefined
  #judge: QuoteJudge | undefined
  /** A cell of the record that is being read has kept its opening quote. */
  #torn = false
  #rows: Row[] = []

  constructor({ file, delimiter, separatorLine }: CsvOptions) {
    super({
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: MOST_CHARACTERS,
    })
    this.#file = file
    this.#delimiter = delimiter
    this.#passOver = separatorLine !== null
    this.#watchTornQuotes()
  }

  /**
   * With relax_quotes csv-parse puts the opening quote back where other characters follow the closing one. In the cell this looks
   * like a text that begins with a quote, so it is noted where it happens: csv-parse tells it nowhere else.
   */
  #watchTornQuotes(): void {
    const { field } = (this as unknown as { state: { field: { prepend: (quote: Buffer) => void } } }).state
    const prepend = field.prepend.bind(field)
    field.prepend = quote => {
      this.#torn = true
      prepend(quote)
    }
  }

  override push(cells: string[] | null): boolean {
    if (cells === null) return super.push(null)
    const line = this.#lines.next(cells, this.info.lines, this.info.empty_lines)
    if (this.#passOver || isBlank(cells)) {
      this.#passOver = false
      return true
    }
    // A quote that has swallowed rows has swallowed their line breaks.
    const suspect = this.#torn || this.#lines.latestHasBreaks || !this.#judge
    const fault = suspect ? this.#faultOf(cells) : undefined
    this.#torn = false
    if (fault?.certain) throw this.#quoteError(lineOfCell(line, cells, fault.column), fault.column)
    this.#rows.push(fault ? { line, cells, doubt: doubtOf(fault) } : { line, cells })
    return true
  }

  #faultOf(cells: readonly string[]): QuoteFault | undefined {
    if (this.#judge) return this.#judge.faultOf(cells, this.#torn)
    const fault = faultOfHeader(cells, this.#delimiter)
    if (fault) return fault
    this.#headers = cells
    this.#judge = new QuoteJudge(cells, this.#delimiter)
    return undefined
  }

  /** The records since the last time. */
  takeRows(): Row[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  /** csv-parse's error in camp's words; any other as it is. */
  explain(error: unknown): unknown {
    if (!(error instanceof CsvError)) return error
    const index = 'column' in error && typeof error.column === 'number' ? error.column : 0
    if (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE') {
      return this.#quoteError(this.#lines.current, index)
    }
    return new CampError('FILE_MALFORMED', `${this.#file}, line ${this.#lines.current}: ${error.message}`, {
      cause: error,
    })
  }

  #quoteError(line: number, index: number): CampError {
    const header = this.#headers?.[index]
    const column = header === undefined ? `${index + 1}` : `"${header}"`
    return new CampError(
      'FILE_MALFORMED',
      `${this.#file}, line ${line}, column ${column}: a quote is opened and not closed`,
      {
        hint: 'Close it, or remove it; a quote within a quoted cell is written twice. Nothing was imported.',
      },
    )
  }
}

// Far longer than any lead: it is a quote that was never closed, and would swallow the rest of the file.
const MOST_CHARACTERS = 1024 * 1024

function doubtOf({ column, line }: QuoteFault): NonNullable<Row['doubt']> {
  if (line === undefined) return { column, detail: 'a quote is opened, and closed within another cell' }
  const shown = line.length > 60 ? `${line.slice(0, 60)}…` : line
  return { column, detail: `its quoted cell holds a line that reads as a row: ${shown}` }
}

/** The line on which a cell begins. */
function lineOfCell(line: number, cells: readonly string[], column: number): number {
  return cells.slice(0, column).reduce((sum, cell) => sum + breaksIn(cell), line)
}

/** Excel exports rows that were once touched as delimiters without anything between them. */
function isBlank(cells: readonly string[]): boolean {
  return cells.every(cell => cell.trim() === '' || cell === DOS_END)
}

/** The last byte of a file that DOS has written. */
const DOS_END = '\x1a'

/** The lines on which records begin. csv-parse counts a CRLF within a cell as two lines, so its count only says when to look. */
class LineCount {
  /** Where the record that is being read begins. */
  current = 1
  /** The latest record has line breaks in its cells. */
  latestHasBreaks = false
  #parsed = 0
  #empty = 0

  /** @returns the line on which this record begins */
  next(cells: readonly string[], parsed: number, empty: number): number {
    const skipped = empty - this.#empty
    const line = this.current + skipped
    const ofItsOwn = parsed - this.#parsed - skipped
    this.latestHasBreaks = ofItsOwn > 1
    this.current = line + (this.latestHasBreaks ? 1 + cells.reduce((sum, cell) => sum + breaksIn(cell), 0) : 1)
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
