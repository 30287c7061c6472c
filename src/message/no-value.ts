import { isZeroDate } from './zero-date.ts'

/**
 * Whether a value is how a program writes "no value": NULL and its variants, a date of zeros, or nothing but punctuation.
 * @param value as `cleanValue` returns it
 */
export function isNoValue(value: string): boolean {
  if (value === '') return true
  if (value.length > LONGEST || !(SUSPECT.test(value) || DIGIT.test(value))) return false
  return AS_WRITTEN.has(value) || NO_VALUE.some(pattern => pattern.test(value)) || isZeroDate(value)
}

const LONGEST = 40

/** The characters that each of them begins with or contains: this check is enough for most values of a file. */
const SUSPECT = /^(?:[\0-@[-`{-\xbf\u0250-\uffff]|n[aãou/]|un|db|sy|se|em|r\$)/i
const DIGIT = /\d/

/** In another case these may be names. */
const AS_WRITTEN: ReadonlySet<string> = new Set([
  ...['nan', 'NaN', 'NAN', 'NaT', '<NA>'], // pandas
  'NA', // R
])

/** In any case. */
const WORDS = [
  'null', // SQL and its exports
  '(?:system\\.)?dbnull(?:\\.value)?', // .NET
  'undefined', // JavaScript
  'none', // Python
  'n/[ad]', // spreadsheets and forms
].join('|')
/** Of pivot tables, which write them in brackets. */
const IN_BRACKETS = 'vazio|vazia|em branco|blank|empty|sem valor|nenhum|nenhuma'
/** Of forms and of people. */
const SAID = 'em branco|sem nome|sem informa[cç][aã]o|n[aã]o (?:informad[oa]|consta|dispon[ií]vel|cadastrad[oa])'

const NO_VALUE = [
  new RegExp(`^(?:R\\$ ?)?[([<{]?\\s*(?:${WORDS})\\s*[)\\]>}]?$`, 'i'),
  // Several columns in one: NULL NULL, NULL/NULL, nan nan; or with decimals added by a format: NULL,00.
  new RegExp(`^[([<{]?\\s*(?:${WORDS}|nan)(?:[\\s/,.;:|_-]+(?:${WORDS}|nan|0+))+\\s*[)\\]>}]?$`, 'i'),
  new RegExp(`^[([<{]\\s*(?:${IN_BRACKETS})\\s*[)\\]>}]$`, 'i'),
  new RegExp(`^[([<{]?(?:${SAID})[)\\]>}]?$`, 'i'),
  // MySQL.
  /^\\n$/i,
  // A field with only signs ("-", " / /", "R$ -").
  /^(?:R\$[-\s]*|[-–—_.,:;/\\|*?'"()\s]+)$/i,
]

/**
 * Whether a value is a bare number, a date or a truth value: in a column of names or whole texts it comes from a wrong column
 * or a formula.
 * @param value as `cleanValue` returns it
 */
export function isBareValue(value: string): boolean {
  return value.length <= LONGEST && BARE.test(value) && (NUMBER.test(value) || TRUTH.test(value))
}

/**
 * Whether a value is words of letters, none of which is or begins like a case of `isNoValue`, `isBareValue` or `damageOf`: one
 * check that is enough for most values of a file.
 */
export function isPlainWords(value: string): boolean {
  return value.length <= 60 && PLAIN_WORDS.test(value)
}

const LETTERS = '[A-Za-zÀ-ÆÈ-ÖØ-öø-ÿ]+'
const BEGINS_AS_NONE = '[Nn][AÃaãOoUu]|[Uu][Nn]|[Dd][Bb]|[Ss][YyEe]|[Ee][Mm]|[Vv][Ee]|[Ff][Aa]|[Tt][Rr]|[Ii]nvalid'
const PLAIN_WORDS = new RegExp(`^(?!${BEGINS_AS_NONE})${LETTERS}(?: (?!null|NULL|undefined|NaN)${LETTERS})*$`)

/** The first characters of a number or a truth value. */
const BARE = /^[^A-Za-z\xc0-\u024f]|^[RUVFTrvft]/
const NUMBER = /^(?:R\$|US\$|\$|€)?[-+\d\s.,:;/()%]*\d[-+\d\s.,:;/()%]*$/
/** Excel's in Portuguese and English, and those of programs. */
const TRUTH = /^(?:verdadeiro|falso|true|false)$/i
