import { CampError } from '../errors.ts'
import { decimalText, numberText } from '../language/format.ts'
import { currentLanguage, t } from '../language/text.ts'

/**
 * Money as a whole number of ten-thousandths of a real (R$ 0.0450 is 450n): exact, and as fine as a unit cost. It is read from
 * and written as a decimal string; sums over rows are computed by PostgreSQL, in numeric.
 */
export type Money = bigint

const SCALE = 10_000n

/** A decimal string as PostgreSQL and JSON write it ("12.5", "0.0450", "-3"). @throws Error on anything else. */
export function moneyOf(decimal: string): Money {
  const match = /^(-?)(\d+)(?:\.(\d{1,4})0*)?$/.exec(decimal)
  if (!match) throw new Error(`not a decimal amount: ${decimal}`)
  const units = BigInt(match[2]!) * SCALE + BigInt((match[3] ?? '').padEnd(4, '0'))
  return match[1] ? -units : units
}

/** With four decimals: "0.0450". */
export function formatMoney(money: Money): string {
  const sign = money < 0n ? '-' : ''
  const units = money < 0n ? -money : money
  return `${sign}${units / SCALE}.${(units % SCALE).toString().padStart(4, '0')}`
}

/** For people, after "R$ ": with two decimals where that is exact, otherwise with four. @param decimal as `moneyOf` takes it */
export function shortMoney(decimal: string): string {
  return decimalText(formatMoney(moneyOf(decimal)).replace(/00$/, ''))
}

/**
 * For people: "R$ 1,349.55", or "R$ 1.349,55" in Portuguese.
 * @param rounding UP for a ceiling, so that the text never says less than the amount; otherwise to the nearest cent
 */
export function reaisText(money: Money, rounding: 'NEAREST' | 'UP' = 'NEAREST'): string {
  const units = money < 0n ? -money : money
  const isUp = rounding === 'UP' && money > 0n
  const cents = (units + (isUp ? 99n : 50n)) / 100n
  const decimals = (cents % 100n).toString().padStart(2, '0')
  const point = currentLanguage() === 'en' ? '.' : ','
  return `${money < 0n ? '-' : ''}R$ ${numberText(cents / 100n)}${point}${decimals}`
}

/**
 * An amount as a person types it: 1500, 1500.00, 1500,00 or 1.500,00.
 * @param decimals how many decimals it may have: 2 for a budget, 4 for a unit cost
 * @returns a decimal string
 * @throws CampError DATA if it is not an amount, is negative, or has more than `decimals` decimals
 */
export function parseAmount(text: string, decimals: 2 | 4): string {
  const typed = text.trim().replace(/^R\$\s*/, '')
  const brazilian = /^(\d{1,3}(?:\.\d{3})+|\d+),(\d+)$/.exec(typed)
  const plain = brazilian ? `${brazilian[1]!.replaceAll('.', '')}.${brazilian[2]}` : typed
  const match = /^(\d{1,10})(?:\.(\d+))?$/.exec(plain)
  if (typed.startsWith('-')) throw new CampError('INVALID_AMOUNT', t`"${text}" is negative: an amount is at least 0`)
  if (!match || (match[2] ?? '').length > decimals) {
    throw new CampError('INVALID_AMOUNT', t`"${text}" is not an amount with at most ${decimals} decimals`, {
      hint: decimals === 2 ? t`Write it as 1500.00 or 1.500,00.` : t`Write it as 0.0450 or 0,0450.`,
    })
  }
  return `${BigInt(match[1]!)}.${(match[2] ?? '').padEnd(decimals, '0')}`
}

/** An amount for people: two decimals if they are exact, otherwise all of them; 1234.50 or R$ 1.234,50. */
export function amountText(amount: string): string {
  const short = amount.replace(/^(-?\d+\.\d\d)00$/, '$1')
  return currentLanguage() === 'en' ? short : decimalText(short).replace(/^(-?)/, '$1R$ ')
}
