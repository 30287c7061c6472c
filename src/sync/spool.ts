import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { CampError, codeOf, messageOf } from '../errors.ts'
import { writeFailed } from '../files.ts'

/** A file of this process's own, in a folder that nobody else may enter. */
export interface Spooled {
  path: string
  /** Removes it and its folder. */
  remove: () => Promise<void>
}

export interface SpoolOptions {
  /** The file's name, without a folder: errors call it so. */
  name: string
  /** Of what comes in, and of what it unpacks to. */
  mostBytes: number
  signal: AbortSignal
}

/**
 * What can be read only once (a download, standard input) or not as it is (gzip), as a file that can be inspected and then read.
 * It is gzip where it begins as gzip does, whatever it is called; a server may have packed what was packed already. Memory stays
 * the same however long it is, and nothing is left behind when it fails.
 * @throws CampError DATA: longer than it may be, or a gzip that is cut or damaged; UNEXPECTED: no room for it
 */
export async function spool(bytes: AsyncIterable<Buffer>, options: SpoolOptions): Promise<Spooled> {
  const folder = await mkdtemp(join(tmpdir(), 'camp-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const path = join(folder, options.name)
  try {
    const plain = unpacked(unpacked(limited(bytes, options), options), options)
    await pipeline(plain, createWriteStream(path, { mode: 0o600, flags: 'wx' }), { signal: options.signal })
    return { path, remove }
  } catch (error) {
    await remove()
    throw explained(error, options)
  }
}

/** The bytes themselves, or what they unpack to. */
async function* unpacked(bytes: AsyncIterable<Buffer>, options: SpoolOptions): AsyncGenerator<Buffer> {
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
  // What fails in it comes out of gunzip below.
  pipeline(whole, gunzip, { signal: options.signal }).catch(() => undefined)
  yield* limited(gunzip, options)
}

const GZIP = Buffer.from([0x1f, 0x8b])

/** @param head the first two bytes at least */
export function isGzip(head: Buffer): boolean {
  return head.subarray(0, GZIP.length).equals(GZIP)
}

async function* startingWith(head: Buffer, others: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head
  yield* others
}

async function* limited(bytes: AsyncIterable<Buffer>, { name, mostBytes }: SpoolOptions): AsyncGenerator<Buffer> {
  let read = 0
  for await (const chunk of bytes) {
    read += chunk.length
    if (read > mostBytes) throw tooLong(name, mostBytes)
    yield chunk
  }
}

/** @returns the error that says so */
export function tooLong(name: string, mostBytes: number): CampError {
  return new CampError(
    'DATA',
    `${name} is longer than ${Math.floor(mostBytes / MEGABYTE).toLocaleString('en-US')} MB`,
    {
      hint: 'If it may be that long: --max-size MEGABYTES',
    },
  )
}

export const MEGABYTE = 1024 * 1024

function explained(error: unknown, { name }: SpoolOptions): unknown {
  const code = codeOf(error) ?? ''
  if (/^Z_/.test(code))
    return new CampError('DATA', `${name} is a damaged or incomplete gzip: ${messageOf(error)}`, {
      hint: 'Have it sent or written once more.',
      cause: error,
    })
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return writeFailed(`${name} cannot be kept in ${tmpdir()}`, error, {
    hint: 'Make room there, or name another folder in TMPDIR.',
  })
}
