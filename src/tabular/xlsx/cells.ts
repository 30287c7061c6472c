import { type NumberText, writtenDay } from './numbers.ts'
import type { Texts } from './strings.ts'
import { unescapeText } from './text.ts'

/** What is needed to read a cell: the texts of the workbook, and the number formats of its styles. */
export interface CellReading {
  texts: Texts
  numberTextOf: (style: number) => NumberText
}

/** A cell as a sheet writes it. */
export interface RawCell {
  /** Its attribute t; "n" without one. */
  type: string
  /** The number of its style; -1 without one. */
  style: number
  /** Its <v>; undefined without one. */
  value: string | undefined
  /** The text in its <is>. */
  own: string
}

/**
 * The text that a person sees in a cell; '' if it is empty. An error is its text in the file (#N/A).
 * @throws Error if it refers to a text that does not exist
 */
export function cellText({ type, style, value, own }: RawCell, { texts, numberTextOf }: CellReading): string {
  if (value === undefined || (type === 'inlineStr' && own !== '')) return own
  if (type === 'str' || type === 'inlineStr') return unescapeText(value)
  const written = value.trim()
  if (written === '') return ''
  switch (type) {
    case 's': {
      const text = texts.get(Number(written))
      if (text !== undefined) return text
      throw new Error(`refers to a text ${written} that is not there`)
    }
    case 'n': {
      const number = Number(written)
      if (Number.isFinite(number) && !OTHER_BASE.test(written)) return numberTextOf(style)(number, written)
      // A program's result of a division by zero; Excel shows it so.
      return NOT_A_NUMBER.test(written) ? '#NUM!' : unescapeText(value)
    }
    case 'b':
      // As Brazilian Excel shows it and writes it into a CSV.
      return isTrue(written) ? 'VERDADEIRO' : 'FALSO'
    case 'd':
      return writtenDay(written)
    default:
      return unescapeText(written)
  }
}

/** 0x1F is a number in JavaScript, but not in Excel. */
const OTHER_BASE = /^0[xob]/i
const NOT_A_NUMBER = /^[+-]?(?:nan|inf|infinity|1\.#\w+)$/i

/** An attribute or value of the type xsd:boolean. */
export function isTrue(written: string | undefined): boolean {
  return written !== undefined && /^\s*(?:1|true)\s*$/i.test(written)
}
