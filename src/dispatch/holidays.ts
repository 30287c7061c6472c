import Holidays from 'date-holidays'

/** Whether a day (YYYY-MM-DD) is a national holiday in Brazil, by the date-holidays library ("public" ones only). */
export function isNationalHoliday(day: string): boolean {
  const year = Number(day.slice(0, 4))
  let days = byYear.get(year)
  if (!days) {
    calendar ??= new Holidays('BR')
    days = new Set(calendar.getHolidays(year).flatMap(h => (h.type === 'public' ? [h.date.slice(0, 10)] : [])))
    byYear.set(year, days)
  }
  return days.has(day)
}

let calendar: Holidays | undefined
const byYear = new Map<number, ReadonlySet<string>>()
