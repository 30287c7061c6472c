import { CampError } from '../errors.ts'
import { numberText } from '../language/format.ts'
import { t } from '../language/text.ts'
import { detectCodePage } from './code-page.ts'
import type { Encoding } from './encoding.ts'
import { type BytesOptions, openBytes } from './open-bytes.ts'
import type { Scan } from './scan-bytes.ts'

/**
 * By the byte order mark; UTF-16 without one by the position of its NULs; UTF-8 if most accents are valid in it; else the most
 * plausible code page.
 * @throws CampError DATA if it is not text
 */
export function detectEncoding(file: string, scan: Scan): Encoding {
  const { head, nulAt, nuls, bytes, tornCharacters } = scan
  const bom = bomOf(head)
  if (bom && bom !== 'utf-8') return bom
  const utf16 = nulAt === undefined ? undefined : utf16Of(head)
  if (utf16) return utf16
  if (nulAt !== undefined && nuls * FEW_NULS > bytes) {
    throw new CampError('FILE_NOT_TEXT', t`${file} is not a text file: byte ${nulAt + 1} is NUL`, {
      hint: t`Save it as CSV. If it is a text, set its encoding: --encoding windows-1252`,
    })
  }
  return bom || tornCharacters === 0 || isMostlyUtf8(scan) ? 'utf-8' : detectCodePage(scan.sample)
}

/** One NUL in so many bytes is a program's slip; with more it is not text. */
const FEW_NULS = 1000

/** In other encodings a valid character of UTF-8 occurs only by chance, and much less often than an invalid one. */
function isMostlyUtf8({ wholeCharacters, tornCharacters }: Scan): boolean {
  return wholeCharacters > 0 && wholeCharacters >= tornCharacters
}

/** A Portuguese text in UTF-16 has a NUL in almost every pair of bytes, always on the same side. */
function utf16Of(head: Buffer): Encoding | undefined {
  const nuls = [0, 0]
  for (let i = 0; i < head.length; i++) if (head[i] === 0) nuls[i % 2]!++
  const [even, odd] = [nuls[0]! / (head.length / 2), nuls[1]! / (head.length / 2)]
  if (odd > 0.7 && even < 0.05) return 'utf-16le'
  return even > 0.7 && odd < 0.05 ? 'utf-16be' : undefined
}

/** The encoding that a byte order mark indicates. */
export function bomOf(head: Buffer): Encoding | undefined {
  return BOMS.find(({ bytes }) => head.subarray(0, bytes.length).equals(bytes))?.encoding
}

const BOMS: readonly { encoding: Encoding; bytes: Buffer }[] = [
  { encoding: 'utf-8', bytes: Buffer.from([0xef, 0xbb, 0xbf]) },
  { encoding: 'utf-16le', bytes: Buffer.from([0xff, 0xfe]) },
  { encoding: 'utf-16be', bytes: Buffer.from([0xfe, 0xff]) },
]

/**
 * Notes on a text's bytes for the operator: sentences.
 * @throws CampError DATA if the file should be UTF-8 and most of it is not
 */
export async function encodingNotes(text: BytesOptions, encoding: Encoding, scan: Scan): Promise<string[]> {
  return [...(await tornNotes(text, encoding, scan)), ...nulNotes(encoding, scan)]
}

/**
 * Invalid bytes in a UTF-8 file: a few are a note, and the rows that need them are refused.
 * @throws CampError DATA if more of it is invalid
 */
async function tornNotes(text: BytesOptions, encoding: Encoding, scan: Scan): Promise<string[]> {
  const { tornAt, tornCharacters } = scan
  if (encoding !== 'utf-8' || tornAt === undefined) return []
  const line = await lineAt(text, tornAt)
  if (!isMostlyUtf8(scan)) {
    const mark = bomOf(scan.head) === 'utf-8' ? t`, though its byte order mark says so` : ''
    throw new CampError('FILE_NOT_TEXT', t`${text.file} is not UTF-8${mark}: line ${line}, byte ${tornAt + 1}`, {
      hint: t`It reads as ${detectCodePage(scan.sample)}: --encoding ${detectCodePage(scan.sample)}`,
    })
  }
  const count = tornCharacters === 1 ? 'a character that is' : `${numberText(tornCharacters)} characters that are`
  return [`it is UTF-8, but for ${count} broken: the first is on line ${line}, byte ${tornAt + 1}`]
}

function nulNotes(encoding: Encoding, { nuls, nulAt }: Scan): string[] {
  if (nulAt === undefined || encoding === 'utf-16le' || encoding === 'utf-16be') return []
  const what = nuls === 1 ? 'a NUL byte' : `${nuls} NUL bytes`
  return [`it contains ${what}, left out: the first is byte ${nulAt + 1}`]
}

/** The line that contains a byte. */
async function lineAt(text: BytesOptions, at: number): Promise<number> {
  let [line, read, last] = [1, 0, 0]
  for await (const chunk of openBytes(text).chunks) {
    for (const byte of chunk.subarray(0, at - read)) {
      if (byte === 13 || (byte === 10 && last !== 13)) line++
      last = byte
    }
    read += chunk.length
    if (read > at) break
  }
  return line
}
