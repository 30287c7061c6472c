import { DDDS } from './zones.ts'

/** A Brazilian number as E.164 digits without the plus (5511987654321), or what is wrong with the cell. */
export type ParsedPhone = { phone: string; problem?: undefined } | { phone?: undefined; problem: string }

/**
 * Any human or Excel spelling of a Brazilian number. Where a country code ends is decided by length, never by "begins with
 * 55": 55 is an area code too (Santa Maria/RS). Of two numbers in a cell, the first valid one. What Excel has destroyed
 * (5,51199E+12) is not guessed. Source: Anatel's numbering plan: a mobile has nine digits from 9 on, a landline eight from
 * 2 to 5.
 */
export function parsePhone(text: string): ParsedPhone {
  return parse(text, validNational)
}

/**
 * The same, for what comes from elsewhere than a mailing file (blocklist, callbacks): a mobile that lacks its ninth digit, as
 * WhatsApp ids may, gets it. With and without it is the same person.
 */
export function canonicalPhone(text: string): ParsedPhone {
  return parse(text, canonicalNational)
}

function canonicalNational(national: string): string | undefined {
  return national.length === 10 && national[2]! >= '6'
    ? validNational(`${national.slice(0, 2)}9${national.slice(2)}`)
    : validNational(national)
}

/** Every number in a cell, as `canonicalPhone` reads it: for a list where one too many does less harm than one too few. */
export function canonicalPhones(text: string): string[] {
  const { phone } = canonicalPhone(text)
  if (phone === undefined || ONE.test(text)) return phone === undefined ? [] : [phone]
  const parts = text.split(SEPARATOR).flatMap(part => numbersIn(part.trim().split(/\s+/)))
  return [...new Set([phone, ...parts.map(national => `55${national}`)])]
}

const ONE = /^[\d ()+-]{1,20}$/

/** The numbers that some words make, one after the other; whatever stands between them is passed over. */
function numbersIn(words: readonly string[]): string[] {
  const found: string[] = []
  for (let from = 0; from < words.length; from++) {
    for (let to = from + 1; to <= Math.min(from + LONGEST_IN_WORDS, words.length); to++) {
      const number = numberIn(words.slice(from, to).join(' '), canonicalNational)
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

type National = (digits: string) => string | undefined

function parse(text: string, national: National): ParsedPhone {
  // Most cells of most files, without the care that the others need.
  const plain = DIGITS.test(text)
    ? dialled(text, false, national)
    : USUAL.test(text)
      ? numberIn(text, national)
      : undefined
  if (plain) return { phone: `55${plain}` }
  const cell = unwrap(text)
  if (cell === '') return { problem: 'it is empty' }
  if (SCIENTIFIC.test(cell)) return { problem: 'Excel has written it in scientific notation, and the digits are lost' }
  const candidates = cell.split(SEPARATOR).filter(part => /\d/.test(part))
  for (const candidate of candidates) {
    const found = numberIn(candidate, national) ?? firstOfSeveral(candidate, national)
    if (found) return { phone: `55${found}` }
  }
  return { problem: problemOf(candidates[0]) }
}

const DIGITS = /^\d+$/
const USUAL = /^\+?[\d ()-]+$/
const NOT_DIGITS = /\D+/g
const SCIENTIFIC = /^[\d.,]+e[+-]?\d{1,2}$/i

/** Excel's ways to keep a number text (="…", a leading apostrophe), or to have made it a number (….0, thousands). */
function unwrap(text: string): string {
  const cell = text.trim().replace(/^=?\s*["']?\s*(.*?)\s*["']?$/s, '$1')
  const float = /^(\d+)[.,]0+$/.exec(cell)
  if (float) return float[1]!
  return /^\d{1,3}(,\d{3})+$/.test(cell) ? cell.replaceAll(',', '') : cell
}

// Spaces, dots, hyphens and parentheses (and their invisible or typographic kin) group the digits of one number; anything else
// stands between two, or is a remark. A plus begins a number.
const GROUPING = String.raw`\s()._\-\u00ad\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060\ufeff'"`
const SEPARATOR = new RegExp(String.raw`[^\d+${GROUPING}]+|[\r\n]+|(?<=\d[\s(]*)(?=\+)`)

/** One number, its digits perhaps grouped. */
function numberIn(text: string, national: National): string | undefined {
  return dialled(text.replace(NOT_DIGITS, ''), text.includes('+'), national)
}

/** Area code and number of a dialled one: with trunk zero, carrier, country code, or international prefix (00, and a carrier). */
function dialled(digits: string, international: boolean, national: National): string | undefined {
  let zeros = 0
  while (digits[zeros] === '0') zeros++
  const rest = zeros === 0 ? digits : digits.slice(zeros)
  if (international) return zeros === 0 ? withCountry(rest, national) : undefined
  if (zeros === 1) return afterTrunk(rest, national)
  if (zeros === 2) return withCountry(rest, national) ?? withCountry(rest.slice(2), national)
  if (rest.length === 10 || rest.length === 11) return national(rest)
  return withCountry(rest, national)
}

/** 55 and a national number, which may keep its trunk zero: +55 (011) 98765-4321. */
function withCountry(digits: string, national: National): string | undefined {
  if (!digits.startsWith('55')) return undefined
  const rest = digits.slice(2)
  if (rest.startsWith('0')) return afterTrunk(rest.slice(1), national)
  return rest.length === 10 || rest.length === 11 ? national(rest) : undefined
}

/** What follows a trunk zero: the national number, or a two-digit carrier and the number (0 15 11 98765-4321). */
function afterTrunk(digits: string, national: National): string | undefined {
  if (digits.length === 10 || digits.length === 11) return national(digits)
  if (digits.length === 12 || digits.length === 13) return national(digits.slice(2))
  return undefined
}

function validNational(digits: string): string | undefined {
  if (!DDDS.has(Number(digits.slice(0, 2)))) return undefined
  const first = digits[2]!
  const valid = digits.length === 11 ? first === '9' : first >= '2' && first <= '5'
  return valid ? digits : undefined
}

/** Two numbers with nothing but space between them: the shortest valid beginning, if enough is left for another number. */
function firstOfSeveral(text: string, national: National): string | undefined {
  const words = text.trim().split(/\s+/)
  for (let n = 1; n < words.length; n++) {
    const left = words.slice(n).join('').replace(NOT_DIGITS, '').length
    if (left < 8) return undefined
    const found = numberIn(words.slice(0, n).join(' '), national)
    if (found) return found
  }
  return undefined
}

/** Why the first number of a cell is none. */
function problemOf(candidate: string | undefined): string {
  if (candidate === undefined) return 'it has no digits'
  const all = candidate.replace(NOT_DIGITS, '')
  const foreign = candidate.includes('+') && !all.startsWith('55')
  if (foreign) return 'its country code is not 55'
  const digits = all.replace(/^0+/, '')
  const national = digits.length > 11 && digits.startsWith('55') ? digits.slice(2) : digits
  if (national.length < 10) return `${national.length} digits are too few: an area code and 8 or 9 digits are needed`
  if (national.length > 11) return `${all.length} digits are too many`
  const ddd = national.slice(0, 2)
  if (!DDDS.has(Number(ddd))) return `there is no area code ${ddd}`
  return national.length === 11
    ? 'a mobile has nine digits and begins with 9'
    : 'a landline has eight digits and begins with 2 to 5; a mobile has nine'
}
