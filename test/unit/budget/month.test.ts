import { expect, it } from 'vitest'
import { formatMonth, parseMonth } from '../../../src/budget/month.ts'

it('reads a month and writes it back', () => {
  expect(parseMonth('2026-01')).toEqual({ year: 2026, month: 1 })
  expect(formatMonth(parseMonth('2026-12'))).toBe('2026-12')
})

it.each(['2026-13', '2026-00', '2026-1', '26-11', '11/2026', ''])('refuses "%s" as usage', text => {
  expect(() => parseMonth(text)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
})
