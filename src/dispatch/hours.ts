import { ZONES } from '../lead/zones.ts'

/**
 * Contact hours (DESIGN 4.9), judged for the recipient's own time zone at the moment of the request. They fail closed: where
 * the zone is not known, it must be within the hours in every zone of the country.
 */
export interface ContactHours {
  /** Minutes since the recipient's midnight; `from` belongs to the window, `to` does not (1440 is midnight). */
  from: number
  to: number
  /** Bit 0 Monday … bit 6 Sunday. */
  days: number
  allowHolidays: boolean
}

/** Whether a day of the recipient's calendar, YYYY-MM-DD, is a holiday. */
export type HolidayTest = (day: string) => boolean

/** @param zone one, or several of which each counts; '' is not known */
export function isWithinHours(
  hours: ContactHours,
  zone: string | readonly string[],
  now: Date,
  isHoliday: HolidayTest,
): boolean {
  return zonesOf(zone).every(name => {
    const local = localTime(name, now)
    return (
      local.minute >= hours.from &&
      local.minute < hours.to &&
      (hours.days & (1 << local.weekday)) !== 0 &&
      (hours.allowHolidays || !isHoliday(local.day))
    )
  })
}

const STEP_MS = 5 * 60_000
const HORIZON_STEPS = (21 * 24 * 60) / 5

/**
 * The first moment from `now` on that is within the hours, to the minute where a window opens on a multiple of five minutes,
 * else within five minutes after its opening; undefined if there is none in three weeks.
 */
export function nextWithinHours(
  hours: ContactHours,
  zone: string | readonly string[],
  now: Date,
  isHoliday: HolidayTest,
): Date | undefined {
  if (isWithinHours(hours, zone, now, isHoliday)) return now
  const first = Math.ceil((now.getTime() + 1) / STEP_MS) * STEP_MS
  for (let step = 0; step < HORIZON_STEPS; step++) {
    const candidate = new Date(first + step * STEP_MS)
    if (isWithinHours(hours, zone, candidate, isHoliday)) return candidate
  }
  return undefined
}

function zonesOf(zone: string | readonly string[]): readonly string[] {
  const zones = [zone].flat()
  return zones.length === 0 || zones.includes('') ? ZONES : zones
}

interface LocalTime {
  day: string
  minute: number
  /** 0 Monday … 6 Sunday. */
  weekday: number
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function localTime(zone: string, now: Date): LocalTime {
  const parts = Object.fromEntries(
    formatterOf(zone)
      .formatToParts(now)
      .map(part => [part.type, part.value]),
  )
  return {
    day: `${parts.year}-${parts.month}-${parts.day}`,
    minute: Number(parts.hour) * 60 + Number(parts.minute),
    weekday: WEEKDAYS.indexOf(parts.weekday!),
  }
}

/** Making one costs more than all the rest here. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      weekday: 'short',
    })
    formatters.set(zone, formatter)
  }
  return formatter
}

/** The year and month that a moment belongs to, for budgets: a month turns at midnight of `zone`. */
export function monthOf(now: Date, zone: string): { year: number; month: number } {
  const { day } = localTime(zone, now)
  return { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)) }
}

/** Midnight after a moment, in `zone`. */
export function endOfDay(zone: string, now: Date): Date {
  const { minute } = localTime(zone, now)
  const near = Math.floor(now.getTime() / 60_000) + 1440 - minute
  // Where clocks are put forward or back on that day, it is an hour off.
  const off = localTime(zone, new Date(near * 60_000)).minute
  return new Date((off > 720 ? near + 1440 - off : near - off) * 60_000)
}
