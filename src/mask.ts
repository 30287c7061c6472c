import { parseDocument } from './recipient/document.ts'
import { DDDS } from './recipient/regions.ts'

const DDD = `(?:${[...DDDS].join('|')})`
const GAP = '[ .\\-]{0,2}'
const PHONE = `(?<!\\d)(?<region>(?:\\+?55${GAP})?\\(?0?${DDD}\\)?)${GAP}(?:9${GAP}\\d{4}${GAP}\\d{4}|[2-5]\\d{3}${GAP}\\d{4})(?!\\d)`
const DOCUMENT =
  '(?<!\\w)(?:\\d{3}\\.?\\d{3}\\.?\\d{3}-?\\d{2}|[\\dA-Z]{2}\\.?[\\dA-Z]{3}\\.?[\\dA-Z]{3}/?[\\dA-Z]{4}-?\\d{2})(?!\\w)'
/** Has digits and is neither a phone nor a document: skipped as a whole. */
const UUID = '\\b[\\da-f]{8}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{12}\\b'
const TIME =
  '(?<!\\d)\\d{4}-\\d\\d-\\d\\d(?:[T ]\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?:Z|[+-]\\d\\d:?\\d\\d)?)?(?!\\d)'
const HASH = '\\b(?=\\d*[a-f])[\\da-f]{16,}\\b'
const FOUND = new RegExp(`(?<skip>${UUID}|${TIME}|${HASH})|(?<document>${DOCUMENT})|${PHONE}`, 'g')

/** A number is a phone if it is a complete mobile number, or has the country code; shorter ones are counts, seconds and ids. */
const WHOLE_PHONE = new RegExp(`^(?:55${DDD}(?:9\\d{8}|[2-5]\\d{7})|${DDD}9\\d{8})$`)

/**
 * A deep copy in which the middle of each phone and document is replaced by stars, in strings, numbers and keys. A phone keeps
 * its region and its last four digits, a document its last two characters. UUIDs, times and hashes stay.
 */
export function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskText(value)
  if (typeof value === 'number') return WHOLE_PHONE.test(String(value)) ? maskText(String(value)) : value
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [maskText(key), masked(inner)]))
}

function maskText(text: string): string {
  return /\d{2}/.test(text) ? text.replace(FOUND, replaced) : text
}

function replaced(found: string, ...rest: unknown[]): string {
  const { skip, document, region } = rest.at(-1) as Record<'skip' | 'document' | 'region', string | undefined>
  if (skip !== undefined) return found
  if (document !== undefined && isDocument(document)) return starred(document, 0, 2)
  if (region !== undefined) return starred(found, region.length, 4)
  // Eleven digits can be either: a mobile number without the country code.
  const phone = /^\d{11}$/.test(found) && WHOLE_PHONE.test(found)
  return phone ? starred(found, 2, 4) : found
}

function starred(text: string, head: number, tail: number): string {
  return text.slice(0, head) + text.slice(head, -tail).replace(/\w/g, '*') + text.slice(-tail)
}

/** With its punctuation it is one, even if its check digits are wrong. */
function isDocument(text: string): boolean {
  return /[./-]/.test(text) || parseDocument(text).document !== undefined
}
