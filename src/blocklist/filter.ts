import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { to } from 'pg-copy-streams'

/**
 * A Bloom filter over the phones and documents of the blocklist, with the entries of every purpose. A value that the
 * filter does not hold is not listed; for one that it holds, PostgreSQL decides (findBlocked). An import checks two keys per row, and
 * few are listed: queries for all of them took a tenth of its time.
 */
export class BlocklistFilter {
  readonly #words: Uint32Array
  readonly #mask: number

  /** @param expected number of values; more of them only cause more false positives */
  constructor(expected: number) {
    const bits = 2 ** Math.min(Math.max(Math.ceil(Math.log2(expected * BITS_PER_VALUE + 1)), MIN_BITS), MAX_BITS)
    this.#words = new Uint32Array(bits / 32)
    this.#mask = bits - 1
  }

  /** @returns false: the value was not added */
  has(value: string): boolean {
    let hash = SEED
    for (let i = 0; i < value.length; i++) hash = step(hash, value.charCodeAt(i))
    const stride = strideOf(hash)
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = (hash + Math.imul(probe, stride)) & this.#mask
      if ((this.#words[bit >>> 5]! & (1 << (bit & 31))) === 0) return false
    }
    return true
  }

  /** Adds the lines that COPY writes, in chunks of any size. Phones and documents are ASCII without a backslash. */
  lines(): Writable {
    let hash = SEED
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        for (const byte of chunk) {
          if (byte !== LINE_FEED) {
            hash = step(hash, byte)
            continue
          }
          this.#add(hash)
          hash = SEED
        }
        done()
      },
    })
  }

  #add(hash: number): void {
    const stride = strideOf(hash)
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = (hash + Math.imul(probe, stride)) & this.#mask
      this.#words[bit >>> 5]! |= 1 << (bit & 31)
    }
  }
}

/**
 * Reads the blocklist into a filter.
 * @param maxEntries a longer list (as estimated) is not read
 * @returns undefined for a longer list
 * @throws the signal's reason once it is aborted
 */
export async function readBlocklistFilter(
  pool: pg.Pool,
  maxEntries: number,
  signal: AbortSignal,
): Promise<BlocklistFilter | undefined> {
  const client = await pool.connect()
  // A connection within a COPY that was given up serves no other query.
  let isMidway = false
  try {
    // -1: not counted yet. The estimate affects size and speed only.
    const { rows } = await client.query<{ entries: number }>(
      `SELECT greatest(reltuples, 0)::float8 AS entries FROM pg_class WHERE oid = '"Blocklist"'::regclass`,
    )
    const { entries } = rows[0]!
    if (entries > maxEntries) return undefined
    const filter = new BlocklistFilter(entries)
    isMidway = true
    await pipeline(
      client.query(to(`COPY (SELECT coalesce(phone, cpf_cnpj) FROM "Blocklist") TO STDOUT`)),
      filter.lines(),
      { signal },
    )
    isMidway = false
    return filter
  } finally {
    client.release(isMidway)
  }
}

// False positives: at most 1 in 5,000, of which an import meets one in five chunks; with 16 bits it was two in each, and each a query.
const BITS_PER_VALUE = 24
const PROBES = 6
/** 128 KB. */
const MIN_BITS = 20
/** 64 MB: 33 million entries. */
const MAX_BITS = 29

const LINE_FEED = 0x0a

// FNV-1a.
const SEED = 0x811c9dc5
const step = (hash: number, code: number) => Math.imul(hash ^ code, 0x01000193)

/** A second hash of the first (MurmurHash3's finalizer); odd, so that the probes differ. */
function strideOf(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) | 1
}
