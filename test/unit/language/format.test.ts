import { describe, expect, it } from 'vitest'
import { amountText, moneyOf, reaisText, shortMoney } from '../../../src/budget/money.ts'
import { monthText } from '../../../src/budget/month.ts'
import { dateText, decimalText, fixedText, numberText, timeText } from '../../../src/language/format.ts'
import { speaking } from '../../../src/language/text.ts'
import { dateTimeText, dayText } from '../../../src/time/date-time-text.ts'
import { parseDateTime } from '../../../src/time/parse-date-time.ts'

const timezone = 'America/Sao_Paulo'
const at = new Date('2026-11-30T13:48:09Z')
const [now, later] = [new Date('2026-01-01T12:00:00Z'), new Date('2027-01-01T12:00:00Z')]

const inBoth = async (say: () => string) => [
  await speaking('en', async () => say()),
  await speaking('pt-BR', async () => say()),
]

describe('in English and in Portuguese', () => {
  it.each<[string, () => string, string, string]>([
    ['a number', () => numberText(1_234_567), '1,234,567', '1.234.567'],
    ['a small number', () => numberText(-999), '-999', '-999'],
    ['a decimal', () => decimalText('1234.5678'), '1234.5678', '1.234,5678'],
    ['a negative decimal below one', () => decimalText('-0.50'), '-0.50', '-0,50'],
    [
      'a decimal of many digits',
      () => decimalText('12345678901234567890.1'),
      '12345678901234567890.1',
      '12.345.678.901.234.567.890,1',
    ],
    ['what is no decimal', () => decimalText('none'), 'none', 'none'],
    ['a duration', () => fixedText(3.25, 1), '3.3', '3,3'],
    ['an amount', () => amountText('5000.0000'), '5000.00', 'R$ 5.000,00'],
    ['a unit cost', () => amountText('0.0450'), '0.0450', 'R$ 0,0450'],
    ['a negative amount', () => amountText('-1234.5000'), '-1234.50', '-R$ 1.234,50'],
    ['an amount after R$', () => shortMoney('1234.5'), '1234.50', '1.234,50'],
    ['an amount in a screen', () => reaisText(moneyOf('1234.5')), 'R$ 1,234.50', 'R$ 1.234,50'],
    ['a date', () => dateText('2026-11-30'), '2026-11-30', '30/11/2026'],
    ['a day of every year', () => dateText('11-30'), '11-30', '11-30'],
    ['a time', () => timeText(at, timezone), '2026-11-30 10:48:09', '30/11/2026 10:48:09'],
    ['a day', () => dayText('2026-11-07'), 'Sat 7 Nov', 'sáb 07/11'],
    ['a time of this year', () => dateTimeText(at, { now, timezone }), 'Mon 30 Nov 10:48', 'seg 30/11 10:48'],
    [
      'a time of another year',
      () => dateTimeText(at, { now: later, timezone }),
      'Mon 30 Nov 2026 10:48',
      'seg 30/11/2026 10:48',
    ],
    ['a month', () => monthText('2026-03', { year: 2026, month: 11 }), 'March', 'março'],
    ['a month of another year', () => monthText('2027-03', { year: 2026, month: 11 }), 'March 2027', 'março de 2027'],
  ])('%s', async (_, say, english, portuguese) => {
    expect(await inBoth(say)).toEqual([english, portuguese])
  })
})

it('a time is read as it is shown, in each language', async () => {
  const read = async () => parseDateTime(timeText(at, timezone), timezone)
  expect([await speaking('en', read), await speaking('pt-BR', read)]).toEqual([at, at])
})
