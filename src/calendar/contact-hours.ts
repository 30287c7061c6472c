import { REGIONS, type Region } from '../recipient/regions.ts'
import { localTime } from '../time/local-time.ts'
import type { HolidayTest } from './custom-holidays.ts'
import { lawOf } from './state-laws.ts'

/**
 * Contact hours (docs/design.md#contact-hours), judged for the recipient's place at the time of the request. An unknown place
 * fails closed: it must be within the hours in every region of the country.
 */
export interface ContactHours {
  /** Minutes since the recipient's midnight; `from` is inclusive, `to` exclusive (1440 is midnight). */
  from: number
  to: number
  /** Bit 0 Monday … bit 6 Sunday. */
  days: number
  /** Allows national and own holidays, except where a law of `laws` applies. */
  allowHolidays: boolean
  /** The states whose law (src/calendar/state-laws.ts) narrows the hours for their residents. */
  laws: readonly string[]
}

/**
 * The name of a region; or of a time zone, which means each of its regions; '' is unknown, which means every region of the
 * country.
 */
export type Locality = string

/** @param place one, or several that must all be open; none means unknown */
export function isWithinHours(
  hours: ContactHours,
  place: Locality | readonly Locality[],
  now: Date,
  isHoliday: HolidayTest,
): boolean {
  return rulesOf(hours, place, isHoliday).every(rule => windowAt(rule, now.getTime()).open)
}

const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS
const HORIZON_MS = 21 * DAY_MS

/**
 * @returns the first time from `now` on that is within the hours, `now` itself if it is; undefined if there is none within three
 *   weeks
 */
export function nextWithinHours(
  hours: ContactHours,
  place: Locality | readonly Locality[],
  now: Date,
  isHoliday: HolidayTest,
): Date | undefined {
  const rules = rulesOf(hours, place, isHoliday)
  const until = now.getTime() + HORIZON_MS
  for (let at = now.getTime(); at <= until; ) {
    const opening = Math.max(...rules.map(rule => nextOpening(rule, at, until)))
    if (opening === at) return at === now.getTime() ? now : new Date(at)
    at = opening
  }
  return undefined
}

/**
 * @param from a time within the hours
 * @returns when they end, at most a day later
 */
export function windowEndAfter(
  hours: ContactHours,
  place: Locality | readonly Locality[],
  from: Date,
  isHoliday: HolidayTest,
): Date {
  const rules = rulesOf(hours, place, isHoliday)
  const most = from.getTime() + DAY_MS
  let at = from.getTime()
  // One window may end at midnight and the next begin.
  while (at < most) {
    const windows = rules.map(rule => windowAt(rule, at))
    if (windows.some(({ open }) => !open)) break
    at = Math.min(...windows.map(({ changes }) => changes))
  }
  return new Date(Math.min(at, most))
}

/** @param at a time within the hours @returns when this day's hours began: in every region of the place */
export function windowStartBefore(
  hours: ContactHours,
  place: Locality | readonly Locality[],
  at: Date,
  isHoliday: HolidayTest,
): Date {
  const minuteBegan = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS
  const starts = rulesOf(hours, place, isHoliday).map(({ zone, window }) => {
    const { day, minute, weekday } = localTime(zone, at.getTime())
    return minuteBegan + ((window(day, weekday)?.from ?? minute) - minute) * MINUTE_MS
  })
  return new Date(Math.max(...starts))
}

/** The window of each day in a week without holidays, Monday first, for residents of these states; null: no contact. */
export function weekOf(hours: ContactHours, states: readonly string[]): (WeekWindow | null)[] {
  return Array.from({ length: 7 }, (_, weekday) => windowOn(hours, states, weekday) ?? null)
}

/** Minutes since the recipient's midnight; `from` is inclusive, `to` exclusive. */
export interface WeekWindow {
  from: number
  to: number
}

/** The window in one time zone. */
interface Rule {
  zone: string
  window: (day: string, weekday: number) => WeekWindow | undefined
}

function rulesOf(hours: ContactHours, place: Locality | readonly Locality[], isHoliday: HolidayTest): Rule[] {
  return regionsOf(place).flatMap(({ zones, states }) => {
    const bound = states.some(state => hours.laws.includes(state))
    const window = (day: string, weekday: number) => {
      const off = (bound || !hours.allowHolidays) && isHoliday(day, states)
      return off ? undefined : windowOn(hours, states, weekday)
    }
    return zones.map(zone => ({ zone, window }))
  })
}

/** The regions of a place; every region of the country if one of its names is unknown. */
export function regionsOf(place: Locality | readonly Locality[]): readonly Region[] {
  const places = [place].flat()
  const regions = REGIONS.filter(region => places.some(name => name === region.name || name === region.zones[0]))
  // If any name is unknown, the strictest rule applies.
  const known = places.every(name => regions.some(region => name === region.name || name === region.zones[0]))
  return places.length > 0 && known ? regions : REGIONS
}

function windowOn(hours: ContactHours, states: readonly string[], weekday: number): WeekWindow | undefined {
  let { from, to } = hours
  if ((hours.days & (1 << weekday)) === 0) return undefined
  for (const state of states) {
    if (!hours.laws.includes(state)) continue
    const window = lawOf(state)?.week[weekday]
    if (!window) return undefined
    from = Math.max(from, window.from)
    to = Math.min(to, window.to)
  }
  return from < to ? { from, to } : undefined
}

/** @returns whether the rule's window is open; `changes` is when it ends if it is open, and when to check again if not */
function windowAt({ zone, window }: Rule, at: number): { open: boolean; changes: number } {
  const { day, minute, weekday } = localTime(zone, at)
  const current = window(day, weekday)
  const minuteBegan = Math.floor(at / MINUTE_MS) * MINUTE_MS
  const timeOf = (then: number) => minuteBegan + (then - minute) * MINUTE_MS
  if (!current || minute >= current.to) return { open: false, changes: timeOf(1440) }
  const open = minute >= current.from
  return { open, changes: timeOf(open ? current.to : current.from) }
}

function nextOpening(rule: Rule, from: number, until: number): number {
  for (let at = from; at <= until; ) {
    const window = windowAt(rule, at)
    if (window.open) return at
    at = window.changes
  }
  return Number.POSITIVE_INFINITY
}
