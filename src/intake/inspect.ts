import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { CampError, codeOf } from '../errors.ts'
import { type Bytes, openBytes } from './bytes.ts'
import { type Delimiter, detectDelimiter, separatorLine } from './delimiter.ts'
import { type Encoding, toUtf8 } from './encoding.ts'
import { assertTextInGzip, KIND_BYTES, kindOf } from './magic.ts'
import { chooseSheet, type OtherSheet } from './xlsx/open.ts'

/** What one pass over a file tells before anything is imported from it. */
export interface Inspection {
  path: string
  /** Its name without the folder. */
  file: string
  format: 'csv' | 'csv.gz' | 'xlsx'
  /** The sheet that is read; null for text. */
  sheet: string | null
  /** A workbook's other sheets with rows, unless one was named: the list may be on one of them. */
  otherSheets: readonly OtherSheet[]
  /** Of a gzip: of what it holds, since packing the same file again makes other bytes. */
  sha256: string
  /** On the disk. */
  bytes: number
  modifiedMs: number
  /** How the text is written, in which its rejects are, too. A sheet's rejects are what Brazilian Excel opens by itself. */
  encoding: Encoding
  /** It begins with a byte order mark. */
  bom: boolean
  delimiter: Delimiter
  lineBreak: '\r\n' | '\n' | '\r'
  /** A first line that names the delimiter to Excel ("sep=;"), as it is written. */
  separatorLine: string | null
}

export interface InspectOptions {
  encoding: Encoding | null
  delimiter: Delimiter | null
  /** null: the one on which Excel opens, or the first that has rows. */
  sheet: string | null
  /** What to call the file where its path is none that a person knows. */
  fileName?: string
  signal: AbortSignal
}

/**
 * Hashes the file and finds out what it is, by its bytes and not by its name, and how it is written. Every byte is looked at: an
 * accent in the last line decides between UTF-8 and Windows-1252 as well as one in the first.
 * @throws CampError NOT_FOUND: no such file; DATA: empty, a folder, damaged, or not what camp reads; USAGE: an option that says
 * nothing for such a file
 */
export async function inspectFile(path: string, options: InspectOptions): Promise<Inspection> {
  const file = options.fileName ?? basename(path)
  const { size, mtimeMs } = await statFile(path)
  if (size === 0) throw emptyFile(file)
  const kind = kindOf(file, await beginningOf(path))
  const at = { path, file, bytes: size, modifiedMs: mtimeMs }
  if (kind === 'zip') return { ...at, ...(await inspectSheet(path, file, options)) }
  if (options.sheet !== null) {
    throw new CampError('USAGE', `--sheet says nothing here: ${file} is no workbook`, {
      hint: 'Run it without --sheet.',
    })
  }
  const gzip = kind === 'gzip'
  return { ...at, format: gzip ? 'csv.gz' : 'csv', ...NO_SHEET, ...(await inspectText(path, file, gzip, options)) }
}

const NO_SHEET = { sheet: null, otherSheets: [] }

async function inspectSheet(path: string, file: string, options: InspectOptions) {
  if (options.encoding !== null || options.delimiter !== null) {
    throw new CampError('USAGE', `--encoding and --delimiter say nothing here: ${file} is a workbook`, {
      hint: 'Run it without them; --sheet chooses the sheet.',
    })
  }
  const chosen = await chooseSheet(path, file, options.sheet, options.signal)
  const { sha256 } = await scan(openBytes({ path, file, gzip: false, chunk: SCANNED, signal: options.signal }), options)
  return { format: 'xlsx', ...chosen, sha256, ...AS_EXCEL_WRITES, separatorLine: null } as const
}

const AS_EXCEL_WRITES = { encoding: 'utf-8', bom: true, delimiter: ';', lineBreak: '\r\n' } as const

async function inspectText(path: string, file: string, gzip: boolean, options: InspectOptions) {
  const bytes = openBytes({ path, file, gzip, chunk: SCANNED, signal: options.signal })
  const { sha256, head, isUtf8: valid, nulAt } = await scan(bytes, options)
  if (gzip) assertTextInGzip(file, head)
  const encoding = options.encoding ?? detectEncoding(head, valid, nulAt)
  if (!encoding) {
    throw new CampError('DATA', `${file} is not a text file: byte ${nulAt! + 1} is NUL`, {
      hint: 'Save it as CSV. If it is text, name its encoding: --encoding windows-1252',
    })
  }
  if (encoding === 'utf-8' && !valid) {
    throw new CampError('DATA', `${file} is not UTF-8`, { hint: 'Without --encoding it is detected.' })
  }
  const text = await decodedHead(head, encoding)
  if (text.trim() === '') throw emptyFile(file)
  const separator = separatorLine(file, text)
  const lineBreak = /\r\n|\n|\r/.exec(text)?.[0] as Inspection['lineBreak'] | undefined
  return {
    sha256,
    encoding,
    bom: bomOf(head) !== undefined,
    delimiter: options.delimiter ?? separator?.delimiter ?? detectDelimiter(text),
    lineBreak: lineBreak ?? '\n',
    separatorLine: separator?.line ?? null,
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
  const hint = found.isDirectory() ? 'Give a CSV or .xlsx file.' : 'Pipe it in: … | camp campaign import - …'
  throw new CampError('DATA', `${path} is not a file`, { hint })
}

async function beginningOf(path: string): Promise<Buffer> {
  try {
    const handle = await open(path)
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(KIND_BYTES), 0, KIND_BYTES, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw unreadable(path, error)
  }
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
const SCANNED = 256 * 1024

async function scan({ chunks }: Bytes, { signal }: InspectOptions) {
  const hash = createHash('sha256')
  let head = Buffer.alloc(0)
  let carry = Buffer.alloc(0)
  let valid = true
  let nulAt: number | undefined
  let read = 0
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
    throw error
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

async function decodedHead(head: Buffer, encoding: Encoding): Promise<string> {
  let text = ''
  for await (const chunk of toUtf8(onlyChunk(head), encoding)) text += chunk.toString('utf8')
  return text.replace(/^\ufeff/, '')
}

async function* onlyChunk(chunk: Buffer): AsyncGenerator<Buffer> {
  yield chunk
}
