import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import { encode } from '../../tabular/encoding.ts'

/** The character set of a dump's texts. */
export type Charset = 'utf-8' | 'windows-1252'

/** @param name of SET NAMES @throws CampError FILE_UNSUPPORTED */
export function charsetOf(name: string): Charset {
  if (/^(?:utf8|utf8mb3|utf8mb4|ascii|binary)$/i.test(name)) return 'utf-8'
  // MySQL's latin1 is Windows-1252.
  if (/^latin1$/i.test(name)) return 'windows-1252'
  throw new CampError('FILE_UNSUPPORTED', t`the dump is in the character set ${name}`, {
    hint: t`Dump it with --default-character-set=utf8mb4.`,
  })
}

/** @param bytes one character per byte @returns its text; a byte that is no character becomes U+FFFD */
export function decodeValue(bytes: string, charset: Charset): string {
  if (ASCII.test(bytes)) return bytes
  if (charset === 'utf-8') return Buffer.from(bytes, 'latin1').toString('utf8')
  return bytes.replace(C1, sign => WINDOWS_1252[sign.charCodeAt(0) - 0x80] ?? sign)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII includes them
const ASCII = /^[\x00-\x7f]*$/
const C1 = /[\x80-\x9f]/g
const WINDOWS_1252 = new TextDecoder('windows-1252').decode(
  Buffer.from(Array.from({ length: 32 }, (_, i) => 0x80 + i)),
  { stream: true },
)

/**
 * A text that was stored as UTF-8 in a latin1 column, and converted to UTF-8 a second time: "JosÃ©" for "José".
 * @returns undefined if it is not such a text
 */
export function undoDoubleEncoding(text: string): string | undefined {
  if (ASCII.test(text) || text.includes('\ufffd')) return undefined
  const bytes = encode(text, 'windows-1252')
  if (bytes.includes(QUESTION_MARK) && !text.includes('?')) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const QUESTION_MARK = 0x3f
