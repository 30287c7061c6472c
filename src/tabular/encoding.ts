import { StringDecoder } from 'node:string_decoder'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { decodeCodePage, encodeCodePage, isCodePage } from './code-page.ts'

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'cp850', 'cp860', 'macintosh'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** @param name as a person writes it: UTF8, latin1, cp1252, ansi… @throws CampError USAGE */
export function parseEncoding(name: string): Encoding {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  const known = ENCODINGS.find(encoding => encoding.replace(/[^a-z0-9]/g, '') === plain) ?? OTHER_NAMES.get(plain)
  if (known) return known
  throw new CampError('INVALID_ARGUMENT', t`--encoding "${name}" is not known`, {
    hint: t`Encodings: ${ENCODINGS.join(', ')}.`,
  })
}

// Latin-1 is read as Windows-1252, as every browser does: it differs only in control characters that no mailing has.
const OTHER_NAMES = new Map<string, Encoding>(
  Object.entries({
    utf8bom: 'utf-8',
    utf16: 'utf-16le',
    unicode: 'utf-16le',
    cp1252: 'windows-1252',
    win1252: 'windows-1252',
    ansi: 'windows-1252',
    latin1: 'windows-1252',
    iso88591: 'windows-1252',
    iso885915: 'windows-1252',
    dos: 'cp850',
    850: 'cp850',
    ibm850: 'cp850',
    oem: 'cp850',
    860: 'cp860',
    ibm860: 'cp860',
    macroman: 'macintosh',
    mac: 'macintosh',
  }),
)

/**
 * The file's bytes as text, without byte order marks (also in the middle of concatenated files), and without NULs, which
 * PostgreSQL cannot store. An invalid byte in a UTF-8 file becomes U+FFFD.
 */
export async function* toText(bytes: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  if (isCodePage(encoding)) {
    for await (const chunk of withoutMarks(bytes)) yield decodeCodePage(chunk, encoding)
  } else if (encoding === 'utf-8') {
    const decoder = new StringDecoder('utf8')
    for await (const chunk of withoutMarks(bytes)) yield decoder.write(chunk)
    yield decoder.end()
  } else {
    const decoder = new TextDecoder(encoding)
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true }).replace(MARKS_AND_NULS, '')
    yield decoder.decode().replace(MARKS_AND_NULS, '')
  }
}

const MARKS_AND_NULS = /[\ufeff\0]/g

/** A mark may span two chunks: its possible beginning waits for the next chunk. */
async function* withoutMarks(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer = NOTHING
  for await (const read of bytes) {
    const chunk = waiting.length > 0 ? Buffer.concat([waiting, read]) : read
    const end = chunk.length - beginningOfBom(chunk)
    waiting = end < chunk.length ? Buffer.from(chunk.subarray(end)) : NOTHING
    yield withoutNuls(withoutBoms(chunk.subarray(0, end)))
  }
  if (waiting.length > 0) yield waiting
}

const NOTHING = Buffer.alloc(0)
const BOM = Buffer.from('\ufeff')

/** How many bytes at the end may be the beginning of a byte order mark. */
function beginningOfBom(chunk: Buffer): number {
  if (chunk.at(-1) === BOM[0]) return 1
  return chunk.at(-1) === BOM[1] && chunk.at(-2) === BOM[0] ? 2 : 0
}

function withoutBoms(chunk: Buffer): Buffer {
  let at = chunk.indexOf(BOM)
  if (at < 0) return chunk
  const parts: Buffer[] = []
  let from = 0
  for (; at >= 0; at = chunk.indexOf(BOM, from)) {
    parts.push(chunk.subarray(from, at))
    from = at + BOM.length
  }
  return Buffer.concat([...parts, chunk.subarray(from)])
}

function withoutNuls(chunk: Buffer): Buffer {
  return chunk.includes(0) ? Buffer.from(chunk.filter(byte => byte !== 0)) : chunk
}

/** A text in a file's encoding. Characters that a single-byte encoding does not have become question marks. */
export function encode(text: string, encoding: Encoding): Buffer {
  if (isCodePage(encoding)) return encodeCodePage(text, encoding)
  if (encoding === 'utf-8') return Buffer.from(text)
  const bytes = Buffer.from(text, 'utf16le')
  return encoding === 'utf-16le' ? bytes : bytes.swap16()
}
