import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

/** Minutes since midnight; `to` is 1440 for 24:00. */
export interface Hours {
  from: number
  to: number
}

/** Parses 08:00-20:00, 8-20 or 00:00-24:00. The window may not pass midnight. @throws CampError USAGE */
export function parseHours(text: string): Hours {
  const match = /^\s*(\d{1,2})(?:[:h](\d{2})?)?\s*-\s*(\d{1,2})(?:[:h](\d{2})?)?\s*$/i.exec(text)
  const [from, to] = match ? [minuteOf(match[1]!, match[2]), minuteOf(match[3]!, match[4])] : []
  if (from !== undefined && to !== undefined && from < to) return { from, to }
  throw new CampError('INVALID_ARGUMENT', t`--hours "${text}" is not a window within one day`, {
    hint: t`Write it as 08:00-20:00; 00:00-24:00 is the whole day.`,
  })
}

function minuteOf(hour: string, minute = '0'): number | undefined {
  const at = Number(hour) * 60 + Number(minute)
  return Number(minute) < 60 && at <= 1440 ? at : undefined
}

export function formatHours({ from, to }: Hours): string {
  const clock = (at: number) => `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`
  return `${clock(from)}-${clock(to)}`
}

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

const DIAS = ['segunda', 'terca', 'quarta', 'quinta', 'sexta', 'sabado', 'domingo']

/** Parses mon-sat, mon,wed,fri, seg-sex or sáb-dom. @returns bit 0 Monday … bit 6 Sunday @throws CampError USAGE */
export function parseDays(text: string): number {
  const parts = text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[,;\s]+/)
    .filter(part => part !== '')
  const bits = parts.map(part => daysOf(part.split('-').map(dayOf)))
  if (parts.length > 0 && bits.every(bit => bit !== undefined)) return bits.reduce((sum, bit) => sum | bit, 0)
  throw new CampError('INVALID_ARGUMENT', t`--days "${text}" does not name days of the week`, {
    hint: t`Write them as mon-sat, mon-sun or mon,wed,fri (${short(DAYS)}, or ${short(DIAS)}).`,
  })
}

/** @returns 0 for Monday … 6 for Sunday; -1 if it is not a day */
function dayOf(name: string): number {
  const find = (days: readonly string[]) => days.findIndex(day => name.length > 2 && day.startsWith(name))
  return Math.max(find(DAYS), find(DIAS))
}

function short(days: readonly string[]): string {
  return days.map(day => day.slice(0, 3)).join(' ')
}

/** Bits of one day, or of a range, which may pass the end of the week (sat-mon). */
function daysOf([from, to = from, ...more]: number[]): number | undefined {
  if (from === undefined || to === undefined || from < 0 || to < 0 || more.length > 0) return undefined
  let bits = 1 << from
  for (let day = from; day !== to; bits |= 1 << day) day = (day + 1) % 7
  return bits
}

export function formatDays(bits: number): string {
  const days = DAYS.flatMap((_, i) => (bits & (1 << i) ? [i] : []))
  const names = days.map(day => DAYS[day]!.slice(0, 3))
  const unbroken = days.length > 2 && days.at(-1)! - days[0]! === days.length - 1
  return unbroken ? `${names[0]}-${names.at(-1)}` : names.join(',')
}
