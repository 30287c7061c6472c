import { isUuid } from '../uuid.ts'
import { mixed } from './random.ts'

const FIRST_CAPACITY = 1 << 12

/**
 * Counts occurrences of keys. UUIDs are stored as 128 bits in a table with open addressing: a million take about 40 MB, where a
 * Map of strings takes three times that. Other keys go to a Map.
 */
export class KeyCounter {
  #words = new Uint32Array(4 * FIRST_CAPACITY)
  #counts = new Uint16Array(FIRST_CAPACITY)
  #used = 0
  #total = 0
  readonly #others = new Map<string, number>()
  readonly #key = new Uint32Array(4)

  /** Number of distinct keys. */
  get size(): number {
    return this.#used + this.#others.size
  }

  /** Number of occurrences of all keys. */
  get total(): number {
    return this.#total
  }

  /** @returns how often the key has occurred, this time included */
  add(key: string): number {
    this.#total++
    if (!this.#read(key)) {
      const count = (this.#others.get(key) ?? 0) + 1
      this.#others.set(key, count)
      return count
    }
    const place = this.#find()
    if (this.#counts[place] === 0) {
      this.#words.set(this.#key, 4 * place)
      this.#used++
    }
    const count = Math.min((this.#counts[place] ?? 0) + 1, 0xffff)
    this.#counts[place] = count
    if (this.#used > 0.6 * this.#counts.length) this.#grow()
    return count
  }

  count(key: string): number {
    return this.#read(key) ? (this.#counts[this.#find()] ?? 0) : (this.#others.get(key) ?? 0)
  }

  clear(): void {
    this.#words = new Uint32Array(4 * FIRST_CAPACITY)
    this.#counts = new Uint16Array(FIRST_CAPACITY)
    this.#used = 0
    this.#total = 0
    this.#others.clear()
  }

  /** Parses a UUID into #key; false if it is not one. */
  #read(key: string): boolean {
    if (!isUuid(key)) return false
    this.#key[0] = Number.parseInt(key.slice(0, 8), 16)
    this.#key[1] = Number.parseInt(key.slice(9, 13) + key.slice(14, 18), 16)
    this.#key[2] = Number.parseInt(key.slice(19, 23) + key.slice(24, 28), 16)
    this.#key[3] = Number.parseInt(key.slice(28, 36), 16)
    return true
  }

  /** The position of #key, or where to insert it. */
  #find(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#key
    const mask = this.#counts.length - 1
    let place = mixed(a ^ mixed(b ^ mixed(c ^ mixed(d)))) & mask
    while (this.#counts[place] !== 0) {
      const at = 4 * place
      const words = this.#words
      if (words[at] === a && words[at + 1] === b && words[at + 2] === c && words[at + 3] === d) break
      place = (place + 1) & mask
    }
    return place
  }

  #grow(): void {
    const [words, counts] = [this.#words, this.#counts]
    this.#words = new Uint32Array(2 * words.length)
    this.#counts = new Uint16Array(2 * counts.length)
    for (let old = 0; old < counts.length; old++) {
      const count = counts[old] ?? 0
      if (count === 0) continue
      this.#key.set(words.subarray(4 * old, 4 * old + 4))
      const place = this.#find()
      this.#words.set(this.#key, 4 * place)
      this.#counts[place] = count
    }
  }
}
