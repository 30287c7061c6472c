import { localTime } from './local-time.ts'

/** The year and month of a point in time, for budgets: a month begins at midnight in `zone`. */
export function monthOf(now: Date, zone: string): { year: number; month: number } {
  const { day } = localTime(zone, now.getTime())
  return { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)) }
}

/** The next midnight in `zone`. */
export function endOfDay(zone: string, now: Date): Date {
  const { minute } = localTime(zone, now.getTime())
  const near = Math.floor(now.getTime() / 60_000) + 1440 - minute
  // On a day of a clock change it is an hour off.
  const off = localTime(zone, near * 60_000).minute
  return new Date((off > 720 ? near + 1440 - off : near - off) * 60_000)
}
