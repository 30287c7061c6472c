import { dateFromSerial, format, getFormatFromId, getFormatInfo } from 'numfmt'

/** Formats the numbers of one style as text. */
export type NumberText = (number: number, written: string) => string

/**
 * A number as a person sees it in Brazilian Excel, which is what "save as CSV" would write: with its zeros, mask or currency.
 * If Excel's view loses something, camp writes the full value: all digits of a number without format or in scientific notation
 * (11987654321, never 1,19877E+10), and dates with their year (dd/mm/yyyy, and the time if there is one).
 * @param code Excel's number format, such as `#,##0.00`
 */
export function numberText(code: string, date1904: boolean): NumberText {
  if (code.length > LONGEST_CODE) return digits
  const info = getFormatInfo(code)
  const day = (number: number) => dayText(number + (date1904 ? 1462 : 0))
  switch (info.type) {
    case 'date':
    case 'datetime':
      if (isDuration(code)) return (number, written) => durationText('[h]:mm:ss', number) ?? digits(number, written)
      return (number, written) => day(number) ?? digits(number, written)
    case 'time':
      if (isDuration(code)) return (number, written) => durationText(code, number) ?? digits(number, written)
      return (number, written) =>
        number < MAX_DAYS
          ? (durationText('[h]:mm:ss', number) ?? digits(number, written))
          : // A format that shows only the time of a date hides its day.
            (day(number) ?? digits(number, written))
    case 'number':
    case 'currency':
    case 'grouped':
    case 'percent':
      // A format that scales by thousands would remove digits.
      if (info.scale !== 1 && info.type !== 'percent') return digits
      return (number, written) => shown(code, number) || digits(number, written)
    default:
      return digits
  }
}

// Excel's own limit: numfmt parses a code again for each number.
const LONGEST_CODE = 255

/** The built-in formats by number; those of dates depend on the machine, and so does their display. */
export function builtInFormat(id: number): string | undefined {
  return getFormatFromId(id) ?? undefined
}

/** All digits of a number, with a decimal comma; Excel itself stores at most fifteen. */
export function digits(number: number, written: string): string {
  if (!Number.isFinite(number)) return written
  if (Number.isInteger(number)) return Math.abs(number) < 1e15 ? String(number) : expanded(written)
  return expanded(String(Number(number.toPrecision(15)))).replace('.', ',')
}

/**
 * A date of the type xsd:dateTime, xsd:date or xsd:time, which Excel's strict dialect has in place of serial numbers: formatted
 * like a date's number. Other text stays unchanged.
 */
export function writtenDay(iso: string): string {
  const [, date, time = '00:00'] = ISO.exec(iso) ?? []
  if (date === undefined) return TIME.test(iso) ? iso.replace(/^T|\.\d+|Z$/g, '') : iso
  const at = new Date(Math.round(Date.parse(`${date}T${time}Z`) / 1000) * 1000)
  if (Number.isNaN(at.getTime())) return iso
  const seconds = (at.getTime() / 1000) % DAY_SECONDS
  return momentText([at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()], seconds)
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?(?:Z|[+-]\d\d:\d\d)?$/
const TIME = /^T?\d\d:\d\d:\d\d(?:\.\d+)?Z?$/

/** '' if the format shows nothing, or cannot show the number. */
function shown(code: string, number: number): string {
  const text = String(format(code, number, { locale: 'pt-BR', throws: false })).trim()
  return /^#+$/.test(text) ? '' : text
}

/** [h]:mm adds up the hours of days. */
function isDuration(code: string): boolean {
  return /\[(?:h+|m+|s+)\]/i.test(code.replace(/"[^"]*"/g, ''))
}

// 31/12/9999: a larger value is a number that was given a date's format.
const LAST_DAY = 2_958_466
const DAY_SECONDS = 86_400

/** More than a year in a time format is a date and time, less a sum of hours. */
const MAX_DAYS = 366

function durationText(code: string, days: number): string | undefined {
  return days >= 0 && days < LAST_DAY ? shown(days < 1 ? 'hh:mm:ss' : code, days) || undefined : undefined
}

function dayText(serial: number): string | undefined {
  if (!(serial >= 0 && serial < LAST_DAY)) return undefined
  // 10:59:59.9999 is a rounded sum that means 11:00.
  const seconds = Math.round(serial * DAY_SECONDS)
  // Excel shows day zero as 00/01/1900, also if the cell was meant to be empty.
  const [year, month, day] = seconds < DAY_SECONDS ? [1900, 1, 0] : dateFromSerial(Math.floor(seconds / DAY_SECONDS))
  return momentText([year, month, day], seconds % DAY_SECONDS)
}

/** @param seconds since midnight, omitted if 0 */
function momentText([year, month, day]: readonly [number, number, number], seconds: number): string {
  const date = `${two(day)}/${two(month)}/${String(year).padStart(4, '0')}`
  return seconds === 0 ? date : `${date} ${clockText(seconds).replace(/:00$/, '')}`
}

function clockText(seconds: number): string {
  return [seconds / 3600, (seconds % 3600) / 60, seconds % 60].map(two).join(':')
}

function two(number: number): string {
  return String(Math.floor(number)).padStart(2, '0')
}

/** Scientific notation written out, from the digits as they are: 1.5E+3 is 1500. */
function expanded(written: string): string {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,3})$/.exec(written)
  if (!match) return written
  const [, sign = '', whole = '', fraction = '', exponent] = match
  const all = whole + fraction
  const point = whole.length + Number(exponent)
  if (point >= all.length) return `${sign === '-' ? '-' : ''}${all.padEnd(point, '0').replace(/^0+(?=\d)/, '')}`
  const padded = all.padStart(all.length - Math.min(0, point - 1), '0')
  const at = Math.max(1, point)
  return `${sign === '-' ? '-' : ''}${padded.slice(0, at)}.${padded.slice(at)}`
}
