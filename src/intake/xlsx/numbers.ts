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
  const info = getFormatInfo(code)
  switch (info.type) {
    case 'date':
    case 'datetime':
      return (number, written) => dayText(number + (date1904 ? 1462 : 0)) ?? digits(number, written)
    case 'time':
      return (number, written) => (number >= 0 && number < 1 ? shown('hh:mm:ss', number) : digits(number, written))
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

function shown(code: string, number: number): string {
  return String(format(code, number, { locale: 'pt-BR', throws: false })).trim()
}

// 31/12/9999: what is more is a number that was given a date's format.
const LAST_DAY = 2_958_466

function dayText(serial: number): string | undefined {
  if (!(serial >= 1 && serial < LAST_DAY)) return serial >= 0 && serial < 1 ? shown('hh:mm:ss', serial) : undefined
  const [year, month, day, hours, minutes, seconds] = dateFromSerial(serial)
  const date = `${two(day)}/${two(month)}/${String(year).padStart(4, '0')}`
  if (hours === 0 && minutes === 0 && seconds === 0) return date
  return `${date} ${two(hours)}:${two(minutes)}${seconds === 0 ? '' : `:${two(seconds)}`}`
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
