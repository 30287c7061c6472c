import { cleanText } from './characters.ts'

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

/** What databases and spreadsheets write for no day: MySQL's and Excel's zero, the first day of theirs and of .NET. */
function isZeroDate(value: string): boolean {
  const [, date] = ZERO_TIME.exec(value) ?? []
  return date !== undefined && ZERO_DATE.test(date)
}

const ZERO_TIME = /^([\d/.-]{6,10})(?:[ T]00:00(?::00(?:[.,]0+)?)?(?: ?(?:z|am|[-+]00:?00))?|[ T]12:00(?::00)? ?am)?$/i
const ZERO_DATE =
  /^(?:0000[-/.]00[-/.]00|00[-/.]00[-/.](?:0000|00)|00000000|(?:1899|1900)[-/.](?:12[-/.]3[01]|0?1[-/.]0?[01])|(?:3[01]\/12\/1899|0?[01]\/0?1\/1900)|12\/3[01]\/1899|0001[-/.]01[-/.]01|0?1\/0?1\/0001)$/
