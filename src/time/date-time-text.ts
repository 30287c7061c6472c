const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Sun 29 Nov. @param day YYYY-MM-DD */
export function dayText(day: string): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const weekday = new Date(Date.UTC(year, month - 1, date)).getUTCDay()
  return `${WEEKDAYS[weekday]} ${date} ${MONTHS[month - 1]}`
}

/** Sun 29 Nov 09:00, in `timezone`; with the year if it is not the current one. */
export function dateTimeText(at: Date, { now, timezone }: { now: Date; timezone: string }): string {
  const shown = (moment: Date) => moment.toLocaleString('sv-SE', { timeZone: timezone })
  const [day, minute] = [shown(at).slice(0, 10), shown(at).slice(11, 16)]
  const year = day.slice(0, 4) === shown(now).slice(0, 4) ? '' : ` ${day.slice(0, 4)}`
  return `${dayText(day)}${year} ${minute}`
}
