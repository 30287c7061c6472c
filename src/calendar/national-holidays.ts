import Holidays, { type HolidaysTypes } from 'date-holidays'

/** Whether a day (YYYY-MM-DD) is a national holiday in Brazil, by the date-holidays library ("public" ones only). */
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
  /** null: in the whole country. */
  state: string | null
  /** A national holiday. What the library calls optional or a bank's (carnival, Corpus Christi), and states' own, are not. */
  off: boolean
}

/** The country's days of a year, in their order, by the library: holidays, and days on which many do not work. */
export function nationalDays(year: number): KnownDay[] {
  return brazil()
    .getHolidays(year)
    .filter(holiday => holiday.type !== 'observance' && holiday.type !== 'school')
    .map(holiday => known(holiday, null, holiday.type === 'public'))
}

/** What the library knows of states' own holidays in a year. */
export function stateDays(year: number): KnownDay[] {
  const country = new Set(nationalDays(year).flatMap(({ day, off }) => (off ? [day] : [])))
  return Object.keys(brazil().getStates('BR')).flatMap(state =>
    new Holidays('BR', state)
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
  calendar ??= new Holidays('BR')
  return calendar
}
