import { expect, it } from 'vitest'
import { moneyOf, reaisText } from '../../../src/budget/money.ts'

it('money for people is rounded to a cent: a ceiling up, other amounts to the nearest', () => {
  const shown = ['0', '0.1350', '0.1301', '4999.8650', '1349.5500', '1234567.8900', '-1349.5500'].map(amount => [
    reaisText(moneyOf(amount)),
    reaisText(moneyOf(amount), 'UP'),
  ])
  expect(shown).toEqual([
    ['R$ 0.00', 'R$ 0.00'],
    ['R$ 0.14', 'R$ 0.14'],
    ['R$ 0.13', 'R$ 0.14'],
    ['R$ 4,999.87', 'R$ 4,999.87'],
    ['R$ 1,349.55', 'R$ 1,349.55'],
    ['R$ 1,234,567.89', 'R$ 1,234,567.89'],
    ['-R$ 1,349.55', '-R$ 1,349.55'],
  ])
})
