/**
 * The day of a registration date, counted from 1970-01-01: dd/mm/yyyy (also with a two-digit year, hyphens or dots),
 * yyyy-mm-dd, either with a time after it, or Excel's day number (45658).
 * @returns undefined if it is not a date
 */
export function parseDay(text: string): number | undefined {
  const cell = text.trim()
  const brazilian = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:[ T,].*)?$/.exec(cell)
  if (brazilian) {
    const year = brazilian[3]!.length === 2 ? 2000 + Number(brazilian[3]) : Number(brazilian[3])
    return dayOf(year, Number(brazilian[2]), Number(brazilian[1]))
  }
  const iso = /^(\d{4})[/.-]?(\d{2})[/.-]?(\d{2})(?:[ T].*)?$/.exec(cell)
  if (iso) return dayOf(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const serial = /^(\d{5})(?:[.,]\d+)?$/.exec(cell)
  return serial ? Number(serial[1]) - EXCEL_EPOCH : undefined
}

/** Day 25,569 of Excel's calendar is 1970-01-01. */
const EXCEL_EPOCH = 25_569

function dayOf(year: number, month: number, day: number): number | undefined {
  const date = new Date(Date.UTC(year, month - 1, day))
  const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return real ? date.getTime() / 86_400_000 : undefined
}

/** The day of a point in time in a time zone, counted as in `parseDay`. */
export function dayIn(timezone: string, moment: Date): number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  return parseDay(format.format(moment))!
}
