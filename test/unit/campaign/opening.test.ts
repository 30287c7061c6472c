import { expect, test } from 'vitest'
import { openingOf } from '../../../src/campaign/read/opening.ts'

const OFFICE = { from: 480, to: 1200, days: 63, allowHolidays: false, laws: [] as string[] }
const none = () => false
const on =
  (...days: string[]) =>
  (day: string) =>
    days.includes(day)

test.each<[string, Partial<typeof OFFICE>, string[], string, (day: string) => boolean, string | null, string?]>([
  [
    'a Sunday',
    {},
    ['SP'],
    '2026-11-29T09:00-03:00',
    none,
    '2026-11-30T08:00-03:00',
    'Sun 29 Nov is not a contact day; contact hours: mon-sat 08:00-20:00',
  ],
  ['within the hours', {}, ['SP'], '2026-11-30T08:00-03:00', none, null],
  [
    'the evening',
    {},
    ['SP'],
    '2026-11-24T20:00-03:00',
    none,
    '2026-11-25T08:00-03:00',
    'contact hours: mon-sat 08:00-20:00',
  ],
  [
    'the morning',
    {},
    ['SP'],
    '2026-11-24T07:00-03:00',
    none,
    '2026-11-24T08:00-03:00',
    'contact hours: mon-sat 08:00-20:00',
  ],
  [
    'a holiday',
    {},
    ['SP'],
    '2026-11-20T10:00-03:00',
    on('2026-11-20'),
    '2026-11-21T08:00-03:00',
    'Fri 20 Nov is a holiday; contact hours: mon-sat 08:00-20:00',
  ],
  ['a holiday that is lifted', { allowHolidays: true }, ['SP'], '2026-11-20T10:00-03:00', on('2026-11-20'), null],
  [
    'a week-end and a holiday',
    { days: 31 },
    ['SP'],
    '2026-11-27T21:00-03:00',
    on('2026-11-30'),
    '2026-12-01T08:00-03:00',
    'Sat 28 Nov is not a contact day; Sun 29 Nov is not a contact day; Mon 30 Nov is a holiday; contact hours: mon-fri 08:00-20:00',
  ],
  [
    'a law',
    { laws: ['ES'] },
    ['ES'],
    '2026-11-28T10:00-03:00',
    none,
    '2026-11-30T08:00-03:00',
    'Sat 28 Nov is closed by the law of ES; Sun 29 Nov is not a contact day; contact hours: mon-sat 08:00-20:00; Lei ' +
      '10.626/2017 (ES): 08:00-19:00 mon-fri',
  ],
  [
    'the first of two places',
    {},
    ['AC', 'SP'],
    '2026-11-24T07:30-03:00',
    none,
    '2026-11-24T08:00-03:00',
    'contact hours: mon-sat 08:00-20:00',
  ],
  ['one of two places is open', {}, ['AC', 'SP'], '2026-11-24T08:30-03:00', none, null],
  ['nobody is to be sent to', {}, [], '2026-11-29T09:00-03:00', none, null],
])('%s', (_, hours, places, from, isHoliday, at, because) => {
  const opening = openingOf({ ...OFFICE, ...hours }, places, new Date(from), isHoliday)
  expect(opening).toEqual(at === null ? null : { at: new Date(at), because: expect.any(String) })
  if (opening) expect(opening.because).toContain(because)
})
