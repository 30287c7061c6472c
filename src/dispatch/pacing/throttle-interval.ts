import type { Ramp, Throttling } from '../../campaign-settings/throttling.ts'

/** The time from one message's start to the next one's, in milliseconds. @param random uniform in [0, 1) */
export function throttleInterval(throttling: Exclude<Throttling, Ramp>, random: () => number): number {
  switch (throttling.type) {
    case 'none':
      return 0
    case 'fixed':
      return throttling.delayMs
    case 'random':
      return throttling.fromMs + random() * (throttling.toMs - throttling.fromMs)
    case 'linear':
      return (throttling.minutes * 60_000) / throttling.messages
  }
}
