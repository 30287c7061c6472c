import { type ContactHours, nextWithinHours, type WeekWindow, weekOf } from '../calendar/contact-hours.ts'
import { lawOf, STATE_LAWS } from '../calendar/state-laws.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Region } from '../recipient/regions.ts'
import { formatDays, formatHours } from './hours-and-days.ts'

/** A state law that a campaign applies; `hours` is what the law leaves of the campaign's own hours. */
export interface LawView {
  state: string
  law: string
  hours: string
}

export interface StateLaws {
  states: string[]
  /**
   * Whether the states were listed one by one: then each law must leave some hours open (`assertLawsOpen`). With auto, only the
   * laws of states with recipients in the file matter.
   */
  named: boolean
}

/** Parses none, auto (every law that camp knows) or a list of states: AL,RJ. @throws CampError USAGE */
export function parseStateLaws(text: string): StateLaws {
  const states = text
    .toUpperCase()
    .split(/[,;\s]+/)
    .filter(part => part !== '')
  if (states.length === 1 && states[0] === 'NONE') return { states: [], named: false }
  if (states.length === 1 && states[0] === 'AUTO') return { states: STATE_LAWS.map(law => law.state), named: false }
  const unknown = states.find(state => !lawOf(state))
  if (states.length > 0 && unknown === undefined) return { states: [...new Set(states)].sort(), named: true }
  const problem =
    unknown === undefined
      ? t`--state-laws "${text}" names no state`
      : t`--state-laws "${text}" names ${unknown}, whose law is unknown to camp`
  throw new CampError('INVALID_ARGUMENT', problem, {
    hint: t`Use none, auto, or some of ${STATE_LAWS.map(law => law.state).join(',')}: see camp calendar laws.`,
  })
}

export function lawViews(hours: ContactHours): LawView[] {
  return hours.laws.map(state => ({
    state,
    law: lawOf(state)?.law ?? 'unknown to this version of camp: closed',
    hours: formatWeek(weekOf(hours, [state])),
  }))
}

/** For example 08:00-20:00 mon-fri, 08:00-14:00 sat; never if no day is open. */
export function formatWeek(week: readonly (WeekWindow | null)[]): string {
  const days = new Map<string, number>()
  for (const [weekday, window] of week.entries()) {
    if (window) days.set(formatHours(window), (days.get(formatHours(window)) ?? 0) | (1 << weekday))
  }
  return [...days].map(([hours, bits]) => `${hours} ${formatDays(bits)}`).join(', ') || 'never'
}

/** Refuses hours and days that leave no time open under the law of a listed state. @throws CampError USAGE */
export function assertLawsOpen(hours: ContactHours): void {
  const closed = hours.laws.find(state => weekOf(hours, [state]).every(window => window === null))
  if (closed !== undefined) throw neverOpen(hours, closed, reasonOf(hours, [closed]))
}

/**
 * Refuses hours that never open for some recipient: the campaign could not end.
 * @param regions of the recipients
 * @throws CampError USAGE
 */
export function assertOpensFor(hours: ContactHours, regions: Iterable<Region>, now: Date): void {
  for (const { name, states, ddds, zones } of regions) {
    if (nextWithinHours(hours, name, now, () => false)) continue
    const who = `area code ${ddds.join(', ')} (${name})`
    throw neverOpen(
      hours,
      who,
      reasonOf(hours, states) ?? `it lies in ${zones.join(' and ')}, and must be open in both`,
    )
  }
}

function reasonOf(hours: ContactHours, states: readonly string[]): string | undefined {
  const laws = states.flatMap(state => (hours.laws.includes(state) ? (lawOf(state) ?? []) : []))
  const whole = { from: 0, to: 1440, days: 127, allowHolidays: true, laws: [] }
  return laws.length === 0
    ? undefined
    : laws
        .map(({ state, law }) => `${law} (${state}): ${formatWeek(weekOf({ ...whole, laws: [state] }, [state]))}`)
        .join('; ')
}

function neverOpen(hours: ContactHours, who: string, reason: string | undefined): CampError {
  const flags = `--hours ${formatHours(hours)} --days ${formatDays(hours.days)}`
  return new CampError('CONTACT_HOURS_NEVER_OPEN', t`${flags} never open for ${who}: ${reason ?? ''}`, {
    hint: t`Change --hours, --days or --state-laws, or remove these recipients from the file.`,
  })
}
