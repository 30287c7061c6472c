import { currentLanguage } from './text.ts'

/** 1,234.5 in English, 1.234,5 in Portuguese. @param decimals at most so many */
export function numberText(value: number, decimals = 0): string {
  return new Intl.NumberFormat(LOCALE[currentLanguage()], { maximumFractionDigits: decimals }).format(value)
}

/**
 * An amount of reais for people: R$ 1,234.50 in English, R$ 1.234,50 in Portuguese. Two decimals where they are exact, otherwise
 * four, as the ledger has them.
 * @param amount a decimal number as the database writes it: -1234.5678
 */
export function moneyText(amount: string): string {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount) ?? []
  if (whole === undefined) throw new Error(`no amount: ${amount}`)
  const [group, point] = currentLanguage() === 'pt-BR' ? ['.', ','] : [',', '.']
  const significant = fraction.replace(/0+$/, '')
  const shown = significant.padEnd(significant.length > 2 ? 4 : 2, '0')
  return `${sign}R$ ${whole.replace(/\B(?=(?:\d{3})+$)/g, group)}${point}${shown}`
}

const LOCALE = { en: 'en-US', 'pt-BR': 'pt-BR' } as const
