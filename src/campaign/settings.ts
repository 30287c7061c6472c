import { MOST_A_DAY, type Throttling, throttlingOf } from '../dispatch/pace.ts'
import { CampError } from '../errors.ts'

/**
 * A campaign's settings as a person types them (--throttle, --hours, --days), as the database holds them, and back. Every
 * parser throws CampError USAGE that names what is accepted.
 */
export type ThrottleColumns =
  | { type: 'none'; config: null }
  | { type: 'fixed'; config: { delayLimit: number } }
  | { type: 'random'; config: { delayLimit: number; maxRandom: number } }
  | { type: 'linear'; config: { messages: number; minutes: number } }
  | { type: 'ramp'; config: RampConfig }

/** One of `times` and `plus`; `gap` in seconds. */
type RampConfig = { perDay: number; times?: number; plus?: number; max?: number; gap?: number }

/**
 * none, fixed:30s, random:20s-90s, linear:100/60m or ramp:50/day,x2. A duration may have s, m or h; without one it is seconds.
 * @returns the columns throttling_type and throttling_config; delays in seconds
 */
export function parseThrottle(text: string): ThrottleColumns {
  const [type, rest = ''] = text.trim().toLowerCase().split(/:(.*)/s)
  const [first = '', second = ''] = rest.split(type === 'linear' ? '/' : '-')
  const [from, to] = [seconds(first), seconds(second)]
  if (type === 'none' && rest === '') return { type, config: null }
  if (type === 'fixed' && from && second === '') return { type, config: { delayLimit: from } }
  if (type === 'random' && from !== undefined && to && from <= to) {
    return { type, config: { delayLimit: from, maxRandom: to } }
  }
  if (type === 'linear' && /^[1-9]\d{0,8}$/.test(first) && to) {
    return { type, config: { messages: Number(first), minutes: to / 60 } }
  }
  const ramp = type === 'ramp' ? rampOf(rest) : undefined
  if (ramp) return { type: 'ramp', config: ramp }
  throw new CampError('INVALID_ARGUMENT', `--throttle "${text}" is not a throttling`, {
    hint: [
      'none; fixed:30s (30 seconds between messages); random:20s-90s (between 20 and 90 seconds);',
      'linear:100/60m (100 messages every 60 minutes); ramp:50/day,x2 (a warm-up: 50 messages on the first day of',
      'sending, twice as many on each further one; or +50 more; with a ceiling: ramp:50/day,x2,max 1000).',
    ],
  })
}

/** 50/day,x2 · 50/day,+50 · 50/day,x1.5,max 1000,gap 30s */
function rampOf(text: string): RampConfig | undefined {
  const [first = '', growth = '', ...more] = text.split(',').map(part => part.trim())
  const perDay = /^([1-9]\d{0,6})\s*\/\s*(?:day|dia|d)$/.exec(first)?.[1]
  const [, sign, amount] = /^([x×+])\s*(\d{1,6}(?:\.\d{1,3})?)$/.exec(growth) ?? []
  if (perDay === undefined || amount === undefined) return undefined
  const grown = sign === '+' ? { plus: Number(amount) } : { times: Number(amount) }
  if (!Number.isInteger(grown.plus ?? 0) || (grown.times ?? 1) < 1) return undefined
  const config: RampConfig = { perDay: Number(perDay), ...grown }
  for (const option of more) {
    const max = /^max\s*([1-9]\d{0,8})$/.exec(option)?.[1]
    const gap = seconds(/^gap\s*(.+)$/.exec(option)?.[1] ?? '')
    if (max !== undefined && config.max === undefined) config.max = Number(max)
    else if (gap !== undefined && config.gap === undefined) config.gap = gap
    else return undefined
  }
  return config.max !== undefined && config.max < config.perDay ? undefined : config
}

const SECONDS_IN: Record<string, number> = { s: 1, m: 60, h: 3600 }

function seconds(text: string): number | undefined {
  const match = /^(\d{1,6}(?:\.\d{1,3})?)\s*([smh]?)$/.exec(text.trim())
  return match ? Number(match[1]) * SECONDS_IN[match[2] || 's']! : undefined
}

/** @throws ZodError when the columns hold something else */
export function formatThrottle({ type, config }: { type: string; config: unknown }): string {
  const throttling: Throttling = throttlingOf(type, config)
  switch (throttling.type) {
    case 'none':
      return 'none'
    case 'fixed':
      return `fixed:${throttling.delayMs / 1000}s`
    case 'random':
      return `random:${throttling.fromMs / 1000}s-${throttling.toMs / 1000}s`
    case 'linear':
      return Number.isInteger(throttling.minutes)
        ? `linear:${throttling.messages}/${throttling.minutes}m`
        : `linear:${throttling.messages}/${Number((throttling.minutes * 60).toFixed(3))}s`
    case 'ramp': {
      const { perDay, times, plus, max, gapMs } = throttling
      const parts = [`ramp:${perDay}/day`, plus > 0 ? `+${plus}` : `x${times}`]
      if (max < MOST_A_DAY) parts.push(`max ${max}`)
      if (gapMs !== null) parts.push(`gap ${gapMs / 1000}s`)
      return parts.join(',')
    }
  }
}

/** Minutes since midnight; `to` is 1440 for 24:00. */
export interface Hours {
  from: number
  to: number
}

/** 08:00-20:00, 8-20, 00:00-24:00. The window may not pass midnight. */
export function parseHours(text: string): Hours {
  const match = /^\s*(\d{1,2})(?:[:h](\d{2})?)?\s*-\s*(\d{1,2})(?:[:h](\d{2})?)?\s*$/i.exec(text)
  const [from, to] = match ? [minuteOf(match[1]!, match[2]), minuteOf(match[3]!, match[4])] : []
  if (from !== undefined && to !== undefined && from < to) return { from, to }
  throw new CampError('INVALID_ARGUMENT', `--hours "${text}" is not a window within one day`, {
    hint: 'Write it as 08:00-20:00; 00:00-24:00 is round the clock.',
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

/** mon-sat, mon,wed,fri, seg-sex, sáb-dom. @returns bit 0 Monday … bit 6 Sunday */
export function parseDays(text: string): number {
  const parts = text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[,;\s]+/)
    .filter(part => part !== '')
  const bits = parts.map(part => daysOf(part.split('-').map(dayOf)))
  if (parts.length > 0 && bits.every(bit => bit !== undefined)) return bits.reduce((sum, bit) => sum | bit, 0)
  throw new CampError('INVALID_ARGUMENT', `--days "${text}" are not days of the week`, {
    hint: `Write them as mon-sat, mon-sun or mon,wed,fri (${short(DAYS)}, or ${short(DIAS)}).`,
  })
}

/** @returns 0 for Monday; -1 for what is no day */
function dayOf(name: string): number {
  const find = (days: readonly string[]) => days.findIndex(day => name.length > 2 && day.startsWith(name))
  return Math.max(find(DAYS), find(DIAS))
}

function short(days: readonly string[]): string {
  return days.map(day => day.slice(0, 3)).join(' ')
}

/** One day, or a range that may pass the week's end (sat-mon). */
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
