import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { CampError, codeOf } from '../errors.ts'
import { t } from '../language/text.ts'

/** A file's bytes while they are read. */
export interface Bytes {
  /** Uncompressed, if the file is a gzip. */
  chunks: AsyncIterable<Buffer>
  /** How much of the file on disk has been read. */
  bytesRead: () => number
}

export interface BytesOptions {
  path: string
  /** For errors. */
  file: string
  gzip: boolean
  /** The size of a chunk. */
  chunk: number
  signal: AbortSignal
}

/**
 * Opens a file, compressed or not: memory holds a few chunks, regardless of the uncompressed size.
 * @throws CampError DATA, from the chunks: a gzip that is truncated, damaged, or expands beyond what a mailing can be
 */
export function openBytes({ path, file, gzip, chunk, signal }: BytesOptions): Bytes {
  const raw = createReadStream(path, { highWaterMark: chunk, signal })
  const bytesRead = () => raw.bytesRead
  if (!gzip) return { chunks: raw, bytesRead }
  const unpacking = createGunzip({ chunkSize: chunk })
  // Errors are thrown by the chunks; a reader that stops early also stops the file.
  pipeline(raw, unpacking, () => undefined)
  return { chunks: unpacked(unpacking, file, bytesRead), bytesRead }
}

async function* unpacked(chunks: AsyncIterable<Buffer>, file: string, bytesRead: () => number): AsyncGenerator<Buffer> {
  let bytes = 0
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length
      assertNoBomb(file, bytes, bytesRead())
      yield chunk
    }
  } catch (error) {
    throw explained(file, error)
  }
}

// A mailing compresses to a tenth, one full of equal texts to a fiftieth; deflate's own limit is a thousandth.
const MAX_TIMES = 250
const BOMB_FROM = 64 * 1024 * 1024

/** @throws CampError DATA if the ratio is too high for a mailing */
export function assertNoBomb(file: string, unpackedBytes: number, packedBytes: number): void {
  if (unpackedBytes < BOMB_FROM || unpackedBytes <= packedBytes * MAX_TIMES) return
  throw new CampError(
    'FILE_TOO_LARGE',
    t`${file} unpacks to more than ${MAX_TIMES} times its size, which no mailing does`,
    {
      hint: t`If it is a mailing, unpack it and save it as CSV.`,
    },
  )
}

function explained(file: string, error: unknown): unknown {
  const code = codeOf(error)
  if (code === 'Z_BUF_ERROR') {
    return new CampError('FILE_DAMAGED', t`${file} is truncated: its gzip is incomplete`, {
      hint: t`Copy or download it again. Nothing was imported.`,
      cause: error,
    })
  }
  if (!code?.startsWith('Z_')) return error
  return new CampError(
    'FILE_DAMAGED',
    t`${file} is damaged: its gzip cannot be unpacked (${(error as Error).message})`,
    {
      hint: t`Copy or download it again. Nothing was imported.`,
      cause: error,
    },
  )
}
