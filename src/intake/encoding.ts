import { CampError } from '../errors.ts'

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** @param name as a person writes it: UTF8, latin1, cp1252, ansi… @throws CampError USAGE */
export function parseEncoding(name: string): Encoding {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  const known = ENCODINGS.find(encoding => encoding.replace(/[^a-z0-9]/g, '') === plain) ?? OTHER_NAMES[plain]
  if (known) return known
  throw new CampError('USAGE', `--encoding "${name}" is not known`, { hint: `Encodings: ${ENCODINGS.join(', ')}.` })
}

// Latin-1 is read as Windows-1252, as every browser does: it differs only in control characters that no mailing has.
const OTHER_NAMES: Record<string, Encoding> = {
  utf8bom: 'utf-8',
  utf16: 'utf-16le',
  unicode: 'utf-16le',
  cp1252: 'windows-1252',
  win1252: 'windows-1252',
  ansi: 'windows-1252',
  latin1: 'windows-1252',
  iso88591: 'windows-1252',
}

/** The file's bytes as UTF-8, without byte order mark and without NULs, which PostgreSQL cannot hold. */
export async function* toUtf8(bytes: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  if (encoding === 'utf-8') {
    let first = true
    for await (const chunk of bytes) {
      yield withoutNuls(first && chunk.subarray(0, 3).equals(BOM) ? chunk.subarray(3) : chunk)
      first = false
    }
    return
  }
  // Only a streaming decoder: asked for everything at once, Node 20 reads windows-1252 as Latin-1.
  const decoder = new TextDecoder(encoding)
  for await (const chunk of bytes) yield withoutNuls(Buffer.from(decoder.decode(chunk, { stream: true })))
  yield Buffer.from(decoder.decode())
}

const BOM = Buffer.from('\ufeff')

function withoutNuls(chunk: Buffer): Buffer {
  return chunk.includes(0) ? Buffer.from(chunk.filter(byte => byte !== 0)) : chunk
}

/** A text in a file's encoding. What Windows-1252 does not have becomes a question mark. */
export function encode(text: string, encoding: Encoding): Buffer {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text)
    case 'utf-16le':
      return Buffer.from(text, 'utf16le')
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16()
    case 'windows-1252':
      return Buffer.from(text.replace(BEYOND_LATIN1, toLatin1), 'latin1')
  }
}

const BEYOND_LATIN1 = /[\u{100}-\u{10ffff}]/gu

// The characters that Windows-1252 has at 0x80 to 0x9f, where Latin-1 has control characters.
const AT_80 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

function toLatin1(character: string): string {
  const at = AT_80.indexOf(character)
  return at < 0 ? '?' : String.fromCharCode(0x80 + at)
}
