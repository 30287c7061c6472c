import { areaCodeOf, isAreaCode } from './area-code.ts'
import { excelDamage, unquoted } from './excel-damage.ts'
import { BRACKETS_LAST, CPF_MASK, phoneProblem } from './phone-problem.ts'

/** A Brazilian number as E.164 digits without the plus (5511987654321), or what is wrong with the cell. */
export type ParsedPhone =
  | { phone: string; repaired?: true; problem?: undefined }
  | { phone?: undefined; problem: string }

/** A longer cell is refused without parsing: no format of one or several numbers is as long. */
export const LONGEST_PHONE = 200

const TOO_LONG = `it has more than ${LONGEST_PHONE} characters, more than any phone`

export interface PhoneOptions {
  /** The content of a separate column of area codes, as it is written ("011", "(11)", "11.0"). */
  areaCode?: string | undefined
  /** Adds a missing ninth digit to a mobile number, if the cell contains no valid number without that. */
  repair?: boolean | undefined
}

/**
 * Parses any format of a Brazilian number that people or Excel write. The end of a country code is found by length, never by
 * "begins with 55": 55 is an area code too (Santa Maria/RS). Of two numbers in a cell, the first valid one. Digits that Excel
 * has lost (5,51199E+12) are not guessed, and a number with an area code that differs from its column is refused. Source:
 * Anatel's numbering plan: a mobile has nine digits beginning with 9, a landline eight beginning with 2 to 5.
 */
export function parsePhone(text: string, { areaCode = '', repair = false }: PhoneOptions = NO_OPTIONS): ParsedPhone {
  if (text.length > LONGEST_PHONE) return { problem: TOO_LONG }
  const ddd = areaCode === '' ? undefined : areaCodeOf(areaCode)
  const written = parse(text, ddd === undefined ? AS_WRITTEN : { ddd, repair: false })
  const found = written ?? (repair ? parse(text, { ddd, repair }) : undefined)
  if (found === undefined) return { problem: phoneProblem(text, areaCode) }
  if (ddd !== undefined && !found.startsWith(ddd)) {
    return { problem: `its area code is ${found.slice(0, 2)}, and the column of area codes says ${ddd}` }
  }
  return written === undefined ? { phone: `55${found}`, repaired: true } : { phone: `55${found}` }
}

/**
 * The same for numbers from other sources than a mailing file (blocklist, callbacks): a missing ninth digit, as in WhatsApp
 * ids, is added. With and without it is the same person.
 */
export function canonicalPhone(text: string): ParsedPhone {
  const { phone, problem } = parsePhone(text, REPAIRED)
  return phone === undefined ? { problem } : { phone }
}

const NO_OPTIONS: PhoneOptions = {}
const REPAIRED: PhoneOptions = { repair: true }

/**
 * Every number in a cell, as `canonicalPhone` reads it: for a list where an extra number does less harm than a missing one. A
 * cell that is longer than any phone is split into words.
 */
export function canonicalPhones(text: string): string[] {
  if (text.length > LONGEST_PHONE) return inWords(text.split(NO_PHONE))
  const { phone } = canonicalPhone(text)
  if (phone === undefined || ONE.test(text)) return phone === undefined ? [] : [phone]
  return [...new Set([phone, ...inWords(text.split(SEPARATOR))])]
}

const ONE = /^[\d ()+-]{1,20}$/

/** Characters that no phone format has. */
const NO_PHONE = /[^\d+\s().-]+/

/** The numbers in parts of a text, each once. */
function inWords(parts: readonly string[]): string[] {
  const words = (part: string) => part.split(/\s+/).filter(word => word !== '' && word.length <= LONGEST_PHONE)
  return [...new Set(parts.flatMap(part => numbersIn(words(part)).map(national => `55${national}`)))]
}

/** The numbers that consecutive words form; words between them are skipped. */
function numbersIn(words: readonly string[]): string[] {
  const found: string[] = []
  for (let from = 0; from < words.length; from++) {
    for (let to = from + 1; to <= Math.min(from + LONGEST_IN_WORDS, words.length); to++) {
      const number = numberIn(words.slice(from, to).join(' '), AS_REPAIRED)
      if (number === undefined) continue
      found.push(number)
      from = to - 1
      break
    }
  }
  return found
}

// +55 11 9 8765 4321
const LONGEST_IN_WORDS = 6

/** What to add to an incomplete number. */
interface Help {
  /** A valid area code for numbers without one. */
  ddd: string | undefined
  repair: boolean
}

const AS_WRITTEN: Help = { ddd: undefined, repair: false }
const AS_REPAIRED: Help = { ddd: undefined, repair: true }

/** @returns area code and number */
function parse(text: string, help: Help): string | undefined {
  // Most cells of most files take this shortcut.
  const plain = DIGITS.test(text) ? dialled(text, false, help) : USUAL.test(text) ? numberIn(text, help) : undefined
  if (plain) return plain
  const cell = unwrap(text)
  if (excelDamage(cell) || CPF_MASK.test(cell)) return undefined
  for (const candidate of cell.split(SEPARATOR)) {
    const found = numberIn(candidate, help) ?? firstOfSeveral(candidate, help)
    if (found) return found
  }
  return undefined
}

const DIGITS = /^\d+$/
const USUAL = /^\+?[\d ()-]+$/
const NOT_DIGITS = /\D+/g

/** Removes what Excel added to a number (….0, thousands); also 11/98765-4321, where the slash does not separate two numbers. */
function unwrap(text: string): string {
  const cell = unquoted(text)
  const float = /^(\d+)[.,]0{1,2}$/.exec(cell)
  if (float) return float[1]!
  if (/^\d{1,3}(,\d{3})+(\.0{1,2})?$/.test(cell)) return cell.replace(/\.0+$/, '').replaceAll(',', '')
  return cell.replace(/^(\(?0?\d\d\)?)\s*\/\s*(9?\d{4}[-. ]?\d{4}(?!\d))/, '$1 $2')
}

// Spaces, dots, hyphens and parentheses (and their invisible or typographic variants) group the digits of one number; anything
// else separates two, or is a remark. A plus begins a number, and 1) 2) 3) number a list.
const GROUPING = String.raw`\s()[\]._\-\u00ad\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060\ufeff'"`
const SEPARATOR = new RegExp(String.raw`[^\d+${GROUPING}]+|[\r\n]+|(?<=\d[\s(]*)(?=\+)|(?<![\d(])\d\)(?=\s)`)

/** One number, with or without grouped digits. */
function numberIn(text: string, help: Help): string | undefined {
  return BRACKETS_LAST.test(text) ? undefined : dialled(text.replace(NOT_DIGITS, ''), text.includes('+'), help)
}

/**
 * Area code and number of a dialled number: with trunk zero, carrier, country code, or international prefix (00, and a
 * carrier).
 */
function dialled(digits: string, international: boolean, help: Help): string | undefined {
  let zeros = 0
  while (digits[zeros] === '0') zeros++
  const rest = zeros === 0 ? digits : digits.slice(zeros)
  if (international) return zeros === 0 ? withCountry(rest, help) : undefined
  if (zeros === 1) return afterTrunk(rest, help)
  if (zeros === 2) return withCountry(rest, help) ?? withCountry(rest.slice(2), help)
  if (rest.length === 10 || rest.length === 11) return national(rest, help)
  if (help.ddd !== undefined && zeros === 0 && (rest.length === 8 || rest.length === 9))
    return national(`${help.ddd}${rest}`, help)
  return withCountry(rest, help)
}

/** 55 and a national number, which may keep its trunk zero: +55 (011) 98765-4321. */
function withCountry(digits: string, help: Help): string | undefined {
  if (!digits.startsWith('55')) return undefined
  const rest = digits.slice(2)
  if (rest.startsWith('0')) return afterTrunk(rest.slice(1), help)
  return rest.length === 10 || rest.length === 11 ? national(rest, help) : undefined
}

/** What follows a trunk zero: the national number, or a two-digit carrier and the number (0 15 11 98765-4321). */
function afterTrunk(digits: string, help: Help): string | undefined {
  if (digits.length === 10 || digits.length === 11) return national(digits, help)
  if (digits.length === 12 || digits.length === 13) return national(digits.slice(2), help)
  return undefined
}

/** @param digits ten or eleven */
function national(digits: string, { repair }: Help): string | undefined {
  if (!isAreaCode(digits.slice(0, 2))) return undefined
  const first = digits[2]!
  if (digits.length === 11) return first === '9' ? digits : undefined
  if (first >= '2' && first <= '5') return digits
  return repair && first >= '6' ? `${digits.slice(0, 2)}9${digits.slice(2)}` : undefined
}

/** Two numbers separated only by spaces or hyphens: the shortest valid beginning, if enough is left for another number. */
function firstOfSeveral(text: string, help: Help): string | undefined {
  const words = text.trim().split(/[\s-]+/)
  for (let n = 1; n < words.length; n++) {
    const left = words.slice(n).join('').replace(NOT_DIGITS, '').length
    if (left < 8) return undefined
    const found = numberIn(words.slice(0, n).join(' '), help)
    if (found) return found
  }
  return undefined
}
