import { CampError } from '../../errors.ts'
import type { Row } from '../csv.ts'
import { damaged } from './archive.ts'
import type { NumberText } from './numbers.ts'
import type { Texts } from './strings.ts'
import { isTrue, type Sheet, type Workbook } from './workbook.ts'
import { unescapeText, XmlReader } from './xml.ts'

export interface SheetReading {
  texts: Texts
  numberTextOf: (style: number) => NumberText
  /** Rows that are given together, unless the sheet ends before. */
  atOnce: number
  signal: AbortSignal
  /** Is told of each chunk, and of rows that Excel does not show. */
  onRead?: (bytes: number) => void
  onHidden?: () => void
}

/**
 * A sheet's rows with the numbers that Excel gives them. Rows in which nothing stands are none, as blank lines of a CSV. A cell is
 * the text that a person sees in it; a formula's is its last result.
 * @throws CampError DATA when the sheet is damaged or cut
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
  } catch (error) {
    throw error instanceof CampError ? error : damaged(`${archive.file}, sheet "${sheet.name}"`, error)
  }
  if (rows.count > 0) yield rows.take()
}

// Excel's own limits.
const MOST_ROWS = 1_048_576
const MOST_COLUMNS = 16_384

type CellReading = Pick<SheetReading, 'texts' | 'numberTextOf' | 'onHidden'>

class RowReader {
  readonly #xml: XmlReader
  readonly #reading: CellReading
  #rows: Row[] = []
  #line = 0
  #hidden = false
  #cells: string[] = []
  #column = -1
  #type = 'n'
  #style = -1
  #text = ''
  /** Within a cell, its value or text. */
  #inCell = false
  #inText = false
  #inGuide = false

  constructor(reading: CellReading) {
    this.#reading = reading
    this.#xml = new XmlReader({
      open: (name, attributes) => this.#open(name, attributes),
      text: text => {
        if (this.#inText) this.#text += text
      },
      close: name => this.#close(name),
    })
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

  take(): Row[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  #open(name: string, attributes: Readonly<Record<string, string>>): void {
    switch (name) {
      case 'row':
        this.#line = attributes.r === undefined ? this.#line + 1 : Number(attributes.r)
        if (!(Number.isInteger(this.#line) && this.#line >= 1 && this.#line <= MOST_ROWS))
          throw new Error(`a row has the number "${attributes.r ?? this.#line}"`)
        this.#hidden = isTrue(attributes.hidden)
        this.#cells = []
        this.#column = -1
        return
      case 'c':
        this.#column = attributes.r === undefined ? this.#column + 1 : columnOf(attributes.r)
        if (this.#column >= MOST_COLUMNS)
          throw new Error(`row ${this.#line} has a cell "${attributes.r ?? 'too many'}"`)
        this.#type = attributes.t ?? 'n'
        this.#style = attributes.s === undefined ? -1 : Number(attributes.s)
        this.#text = ''
        this.#inCell = true
        return
      case 'rPh':
        this.#inGuide = true
        return
      case 'v':
      case 't':
        this.#inText = this.#inCell && !this.#inGuide
    }
  }

  #close(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.#inText = false
        return
      case 'rPh':
        this.#inGuide = false
        return
      case 'c':
        this.#inCell = false
        if (this.#text === '') return
        while (this.#cells.length < this.#column) this.#cells.push('')
        this.#cells[this.#column] = this.#cellText()
        return
      case 'row':
        if (this.#cells.every(cell => cell.trim() === '')) return
        if (this.#hidden) this.#reading.onHidden?.()
        this.#rows.push({ line: this.#line, cells: this.#cells })
    }
  }

  #cellText(): string {
    switch (this.#type) {
      case 's': {
        const text = this.#reading.texts.get(Number(this.#text))
        if (text !== undefined) return text
        throw new Error(`row ${this.#line} refers to a text ${this.#text} that is not there`)
      }
      case 'n': {
        const number = Number(this.#text)
        return Number.isFinite(number) ? this.#reading.numberTextOf(this.#style)(number, this.#text) : this.#text
      }
      case 'b':
        // As Brazilian Excel shows it and writes it into a CSV.
        return isTrue(this.#text) ? 'VERDADEIRO' : 'FALSO'
      case 'd':
        return this.#text.replace(/T00:00:00(\.0+)?Z?$/, '')
      default:
        return unescapeText(this.#text)
    }
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
  return i === 0 || i > 3 ? MOST_COLUMNS : column - 1
}
