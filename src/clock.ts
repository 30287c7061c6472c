/** Where time comes from: passed in everywhere, so that tests hold it. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
