import { once } from 'node:events'
import { Parser } from 'csv-parse'
import { breaksIn, type CsvRecord } from './strict-csv.ts'

/** Reads CSV that violates RFC 4180, using csv-parse with relaxed quotes. */
export class LenientReader {
  readonly #parser: RecordParser

  /**
   * @param maxRecordBytes a longer record is an error
   * @param line the first record's
   * @param emit torn: a cell of the record has kept its opening quote, since other characters follow its closing one
   */
  constructor(
    { delimiter }: { delimiter: string },
    maxRecordBytes: number,
    line: number,
    emit: (record: CsvRecord, torn: boolean) => void,
  ) {
    this.#parser = new RecordParser(delimiter, maxRecordBytes, line, emit)
    this.#parser.on('error', () => undefined) // it is thrown by the calls below
    this.#parser.resume()
  }

  /** Where the current record begins. */
  get line(): number {
    return this.#parser.line
  }

  /** @param atEnd no text follows @throws CsvError, and the errors of `emit` */
  async read(text: string, atEnd: boolean): Promise<void> {
    if (text !== '') {
      const bytes = Buffer.from(text)
      await new Promise<void>((resolve, reject) =>
        this.#parser.write(bytes, error => (error ? reject(error) : resolve())),
      )
    }
    if (!atEnd) return
    this.#parser.end()
    await once(this.#parser, 'end')
  }
}

/** Records are taken directly from the parser: passing each through its stream costs more than parsing it. */
class RecordParser extends Parser {
  readonly #lines: LineCount
  readonly #emit: (record: CsvRecord, torn: boolean) => void
  /** A cell of the current record has kept its opening quote. */
  #torn = false

  constructor(
    delimiter: string,
    maxRecordBytes: number,
    line: number,
    emit: (record: CsvRecord, torn: boolean) => void,
  ) {
    super({
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: maxRecordBytes,
    })
    this.#lines = new LineCount(line)
    this.#emit = emit
    this.#watchTornQuotes()
  }

  get line(): number {
    return this.#lines.current
  }

  /**
   * With relax_quotes csv-parse restores the opening quote if other characters follow the closing one. The cell then looks like
   * a text that begins with a quote, so this is recorded when it happens: csv-parse reports it nowhere else.
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
    const torn = this.#torn
    this.#torn = false
    const line = this.#lines.next(cells, this.info.lines, this.info.empty_lines)
    this.#emit({ cells, line, multiline: this.#lines.latestHasBreaks }, torn)
    return true
  }
}

/** The lines on which records begin. csv-parse counts a CRLF within a cell as two lines, so its count only says when to check. */
class LineCount {
  /** Where the current record begins. */
  current: number
  /** The latest record has line breaks in its cells. */
  latestHasBreaks = false
  #parsed = 0
  #empty = 0

  constructor(first: number) {
    this.current = first
  }

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
