import { CampError } from '../../errors.ts'
import type { Row } from '../csv.ts'
import { damaged } from './archive.ts'
import { type CellReading, cellText, isTrue } from './cells.ts'
import { TextPieces } from './text.ts'
import type { Sheet, Workbook } from './workbook.ts'
import { type Attributes, type Elements, SPREADSHEET, XmlReader } from './xml.ts'

/** Notes on a sheet, so far. */
export interface SheetNotes {
  /** Rows that Excel hides, by a filter or manually. */
  hiddenRows: number
  /** Formulas that no program has calculated: their cells are empty. */
  withoutResult: number
  /** Merged areas that span several rows, of which only the first has the value. */
  mergedOverRows: number
}

export interface SheetReading extends CellReading {
  /** Rows that are returned together, unless the sheet ends before. */
  atOnce: number
  signal: AbortSignal
  /** Called for each chunk. */
  onRead?: (bytes: number) => void
  /** Updated while reading. */
  notes?: SheetNotes
}

/**
 * A sheet's rows with their numbers in Excel. Empty rows are skipped, like blank lines of a CSV. A cell is the text that a
 * person sees in it; a formula's is its last result.
 * @throws CampError DATA if the sheet is damaged or truncated
 */
export async function* readSheet(
  { archive }: Workbook,
  sheet: Sheet,
  { atOnce, signal, onRead, ...reading }: SheetReading,
): AsyncGenerator<Row[]> {
  const rows = new RowReader(reading)
  try {
    for await (const chunk of archive.read(sheet.part, signal)) {
      rows.write(chunk)
      onRead?.(chunk.length)
      if (rows.count >= atOnce) yield rows.take()
    }
    rows.end()
    if (rows.count > 0) yield rows.take()
  } catch (error) {
    throw error instanceof CampError ? error : damaged(`${archive.file}, sheet "${sheet.name}"`, error)
  }
}

// Excel's own limits.
const MAX_ROWS = 1_048_576
const MAX_COLUMNS = 16_384

class RowReader {
  readonly #xml: XmlReader
  readonly #reading: CellReading
  readonly #notes: SheetNotes | undefined
  #rows: Row[] = []
  /** The first row that was returned. */
  #first = 0
  #line = 0
  #hidden = false
  #cells: string[] = []
  #column = -1
  #type = 'n'
  #style = -1
  #value: string | undefined
  #isFormula = false
  readonly #own = new TextPieces()

  constructor({ notes, ...reading }: CellReading & Pick<SheetReading, 'notes'>) {
    this.#reading = reading
    this.#notes = notes
    this.#xml = new XmlReader(SPREADSHEET, this.#elements())
  }

  get count(): number {
    return this.#rows.length
  }

  write(chunk: Buffer): void {
    this.#xml.write(chunk)
  }

  end(): void {
    this.#xml.end()
  }

  /** The rows since the last call, in order. @throws Error if one precedes rows that were already returned */
  take(): Row[] {
    const rows = this.#rows
    this.#rows = []
    if (rows.some(({ line }, i) => i > 0 && line < rows[i - 1]!.line)) rows.sort((a, b) => a.line - b.line)
    // The first row names the columns.
    if (rows[0]!.line < this.#first) throw new Error(`row ${rows[0]!.line} stands behind later rows`)
    this.#first ||= rows[0]!.line
    return rows
  }

  #elements(): Elements {
    const value = {
      open: () => {
        this.#value = ''
      },
      text: (text: string) => {
        this.#value += text
      },
    }
    const formula = {
      open: () => {
        this.#isFormula = true
      },
    }
    const c = {
      open: (attributes: Attributes) => this.#openCell(attributes),
      close: () => this.#closeCell(),
      within: { v: value, f: formula, is: { within: this.#own.elements } },
    }
    const row = {
      open: (attributes: Attributes) => this.#openRow(attributes),
      close: () => this.#closeRow(),
      within: { c },
    }
    const mergeCell = { open: (attributes: Attributes) => this.#noteMerged(attributes.ref) }
    const mergeCells = { within: { mergeCell } }
    return { worksheet: { within: { sheetData: { within: { row } }, mergeCells } } }
  }

  #openRow({ r, hidden }: Attributes): void {
    this.#line = r === undefined ? this.#line + 1 : Number(r)
    if (!(Number.isInteger(this.#line) && this.#line >= 1 && this.#line <= MAX_ROWS))
      throw new Error(`a row has the number "${r ?? this.#line}"`)
    this.#hidden = isTrue(hidden)
    this.#cells = []
    this.#column = -1
  }

  #openCell({ r, t, s }: Attributes): void {
    this.#column = r === undefined ? this.#column + 1 : columnOf(r)
    if (this.#column >= MAX_COLUMNS) throw new Error(`row ${this.#line} has a cell "${r ?? 'too many'}"`)
    this.#type = t ?? 'n'
    this.#style = s === undefined ? -1 : Number(s)
    this.#value = undefined
    this.#isFormula = false
    this.#own.clear()
  }

  #closeCell(): void {
    const text = this.#cellText()
    if (text === '') {
      // A formula whose result is an empty text has the type str.
      if (this.#isFormula && this.#type !== 'str' && this.#notes) this.#notes.withoutResult++
      return
    }
    while (this.#cells.length < this.#column) this.#cells.push('')
    this.#cells[this.#column] = text
  }

  #cellText(): string {
    const cell = { type: this.#type, style: this.#style, value: this.#value, own: this.#own.take() }
    try {
      return cellText(cell, this.#reading)
    } catch (error) {
      throw new Error(`row ${this.#line} ${(error as Error).message}`)
    }
  }

  #closeRow(): void {
    if (this.#cells.every(cell => cell.trim() === '')) return
    if (this.#hidden && this.#notes) this.#notes.hiddenRows++
    this.#rows.push({ line: this.#line, cells: this.#cells })
  }

  #noteMerged(area = ''): void {
    const [, from, to] = /^\D+(\d+):\D+(\d+)$/.exec(area) ?? []
    if (from !== to && this.#notes) this.#notes.mergedOverRows++
  }
}

/** The column of a cell's name, from 0: BC12 is 54. */
function columnOf(name: string): number {
  let column = 0
  let i = 0
  for (; i < name.length; i++) {
    const letter = name.charCodeAt(i) & ~32
    if (letter < 65 || letter > 90) break
    column = column * 26 + letter - 64
  }
  if (i === 0 || i > 3) return MAX_COLUMNS
  for (; i < name.length; i++) {
    const digit = name.charCodeAt(i)
    // R1C2 is not a valid cell name, and not in the column R.
    if (digit < 48 || digit > 57) return MAX_COLUMNS
  }
  return column - 1
}
