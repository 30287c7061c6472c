import { describe, expect, it } from 'vitest'
import { lastOccurrence, nextOccurrence, parseCron } from '../../../src/recurrence/cron.ts'

const SP = 'America/Sao_Paulo'
const NOW = new Date('2026-11-24T12:00:00Z') // a Tuesday, nine in the morning

describe('--repeat', () => {
  it.each([
    ['0 9 * * 1-5', '2026-11-25T09:00:00-03:00'],
    [' 30  14 * * * ', '2026-11-24T14:30:00-03:00'],
    ['*/15 8-19 * * 1-6', '2026-11-24T09:15:00-03:00'],
    ['0 9 1 * *', '2026-12-01T09:00:00-03:00'],
    ['0 9 * * MON', '2026-11-30T09:00:00-03:00'],
    ['0 9 * * THU', '2026-11-26T09:00:00-03:00'],
    ['@daily', '2026-11-25T00:00:00-03:00'],
    ['0 0 29 2 *', '2028-02-29T00:00:00-03:00'],
  ])('%s comes next at %s', (text, next) => {
    expect(nextOccurrence(parseCron(text, SP, NOW), SP, NOW)).toEqual(new Date(next))
  })

  it.each([
    '',
    'daily',
    '0 9 * *',
    '0 0 9 * * 1-5',
    '61 9 * * *',
    '0 25 * * *',
    '0 9 * * 9',
    '0 0 31 2 *',
    '@reboot',
    'H 9 * * *',
    '0 9 * * 1,H',
  ])('refuses %j', text => {
    expect(() => parseCron(text, SP, NOW)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', hint: expect.any(String) }),
    )
  })

  it('the last one up to a moment is that moment, or before it', () => {
    expect(lastOccurrence('0 9 * * *', SP, NOW)).toEqual(NOW)
    expect(lastOccurrence('0 9 * * *', SP, new Date(+NOW - 1))).toEqual(new Date('2026-11-23T12:00:00Z'))
  })

  it('one in the hour that a clock leaves out comes an hour later, once', () => {
    const before = new Date('2026-03-28T12:00:00Z')
    const first = nextOccurrence('30 1 * * *', 'Europe/Lisbon', before)
    expect(first).toEqual(new Date('2026-03-29T01:30:00Z'))
    expect(nextOccurrence('30 1 * * *', 'Europe/Lisbon', first)).toEqual(new Date('2026-03-30T00:30:00Z'))
  })
})
