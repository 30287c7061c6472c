import { dateFromSerial, format, getFormatFromId, getFormatInfo } from 'numfmt'

/** How the numbers of one style are written as text. */
export type NumberText = (number: number, written: string) => string

/**
 * A number as a person sees it in Brazilian Excel, which is what "save as CSV" would write: with its zeros, mask or currency.
 * Only where Excel's view loses something camp writes what is really there: all digits of a number without format or in
 * scientific notation (11987654321, never 1,19877E+10), and days with their year (dd/mm/yyyy, and the time where there is one).
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
          : // A format that shows only the time of a moment hides its day.
            (day(number) ?? digits(number, written))
    case 'number':
    case 'currency':
    case 'grouped':
    case 'percent':
      // A format that hides thousands would take digits away.
      if (info.scale !== 1 && info.type !== 'percent') return digits
      return (number, written) => shown(code, number) || digits(number, written)
    default:
      return digits
  }
}

// Excel's own limit: numfmt reads a code anew for each number.
const LONGEST_CODE = 255

/** The built-in formats by their number; those of dates are the machine's own, and so is what is shown for them. */
export function builtInFormat(id: number): string | undefined {
  return getFormatFromId(id) ?? undefined
}

/** All digits of a number, with a decimal comma; Excel itself knows no more than fifteen. */
export function digits(number: number, written: string): string {
  if (!Number.isFinite(number)) return written
  if (Number.isInteger(number)) return Math.abs(number) < 1e15 ? String(number) : expanded(written)
  return expanded(String(Number(number.toPrecision(15)))).replace('.', ',')
}

/**
 * A date of the type xsd:dateTime, xsd:date or xsd:time, which Excel's strict dialect has for serial numbers: as a date's number is
 * written. What is none stays as it is.
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

/** '' where the format shows nothing, or cannot show the number. */
function shown(code: string, number: number): string {
  const text = String(format(code, number, { locale: 'pt-BR', throws: false })).trim()
  return /^#+$/.test(text) ? '' : text
}

/** [h]:mm counts the hours of days together. */
function isDuration(code: string): boolean {
  return /\[(?:h+|m+|s+)\]/i.test(code.replace(/"[^"]*"/g, ''))
}

// 31/12/9999: what is more is a number that was given a date's format.
const LAST_DAY = 2_958_466
const DAY_SECONDS = 86_400

/** More than a year in a format of times is a moment, and less a sum of hours. */
const MAX_DAYS = 366

function durationText(code: string, days: number): string | undefined {
  return days >= 0 && days < LAST_DAY ? shown(days < 1 ? 'hh:mm:ss' : code, days) || undefined : undefined
}

function dayText(serial: number): string | undefined {
  if (!(serial >= 0 && serial < LAST_DAY)) return undefined
  // 10:59:59.9999 is what a sum has made of 11:00.
  const seconds = Math.round(serial * DAY_SECONDS)
  // Excel shows day zero as 00/01/1900, also where the cell was meant to be empty.
  const [year, month, day] = seconds < DAY_SECONDS ? [1900, 1, 0] : dateFromSerial(Math.floor(seconds / DAY_SECONDS))
  return momentText([year, month, day], seconds % DAY_SECONDS)
}

/** @param seconds since midnight, which are left out where there are none */
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

/** Scientific notation written out, from the digits as they stand: 1.5E+3 is 1500. */
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
