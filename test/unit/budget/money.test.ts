import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMoney, moneyOf, parseAmount } from '../../../src/budget/money.ts'

describe('money', () => {
  it.each([
    ['0', 0n],
    ['0.0450', 450n],
    ['12.5', 125_000n],
    ['-3', -30_000n],
    ['1.23450000', 12_345n],
    ['9999999999.99', 99_999_999_999_900n],
  ])('reads %s as it stands in the database', (text, money) => {
    expect(moneyOf(text)).toBe(money)
  })

  it.each(['', '1,5', '1.23456', 'NaN', '1e3', ' 1', '.5'])('refuses "%s"', text => {
    expect(() => moneyOf(text)).toThrow('not a decimal amount')
  })

  it('writes four decimals, and reads back what it wrote', () => {
    expect(formatMoney(-450n)).toBe('-0.0450')
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }), money => moneyOf(formatMoney(money)) === money),
    )
  })

  it('adds up a unit cost without losing anything', () => {
    const unit = moneyOf('0.0450')
    expect(formatMoney(unit * 1_000_003n)).toBe('45000.1350')
  })
})

describe('an amount that a person types', () => {
  it.each([
    ['1500', 2, '1500.00'],
    ['1500.5', 2, '1500.50'],
    ['1500,00', 2, '1500.00'],
    ['1.500,00', 2, '1500.00'],
    ['R$ 1.234.567,89', 2, '1234567.89'],
    ['0,0450', 4, '0.0450'],
    ['0.045', 4, '0.0450'],
    ['007', 2, '7.00'],
  ] as const)('reads %s with %i decimals', (text, decimals, amount) => {
    expect(parseAmount(text, decimals)).toBe(amount)
  })

  it.each(['-1', '1.500.00', '1,500.00', '0.001', 'a lot', '', '1e3', '12345678901'])(
    'refuses "%s", saying so',
    text => {
      expect(() => parseAmount(text, 2)).toThrow(
        expect.objectContaining({ code: 'INVALID_AMOUNT', message: expect.stringContaining(`"${text}"`) }),
      )
    },
  )
})
