import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { CampError, codeOf } from '../errors.ts'
import { t } from '../language/text.ts'
import { type Delimiter, detectDelimiter, separatorLine } from './delimiter.ts'
import { bomOf, detectEncoding, encodingNotes } from './detect-encoding.ts'
import { type Encoding, toText } from './encoding.ts'
import { assertTextInGzip, KIND_BYTES, kindOf } from './file-type.ts'
import { type HeaderChoice, headerBelow, startingWith } from './header-row.ts'
import { openBytes } from './open-bytes.ts'
import { scanBytes } from './scan-bytes.ts'
import { chooseSheet, type OtherSheet } from './xlsx/open.ts'

const SCANNED = 256 * 1024

/** The result of one pass over a file before anything is imported from it. */
export interface Inspection {
  path: string
  /** Its name without the folder. */
  file: string
  format: 'csv' | 'csv.gz' | 'xlsx'
  /** The sheet that is read; null for text. */
  sheet: string | null
  /** A workbook's other sheets with rows, unless a sheet was named: the list may be on one of them. */
  otherSheets: readonly OtherSheet[]
  /** For a gzip: of its content, since compressing the same file again gives other bytes. */
  sha256: string
  /** Size on disk. */
  bytes: number
  modifiedMs: number
  /**
   * The encoding of the text, which its rejects have, too. A sheet's rejects are in the format that Brazilian Excel opens on a
   * double click.
   */
  encoding: Encoding
  /** It begins with a byte order mark. */
  bom: boolean
  delimiter: Delimiter
  lineBreak: '\r\n' | '\n' | '\r'
  /** A first line that names the delimiter to Excel ("sep=;"), as it is written. */
  separatorLine: string | null
  /** Within quotes a quote is written \" and not doubled. */
  backslashQuotes: boolean
  /** The line on which the header begins, if it was chosen or found below the first row; else null. */
  headerLine: number | null
  /** For a sheet whose header is to be found when it is read: names that the header must have; else null. */
  headerNames: readonly string[] | null
  /** Problems of the whole file that do not prevent reading it: sentences. */
  notes: readonly string[]
}

export interface InspectOptions {
  encoding: Encoding | null
  delimiter: Delimiter | null
  /** null: the one on which Excel opens, or the first that has rows. */
  sheet: string | null
  /** Where the header is; undefined: in the first row. */
  header?: HeaderChoice
  /** The name for messages, if the path is not one that a user knows. */
  fileName?: string
  signal: AbortSignal
}

/**
 * Hashes the file and detects its type, by its bytes and not by its name, and its encoding. Every byte is read: an accent in
 * the last line decides between UTF-8 and Windows-1252 just like one in the first.
 * @throws CampError NOT_FOUND: no such file; DATA: empty, a folder, damaged, or not a type that camp reads; USAGE: an option
 * that does not apply to such a file
 */
export async function inspectFile(path: string, options: InspectOptions): Promise<Inspection> {
  const file = options.fileName ?? basename(path)
  const { size, mtimeMs } = await statFile(path)
  if (size === 0) throw emptyFile(file)
  const kind = kindOf(file, await beginningOf(path))
  const at = { path, file, bytes: size, modifiedMs: mtimeMs }
  if (kind === 'zip') return { ...at, ...(await inspectSheet(path, file, options)) }
  if (options.sheet !== null) {
    throw new CampError('OPTION_NOT_APPLICABLE', t`--sheet does not apply: ${file} is not a workbook`, {
      hint: t`Omit --sheet.`,
    })
  }
  const gzip = kind === 'gzip'
  return {
    ...at,
    format: gzip ? 'csv.gz' : 'csv',
    ...NO_SHEET,
    headerNames: null,
    ...(await inspectText(path, file, gzip, options)),
  }
}

const NO_SHEET = { sheet: null, otherSheets: [] }

async function inspectSheet(path: string, file: string, options: InspectOptions) {
  if (options.encoding !== null || options.delimiter !== null) {
    throw new CampError('OPTION_NOT_APPLICABLE', t`--encoding and --delimiter do not apply: ${file} is a workbook`, {
      hint: t`Omit them; --sheet chooses the sheet.`,
    })
  }
  const chosen = await chooseSheet(path, file, options.sheet, options.signal)
  const bytes = openBytes({ path, file, gzip: false, chunk: SCANNED, signal: options.signal })
  const { sha256 } = await scanBytes(bytes, options.signal)
  const { row = null, names = null } = options.header ?? {}
  const header = { headerLine: row, headerNames: row === null ? names : null }
  return { format: 'xlsx', ...chosen, sha256, ...header, ...AS_EXCEL_WRITES } as const
}

const AS_EXCEL_WRITES = {
  encoding: 'utf-8',
  bom: true,
  delimiter: ';',
  lineBreak: '\r\n',
  separatorLine: null,
  backslashQuotes: false,
  notes: [],
} as const

async function inspectText(path: string, file: string, gzip: boolean, options: InspectOptions) {
  const at = { path, file, gzip, chunk: SCANNED, signal: options.signal }
  const scan = await scanBytes(openBytes(at), options.signal)
  if (gzip) assertTextInGzip(file, scan.head)
  const encoding = options.encoding ?? detectEncoding(file, scan)
  const notes = await encodingNotes(at, encoding, scan)
  const { backslashQuotes } = scan
  const text = await decodedHead(scan.head, encoding)
  if (text.trim() === '') throw emptyFile(file)
  const separator = separatorLine(file, text)
  const lineBreak = /\r\n|\n|\r/.exec(text)?.[0] as Inspection['lineBreak'] | undefined
  const plain = backslashQuotes ? text.replaceAll('\\"', '""') : text
  const given = options.delimiter ?? separator?.delimiter
  const delimiter = given ?? detectDelimiter(plain)
  const found =
    options.header?.row === null
      ? headerBelow(plain, {
          names: options.header.names,
          delimiters: given ? [given] : startingWith(delimiter),
          atEnd: scan.bytes === scan.head.length,
          skipFirst: separator !== undefined,
        })
      : undefined
  return {
    sha256: scan.sha256,
    encoding,
    bom: bomOf(scan.head) !== undefined,
    delimiter: found?.delimiter ?? delimiter,
    headerLine: options.header?.row ?? found?.line ?? null,
    lineBreak: lineBreak ?? '\n',
    separatorLine: separator?.line ?? null,
    backslashQuotes,
    notes,
  }
}

/** @throws CampError DATA if the file has changed since the inspection */
export async function assertUnchanged({ path, file, bytes, modifiedMs }: Inspection): Promise<void> {
  const { size, mtimeMs } = await statFile(path)
  if (size === bytes && mtimeMs === modifiedMs) return
  throw new CampError('FILE_CHANGED', t`${file} changed while it was read`, {
    hint: t`Import it again when it is complete.`,
  })
}

async function statFile(path: string) {
  const found = await stat(path).catch(error => {
    throw codeOf(error) === 'ENOENT'
      ? new CampError('FILE_NOT_FOUND', t`there is no file ${path}`, {
          hint: t`Check the path; it is relative to the current folder.`,
        })
      : unreadable(path, error)
  })
  if (found.isFile()) return found
  const hint = found.isDirectory() ? t`Give a CSV or .xlsx file.` : t`Pipe it in: … | camp campaign import - …`
  throw new CampError('FILE_UNREADABLE', t`${path} is not a file`, { hint })
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
    ? new CampError('FILE_UNREADABLE', t`${path} may not be read: permission denied`, {
        hint: t`Make it readable for the user who runs camp.`,
      })
    : error
}

export function emptyFile(file: string): CampError {
  return new CampError('FILE_EMPTY', t`${file} is empty: it has no row of data`, {
    hint: t`The first line names the columns, each further line is a lead.`,
  })
}

async function decodedHead(head: Buffer, encoding: Encoding): Promise<string> {
  let text = ''
  for await (const chunk of toText(onlyChunk(head), encoding)) text += chunk
  return text.replace(/^\ufeff/, '')
}

async function* onlyChunk(chunk: Buffer): AsyncGenerator<Buffer> {
  yield chunk
}
