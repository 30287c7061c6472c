/**
 * The bodies of callbacks that one process holds at the same time, from their first byte until their events are stored. Parsed they take
 * several times their bytes, so their sum is bounded, however many brokers call at once.
 */
export interface HeldBodies {
  /** One request's share; to be released in every case. */
  open(): HeldBody
}

interface HeldBody {
  /** @returns false: with these bytes there would be too many, and the rest of this body is not kept */
  take(bytes: number): boolean
  /** Whether a `take` was refused. */
  isRefused(): boolean
  release(): void
}

/** @param most bytes of all bodies together */
export function holdBodies(most: number): HeldBodies {
  let held = 0
  return {
    open() {
      let [mine, refused] = [0, false]
      return {
        take(bytes) {
          if (held + bytes > most) refused = true
          if (refused) return false
          mine += bytes
          held += bytes
          return true
        },
        isRefused: () => refused,
        release() {
          held -= mine
          mine = 0
        },
      }
    },
  }
}
