import { timeText, weekdayText } from '../language/format.ts'
import { currentLanguage } from '../language/text.ts'
import { localTime } from './local-time.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Sun 29 Nov, or dom 29/11. @param day YYYY-MM-DD */
export function dayText(day: string): string {
  const [month = '', date = ''] = day.split('-').slice(1)
  const shown = currentLanguage() === 'en' ? `${Number(date)} ${MONTHS[Number(month) - 1]}` : `${date}/${month}`
  return `${weekdayText(day)} ${shown}`
}

/** Sun 29 Nov 09:00, or dom 29/11 09:00, in `timezone`; with the year if it is not the current one. */
export function dateTimeText(at: Date, { now, timezone }: { now: Date; timezone: string }): string {
  const day = localTime(timezone, at.getTime()).day
  const [year, thisYear] = [day, localTime(timezone, now.getTime()).day].map(each => each.slice(0, 4))
  const separator = currentLanguage() === 'en' ? ' ' : '/'
  const minute = timeText(at, timezone).slice(11, 16)
  return `${dayText(day)}${year === thisYear ? '' : `${separator}${year}`} ${minute}`
}
