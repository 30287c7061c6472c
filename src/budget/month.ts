import { CampError } from '../errors.ts'
import { monthName } from '../language/format.ts'
import { t } from '../language/text.ts'

/** A budget's month; `month` counts from 1. */
export interface Month {
  year: number
  month: number
}

/** @throws CampError USAGE unless it is written YYYY-MM */
export function parseMonth(text: string): Month {
  const match = /^(20\d\d)-(0[1-9]|1[0-2])$/.exec(text)
  if (!match)
    throw new CampError('INVALID_ARGUMENT', t`"${text}" is not a month`, { hint: t`Write it as YYYY-MM: 2026-11.` })
  return { year: Number(match[1]), month: Number(match[2]) }
}

export function formatMonth({ year, month }: Month): string {
  return `${year}-${String(month).padStart(2, '0')}`
}

/** "November" or "novembro", with its year if that is not the year of `present`. @param period YYYY-MM */
export function monthText(period: string, present: Month): string {
  const { year, month } = parseMonth(period)
  return year === present.year ? monthName(month) : monthName(month, year)
}
