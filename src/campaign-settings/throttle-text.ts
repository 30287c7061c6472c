import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { MAX_A_DAY, type Throttling, throttlingOf } from './throttling.ts'

/**
 * A campaign's throttling as the columns throttling_type and throttling_config hold it. `parseThrottle` reads it from --throttle,
 * `formatThrottle` writes it in the same form.
 */
export type ThrottleColumns =
  | { type: 'none'; config: null }
  | { type: 'fixed'; config: { delayLimit: number } }
  | { type: 'random'; config: { delayLimit: number; maxRandom: number } }
  | { type: 'linear'; config: { messages: number; minutes: number } }
  | { type: 'ramp'; config: RampConfig }

/** Either `times` or `plus` is set; `gap` is in seconds. */
type RampConfig = { perDay: number; times?: number; plus?: number; max?: number; gap?: number }

/**
 * none, fixed:30s, random:20s-90s, linear:100/60m or ramp:50/day,x2. A duration has the unit s, m or h; without a unit it is in
 * seconds.
 * @returns the columns throttling_type and throttling_config; delays in seconds
 * @throws CampError USAGE, which names the accepted forms
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
  throw new CampError('INVALID_ARGUMENT', t`--throttle "${text}" is not a throttling`, {
    hint: [
      t`none; fixed:30s (30 seconds between messages); random:20s-90s (between 20 and 90 seconds);`,
      t`linear:100/60m (100 messages every 60 minutes); ramp:50/day,x2 (a warm-up: 50 messages on the first day of`,
      t`sending, twice as many on each further one; or +50 more; with a ceiling: ramp:50/day,x2,max 1000).`,
    ],
  })
}

/** 50/day,x2, or 50/day,+50, or 50/day,x1.5,max 1000,gap 30s */
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

/** @throws ZodError if the columns hold anything else */
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
      if (max < MAX_A_DAY) parts.push(`max ${max}`)
      if (gapMs !== null) parts.push(`gap ${gapMs / 1000}s`)
      return parts.join(',')
    }
  }
}
