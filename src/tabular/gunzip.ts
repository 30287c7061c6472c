import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { CampError, codeOf, messageOf } from '../errors.ts'
import { numberText } from '../language/format.ts'
import { t } from '../language/text.ts'

export interface UnpackOptions {
  /** The list's name, for errors. */
  name: string
  /** Limit for the input, and for its uncompressed size. */
  mostBytes: number
  signal: AbortSignal
}

/**
 * A list's bytes, uncompressed: gzip is recognised by its first bytes, regardless of the name, and may be applied twice, if a
 * server has compressed a compressed file. Memory is constant for any length.
 * @throws CampError DATA, from the chunks: longer than allowed, or a gzip that is truncated or damaged
 */
export function plainBytes(bytes: AsyncIterable<Buffer>, options: UnpackOptions): AsyncIterable<Buffer> {
  return unpacked(unpacked(limited(bytes, options), options), options)
}

/** The bytes themselves, or their uncompressed form. */
async function* unpacked(bytes: AsyncIterable<Buffer>, options: UnpackOptions): AsyncGenerator<Buffer> {
  const chunks = bytes[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  while (head.length < GZIP.length) {
    const next = await chunks.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  const whole = startingWith(head, { [Symbol.asyncIterator]: () => chunks })
  if (!isGzip(head)) {
    yield* whole
    return
  }
  const gunzip = createGunzip()
  // Its errors are thrown by gunzip below.
  pipeline(whole, gunzip, { signal: options.signal }).catch(() => undefined)
  try {
    yield* limited(gunzip, options)
  } catch (error) {
    throw explained(error, options)
  }
}

const GZIP = Buffer.from([0x1f, 0x8b])

/** @param head at least the first two bytes */
export function isGzip(head: Buffer): boolean {
  return head.subarray(0, GZIP.length).equals(GZIP)
}

async function* startingWith(head: Buffer, others: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head
  yield* others
}

async function* limited(bytes: AsyncIterable<Buffer>, { name, mostBytes }: UnpackOptions): AsyncGenerator<Buffer> {
  let read = 0
  for await (const chunk of bytes) {
    read += chunk.length
    if (read > mostBytes) throw tooLong(name, mostBytes)
    yield chunk
  }
}

/** @returns the error for a list that is too long */
export function tooLong(name: string, mostBytes: number): CampError {
  return new CampError('FILE_TOO_LARGE', t`${name} is longer than ${numberText(Math.floor(mostBytes / MEGABYTE))} MB`, {
    hint: t`To allow a larger list: --max-size MEGABYTES`,
  })
}

export const MEGABYTE = 1024 * 1024

function explained(error: unknown, { name }: UnpackOptions): unknown {
  if (!codeOf(error)?.startsWith('Z_')) return error
  return new CampError('FILE_DAMAGED', t`${name} is a damaged or incomplete gzip: ${messageOf(error)}`, {
    hint: t`Download or create it again.`,
    cause: error,
  })
}
