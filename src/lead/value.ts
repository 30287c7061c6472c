import { cleanText } from './characters.ts'
import { isZeroDate } from './zero-date.ts'

/**
 * A cell as a text can carry it: without blanks around it, its characters cleaned, and without what only tells a program that
 * it is text (="00123", '00123, 'Ana').
 */
export function cleanValue(cell: string): string {
  const text = cleanText(cell).trim()
  return GUARDED.test(text) ? text.replace(FORMULA, '$1').replace(QUOTED, '$1').replace(APOSTROPHE, '').trim() : text
}

const GUARDED = /^[='"]/
const FORMULA = /^="(.*)"$/s
const QUOTED = /^'([^']*(?:''[^']*)*)'$/s
/** Of a number; before a word it may be part of it ('stamos). */
const APOSTROPHE = /^'(?=[-+]?[\d(])/

/**
 * Whether a value is how a program writes that there is none: NULL and its kind, a date of zeros, or nothing but punctuation.
 * @param value as `cleanValue` returns it
 */
export function isNoValue(value: string): boolean {
  return (
    value === '' || (value.length <= LONGEST && (NULL.test(value) || NULL_AS_WRITTEN.has(value) || isZeroDate(value)))
  )
}

const LONGEST = 40

/** SQL, its exports and their brackets, MySQL's \N, JavaScript, Python, .NET; and a field that holds only signs ("-", "  /  /"). */
const NULL =
  /^(?:[([<{]?\s*(?:null|dbnull|undefined)(?:\s+(?:null|undefined))*\s*[)\]>}]?|\\n|n\/[ad]|none(?:\s+none)*|nan(?:\s+nan)+|R\$[-\s]*|[-–—_.,:;/\\|*?'"()\s]+)$/i
/** pandas, R: in another case it may be a name. */
const NULL_AS_WRITTEN: ReadonlySet<string> = new Set(['nan', 'NaN', 'NAN', 'NaT', '<NA>', 'NA'])

/**
 * Whether a value is a bare number, a date or a truth value: in a column of names or of whole texts it comes from a wrong column or
 * a formula, and is neither.
 * @param value as `cleanValue` returns it
 */
export function isBareValue(value: string): boolean {
  return value.length <= LONGEST && (NUMBER.test(value) || TRUTH.test(value))
}

const NUMBER = /^(?:R\$|US\$|\$|€)?[-+\d\s.,:;/()%]*\d[-+\d\s.,:;/()%]*$/
/** Excel's in Portuguese and English, and those of programs. */
const TRUTH = /^(?:verdadeiro|falso|true|false)$/i
