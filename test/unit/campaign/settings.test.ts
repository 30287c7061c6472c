import { describe, expect, test } from 'vitest'
import { formatDays, formatHours, parseDays, parseHours } from '../../../src/campaign-settings/hours-and-days.ts'
import { formatThrottle, parseThrottle } from '../../../src/campaign-settings/throttle-text.ts'
import { parseDateTime } from '../../../src/time/parse-date-time.ts'

const usage = expect.objectContaining({ code: 'INVALID_ARGUMENT', hint: expect.any(String) })

describe('--throttle', () => {
  test.each([
    ['none', { type: 'none', config: null }, 'none'],
    ['fixed:30s', { type: 'fixed', config: { delayLimit: 30 } }, 'fixed:30s'],
    ['fixed:0.5', { type: 'fixed', config: { delayLimit: 0.5 } }, 'fixed:0.5s'],
    ['random:20s-2m', { type: 'random', config: { delayLimit: 20, maxRandom: 120 } }, 'random:20s-120s'],
    ['RANDOM:0s-30s', { type: 'random', config: { delayLimit: 0, maxRandom: 30 } }, 'random:0s-30s'],
    ['linear:100/60m', { type: 'linear', config: { messages: 100, minutes: 60 } }, 'linear:100/60m'],
    ['linear:10/90s', { type: 'linear', config: { messages: 10, minutes: 1.5 } }, 'linear:10/90s'],
    ['linear:5/1h', { type: 'linear', config: { messages: 5, minutes: 60 } }, 'linear:5/60m'],
    ['ramp:50/day,x2', { type: 'ramp', config: { perDay: 50, times: 2 } }, 'ramp:50/day,x2'],
    ['ramp:50/day, x1.5', { type: 'ramp', config: { perDay: 50, times: 1.5 } }, 'ramp:50/day,x1.5'],
    ['ramp:50/dia,+50', { type: 'ramp', config: { perDay: 50, plus: 50 } }, 'ramp:50/day,+50'],
    [
      'ramp:50/day,x2,max 1000',
      { type: 'ramp', config: { perDay: 50, times: 2, max: 1000 } },
      'ramp:50/day,x2,max 1000',
    ],
    ['ramp:9/d,x1,gap 1m', { type: 'ramp', config: { perDay: 9, times: 1, gap: 60 } }, 'ramp:9/day,x1,gap 60s'],
    [
      'ramp:50/day,+10,gap 0s,max 70',
      { type: 'ramp', config: { perDay: 50, plus: 10, max: 70, gap: 0 } },
      'ramp:50/day,+10,max 70,gap 0s',
    ],
  ])('%s', (text, columns, formatted) => {
    expect(parseThrottle(text)).toEqual(columns)
    expect(formatThrottle(parseThrottle(text))).toBe(formatted)
    expect(parseThrottle(formatted)).toEqual(columns)
  })

  test.each([
    '',
    'slow',
    'none:3',
    'fixed',
    'fixed:0s',
    'fixed:-1s',
    'fixed:3d',
    'fixed:1s-2s',
    'random:90s-20s',
    'random:5s',
    'linear:0/60m',
    'linear:1.5/60m',
    'linear:100',
    'linear:100/0m',
    'ramp',
    'ramp:50',
    'ramp:50/day',
    'ramp:0/day,x2',
    'ramp:50/hour,x2',
    'ramp:50/day,x0.5',
    'ramp:50/day,+1.5',
    'ramp:50/day,x2,max 49',
    'ramp:50/day,x2,max 100,max 200',
    'ramp:50/day,x2,often',
    'fixed:30s,x2',
  ])('refuses %j', text => {
    expect(() => parseThrottle(text)).toThrow(usage)
  })
})

describe('--hours', () => {
  test.each([
    ['08:00-20:00', { from: 480, to: 1200 }, '08:00-20:00'],
    ['8-20', { from: 480, to: 1200 }, '08:00-20:00'],
    ['8h30 - 18h', { from: 510, to: 1080 }, '08:30-18:00'],
    ['00:00-24:00', { from: 0, to: 1440 }, '00:00-24:00'],
  ])('%s', (text, hours, formatted) => {
    expect(parseHours(text)).toEqual(hours)
    expect(formatHours(hours)).toBe(formatted)
  })

  test.each(['', '8', '20:00-08:00', '08:00-08:00', '08:60-20:00', '08:00-24:01', '25:00-26:00'])(
    'refuses %j',
    text => {
      expect(() => parseHours(text)).toThrow(usage)
    },
  )
})

describe('--days', () => {
  test.each([
    ['mon-sat', 0b0111111, 'mon-sat'],
    ['mon-sun', 0b1111111, 'mon-sun'],
    ['mon,wed,fri', 0b0010101, 'mon,wed,fri'],
    ['seg-sex', 0b0011111, 'mon-fri'],
    ['Sáb,dom', 0b1100000, 'sat,sun'],
    ['sat-mon', 0b1100001, 'mon,sat,sun'],
    ['terça quinta', 0b0001010, 'tue,thu'],
    ['sunday', 0b1000000, 'sun'],
  ])('%s', (text, bits, formatted) => {
    expect(parseDays(text)).toBe(bits)
    expect(formatDays(bits)).toBe(formatted)
    expect(parseDays(formatted)).toBe(bits)
  })

  test.each(['', 'x', 'mon-', 'mon-x', 'mon-tue-wed', 'm', 'monkey'])('refuses %j', text => {
    expect(() => parseDays(text)).toThrow(usage)
  })
})

describe('a moment', () => {
  test.each([
    ['2026-11-30T09:00-03:00', '2026-11-30T12:00:00.000Z'],
    ['2026-11-30T12:00:00Z', '2026-11-30T12:00:00.000Z'],
    ['2026-11-30 09:00', '2026-11-30T12:00:00.000Z'],
    ['30/11/2026 09:00', '2026-11-30T12:00:00.000Z'],
  ])('%s', (text, moment) => {
    expect(parseDateTime(text, 'America/Sao_Paulo').toISOString()).toBe(moment)
  })

  test('is the zone’s own, also where clocks are put forward', () => {
    expect(parseDateTime('2026-03-29 03:30', 'Europe/Lisbon').toISOString()).toBe('2026-03-29T02:30:00.000Z')
    expect(parseDateTime('2026-03-28 03:30', 'Europe/Lisbon').toISOString()).toBe('2026-03-28T03:30:00.000Z')
  })

  test.each(['', 'tomorrow', '2026-02-30 09:00', '2026-11-30', '2026-11-30 24:00', '2026-13-01 09:00'])(
    'refuses %j',
    text => {
      expect(() => parseDateTime(text, 'America/Sao_Paulo')).toThrow(usage)
    },
  )
})
