import { offsetAt } from '../../time/local-time.ts'
import type { CellKind, CellValue, TableColumn } from './cells.ts'

/** The formats of a workbook, in the order of its cell styles. The first is the default. */
export const FORMATS = ['General', '@', '#,##0', '"R$" #,##0.00##', '0.0%', 'dd/mm/yyyy hh:mm:ss'] as const

const STYLES: Readonly<Record<CellKind, number>> = { text: 1, digits: 1, count: 2, money: 3, share: 4, time: 5 }
/** The style after the formats: bold. */
const HEADER_STYLE = FORMATS.length

const WIDTHS: Readonly<Record<CellKind, number>> = { text: 24, digits: 18, count: 12, money: 16, share: 12, time: 20 }

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'

/** The header stays visible when the sheet scrolls. */
export function sheetStart(columns: readonly TableColumn[]): string {
  const widths = columns.map(
    ({ kind }, i) => `<col min="${i + 1}" max="${i + 1}" width="${WIDTHS[kind]}" customWidth="1"/>`,
  )
  return (
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${MAIN}"><sheetViews>` +
    '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>' +
    `</sheetViews><cols>${widths.join('')}</cols><sheetData>`
  )
}

export const SHEET_END = '</sheetData></worksheet>'

export function headerXml(columns: readonly TableColumn[]): string {
  return `<row r="1">${columns.map(({ title }, i) => textXml(title, `${letters(i)}1`, HEADER_STYLE)).join('')}</row>`
}

/** @param column counts from 0 @param row counts from 1 */
export function cellXml(kind: CellKind, value: CellValue, column: number, row: number, timezone: string): string {
  if (value === null || value === '') return ''
  const [place, style] = [letters(column) + row, STYLES[kind]]
  if (value instanceof Date) return numberXml(String(serialOf(value, timezone)), place, style)
  if (kind === 'text' || kind === 'digits') return textXml(String(value), place, style)
  return numberXml(String(value), place, style)
}

function numberXml(number: string, place: string, style: number): string {
  return `<c r="${place}" s="${style}"><v>${number}</v></c>`
}

function textXml(text: string, place: string, style: number): string {
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`
}

const DAY_MS = 86_400_000
/** Days from 30 December 1899, from which Excel counts, to 1970. */
const EPOCH_DAYS = 25_569

/** Excel knows no time zones: the cell has the local time. */
function serialOf(at: Date, timezone: string): number {
  return (at.getTime() + offsetAt(timezone, at.getTime())) / DAY_MS + EPOCH_DAYS
}

/** What a cell of Excel may hold. */
const MAX_CELL = 32_767

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** XML has no place for most control characters: Excel reads and writes them as _x000B_, and a text that looks so as _x005F_x000B_. */
function escaped(text: string): string {
  return text
    .slice(0, MAX_CELL)
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
    .replace(/[&<>]/g, sign => ENTITIES[sign]!)
    .replace(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
      /[\x00-\x08\x0b-\x1f\ufffe\uffff]/g,
      sign => `_x${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
    )
}

/** A … Z, AA … */
function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26))
  return column < 26 ? last : letters(Math.floor(column / 26) - 1) + last
}
