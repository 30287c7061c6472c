import { fieldOf, plainName } from '../recipient/field-names.ts'
import { phoneFamilies } from '../recipient/phone-columns.ts'
import type { Row } from './csv.ts'
import { DELIMITERS, type Delimiter } from './delimiter.ts'
import { StrictReader } from './strict-csv.ts'

/** Where the names of the columns are. */
export interface HeaderChoice {
  /** The line on which the header begins; null: it is searched for. */
  row: number | null
  /** Names that the header must have, because the command line uses them. */
  names: readonly string[]
}

/** How many rows are searched: reports have a title and some lines of remarks above their table. */
const HEADER_ROWS = 20

/** Longer than any column's name. */
const LONGEST_NAME = 80

/**
 * The header among the first rows of a file. The first row is one if it names a phone, or if no other does: a row further below
 * is the header only if it names a phone and its neighbours confirm it.
 * @returns its index
 */
export function headerIn(rows: readonly Row[], names: readonly string[]): number {
  return findHeader(rows, names)?.index ?? 0
}

function findHeader(rows: readonly Row[], names: readonly string[]): { index: number; score: number } | undefined {
  let best: { index: number; score: number } | undefined
  for (const [index, { cells }] of rows.slice(0, HEADER_ROWS).entries()) {
    const score = scoreOf(cells, names)
    if (score === 0 || score <= (best?.score ?? 0)) continue
    // A title may be "Lista de telefones", but a header has its names in several cells.
    if (index === 0 && isWide(cells)) return { index, score }
    if (index === 0 || score > 1 || hasPhoneIn(rows[index + 1], cells)) best = { index, score }
  }
  return best
}

/** The header's line and the delimiter with which it is one, in the beginning of a text; undefined if the first row is the header. */
export function headerBelow(
  head: string,
  { names, delimiters, atEnd, skipFirst }: HeaderSearch,
): { line: number; delimiter: Delimiter } | undefined {
  let best: { line: number; delimiter: Delimiter; score: number } | undefined
  for (const [i, delimiter] of delimiters.entries()) {
    const rows = firstRows(head, delimiter, atEnd).slice(skipFirst ? 1 : 0)
    const found = findHeader(rows, names)
    // The first delimiter is the one with which the first row is a header, if it is one.
    if (i === 0 && found?.index === 0) return undefined
    if (found && found.index > 0 && found.score > (best?.score ?? 0))
      best = { line: rows[found.index]!.line, delimiter, score: found.score }
  }
  return best
}

interface HeaderSearch {
  names: readonly string[]
  /** To try, the likeliest first. */
  delimiters: readonly Delimiter[]
  /** The text is the whole file. */
  atEnd: boolean
  /** The first line names the delimiter. */
  skipFirst: boolean
}

/** The delimiters, `first` before the others. */
export function startingWith(first: Delimiter): Delimiter[] {
  return [first, ...DELIMITERS.filter(other => other !== first)]
}

function firstRows(head: string, delimiter: Delimiter, atEnd: boolean): Row[] {
  const rows: Row[] = []
  const reader = new StrictReader(delimiter, head.length, ({ cells, line }) => {
    if (rows.length <= HEADER_ROWS && cells.some(cell => cell.trim() !== '')) rows.push({ line, cells })
  })
  reader.read(head, atEnd)
  return rows
}

/** The number of fields that it names; 0 if it is no header. */
function scoreOf(cells: readonly string[], names: readonly string[]): number {
  const filled = cells.map(cell => cell.trim()).filter(cell => cell !== '')
  if (filled.length === 0 || filled.some(isData)) return 0
  const plain = new Set(filled.map(plainName))
  const isNamed = names.length > 0 && names.every(name => plain.has(plainName(name)))
  if (!isNamed && phoneFamilies(filled, new Set()).length === 0) return 0
  const fields = new Set(filled.map(fieldOf).filter(field => field !== undefined))
  return Math.max(1, fields.size) + (isNamed ? names.length : 0)
}

function isData(cell: string): boolean {
  return cell.length > LONGEST_NAME || cell.replace(/\D/g, '').length >= 8
}

function isWide(cells: readonly string[]): boolean {
  return cells.filter(cell => cell.trim() !== '').length > 1
}

function hasPhoneIn(row: Row | undefined, header: readonly string[]): boolean {
  const columns = phoneFamilies(header, new Set()).flat()
  return columns.some(index => (row?.cells[index] ?? '').replace(/\D/g, '').length >= 8)
}
