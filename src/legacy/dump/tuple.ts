import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'

/**
 * The values of an INSERT. The text has one character per byte (latin1): quotes and backslashes are ASCII in every encoding that a
 * dump is read in, so a value is decoded only when it is used.
 */

/** One character per byte; null for NULL. */
export type RawValue = string | null

interface Read<Value> {
  value: Value
  /** The position behind it. */
  end: number
}

/**
 * Reads the tuple that begins at `at`: (1, 'a', NULL, 0xFF, _binary 'b').
 * @returns undefined if the text ends before the tuple does
 * @throws CampError FILE_MALFORMED
 */
export function readTuple(text: string, at: number): Read<RawValue[]> | undefined {
  const values: RawValue[] = []
  let position = at + 1
  for (;;) {
    const read = readValue(text, skipSpace(text, position))
    if (!read) return undefined
    values.push(read.value)
    const next = skipSpace(text, read.end)
    if (next >= text.length) return undefined
    position = next + 1
    if (text[next] === ')') return { value: values, end: position }
    if (text[next] !== ',') throw malformed(text, next)
  }
}

/** The position of the first character from `at` that is not white space. */
export function skipSpace(text: string, at: number): number {
  let position = at
  while (position < text.length && text.charCodeAt(position) <= SPACE) position++
  return position
}

const SPACE = 0x20

function readValue(text: string, at: number): Read<RawValue> | undefined {
  const first = text[at]
  if (first === undefined) return undefined
  if (first === "'" || first === '"') return readQuoted(text, at)
  if (first === '_' || /[nxb]/i.test(first)) {
    const prefixed = readPrefixed(text, at)
    if (prefixed !== 'NONE') return prefixed
  }
  return readWord(text, at)
}

/** @returns undefined if the text ends before the closing quote, or with it: another quote may follow */
function readQuoted(text: string, at: number): Read<string> | undefined {
  const quote = text.charCodeAt(at)
  let plain = true
  for (let position = at + 1; position < text.length; position++) {
    const code = text.charCodeAt(position)
    if (code === BACKSLASH) {
      plain = false
      position++
    } else if (code === quote) {
      if (position + 1 >= text.length) return undefined
      if (text.charCodeAt(position + 1) !== quote) {
        const inside = text.slice(at + 1, position)
        return { value: plain ? inside : unescaped(inside, text[at]!), end: position + 1 }
      }
      plain = false
      position++
    }
  }
  return undefined
}

const BACKSLASH = 0x5c

/** MySQL's escapes. \% and \_ keep their backslash, which only a pattern of LIKE would drop. */
function unescaped(inside: string, quote: string): string {
  return inside.replace(/\\([\s\S])|''|""/g, (found, escaped: string | undefined) => {
    if (escaped === undefined) return found[0] === quote ? quote : found
    return ESCAPED[escaped] ?? escaped
  })
}

const ESCAPED: Readonly<Record<string, string>> = {
  0: '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
  '%': '\\%',
  _: '\\_',
}

/** _binary 'a', _utf8mb4'a', N'a', x'FF', b'101'. @returns NONE if it is none of them */
function readPrefixed(text: string, at: number): Read<string> | undefined | 'NONE' {
  PREFIX.lastIndex = at
  const [prefix] = PREFIX.exec(text) ?? []
  if (prefix === undefined) return 'NONE'
  const start = skipSpace(text, at + prefix.length)
  if (start >= text.length) return undefined
  if (text[start] !== "'" && text[start] !== '"') {
    // _binary 0xFF
    if (prefix.startsWith('_')) return readWord(text, start) as Read<string> | undefined
    return 'NONE'
  }
  const quoted = readQuoted(text, start)
  if (!quoted) return undefined
  if (/^x$/i.test(prefix)) return { value: fromHex(quoted.value), end: quoted.end }
  if (/^b$/i.test(prefix)) return { value: String(Number.parseInt(quoted.value || '0', 2)), end: quoted.end }
  return quoted
}

const PREFIX = /_[a-z0-9]+|[nxb](?=\s*['"])/iy

function readWord(text: string, at: number): Read<RawValue> | undefined {
  let end = at
  while (end < text.length && !/[\s,()]/.test(text[end]!)) end++
  if (end >= text.length) return undefined
  const word = text.slice(at, end)
  if (/^null$/i.test(word)) return { value: null, end }
  if (/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(word)) return { value: word, end }
  if (/^0x[\da-f]*$/i.test(word)) return { value: fromHex(word.slice(2)), end }
  if (/^true$/i.test(word)) return { value: '1', end }
  if (/^false$/i.test(word)) return { value: '0', end }
  throw malformed(text, at)
}

function fromHex(digits: string): string {
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').toString('latin1')
}

/** The place is named by position alone: what stands there may be a secret. */
function malformed(_text: string, at: number): CampError {
  return new CampError(
    'FILE_MALFORMED',
    t`a value that cannot be read, ${at} characters into the rest of the statement`,
    {
      hint: t`Values are numbers, texts in quotes, hexadecimal literals and NULL, as mysqldump, mariadb-dump and
        phpMyAdmin write them.`,
    },
  )
}
