import { currentLanguage } from './text.ts'

/**
 * Numbers, dates and times for people, in the language of the run. Files, logs, stored texts and --json are English: they do not
 * use these functions.
 */

/** 10,000 or 10.000. */
export function numberText(n: number | bigint): string {
  return n.toLocaleString(currentLanguage() === 'en' ? 'en-US' : 'pt-BR')
}

/** With exactly so many decimals, as `decimalText`. */
export function fixedText(n: number, decimals: number): string {
  return decimalText(n.toFixed(decimals))
}

/** A decimal number as JSON has it ("1234.50"): the same in English, 1.234,50 in Portuguese. */
export function decimalText(decimal: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal)
  if (match === null || currentLanguage() === 'en') return decimal
  const [, sign, whole = '', decimals] = match
  return `${sign}${numberText(BigInt(whole))}${decimals === undefined ? '' : `,${decimals}`}`
}

/** 2026-11-30 or 30/11/2026. @param day YYYY-MM-DD */
export function dateText(day: string): string {
  return currentLanguage() === 'en' ? day : day.replace(/^(\d+)-(\d\d)-(\d\d)$/, '$3/$2/$1')
}

/** 2026-11-30 10:48:09 or 30/11/2026 10:48:09, in `timezone`: both have 19 characters, with the date in the first 10. */
export function timeText(at: string | Date, timezone: string): string {
  const [day = '', clock] = new Date(at).toLocaleString('sv-SE', { timeZone: timezone }).split(' ')
  return `${dateText(day)} ${clock}`
}

/** "Tue" or "ter". @param day YYYY-MM-DD */
export function weekdayText(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return WEEKDAYS[currentLanguage()][weekday]!
}

/** Days as --days takes them, "mon-sat" or "seg-sáb". @param days in English, as `formatDays` writes them */
export function daysText(days: string): string {
  const names = WEEKDAYS[currentLanguage()]
  return days.replaceAll(/[a-z]{3}/g, day => {
    const i = WEEKDAYS.en.findIndex(name => name.toLowerCase() === day)
    return names[i]?.toLowerCase() ?? day
  })
}

/** "November" or "novembro"; with a year "November 2027" or "novembro de 2027". @param month 1 to 12 */
export function monthName(month: number, year?: number): string {
  const language = currentLanguage()
  const name = MONTHS[language][month - 1]!
  return year === undefined ? name : [name, year].join(language === 'en' ? ' ' : ' de ')
}

/** "A", "A or B", "A, B or C". */
export function anyOf(words: readonly string[]): string {
  const locale = currentLanguage() === 'en' ? 'en-GB' : 'pt-BR'
  return new Intl.ListFormat(locale, { type: 'disjunction' }).format(words)
}

const WEEKDAYS = {
  en: 'Sun Mon Tue Wed Thu Fri Sat'.split(' '),
  'pt-BR': 'dom seg ter qua qui sex sáb'.split(' '),
}
const MONTHS = {
  en: 'January February March April May June July August September October November December'.split(' '),
  'pt-BR': 'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro'.split(' '),
}
