import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ContactHours,
  isWithinHours,
  nextWithinHours,
  windowEndAfter,
} from '../../../src/calendar/contact-hours.ts'
import { withOwn } from '../../../src/calendar/custom-holidays.ts'
import { isNationalHoliday } from '../../../src/calendar/national-holidays.ts'
import { parseDays, parseHours } from '../../../src/campaign-settings/hours-and-days.ts'
import { parseStateLaws } from '../../../src/campaign-settings/state-laws.ts'
import { DDDS, REGIONS, regionOf, STATES, ZONES, zoneOf } from '../../../src/recipient/regions.ts'
import { monthOf } from '../../../src/time/local-day.ts'

const SP = 'America/Sao_Paulo'
const at = (iso: string) => new Date(iso)

/** fixtures/tables/hours.txt was worked out minute by minute, by another program with another zone library. */
const CASES = readFileSync('fixtures/tables/hours.txt', 'utf8')
  .split('\n')
  .map((text, i) => ({ line: i + 1, cells: text.split(' | ').map(cell => cell.trim()) }))
  .filter(({ cells }) => cells.length > 1)
  .slice(1)
  .map(({ line, cells }) => {
    const [moment, ddd, hours, days, laws, holidays, state, until, note] = cells as [string, ...string[]]
    return { line, moment, ddd, hours, days, laws, holidays, state, until, note }
  })

describe('contact hours, by the table', () => {
  it('has hundreds of cases', () => {
    expect(CASES.length).toBeGreaterThan(300)
  })

  it.each(CASES)('line $line: $note', one => {
    const words = one.holidays === '-' ? [] : one.holidays!.split(',')
    const hours: ContactHours = {
      ...parseHours(one.hours!),
      days: parseDays(one.days!),
      allowHolidays: words.includes('allowed'),
      laws: one.laws === '-' ? [] : parseStateLaws(one.laws!).states,
    }
    const own = words.filter(word => word !== 'allowed').map(word => word.replace('@', ''))
    const isHoliday = withOwn(isNationalHoliday, own)
    const place = one.ddd === '?' ? '' : regionOf(`55${one.ddd}900000000`)!.name
    const now = momentOf(one.moment)

    expect(isWithinHours(hours, place, now, isHoliday)).toBe(one.state === 'open')
    const next = nextWithinHours(hours, place, now, isHoliday)
    if (one.state === 'closed') {
      expect(next).toEqual(one.until === 'never' ? undefined : momentOf(one.until!))
    } else {
      expect(next).toBe(now)
      const aDayLater = new Date(now.getTime() + 86_400_000)
      expect(windowEndAfter(hours, place, now, isHoliday)).toEqual(one.until === '-' ? aDayLater : momentOf(one.until!))
    }
  })
})

/** Mon 2026-11-23 08:00:00, on Brasília's clock. */
function momentOf(text: string): Date {
  const [weekday, day, time] = text.split(' ')
  const moment = at(`${day}T${time}-03:00`)
  expect(new Date(moment.getTime() - 3 * 3_600_000).toUTCString().slice(0, 3)).toBe(weekday)
  return moment
}

describe('the next opening and the next closing', () => {
  const MINUTE = 60_000
  const scenes = fc.record({
    from: fc.integer({ min: 0, max: 1439 }),
    length: fc.integer({ min: 1, max: 1440 }),
    days: fc.integer({ min: 1, max: 127 }),
    allowHolidays: fc.boolean(),
    laws: fc.subarray(['AL', 'AM', 'ES', 'RJ', 'SP']),
    places: fc.uniqueArray(fc.constantFrom(...REGIONS.map(region => region.name), SP, ''), {
      minLength: 1,
      maxLength: 3,
    }),
    now: fc.date({ min: at('2018-06-01'), max: at('2029-01-01'), noInvalidDate: true }),
  })

  it('are where a walk minute by minute finds them', () => {
    fc.assert(
      fc.property(scenes, ({ from, length, now, places, ...rest }) => {
        const hours = { ...rest, from, to: Math.min(1440, from + length) }
        const isOpen = (moment: number) => isWithinHours(hours, places, new Date(moment), isNationalHoliday)
        const walk = (wanted: boolean, most: number) => {
          const first = Math.floor(now.getTime() / MINUTE) * MINUTE + MINUTE
          for (let n = 0; n < most; n++) if (isOpen(first + n * MINUTE) === wanted) return first + n * MINUTE
          return undefined
        }
        const next = nextWithinHours(hours, places, now, isNationalHoliday)
        if (isOpen(now.getTime())) {
          const closes = windowEndAfter(hours, places, now, isNationalHoliday).getTime()
          return next === now && closes === (walk(false, 1440) ?? now.getTime() + 1440 * MINUTE)
        }
        // Three days, to keep the walk short: what is further off has nothing open before it.
        const walked = walk(true, 3 * 1440)
        return walked === undefined
          ? next === undefined || next.getTime() > now.getTime() + 3 * 1440 * MINUTE
          : next?.getTime() === walked
      }),
      { numRuns: 60 },
    )
  })

  it('is round the clock with 00:00-24:00 on every day', () => {
    const always = { from: 0, to: 1440, days: 127, allowHolidays: true, laws: [] }
    fc.assert(
      fc.property(fc.date({ min: at('2026-01-01'), max: at('2030-01-01'), noInvalidDate: true }), now =>
        isWithinHours(always, '', now, isNationalHoliday),
      ),
    )
  })

  it('of a place that is not known waits for the strictest, of a law that is not known without end', () => {
    const usual = { from: 480, to: 1200, days: 63, allowHolidays: false, laws: [] }
    const noon = at('2026-11-23T09:30:00-03:00')
    for (const place of ['', 'XX', [], ['SP', 'XX']])
      expect(nextWithinHours(usual, place, noon, isNationalHoliday)).toEqual(at('2026-11-23T10:00:00-03:00'))
    const strange = { ...usual, laws: ['SP', 'MG'] }
    expect(nextWithinHours(strange, 'MG', noon, isNationalHoliday)).toBeUndefined()
    expect(nextWithinHours(strange, 'PR', noon, isNationalHoliday)).toBe(noon)
  })
})

describe('regions', () => {
  it('are the 67 area codes of 27 states, those of one time zone together', () => {
    expect(DDDS.size).toBe(67)
    expect(STATES).toHaveLength(27)
    const zones = REGIONS.map(region => region.zones[0])
    expect(zones.filter((zone, i) => zone !== zones[i - 1])).toEqual(ZONES)
  })

  it('takes area code 55 for Rio Grande do Sul, not for the country', () => {
    expect(zoneOf('5555999998888')).toBe(SP)
    expect(regionOf('5555999998888')?.name).toBe('RS')
    expect(zoneOf('5568999998888')).toBe('America/Rio_Branco')
    expect(zoneOf('5520999998888')).toBeUndefined()
    expect(zoneOf('1155999998888')).toBeUndefined()
  })
})

it('turns the month at São Paulo’s midnight', () => {
  expect(monthOf(at('2026-12-01T02:59:59Z'), SP)).toEqual({ year: 2026, month: 11 })
  expect(monthOf(at('2026-12-01T03:00:00Z'), SP)).toEqual({ year: 2026, month: 12 })
  expect(monthOf(at('2027-01-01T02:00:00Z'), SP)).toEqual({ year: 2026, month: 12 })
})
