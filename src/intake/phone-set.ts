/**
 * The phones of one file: a hash table over one array of numbers, because a million strings in a Set are a hundred megabytes
 * and this is sixteen.
 */
export class PhoneSet {
  #slots = new Float64Array(1024)
  #mask = 1023
  #size = 0

  get size(): number {
    return this.#size
  }

  /** @param phone E.164 digits (5511987654321) @returns whether it was not there yet */
  add(phone: string): boolean {
    const value = Number(phone)
    const at = this.#find(value)
    if (this.#slots[at] === value) return false
    this.#slots[at] = value
    this.#size++
    if (this.#size * 10 > this.#slots.length * 7) this.#grow()
    return true
  }

  /** The slot that holds the value, or the free one where it belongs: 0 is no phone. */
  #find(value: number): number {
    let at = hash(value) & this.#mask
    while (this.#slots[at] !== 0 && this.#slots[at] !== value) at = (at + 1) & this.#mask
    return at
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Float64Array(old.length * 2)
    this.#mask = this.#slots.length - 1
    for (const value of old) if (value !== 0) this.#slots[this.#find(value)] = value
  }
}

/** Numbers of one mailing are often consecutive, and beyond 32 bits: both halves are stirred (Murmur's finish). */
function hash(value: number): number {
  let h = ((value % 0x1_0000_0000) | 0) ^ Math.imul(Math.floor(value / 0x1_0000_0000), 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
