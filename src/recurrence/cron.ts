import { CronExpressionParser } from 'cron-parser'
import { CampError, messageOf } from '../errors.ts'

/**
 * Cron expressions of five fields (minute, hour, day, month, weekday), or @daily and its like, read in one time zone: where
 * clocks are put forward, an occurrence in the hour that is left out comes an hour later.
 * @returns it as it is stored
 * @throws CampError USAGE: it is none, or it names a day that never comes
 */
export function parseCron(text: string, timezone: string, now: Date): string {
  const expression = text.trim().replace(/\s+/g, ' ')
  try {
    if (!/^@\w+$/.test(expression) && expression.split(' ').length !== 5) throw new Error('it takes five fields')
    // Its author's extension: a moment drawn anew whenever it is read.
    if (/(^|[ ,])H/i.test(expression)) throw new Error('H is not known')
    nextOccurrence(expression, timezone, now)
    return expression
  } catch (error) {
    throw new CampError('INVALID_ARGUMENT', `--repeat "${text}" is not a cron expression: ${messageOf(error)}`, {
      hint: `Minute, hour, day, month, weekday in ${timezone}: "0 9 * * 1-5" is Monday to Friday at nine; or @daily.`,
    })
  }
}

/** @param cron a valid one @returns the first occurrence after a moment */
export function nextOccurrence(cron: string, timezone: string, after: Date): Date {
  return CronExpressionParser.parse(cron, { currentDate: after, tz: timezone }).next().toDate()
}

/** @returns the last occurrence up to a moment, itself included */
export function lastOccurrence(cron: string, timezone: string, upTo: Date): Date {
  const currentDate = new Date(upTo.getTime() + 1)
  return CronExpressionParser.parse(cron, { currentDate, tz: timezone }).prev().toDate()
}
