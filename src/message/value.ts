import { cleanText } from './characters.ts'

/**
 * A cell as used in a text: trimmed, with clean characters, and without what only marks it as text for a program (="00123",
 * '00123, 'Ana').
 */
export function cleanValue(cell: string): string {
  if (isClean(cell)) return cell
  const text = cleanText(cell).trim()
  return GUARDED.test(text) ? text.replace(FORMULA, '$1').replace(QUOTED, '$1').replace(APOSTROPHE, '').trim() : text
}

/** A row's cells as used in texts. @returns the same array if nothing changes */
export function cleanValues(cells: readonly string[]): readonly string[] {
  return cells.every(isClean) ? cells : cells.map(cleanValue)
}

const GUARDED = /^[='"]/
const FORMULA = /^="(.*)"$/s
const QUOTED = /^'([^']*(?:''[^']*)*)'$/s
/** Before a number; before a word it may be part of it ('stamos). */
const APOSTROPHE = /^'(?=[-+]?[\d(])/

/** Most cells are: printable characters of Latin-1, without a text mark and without surrounding blanks. */
function isClean(cell: string): boolean {
  const first = cell.charCodeAt(0)
  if (first === 0x20 || first === 0x22 || first === 0x27 || first === 0x3d) return false
  for (let i = 0; i < cell.length; i++) if (!isPrintable(cell.charCodeAt(i))) return false
  return cell.charCodeAt(cell.length - 1) !== 0x20
}

function isPrintable(code: number): boolean {
  return (code >= 0x20 && code <= 0x7e) || (code >= 0xa1 && code <= 0xff && code !== 0xad)
}
