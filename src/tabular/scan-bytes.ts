import { isAscii } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { Bytes } from './open-bytes.ts'

/** The result of one pass over all bytes of a file. */
export interface Scan {
  sha256: string
  /** The beginning of it. */
  head: Buffer
  /** A part with bytes beyond ASCII, if some of them are not UTF-8. */
  sample: Buffer
  bytes: number
  nuls: number
  /** Counts from 0; undefined if there is none. */
  nulAt: number | undefined
  /** Valid multi-byte characters of UTF-8. */
  wholeCharacters: number
  /** Invalid bytes, or incomplete characters. */
  tornCharacters: number
  tornAt: number | undefined
  /** Quotes are written \" within quoted cells, as MySQL does: no other dialect continues after one. */
  backslashQuotes: boolean
}

const HEAD = 64 * 1024

/** Every byte is read: an accent in the last line decides between UTF-8 and others just like one in the first. */
export async function scanBytes({ chunks }: Bytes, signal: AbortSignal): Promise<Scan> {
  const hash = createHash('sha256')
  const scan: Omit<Scan, 'sha256'> = {
    head: Buffer.alloc(0),
    sample: Buffer.alloc(0),
    bytes: 0,
    nuls: 0,
    nulAt: undefined,
    wholeCharacters: 0,
    tornCharacters: 0,
    tornAt: undefined,
    backslashQuotes: false,
  }
  let carry = Buffer.alloc(0)
  try {
    for await (const chunk of chunks) {
      hash.update(chunk)
      if (scan.head.length < HEAD) scan.head = Buffer.concat([scan.head, chunk.subarray(0, HEAD - scan.head.length)])
      countNuls(scan, chunk)
      scan.backslashQuotes ||= hasBackslashQuote(chunk)
      const bytes = carry.length > 0 ? Buffer.concat([carry, chunk]) : chunk
      carry = Buffer.from(countUtf8(scan, bytes, scan.bytes - carry.length, false))
      scan.bytes += chunk.length
    }
    countUtf8(scan, carry, scan.bytes - carry.length, true)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
  return { sha256: hash.digest('hex'), ...scan }
}

type Counts = Omit<Scan, 'sha256'>

function countNuls(scan: Counts, chunk: Buffer): void {
  for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, at + 1)) {
    scan.nulAt ??= scan.bytes + at
    scan.nuls++
    // Half of UTF-16 is NULs: beyond this number more do not matter.
    if (scan.nuls > MAX_NULS) return
  }
}

const MAX_NULS = 10_000

/** \" and then a letter, a digit or a space: within quotes that is an escape, or the cell would have ended. */
function hasBackslashQuote(chunk: Buffer): boolean {
  for (let at = chunk.indexOf('\\"'); at >= 0; at = chunk.indexOf('\\"', at + 2)) {
    const next = chunk[at + 2]
    if (next !== undefined && (next >= 0x80 || /[A-Za-z0-9 ]/.test(String.fromCharCode(next)))) return true
  }
  return false
}

/**
 * @param at the position of the bytes in the file
 * @param last no bytes follow
 * @returns the beginning of a character that may be cut at the end
 */
function countUtf8(scan: Counts, bytes: Buffer, at: number, last: boolean): Buffer {
  if (isAscii(bytes)) return bytes.subarray(bytes.length)
  for (let i = 0; i < bytes.length; ) {
    if (bytes[i]! < 0x80) {
      i++
      continue
    }
    const length = characterLength(bytes, i)
    if (length === CUT && !last) return bytes.subarray(i)
    if (length > 0) {
      scan.wholeCharacters++
      i += length
      continue
    }
    if (scan.tornCharacters === 0) {
      scan.tornAt = at + i
      scan.sample = Buffer.from(bytes.subarray(0, Math.min(bytes.length, i + HEAD)).subarray(-2 * HEAD))
    }
    scan.tornCharacters++
    i++
    // The rest of an incomplete character is not counted again.
    while (i < bytes.length && bytes[i]! >= 0x80 && bytes[i]! < 0xc0) i++
  }
  return bytes.subarray(bytes.length)
}

const CUT = -1

/** @returns 0 if none begins there, CUT if one may continue after the end */
function characterLength(bytes: Buffer, i: number): number {
  const first = bytes[i]!
  const length =
    first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0
  if (length === 0) return 0
  for (let n = 1; n < length; n++) {
    const byte = bytes[i + n]
    if (byte === undefined) return CUT
    if (byte < 0x80 || byte > 0xbf || (n === 1 && isBeyond(first, byte))) return 0
  }
  return length
}

/** Overlong forms, surrogates and values beyond Unicode, recognised by the second byte. */
function isBeyond(first: number, second: number): boolean {
  switch (first) {
    case 0xe0:
      return second < 0xa0
    case 0xed:
      return second > 0x9f
    case 0xf0:
      return second < 0x90
    case 0xf4:
      return second > 0x8f
    default:
      return false
  }
}
