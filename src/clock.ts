import { setTimeout as delay } from 'node:timers/promises'

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

/** Waits for so many milliseconds, or until the signal is aborted. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

export const systemSleep: Sleep = (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined)
