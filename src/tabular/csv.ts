import { CsvError } from 'csv-parse'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { LenientReader } from './lenient-csv.ts'
import { faultOfHeader, type QuoteFault, QuoteJudge } from './misplaced-quotes.ts'
import { breaksIn, type CsvRecord, StrictReader } from './strict-csv.ts'

/** A record of the file: its cells, and the line where it begins (the file's first line is 1). */
export interface Row {
  line: number
  cells: string[]
  /** Why it is not reliable although it was read: a quoted cell of it may contain other rows. */
  doubt?: { column: number; detail: string }
}

export interface CsvOptions {
  /** For errors. */
  file: string
  delimiter: string
  /** The first line is not a record: it names the delimiter. */
  separatorLine: string | null
  /** The line of the header, if rows are above it: their quotes are not checked. */
  headerLine?: number | null
}

/**
 * The records of a CSV file, a chunk of text at a time: memory holds one chunk, regardless of the file's length. Lines with
 * only delimiters and spaces are skipped. A quote within an unquoted cell is an ordinary character (Zé "Bala" Silva).
 *
 * Records are read strictly as long as possible. From the first that violates RFC 4180, csv-parse reads the rest.
 * @param chunks without byte order marks
 * @throws CampError DATA with file, line and column
 */
export async function* readRows(chunks: AsyncIterable<string>, options: CsvOptions): AsyncGenerator<Row[]> {
  const collector = new RowCollector(options)
  const strict = new StrictReader(options.delimiter, MAX_RECORD_BYTES / 3, record => collector.add(record, false))
  let lenient: LenientReader | undefined
  const read = async (text: string, atEnd: boolean): Promise<Row[]> => {
    const rest = lenient ? text : strict.read(text, atEnd)
    if (rest === undefined) return collector.takeRows()
    lenient ??= new LenientReader(options, MAX_RECORD_BYTES, strict.line, (record, torn) => collector.add(record, torn))
    await lenient.read(rest, atEnd).catch(error => {
      throw collector.explain(error, lenient!.line)
    })
    return collector.takeRows()
  }
  for await (const chunk of chunks) {
    const rows = await read(chunk, false)
    if (rows.length > 0) yield rows
  }
  const rows = await read('', true)
  if (rows.length > 0) yield rows
}

// Much longer than any lead: it is a quote that was never closed, and would swallow the rest of the file.
const MAX_RECORD_BYTES = 1024 * 1024

/** Converts records to rows: skips blank ones, and checks the quotes of the others. */
class RowCollector {
  readonly #file: string
  readonly #delimiter: string
  readonly #headerLine: number
  #passOver: boolean
  #headers: readonly string[] | undefined
  #judge: QuoteJudge | undefined
  #rows: Row[] = []

  constructor({ file, delimiter, separatorLine, headerLine }: CsvOptions) {
    this.#file = file
    this.#delimiter = delimiter
    this.#headerLine = headerLine ?? 0
    this.#passOver = separatorLine !== null
  }

  /** @param torn a cell has kept its opening quote, since other characters follow its closing one */
  add({ cells, line, multiline }: CsvRecord, torn: boolean): void {
    if (this.#passOver || isBlank(cells)) {
      this.#passOver = false
      return
    }
    // A quote that has swallowed rows has swallowed their line breaks.
    const suspect = line >= this.#headerLine && (torn || multiline || !this.#judge)
    const fault = suspect ? this.#faultOf(cells, torn) : undefined
    if (fault?.certain) throw this.#quoteError(lineOfCell(line, cells, fault.column), fault.column)
    this.#rows.push(fault ? { line, cells, doubt: doubtOf(fault) } : { line, cells })
  }

  #faultOf(cells: readonly string[], torn: boolean): QuoteFault | undefined {
    if (this.#judge) return this.#judge.faultOf(cells, torn)
    const fault = faultOfHeader(cells, this.#delimiter)
    if (fault) return fault
    this.#headers = cells
    this.#judge = new QuoteJudge(cells, this.#delimiter)
    return undefined
  }

  /** The rows since the last call. */
  takeRows(): Row[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  /** csv-parse's error in camp's words; any other unchanged. */
  explain(error: unknown, line: number): unknown {
    if (!(error instanceof CsvError)) return error
    const index = 'column' in error && typeof error.column === 'number' ? error.column : 0
    if (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE') {
      return this.#quoteError(line, index)
    }
    return new CampError('FILE_MALFORMED', t`${this.#file}, line ${line}: ${error.message}`, { cause: error })
  }

  #quoteError(line: number, index: number): CampError {
    const header = this.#headers?.[index]
    const column = header === undefined ? `${index + 1}` : `"${header}"`
    return new CampError(
      'FILE_MALFORMED',
      t`${this.#file}, line ${line}, column ${column}: a quote is opened and not closed`,
      {
        hint: t`Close it, or remove it; a quote within a quoted cell is written twice. Nothing was imported.`,
      },
    )
  }
}

function doubtOf({ column, line }: QuoteFault): NonNullable<Row['doubt']> {
  if (line === undefined) return { column, detail: 'a quote is opened here and closed within another cell' }
  const shown = line.length > 60 ? `${line.slice(0, 60)}…` : line
  return { column, detail: `its quoted cell contains a line that reads as a row: ${shown}` }
}

/** The line on which a cell begins. */
function lineOfCell(line: number, cells: readonly string[], column: number): number {
  return cells.slice(0, column).reduce((sum, cell) => sum + breaksIn(cell), line)
}

/** Excel exports rows that were once edited as delimiters without content. */
function isBlank(cells: readonly string[]): boolean {
  return cells.every(cell => cell.trim() === '' || cell === DOS_END)
}

/** The last byte of a file written by DOS. */
const DOS_END = '\x1a'
