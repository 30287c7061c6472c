import { createRequire } from 'node:module'
import type Holidays from 'date-holidays'
import type { HolidaysTypes } from 'date-holidays'

/** Loaded when a day is first looked up: with its calendars it takes longer than all else that a list needs. */
function library(): typeof Holidays {
  holidays ??= createRequire(import.meta.url)('date-holidays') as typeof Holidays
  return holidays
}

let holidays: typeof Holidays | undefined

/** Whether a day (YYYY-MM-DD) is a national holiday in Brazil, according to the date-holidays library ("public" ones only). */
export function isNationalHoliday(day: string): boolean {
  const year = Number(day.slice(0, 4))
  let days = daysOff.get(year)
  if (!days) {
    days = new Set(nationalDays(year).flatMap(({ day, off }) => (off ? [day] : [])))
    daysOff.set(year, days)
  }
  return days.has(day)
}

const daysOff = new Map<number, ReadonlySet<string>>()

export interface KnownDay {
  /** YYYY-MM-DD. */
  day: string
  name: string
  /** null: the whole country. */
  state: string | null
  /**
   * Whether it is a national holiday. Days that the library calls optional or bank holidays (carnival, Corpus Christi) and
   * states' own holidays are not.
   */
  off: boolean
}

/** The country's days of a year in order, from the library: holidays, and days on which many do not work. */
export function nationalDays(year: number): KnownDay[] {
  return brazil()
    .getHolidays(year)
    .filter(holiday => holiday.type !== 'observance' && holiday.type !== 'school')
    .map(holiday => known(holiday, null, holiday.type === 'public'))
}

/** States' own holidays in a year, as far as the library has them. */
export function stateDays(year: number): KnownDay[] {
  const country = new Set(nationalDays(year).flatMap(({ day, off }) => (off ? [day] : [])))
  return Object.keys(brazil().getStates('BR')).flatMap(state =>
    new (library())('BR', state)
      .getHolidays(year)
      .filter(holiday => holiday.type === 'public' && !country.has(holiday.date.slice(0, 10)))
      .map(holiday => known(holiday, state, false)),
  )
}

function known({ date, name }: HolidaysTypes.Holiday, state: string | null, off: boolean): KnownDay {
  return { day: date.slice(0, 10), name, state, off }
}

let calendar: Holidays | undefined
function brazil(): Holidays {
  calendar ??= new (library())('BR')
  return calendar
}
