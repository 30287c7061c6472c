import { parsePhone } from '../recipient/phone.ts'
import { type PhoneColumn, phoneFamilies, withAreaCodes } from '../recipient/phone-columns.ts'

/** The effect on a row of a quote that may not have been closed where it should. */
export interface QuoteFault {
  /** Of the cell; counts from 0. */
  column: number
  /** It has certainly swallowed rows: the file is broken there. Otherwise it may be a text, and only this row is in doubt. */
  certain: boolean
  /** The line of the cell that reads as a row; undefined if none does. */
  line?: string
}

/** More cells of several lines than any row has. */
const MAX_MULTILINE = 100
/** More lines than any text has. */
const MAX_LINES = 200
const LINE_BREAK = /\r\n|\n|\r/
/** A phone, and not a sentence that contains one. */
const BEGINS_AS_PHONE = /^[\s"'=]*(?:(?:tel|fone|cel|whats|zap)[\p{L}.]*[\s:]*)?[+(]?\d/iu

/**
 * Distinguishes a text of several lines from a quote that was opened by mistake and ends at a quote of another row. A swallowed
 * row still has its delimiters and its phone, so the row is parsed again as if it had no quotes. A line of it after the first
 * *reads as a row* if it has at least as many cells as the header, and a phone in a column of phones: a text's "(11) 4004-1234"
 * has no further cells, and its "Ligue 11…; ou não" begins with words. Rows have certainly been swallowed if, in addition, the
 * row with the cell
 *
 * - has fewer cells than the header, since the quote has hidden delimiters. Then a line with a phone and one more cell is
 * enough, or one of the header's width without a phone; or
 * - consists only of lines that read as rows, the first of which lost a delimiter to the quote; or
 * - has three columns or more, and at least two lines after the first, all of which read as rows.
 *
 * In all other cases a text might look the same ("11 4004-1234; opção 2" in a file of two columns), and only the row is in
 * doubt.
 */
export class QuoteJudge {
  readonly #delimiter: string
  readonly #width: number
  readonly #phones: readonly PhoneColumn[]

  constructor(header: readonly string[], delimiter: string) {
    this.#delimiter = delimiter
    this.#width = header.findLastIndex(name => name.trim() !== '') + 1
    this.#phones = withAreaCodes(header, phoneFamilies(header, new Set()).flat())
  }

  /** @param torn a cell of the row has kept its opening quote, since other characters follow its closing one */
  faultOf(cells: readonly string[], torn: boolean): QuoteFault | undefined {
    let multiline = 0
    for (const [column, cell] of cells.entries()) {
      const opened = torn && cell.startsWith('"')
      if (!isMultiline(cell)) {
        if (opened && cell.includes(this.#delimiter) && cells.length < this.#width) return { column, certain: false }
        continue
      }
      // Each is checked together with all other cells.
      if (++multiline > MAX_MULTILINE) return { column, certain: false }
      const fault = opened ? { certain: true } : this.#faultOfLines(cells, column)
      if (fault) return { column, ...fault }
    }
    return undefined
  }

  #faultOfLines(cells: readonly string[], column: number): Omit<QuoteFault, 'column'> | undefined {
    const lines = cells[column]!.split(LINE_BREAK)
    if (lines.length - 1 > MAX_LINES) return { certain: true }
    if (this.#width < 2) return undefined
    const split = lines.map(line => line.split(this.#delimiter))
    const first = [...cells.slice(0, column), ...split[0]!]
    const robbed = column < this.#width - 1 && first.length === this.#width && this.#hasPhone(first)
    const others: Line[] = split.slice(1).map(fields => ({ fields, own: fields.length }))
    const last = others.at(-1)!
    last.fields = [...last.fields, ...cells.slice(column + 1)]
    // The row's own phone follows its cell; it indicates another row only if the first line has one, too.
    if (robbed) last.own = last.fields.length
    const short = cells.length < this.#width
    const rows = others.filter(line => this.#readsAsRow(line) || (short && this.#readsAsPartOfRow(line)))
    if (rows.length === 0) return undefined
    const all = rows.length === others.length
    const certain = short || (all && (robbed || (this.#width >= 3 && rows.length >= 2)))
    return { certain, line: rows[0]!.fields.join(this.#delimiter) }
  }

  #readsAsRow({ fields, own }: Line): boolean {
    return fields.length >= this.#width && this.#hasPhone(fields.slice(0, own))
  }

  #readsAsPartOfRow({ fields, own }: Line): boolean {
    return fields.length === this.#width || (fields.length >= 2 && this.#hasPhone(fields.slice(0, own)))
  }

  /** If no column has a phone's name (--map names it), any may be one. */
  #hasPhone(fields: readonly string[]): boolean {
    if (this.#phones.length === 0) return fields.some(field => isPhone(field, ''))
    return this.#phones.some(({ index, areaCode }) =>
      isPhone(fields[index] ?? '', areaCode === undefined ? '' : (fields[areaCode] ?? '').trim()),
    )
  }
}

/** A line of a cell, split into fields; the last one also has the row's further cells, after its `own`. */
interface Line {
  fields: string[]
  own: number
}

/** The cell of a header that contains rows: a column's name may have several lines, but never a phone. */
export function faultOfHeader(header: readonly string[], delimiter: string): QuoteFault | undefined {
  const holdsPhone = (name: string) =>
    isMultiline(name) && name.split(LINE_BREAK).some(line => line.split(delimiter).some(field => isPhone(field, '')))
  const column = header.findIndex(name => holdsPhone(name) || (name.startsWith('"') && isMultiline(name)))
  return column < 0 ? undefined : { column, certain: true }
}

function isMultiline(cell: string): boolean {
  return cell.includes('\n') || cell.includes('\r')
}

function isPhone(field: string, areaCode: string): boolean {
  return BEGINS_AS_PHONE.test(field) && parsePhone(field.trim(), { areaCode, repair: true }).phone !== undefined
}
