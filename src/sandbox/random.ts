/** A number in [0, 1) that is constant for a text and a salt: a message's outcome does not depend on its order. */
export function chanceOf(text: string, salt: string): number {
  let hash = 0x811c9dc5
  for (const part of [salt, text]) {
    for (let i = 0; i < part.length; i++) hash = Math.imul(hash ^ part.charCodeAt(i), 0x01000193)
  }
  return mixed(hash) / 2 ** 32
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function diceOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** murmur3's finaliser: every bit of the input affects every bit of the result. @returns an unsigned 32-bit number */
export function mixed(value: number): number {
  let h = value ^ (value >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
