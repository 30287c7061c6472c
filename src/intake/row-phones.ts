import { parsePhone } from '../recipient/phone.ts'
import type { Columns } from './columns.ts'

/** One phone cell of a row. */
export interface RowPhone {
  /** Its column. */
  index: number
  /** As written, cut to a phone's length. */
  written: string
  phone: string | undefined
  /** The ninth digit was added. */
  repaired: boolean
  /** Why it is not valid. */
  problem: string
}

/** The text is stored and indexed for reports; a cell may hold a megabyte. */
const LONGEST_WRITTEN = 100

/** @returns a reader of a row's phone: the first valid one, or the problems of all columns */
export function phoneReader(columns: Columns, repair: boolean): (cells: readonly string[]) => RowPhone {
  const readers = columns.phones.map(column => columnReader(column, repair))
  const [first] = readers
  if (readers.length === 1) return first!
  return cells => {
    const read: RowPhone[] = []
    for (const reader of readers) {
      const one = reader(cells)
      if (one.phone !== undefined) return one
      read.push(one)
    }
    const written = read.filter(one => one.written !== '')
    if (written.length === 0) return { ...read[0]!, problem: 'its columns of phones are empty' }
    const problem = written.map(one => `${columns.headers[one.index]} ${one.problem}`).join('; ')
    return { ...written[0]!, problem }
  }
}

/** @returns a reader of all phones of a row, without empty cells and duplicates */
export function allPhonesReader(columns: Columns, repair: boolean): (cells: readonly string[]) => RowPhone[] {
  const readers = columns.phones.map(column => columnReader(column, repair))
  return cells => {
    const found = new Map<string, RowPhone>()
    for (const reader of readers) {
      const one = reader(cells)
      const key = one.phone ?? one.written
      if (one.written !== '' && !found.has(key)) found.set(key, one)
    }
    return [...found.values()]
  }
}

function columnReader({ index, areaCode }: Columns['phones'][number], repair: boolean) {
  return (cells: readonly string[]): RowPhone => {
    const cell = (cells[index] ?? '').trim()
    const area = areaCode === undefined ? '' : (cells[areaCode] ?? '').trim().slice(0, LONGEST_WRITTEN)
    const parsed = parsePhone(cell, area === '' && !repair ? undefined : { areaCode: area, repair })
    const written = cell.length > LONGEST_WRITTEN ? cell.slice(0, LONGEST_WRITTEN) : cell
    if (parsed.phone !== undefined)
      return { index, written, phone: parsed.phone, repaired: parsed.repaired === true, problem: '' }
    const problem =
      area === '' ? `"${written}": ${parsed.problem}` : `"${written}" with area code "${area}": ${parsed.problem}`
    return { index, written, phone: undefined, repaired: false, problem }
  }
}
