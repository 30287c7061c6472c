import { type ContactHours, type Locality, nextWithinHours, regionsOf } from '../../calendar/contact-hours.ts'
import type { HolidayTest } from '../../calendar/custom-holidays.ts'
import { lawOf } from '../../calendar/state-laws.ts'
import { formatDays, formatHours } from '../../campaign-settings/hours-and-days.ts'
import { lawViews } from '../../campaign-settings/state-laws.ts'
import { daysText } from '../../language/format.ts'
import { t } from '../../language/text.ts'
import type { Region } from '../../recipient/regions.ts'
import { dayText } from '../../time/date-time-text.ts'
import { localTime } from '../../time/local-time.ts'

/** When the first message may be sent, if that is later than the start. */
export interface Opening {
  at: Date
  /** Why not earlier: "Sun 29 Nov is no contact day; contact hours: mon-sat 08:00-20:00". */
  because: string
}

const DAY_MS = 24 * 3_600_000

/**
 * @param places the recipients' places; each opens at its own time, and the earliest counts
 * @param from when the campaign starts
 * @returns null if one of them may be sent to at once, or none within three weeks
 */
export function openingOf(
  hours: ContactHours,
  places: readonly Locality[],
  from: Date,
  isHoliday: HolidayTest,
): Opening | null {
  let first: { at: Date; place: Locality } | undefined
  for (const place of new Set(places)) {
    const at = nextWithinHours(hours, place, from, isHoliday)
    if (at && (!first || at < first.at)) first = { at, place }
  }
  if (!first || first.at <= from) return null
  return { at: first.at, because: whyClosed(hours, first, from, isHoliday) }
}

/** The days without contact in between, and the hours and laws that decide the opening. */
function whyClosed(
  hours: ContactHours,
  { at, place }: { at: Date; place: Locality },
  from: Date,
  isHoliday: HolidayTest,
): string {
  const regions = regionsOf(place)
  const zone = regions[0]!.zones[0]
  const until = localTime(zone, at.getTime()).day
  const reasons: string[] = []
  for (let time = from.getTime(); localTime(zone, time).day < until; time += DAY_MS) {
    const { day, weekday } = localTime(zone, time)
    const reason = whyOff(hours, regions, { day, weekday }, isHoliday)
    if (reason !== undefined) reasons.push(reason)
  }
  const bound = new Set(regions.flatMap(region => region.states))
  const laws = lawViews(hours).filter(({ state }) => bound.has(state))
  return [
    ...reasons,
    t`contact hours: ${daysText(formatDays(hours.days))} ${formatHours(hours)}`,
    ...laws.map(({ state, law, hours: left }) => `${law} (${state}): ${left}`),
  ].join('; ')
}

/** Why nothing is sent on a whole day; undefined if only the hours prevent it. */
function whyOff(
  hours: ContactHours,
  regions: readonly Region[],
  { day, weekday }: { day: string; weekday: number },
  isHoliday: HolidayTest,
): string | undefined {
  if ((hours.days & (1 << weekday)) === 0) return t`${dayText(day)} is not a contact day`
  for (const { states } of regions) {
    const bound = states.filter(state => hours.laws.includes(state))
    if ((bound.length > 0 || !hours.allowHolidays) && isHoliday(day, states)) return t`${dayText(day)} is a holiday`
    const closing = bound.find(state => !lawOf(state)?.week[weekday])
    if (closing !== undefined) return t`${dayText(day)} is closed by the law of ${closing}`
  }
  return undefined
}
