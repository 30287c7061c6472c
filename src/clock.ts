import { setTimeout as delay } from 'node:timers/promises'

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

/** Waits for so many milliseconds, or until the signal is aborted. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

export const systemSleep: Sleep = (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined)
