import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWithinHours } from '../../../src/calendar/contact-hours.ts'
import { isNationalHoliday } from '../../../src/calendar/national-holidays.ts'
import { throttlingOf } from '../../../src/campaign-settings/throttling.ts'
import { type Expectation, expectedEnd, type Load, loadsOf } from '../../../src/dispatch/plan/expected-end.ts'
import { endOfDay } from '../../../src/time/local-day.ts'

const SP = 'America/Sao_Paulo'
const MANAUS = 'AM'
const ACRE = 'AC'
const OFFICE = { from: 480, to: 1200 }

interface Case {
  from: string
  loads: [zone: string, messages: number, requests?: number][]
  throttle?: [type: string, config?: object]
  rate?: number
  seenMs?: number
  hours?: { from: number; to: number }
  days?: number
  sent?: { taken: number; daysBefore: number }
}

function expectation({ from, loads, throttle, rate, seenMs, hours = OFFICE, days = 63, sent }: Case): Expectation {
  const [type, config] = throttle ?? ['none']
  return {
    from: new Date(`${from}-03:00`),
    loads: loads.map(([zone, messages, requests]): Load => ({ zone, messages, requests: requests ?? messages })),
    throttling: throttlingOf(type, config ?? null),
    rateLimit: rate ?? null,
    seenMs: seenMs ?? null,
    hours,
    ramp: { timezone: SP, ...(sent ?? { taken: 0, daysBefore: 0 }) },
    isOpen: (zone, at) =>
      isWithinHours({ ...hours, days, allowHolidays: false, laws: [] }, zone, at, isNationalHoliday),
  }
}

const fixed = (delayLimit: number): NonNullable<Case['throttle']> => ['fixed', { delayLimit }]
const ramp = (config: object): NonNullable<Case['throttle']> => ['ramp', config]

describe('the expected end', () => {
  it.each<[what: string, given: Case, end: string]>([
    ['one message', { from: '2026-11-30T10:00:00', loads: [[SP, 1]] }, '2026-11-30T10:00:00'],
    ['a minute each', { from: '2026-11-30T10:00:00', loads: [[SP, 10]], throttle: fixed(60) }, '2026-11-30T10:09:00'],
    ['over a night', { from: '2026-11-30T10:00:00', loads: [[SP, 700]], throttle: fixed(60) }, '2026-12-01T09:39:00'],
    [
      'a zone that is open for longer',
      {
        from: '2026-11-30T10:00:00',
        loads: [
          [SP, 600],
          [MANAUS, 120],
        ],
        throttle: fixed(60),
      },
      '2026-12-01T09:59:00',
    ],
    [
      'a zone that opens later',
      { from: '2026-11-30T06:00:00', loads: [[ACRE, 2]], throttle: fixed(60) },
      '2026-11-30T10:01:00',
    ],
    [
      'the first zone takes over when it opens',
      {
        from: '2026-11-30T20:30:00',
        loads: [
          [SP, 3],
          [ACRE, 100],
        ],
        throttle: fixed(60),
      },
      // Acre: 20:30–21:59, then from 10:00 on; São Paulo in the morning, between.
      '2026-12-01T10:09:00',
    ],
    ['over a Sunday', { from: '2026-12-05T19:59:00', loads: [[SP, 3]], throttle: fixed(60) }, '2026-12-07T08:01:00'],
    ['over Christmas', { from: '2026-12-24T19:59:00', loads: [[SP, 2]], throttle: fixed(60) }, '2026-12-26T08:00:00'],
    [
      'round the clock',
      {
        from: '2026-11-30T23:59:00',
        loads: [[SP, 100_000]],
        throttle: fixed(1),
        hours: { from: 0, to: 1440 },
        days: 127,
      },
      '2026-12-02T03:45:39',
    ],
    [
      'a rate limit, a request each',
      { from: '2026-11-30T10:00:00', loads: [[SP, 600_000]], rate: 10 },
      '2026-12-01T14:39:59.900',
    ],
    [
      'a rate limit, five hundred in a request',
      { from: '2026-11-30T10:00:00', loads: [[SP, 1_000_000, 2_000]], rate: 1 },
      '2026-11-30T10:33:19.998',
    ],
    [
      'throttling where the rate limit is wider',
      { from: '2026-11-30T10:00:00', loads: [[SP, 11]], rate: 100, throttle: fixed(6) },
      '2026-11-30T10:01:00',
    ],
    ['as fast as it goes', { from: '2026-11-30T10:00:00', loads: [[SP, 600_000]] }, '2026-11-30T10:09:59.999'],
    [
      'as fast as it was seen to go',
      { from: '2026-11-30T10:00:00', loads: [[SP, 600_001]], seenMs: 0.5 },
      '2026-11-30T10:05:00',
    ],
    [
      'slower than its rate limit, as was seen',
      { from: '2026-11-30T10:00:00', loads: [[SP, 601]], seenMs: 1000, rate: 50 },
      '2026-11-30T10:10:00',
    ],
    [
      'random, by its mean',
      { from: '2026-11-30T10:00:00', loads: [[SP, 61]], throttle: ['random', { delayLimit: 20, maxRandom: 100 }] },
      '2026-11-30T11:00:00',
    ],
    [
      'linear',
      { from: '2026-11-30T10:00:00', loads: [[SP, 101]], throttle: ['linear', { messages: 100, minutes: 60 }] },
      '2026-11-30T11:00:00',
    ],
    [
      'a ramp of two days',
      { from: '2026-11-30T08:00:00', loads: [[SP, 150]], throttle: ramp({ perDay: 50, times: 2 }) },
      '2026-12-01T19:52:48',
    ],
    [
      'a ramp that begins at noon',
      { from: '2026-11-30T12:00:00', loads: [[SP, 35]], throttle: ramp({ perDay: 50, times: 2 }) },
      '2026-12-01T08:00:00',
    ],
    [
      'a ramp over a Sunday, which is no step',
      { from: '2026-12-05T08:00:00', loads: [[SP, 51]], throttle: ramp({ perDay: 50, times: 2, gap: 60 }) },
      '2026-12-07T08:00:00',
    ],
    [
      'a ramp on its way: thirty of today’s hundred are out',
      {
        from: '2026-11-30T10:00:00',
        loads: [[SP, 271]],
        throttle: ramp({ perDay: 50, times: 2, gap: 0 }),
        sent: { taken: 30, daysBefore: 1 },
      },
      '2026-12-02T08:00:00',
    ],
    [
      'a ramp up to its ceiling',
      {
        from: '2026-11-30T10:00:00',
        loads: [[SP, 10 + 15 + 15 + 1]],
        throttle: ramp({ perDay: 10, plus: 10, max: 15, gap: 0 }),
      },
      '2026-12-03T08:00:00',
    ],
  ])('of %s', (_, given, end) => {
    expect(expectedEnd(expectation(given))).toEqual(new Date(`${end}-03:00`))
  })

  it('is not known where no window opens, or not within half a year', () => {
    const from = '2026-11-30T10:00:00'
    expect(expectedEnd(expectation({ from, loads: [[SP, 1]], days: 0 }))).toBeUndefined()
    expect(expectedEnd(expectation({ from, loads: [[SP, 1_000_000]], throttle: fixed(60) }))).toBeUndefined()
  })

  it('takes as long for a million leads in every zone as for ten', () => {
    const zones = ['Sao_Paulo', 'Bahia', 'Recife', 'Fortaleza', 'Belem', 'Cuiaba', 'Manaus', 'Boa_Vista', 'Rio_Branco']
    const probes = (messages: number, rate: number) => {
      const loads = zones.map((zone): [string, number] => [`America/${zone}`, messages])
      const given = expectation({ from: '2026-11-30T10:00:00', loads, rate })
      let asked = 0
      const end = expectedEnd({
        ...given,
        isOpen: (zone, at) => {
          asked++
          return given.isOpen(zone, at)
        },
      })
      return { asked, end: end!.getTime() }
    }
    const [few, many] = [probes(1_000, 1), probes(100_000, 100)]
    expect(Math.abs(few.end - many.end)).toBeLessThan(1_000)
    expect(many.asked).toBe(few.asked)
    expect(probes(1_000_000, 10).asked).toBeLessThan(100_000)
  })

  it('is where a message after another arrives', () => {
    const given = fc.record({
      startMinute: fc.integer({ min: 0, max: 7 * 1440 }),
      loads: fc.uniqueArray(fc.tuple(fc.constantFrom(SP, MANAUS, ACRE), fc.integer({ min: 1, max: 20 })), {
        minLength: 1,
        selector: ([zone]) => zone,
      }),
      minutes: fc.integer({ min: 1, max: 60 }),
      opening: fc.integer({ min: 0, max: 40 }).map(n => n * 15),
      length: fc.integer({ min: 8, max: 48 }).map(n => n * 15),
      days: fc.integer({ min: 1, max: 127 }).map(bits => bits | 0b0010010),
    })
    fc.assert(
      fc.property(given, ({ startMinute, loads, minutes, opening, length, days }) => {
        const from = new Date(Date.parse('2026-11-29T00:00:00-03:00') + startMinute * 60_000)
        const hours = { from: opening, to: Math.min(1440, opening + length) }
        const case_ = { from: '', loads, throttle: fixed(minutes * 60), hours, days }
        const reckoned = { ...expectation(case_), from }
        expect(expectedEnd(reckoned)).toEqual(oneByOne(reckoned, minutes))
      }),
      { numRuns: 40 },
    )
  })
})

/** Each message looks for its own moment, minute by minute. */
function oneByOne({ from, loads, isOpen }: Expectation, minutes: number): Date {
  const left = loads.map(load => ({ ...load }))
  let at = from.getTime()
  for (let last = at; ; ) {
    if (left.every(load => load.messages === 0)) return new Date(last)
    const load = left.find(one => one.messages > 0 && isOpen(one.zone, new Date(at)))
    if (load) {
      load.messages--
      last = at
      at += minutes * 60_000
    } else at += 60_000
  }
}

it('loads are counted by zone: a request each, or as many as the batches', () => {
  const groups = [
    { zone: SP, count: 5 },
    { zone: SP, count: 11 },
    { zone: ACRE, count: 10 },
  ]
  expect(loadsOf(groups, 10, 500)).toEqual([
    { zone: SP, messages: 16, requests: 3 },
    { zone: ACRE, messages: 10, requests: 1 },
  ])
  expect(loadsOf(groups, 10, 1).map(load => load.requests)).toEqual([16, 10])
})

it.each([
  [SP, '2026-11-30T12:34:56-03:00', '2026-12-01T00:00:00-03:00'],
  [SP, '2026-11-30T00:00:00-03:00', '2026-12-01T00:00:00-03:00'],
  ['Europe/Lisbon', '2026-03-29T00:30:00Z', '2026-03-29T23:00:00Z'],
  ['Europe/Lisbon', '2026-10-25T00:30:00+01:00', '2026-10-26T00:00:00Z'],
])('the day of %s at %s ends at %s', (zone, at, end) => {
  expect(endOfDay(zone, new Date(at))).toEqual(new Date(end))
})
