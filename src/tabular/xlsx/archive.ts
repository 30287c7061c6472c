import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { CampError, codeOf, messageOf } from '../../errors.ts'
import { t } from '../../language/text.ts'
import { assertNoBomb } from '../open-bytes.ts'

/** A zip file, whose parts are read one by one as streams. */
export interface Archive {
  file: string
  has: (name: string) => boolean
  /** Uncompressed, in bytes; 0 for a missing part. */
  sizeOf: (name: string) => number
  /** @throws CampError DATA, from the chunks: truncated, damaged, encrypted, or a zip bomb */
  read: (name: string, signal: AbortSignal) => AsyncGenerator<Buffer>
  close: () => void
}

// A workbook has some dozens; a directory of millions would fill the memory.
const MAX_PARTS = 10_000

/** @throws CampError DATA if it is not a complete zip */
export async function openArchive(path: string, file: string): Promise<Archive> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch(error => {
    throw damaged(file, error)
  })
  const entries = await entriesOf(zip, file).catch(error => {
    zip.close()
    throw damaged(file, error)
  })
  return {
    file,
    has: name => entries.has(keyOf(name)),
    sizeOf: name => entries.get(keyOf(name))?.uncompressedSize ?? 0,
    read: (name, signal) => readEntry(zip, file, entries.get(keyOf(name)), name, signal),
    close: () => zip.close(),
  }
}

/** The error for a workbook that cannot be read further. */
export function damaged(file: string, cause: unknown): unknown {
  if (cause instanceof CampError || ['EACCES', 'EIO', 'ABORT_ERR'].includes(codeOf(cause) ?? '')) return cause
  return new CampError('FILE_DAMAGED', t`${file} is damaged or truncated: ${messageOf(cause)}`, {
    hint: t`Open it in Excel and save it again, or copy it again. Nothing was imported.`,
    cause,
  })
}

async function entriesOf(zip: ZipFile, file: string): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  for await (const entry of zip.eachEntry()) {
    if (entries.size >= MAX_PARTS) throw new Error(`it has more than ${MAX_PARTS} parts`)
    // Of two parts with one name it is unknown which one Excel would show.
    if (entries.has(keyOf(entry.fileName))) throw new Error(`${file} has ${entry.fileName} twice`)
    entries.set(keyOf(entry.fileName), entry)
  }
  return entries
}

/** The names of parts are case-insensitive. */
function keyOf(name: string): string {
  return name.replace(/^\/+/, '').toLowerCase()
}

async function* readEntry(
  zip: ZipFile,
  file: string,
  entry: Entry | undefined,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  try {
    if (!entry) throw new Error(`it has no ${name}`)
    if (!entry.canDecodeFileData())
      throw new Error(`${name} is encrypted, or compressed in a way that Excel does not use`)
    // The declared size is the actual size: yauzl checks it.
    assertNoBomb(file, entry.uncompressedSize, entry.compressedSize)
    const stream = await zip.openReadStreamPromise(entry)
    let sum = 0
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      signal.throwIfAborted()
      sum = crc32(chunk, sum)
      yield chunk
    }
    if (sum !== entry.crc32) throw new Error(`the checksum of ${name} is wrong`)
  } catch (error) {
    signal.throwIfAborted()
    throw damaged(file, error)
  }
}
