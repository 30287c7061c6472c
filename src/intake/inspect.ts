import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { CampError, codeOf } from '../errors.ts'
import { type Delimiter, detectDelimiter } from './delimiter.ts'
import { type Encoding, toUtf8 } from './encoding.ts'

/** What one pass over a file tells before anything is imported from it. */
export interface Inspection {
  path: string
  /** Its name without the folder. */
  file: string
  sha256: string
  bytes: number
  modifiedMs: number
  encoding: Encoding
  /** It begins with a byte order mark. */
  bom: boolean
  delimiter: Delimiter
  lineBreak: '\r\n' | '\n' | '\r'
}

export interface InspectOptions {
  encoding: Encoding | null
  delimiter: Delimiter | null
  signal: AbortSignal
}

/**
 * Hashes the file and finds out how it is written. Every byte is looked at: an accent in the last line decides between UTF-8
 * and Windows-1252 as well as one in the first.
 * @throws CampError NOT_FOUND: no such file; DATA: empty, a folder, or not text
 */
export async function inspectFile(path: string, options: InspectOptions): Promise<Inspection> {
  const file = basename(path)
  const { size, mtimeMs } = await statFile(path)
  if (size === 0) throw emptyFile(file)
  const { sha256, head, isUtf8: valid, nulAt } = await scan(path, options.signal)
  assertNotBinary(file, head)
  const encoding = options.encoding ?? detectEncoding(head, valid, nulAt)
  if (!encoding) {
    throw new CampError('DATA', `${file} is not a text file: byte ${nulAt! + 1} is NUL`, {
      hint: 'Save it as CSV. If it is text all the same, name its encoding: --encoding windows-1252',
    })
  }
  if (encoding === 'utf-8' && !valid) {
    throw new CampError('DATA', `${file} is not UTF-8`, { hint: 'Leave --encoding away, and it is detected.' })
  }
  const text = await decodedHead(head, encoding)
  if (text.trim() === '') throw emptyFile(file)
  const delimiter = options.delimiter ?? detectDelimiter(text)
  const lineBreak = /\r\n|\n|\r/.exec(text)?.[0] as Inspection['lineBreak'] | undefined
  return {
    path,
    file,
    sha256,
    bytes: size,
    modifiedMs: mtimeMs,
    encoding,
    bom: bomOf(head) !== undefined,
    delimiter,
    lineBreak: lineBreak ?? '\n',
  }
}

/** @throws CampError DATA when the file is no longer the one that was inspected */
export async function assertUnchanged({ path, file, bytes, modifiedMs }: Inspection): Promise<void> {
  const { size, mtimeMs } = await statFile(path)
  if (size === bytes && mtimeMs === modifiedMs) return
  throw new CampError('DATA', `${file} changed while it was read`, { hint: 'Import it again when it is complete.' })
}

async function statFile(path: string) {
  const found = await stat(path).catch(error => {
    throw codeOf(error) === 'ENOENT'
      ? new CampError('NOT_FOUND', `there is no file ${path}`, {
          hint: 'Check the path; it counts from the current folder.',
        })
      : unreadable(path, error)
  })
  if (found.isFile()) return found
  throw new CampError('DATA', `${path} is not a file`, { hint: 'Give a CSV file.' })
}

function unreadable(path: string, error: unknown): unknown {
  return codeOf(error) === 'EACCES'
    ? new CampError('DATA', `${path} may not be read: permission denied`, {
        hint: 'Give it to the user who runs camp.',
      })
    : error
}

export function emptyFile(file: string): CampError {
  return new CampError('DATA', `${file} is empty: it has no row of data`, {
    hint: 'The first line names the columns, each further line is a lead.',
  })
}

const HEAD = 64 * 1024

async function scan(path: string, signal: AbortSignal) {
  const hash = createHash('sha256')
  let head = Buffer.alloc(0)
  let carry = Buffer.alloc(0)
  let valid = true
  let nulAt: number | undefined
  let read = 0
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 256 * 1024, signal })
  try {
    for await (const chunk of chunks) {
      hash.update(chunk)
      if (head.length < HEAD) head = Buffer.concat([head, chunk.subarray(0, HEAD - head.length)])
      const nul = nulAt === undefined ? chunk.indexOf(0) : -1
      if (nul >= 0) nulAt = read + nul
      read += chunk.length
      if (!valid) continue
      const bytes = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk
      const whole = wholeCharacters(bytes)
      valid = isUtf8(bytes.subarray(0, whole))
      carry = Buffer.from(bytes.subarray(whole))
    }
  } catch (error) {
    signal.throwIfAborted()
    throw unreadable(path, error)
  }
  return { sha256: hash.digest('hex'), head, isUtf8: valid && carry.length === 0, nulAt }
}

/** How many of these bytes stand before a UTF-8 character that the end may have cut. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return back < length ? bytes.length - back : bytes.length
    }
  }
  return bytes.length
}

const BOMS: readonly { encoding: Encoding; bytes: Buffer }[] = [
  { encoding: 'utf-8', bytes: Buffer.from([0xef, 0xbb, 0xbf]) },
  { encoding: 'utf-16le', bytes: Buffer.from([0xff, 0xfe]) },
  { encoding: 'utf-16be', bytes: Buffer.from([0xfe, 0xff]) },
]

function bomOf(head: Buffer): Encoding | undefined {
  return BOMS.find(({ bytes }) => head.subarray(0, bytes.length).equals(bytes))?.encoding
}

/** By the byte order mark; UTF-16 without one by where its NULs stand; else UTF-8 where all of it is valid. */
function detectEncoding(head: Buffer, valid: boolean, nulAt: number | undefined): Encoding | undefined {
  const bom = bomOf(head)
  if (bom && (bom !== 'utf-8' || nulAt === undefined)) return bom
  if (nulAt !== undefined) return utf16Of(head)
  return valid ? 'utf-8' : 'windows-1252'
}

/** A Portuguese text in UTF-16 has a NUL in almost every pair of bytes, always on the same side. */
function utf16Of(head: Buffer): Encoding | undefined {
  const nuls = [0, 0]
  for (let i = 0; i < head.length; i++) if (head[i] === 0) nuls[i % 2]!++
  const [even, odd] = [nuls[0]! / (head.length / 2), nuls[1]! / (head.length / 2)]
  if (odd > 0.7 && even < 0.05) return 'utf-16le'
  return even > 0.7 && odd < 0.05 ? 'utf-16be' : undefined
}

const MAGIC: readonly { bytes: string; name: (head: Buffer) => string }[] = [
  {
    bytes: 'PK\x03\x04',
    name: head =>
      head.includes('spreadsheet') ? 'an .ods' : /xl\/|\[Content/.test(head.toString('latin1')) ? 'an .xlsx' : 'a .zip',
  },
  { bytes: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', name: () => 'an .xls' },
  { bytes: '%PDF', name: () => 'a PDF' },
  { bytes: '\x1f\x8b', name: () => 'a gzip' },
]

function assertNotBinary(file: string, head: Buffer): void {
  const start = head.toString('latin1', 0, 16)
  const found = MAGIC.find(({ bytes }) => start.startsWith(bytes))
  // Systems that "export to Excel" like to write an HTML table and call it .xls.
  const what =
    found?.name(head) ??
    (/^\s*<(!doctype|html|table|\?xml)/i.test(head.toString('latin1', 0, 64)) ? 'an HTML or XML' : undefined)
  if (!what) return
  throw new CampError('DATA', `${file} is ${what} file, not a CSV`, {
    hint: what === 'a gzip' || what === 'a .zip' ? 'Unpack it first.' : 'Open it and save it as CSV.',
  })
}

async function decodedHead(head: Buffer, encoding: Encoding): Promise<string> {
  let text = ''
  for await (const chunk of toUtf8(onlyChunk(head), encoding)) text += chunk.toString('utf8')
  return text.replace(/^\ufeff/, '')
}

async function* onlyChunk(chunk: Buffer): AsyncGenerator<Buffer> {
  yield chunk
}
