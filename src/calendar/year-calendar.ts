import type { OwnHoliday } from './custom-holidays.ts'
import { type KnownDay, nationalDays, stateDays } from './national-holidays.ts'

/** A day of a year's calendar. */
export interface YearDay {
  /** YYYY-MM-DD. */
  day: string
  weekday: string
  name: string | null
  /** null: the whole country. */
  state: string | null
  /** optional: many do not work on it; state: a state's holiday, according to the library. */
  origin: 'national' | 'own' | 'optional' | 'state'
  yearly: boolean
  /** Whether no message is sent on it. */
  off: boolean
}

/** A year's holidays, and the days that some treat as one, in order. */
export function yearDays(year: number, own: readonly OwnHoliday[]): YearDay[] {
  const ours = own.flatMap(holiday => ownDay(year, holiday))
  const isOurs = ({ day, state }: Pick<KnownDay, 'day' | 'state'>) =>
    ours.some(one => one.day === day && (one.state === null || one.state === state))
  const theirs = [...nationalDays(year), ...stateDays(year)].filter(known => known.off || !isOurs(known)).map(knownDay)
  return [...theirs, ...ours].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
}

function knownDay({ day, name, state, off }: KnownDay): YearDay {
  const origin = off ? 'national' : state === null ? 'optional' : 'state'
  return { day, weekday: weekdayOf(day), name, state, origin, yearly: false, off }
}

function ownDay(year: number, { day, state, name }: OwnHoliday): YearDay[] {
  const yearly = day.length === 'MM-DD'.length
  const full = yearly ? `${year}-${day}` : day
  // 29 February does not exist in every year.
  const exists = new Date(`${full}T00:00:00Z`).toISOString().startsWith(full)
  if (!exists || !full.startsWith(`${year}-`)) return []
  return [{ day: full, weekday: weekdayOf(full), name, state: state || null, origin: 'own', yearly, off: true }]
}

function weekdayOf(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString('en', { weekday: 'short', timeZone: 'UTC' }).toLowerCase()
}

function sortKey({ day, state, origin }: YearDay): string {
  return `${day} ${state ?? ''} ${origin}`
}
