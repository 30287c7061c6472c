import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isNationalHoliday } from '../../../src/dispatch/holidays.ts'
import { type ContactHours, isWithinHours, monthOf, nextWithinHours } from '../../../src/dispatch/hours.ts'
import { DDDS, ZONES, zoneOf } from '../../../src/lead/zones.ts'

const USUAL: ContactHours = { from: 480, to: 1200, days: 0b0111111, allowHolidays: false }
const SP = 'America/Sao_Paulo'
const at = (iso: string) => new Date(iso)

describe('contact hours', () => {
  it.each([
    ['opens at 08:00 in São Paulo', SP, '2026-11-23T11:00:00Z', true],
    ['is closed one minute before', SP, '2026-11-23T10:59:00Z', false],
    ['is open at 19:59', SP, '2026-11-23T22:59:59Z', true],
    ['is closed at 20:00', SP, '2026-11-23T23:00:00Z', false],
    ['is one hour later in Manaus', 'America/Manaus', '2026-11-23T11:30:00Z', false],
    ['is still open in Manaus when São Paulo closes', 'America/Manaus', '2026-11-23T23:30:00Z', true],
    ['is two hours later in Rio Branco', 'America/Rio_Branco', '2026-11-23T12:59:00Z', false],
    ['is open on Saturday', SP, '2026-11-28T15:00:00Z', true],
    ['is closed on Sunday', SP, '2026-11-29T15:00:00Z', false],
    ['is closed on a national holiday', SP, '2026-11-02T15:00:00Z', false],
    ['is closed on Good Friday', SP, '2026-04-03T15:00:00Z', false],
    ['belongs to the recipient’s own day', 'America/Rio_Branco', '2026-11-30T00:30:00Z', false],
  ])('%s', (_what, zone, now, open) => {
    expect(isWithinHours(USUAL, zone, at(now), isNationalHoliday)).toBe(open)
  })

  it('allows a holiday where an ADMIN said so', () => {
    expect(isWithinHours({ ...USUAL, allowHolidays: true }, SP, at('2026-11-02T15:00:00Z'), isNationalHoliday)).toBe(
      true,
    )
  })

  it('is round the clock with 00:00-24:00 on every day', () => {
    const always = { from: 0, to: 1440, days: 127, allowHolidays: true }
    fc.assert(
      fc.property(fc.date({ min: at('2026-01-01'), max: at('2030-01-01'), noInvalidDate: true }), now =>
        isWithinHours(always, '', now, isNationalHoliday),
      ),
    )
  })

  it('without a zone takes the strictest window: open only where every zone is', () => {
    expect(isWithinHours(USUAL, '', at('2026-11-23T12:30:00Z'), isNationalHoliday)).toBe(false) // 07:30 in Rio Branco
    expect(isWithinHours(USUAL, '', at('2026-11-23T13:00:00Z'), isNationalHoliday)).toBe(true)
    expect(isWithinHours(USUAL, '', at('2026-11-23T23:00:00Z'), isNationalHoliday)).toBe(false) // 20:00 in São Paulo
  })

  it('names the next opening', () => {
    const next = (now: string) => nextWithinHours(USUAL, SP, at(now), isNationalHoliday)?.toISOString()
    expect(next('2026-11-23T15:00:30Z')).toBe('2026-11-23T15:00:30.000Z')
    expect(next('2026-11-23T23:00:00Z')).toBe('2026-11-24T11:00:00.000Z')
    expect(next('2026-11-28T23:30:00Z')).toBe('2026-11-30T11:00:00.000Z') // over Sunday
    expect(next('2026-10-31T23:30:00Z')).toBe('2026-11-03T11:00:00.000Z') // over Sunday and Finados
  })

  it('the next opening is open, and no earlier moment after now is', () => {
    const hours = fc.record({
      from: fc.integer({ min: 0, max: 200 }).map(n => n * 5),
      days: fc.integer({ min: 1, max: 127 }),
      zone: fc.constantFrom(...ZONES, ''),
      now: fc.date({ min: at('2026-01-01'), max: at('2028-01-01'), noInvalidDate: true }),
    })
    fc.assert(
      fc.property(hours, ({ from, days, zone, now }) => {
        const window = { from, to: from + 400, days, allowHolidays: false }
        const next = nextWithinHours(window, zone, now, isNationalHoliday)
        if (!next) return false
        if (next === now) return isWithinHours(window, zone, now, isNationalHoliday)
        const before = new Date(next.getTime() - 60_000)
        const closedBefore = before < now || !isWithinHours(window, zone, before, isNationalHoliday)
        return isWithinHours(window, zone, next, isNationalHoliday) && closedBefore
      }),
      { numRuns: 60 },
    )
  })
})

describe('time zones', () => {
  it('knows the 67 area codes', () => {
    expect(DDDS.size).toBe(67)
  })

  it('takes area code 55 for Rio Grande do Sul, not for the country', () => {
    expect(zoneOf('5555999998888')).toBe(SP)
    expect(zoneOf('5568999998888')).toBe('America/Rio_Branco')
    expect(zoneOf('5520999998888')).toBeUndefined()
    expect(zoneOf('1155999998888')).toBeUndefined()
  })

  it('turns the month at São Paulo’s midnight', () => {
    expect(monthOf(at('2026-12-01T02:59:59Z'), SP)).toEqual({ year: 2026, month: 11 })
    expect(monthOf(at('2026-12-01T03:00:00Z'), SP)).toEqual({ year: 2026, month: 12 })
    expect(monthOf(at('2027-01-01T02:00:00Z'), SP)).toEqual({ year: 2026, month: 12 })
  })
})
