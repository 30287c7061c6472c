import { CronExpressionParser } from 'cron-parser'
import { CampError, messageOf } from '../errors.ts'
import { t } from '../language/text.ts'

/**
 * Cron expressions of five fields (minute, hour, day, month, weekday), or @daily and its like, in one time zone. An
 * occurrence in an hour skipped by daylight saving comes an hour later.
 * @returns the expression as stored
 * @throws CampError USAGE: invalid, or a day that does not exist
 */
export function parseCron(text: string, timezone: string, now: Date): string {
  const expression = text.trim().replace(/\s+/g, ' ')
  try {
    if (!/^@\w+$/.test(expression) && expression.split(' ').length !== 5) throw new Error('it must have five fields')
    // cron-parser's extension: a random value on each read.
    if (/(^|[ ,])H/i.test(expression)) throw new Error('H is not supported')
    nextOccurrence(expression, timezone, now)
    return expression
  } catch (error) {
    throw new CampError('INVALID_ARGUMENT', t`--repeat "${text}" is not a cron expression: ${messageOf(error)}`, {
      hint: t`Minute, hour, day, month, weekday in ${timezone}: "0 9 * * 1-5" is Monday to Friday at nine; or @daily.`,
    })
  }
}

/** @param cron valid @returns the first occurrence after a time */
export function nextOccurrence(cron: string, timezone: string, after: Date): Date {
  return CronExpressionParser.parse(cron, { currentDate: after, tz: timezone }).next().toDate()
}

/** @returns the last occurrence up to and including a time */
export function lastOccurrence(cron: string, timezone: string, upTo: Date): Date {
  const currentDate = new Date(upTo.getTime() + 1)
  return CronExpressionParser.parse(cron, { currentDate, tz: timezone }).prev().toDate()
}
