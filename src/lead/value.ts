import { cleanText } from './characters.ts'

/**
 * A cell as a text can carry it: without blanks around it, its characters cleaned, and without what only tells a program that
 * it is text (="00123", '00123, 'Ana').
 */
export function cleanValue(cell: string): string {
  if (CLEAN.test(cell)) return cell
  const text = cleanText(cell).trim()
  return GUARDED.test(text) ? text.replace(FORMULA, '$1').replace(QUOTED, '$1').replace(APOSTROPHE, '').trim() : text
}

/** Most cells are: printable ASCII, neither quoted nor with blanks around it. */
const CLEAN = /^(?!['=" ])[\x20-\x7e]*(?<! )$/
const GUARDED = /^[='"]/
const FORMULA = /^="(.*)"$/s
const QUOTED = /^'([^']*(?:''[^']*)*)'$/s
/** Of a number; before a word it may be part of it ('stamos). */
const APOSTROPHE = /^'(?=[-+]?[\d(])/
