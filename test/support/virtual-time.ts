import type { Sleep } from '../../src/clock.ts'

export interface VirtualTime {
  now(): Date
  sleep: Sleep
  /** Has something happen at a moment, or next where that is over. @param moment in milliseconds since 1970 */
  at(moment: number, happen: () => void): void
  /**
   * Goes from one moment at which something happens to the next, until there is none.
   * @param quiet resolves when what has happened by now has done all that it does before it sleeps
   */
  run(quiet: () => Promise<void>): Promise<void>
}

/** A clock with its timers, for what is given both: exact on any machine. Work takes no time, only sleep does. */
export function virtualTime(start: number): VirtualTime {
  let now = start
  let due: { at: number; happen: () => void }[] = []
  const at = (moment: number, happen: () => void) => {
    due.push({ at: Math.max(now, moment), happen })
  }
  return {
    now: () => new Date(now),
    sleep: ms => new Promise(resolve => at(now + ms, resolve)),
    at,
    run: async quiet => {
      while (due.length > 0) {
        now = Math.min(...due.map(one => one.at))
        const present = due.filter(one => one.at === now)
        due = due.filter(one => one.at !== now)
        for (const one of present) one.happen()
        await quiet()
      }
    },
  }
}
