import { once } from 'node:events'
import { PassThrough, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import type { CellValue, TableColumn, TableWriter } from './cells.ts'
import { packageParts } from './xlsx-package.ts'
import { cellXml, headerXml, SHEET_END, sheetStart } from './xlsx-sheet.ts'

/** Excel's limit, the header included. */
const MAX_ROWS = 1_048_576

export interface XlsxOptions {
  /** The name of the sheet; further sheets get a number. */
  sheet: string
  timezone: string
  /** For tests. */
  maxRows?: number
}

/**
 * A workbook that is compressed while it is written: a million rows need a few megabytes of memory. Rows beyond Excel's limit
 * continue on the next sheet, with the same header.
 * @param target receives the file; it is ended with it
 */
export async function openXlsx(
  columns: readonly TableColumn[],
  target: Writable,
  options: XlsxOptions,
): Promise<TableWriter> {
  const book = new Book(columns, target, options)
  await book.addSheet()
  return book
}

class Book implements TableWriter {
  readonly #columns: readonly TableColumn[]
  readonly #options: XlsxOptions
  readonly #zip = new ZipFile()
  readonly #written: Promise<void>
  #sheets = 0
  #sheet = new PassThrough()
  #rows = 0
  #failure: unknown

  constructor(columns: readonly TableColumn[], target: Writable, options: XlsxOptions) {
    this.#columns = columns
    this.#options = options
    this.#written = pipeline(this.#zip.outputStream, target)
    this.#written.catch(error => {
      this.#failure = error
      this.#sheet.destroy()
    })
  }

  async addSheet(): Promise<void> {
    if (this.#sheets > 0) this.#sheet.end(SHEET_END)
    this.#sheets++
    this.#sheet = new PassThrough()
    // A destroyed sheet reports no error of its own: #failure is thrown instead.
    this.#sheet.on('error', () => undefined)
    this.#zip.addReadStream(this.#sheet, `xl/worksheets/sheet${this.#sheets}.xml`)
    this.#rows = 1
    await this.#write(sheetStart(this.#columns) + headerXml(this.#columns))
  }

  async add(rows: readonly (readonly CellValue[])[]): Promise<void> {
    const most = this.#options.maxRows ?? MAX_ROWS
    for (let from = 0; from < rows.length; ) {
      if (this.#rows === most) await this.addSheet()
      const some = rows.slice(from, from + most - this.#rows)
      await this.#write(some.map((row, i) => this.#rowXml(this.#rows + i + 1, row)).join(''))
      this.#rows += some.length
      from += some.length
    }
  }

  async end(): Promise<void> {
    this.#sheet.end(SHEET_END)
    for (const [path, xml] of packageParts(this.#options.sheet, this.#sheets))
      this.#zip.addBuffer(Buffer.from(xml), path)
    this.#zip.end()
    await this.#written
  }

  #rowXml(at: number, row: readonly CellValue[]): string {
    const cells = row.map((value, i) => cellXml(this.#columns[i]!.kind, value, i, at, this.#options.timezone)).join('')
    return `<row r="${at}">${cells}</row>`
  }

  async #write(xml: string): Promise<void> {
    if (this.#failure) throw this.#failure
    if (!this.#sheet.write(xml)) await Promise.race([once(this.#sheet, 'drain'), this.#written])
  }
}
