/** Where time comes from: passed in everywhere, so that tests hold it. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/**
 * Milliseconds since an arbitrary moment, for durations: never set back, whatever happens to the clock. On Linux it stands still
 * while the machine is suspended, so what must not be late looks at the clock, too.
 */
export type Monotonic = () => number

export const systemMonotonic: Monotonic = () => performance.now()
