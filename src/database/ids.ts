import { randomFillSync } from 'node:crypto'

/** Fills bytes with random values; a test passes its own. */
export type Random = (bytes: Uint8Array) => void

export const cryptoRandom: Random = bytes => {
  randomFillSync(bytes)
}

const POOLED = 4096

/**
 * UUIDs version 7 in bulk, in ascending order: 48 bits of time, 26 of a counter, 48 random bits. (The uuid package's take
 * fifteen times as long.)
 */
export function uuids(now: Date, random: Random): () => string {
  const prefix = uuidPrefix(now)
  const pool = Buffer.alloc(6 * POOLED)
  let hex = ''
  let counter = 0
  return () => {
    const at = counter % POOLED
    if (at === 0) {
      random(pool)
      hex = pool.toString('hex')
    }
    const high = ((counter >>> 14) & 0xfff).toString(16).padStart(3, '0')
    const low = (0x8000 | (counter & 0x3fff)).toString(16)
    counter++
    return `${prefix}${high}-${low}-${hex.slice(at * 12, at * 12 + 12)}`
  }
}

/** The first 15 characters of a moment's UUIDs: the time, and the version. */
export function uuidPrefix(now: Date): string {
  const time = now.getTime().toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7`
}

/**
 * SQL: the UUID that `uuids` makes as its nth. PostgreSQL has uuidv7() from 18 on, and camp runs on 14.
 * @param prefix an expression for `uuidPrefix`
 * @param n an expression for a whole number from 0 to 2^26 - 1
 */
export function uuidSql(prefix: string, n: string): string {
  return `(${prefix} || lpad(to_hex((${n} >> 14) & 4095), 3, '0') || '-' ||
             to_hex(32768 | (${n} & 16383)) || substr(gen_random_uuid()::text, 24))::uuid`
}

// Crockford's base 32: no I, L, O and U, which are misread or misunderstood.
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * A campaign's public handle, such as C261124-7F3KQ: the day it was imported (in the installation's time zone) and random
 * characters.
 * @param day counted from 1970-01-01
 */
export function newHandle(day: number, random: Random): string {
  const date = new Date(day * 86_400_000).toISOString().slice(2, 10).replaceAll('-', '')
  const bytes = Buffer.alloc(5)
  random(bytes)
  return `C${date}-${[...bytes].map(byte => LETTERS[byte & 31]).join('')}`
}
