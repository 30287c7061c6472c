/** The source of time: passed in everywhere, so that tests control it. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/**
 * Milliseconds since an arbitrary point, for durations: never set back by a clock change. On Linux it stops while the machine
 * is suspended, so deadlines also check the clock.
 */
export type Monotonic = () => number

export const systemMonotonic: Monotonic = () => performance.now()
