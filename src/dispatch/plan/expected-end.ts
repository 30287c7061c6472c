import type { Throttling } from '../../campaign-settings/throttling.ts'
import { endOfDay } from '../../time/local-day.ts'
import { rampGapMs, rampQuota } from '../pacing/ramp.ts'
import { throttleInterval } from '../pacing/throttle-interval.ts'

/** Leads of one time zone that are still to be sent. */
export interface Load {
  zone: string
  messages: number
  /** How many requests carry them. */
  requests: number
}

export interface Expectation {
  /** The earliest time at which the next message may start. */
  from: Date
  /** In dispatch order. */
  loads: readonly Load[]
  throttling: Throttling
  /** Requests per second; null: no limit. */
  rateLimit: number | null
  /** Milliseconds per message recently, all workers together; null: nothing was sent recently. */
  seenMs: number | null
  /** The campaign's contact hours, in minutes: a ramp spreads a day's messages over them. */
  hours: { from: number; to: number }
  /** The time zone of a ramp's day, the messages of today, and the days of sending before. */
  ramp: { timezone: string; taken: number; daysBefore: number }
  /** Whether people in that zone may be contacted at that time (contact-hours.ts). */
  isOpen: (zone: string, at: Date) => boolean
}

/** Assumed if neither throttling nor a rate limit sets the pace and nothing was sent recently: a thousand messages per second. */
const ASSUMED_MS = 1

const HORIZON_MS = 180 * 24 * 3_600_000

/**
 * Estimates when the last message is sent. It steps from one opening or closing of a zone (or midnight of a ramp) to the next, so
 * that a million leads take as long to estimate as ten. It assumes that workers run, the broker answers, no lead is refused, and
 * no other campaign shares the credential.
 * @returns undefined if it is not within half a year
 */
export function expectedEnd(expectation: Expectation): Date | undefined {
  const { throttling, isOpen } = expectation
  const loads = expectation.loads.filter(load => load.messages > 0).map(load => ({ ...load }))
  const day = throttling.type === 'ramp' ? openDay(expectation) : undefined
  const horizon = expectation.from.getTime() + HORIZON_MS
  let at = expectation.from.getTime()
  let last = at
  while (loads.length > 0) {
    if (at > horizon) return undefined
    if (day && at >= day.endsAt) turnDay(day, at)
    if (day && throttling.type === 'ramp' && day.taken >= rampQuota(throttling, day.daysBefore)) {
      at = day.endsAt
      continue
    }
    const turn = loads.findIndex(load => isOpen(load.zone, new Date(at)))
    if (turn === -1) {
      const openings = loads.map(load => nextChange(isOpen, load.zone, true, at, horizon))
      at = Math.min(...openings.map(opening => opening ?? Number.POSITIVE_INFINITY))
      continue
    }
    const load = loads[turn]!
    const gapMs = gapOf(expectation, load, day)
    // Sending continues until this zone closes, an earlier one opens, or the ramp's day ends.
    let until = at + load.messages * gapMs
    if (day) until = Math.min(until, day.endsAt)
    until = nextChange(isOpen, load.zone, false, at, until) ?? until
    for (const earlier of loads.slice(0, turn)) until = nextChange(isOpen, earlier.zone, true, at, until) ?? until
    const sent = Math.max(1, Math.min(load.messages, Math.ceil((until - at) / gapMs), leftToday(expectation, day)))
    last = at + (sent - 1) * gapMs
    at += sent * gapMs
    if (day) day.taken += sent
    load.requests -= (load.requests * sent) / load.messages
    load.messages -= sent
    if (load.messages === 0) loads.splice(turn, 1)
  }
  return last > horizon ? undefined : new Date(Math.ceil(last))
}

interface Day {
  timezone: string
  endsAt: number
  taken: number
  daysBefore: number
}

function openDay({ from, ramp }: Expectation): Day {
  return { ...ramp, endsAt: endOfDay(ramp.timezone, from).getTime() }
}

/** A day without sending is not a step of the ramp. */
function turnDay(day: Day, at: number): void {
  if (day.taken > 0) day.daysBefore++
  day.taken = 0
  day.endsAt = endOfDay(day.timezone, new Date(at)).getTime()
}

function leftToday({ throttling }: Expectation, day: Day | undefined): number {
  return day && throttling.type === 'ramp' ? rampQuota(throttling, day.daysBefore) - day.taken : Infinity
}

/** Milliseconds from one message's start to the next one's: the slowest limit applies. */
function gapOf({ throttling, hours, rateLimit, seenMs }: Expectation, load: Load, day: Day | undefined): number {
  const limited = rateLimit === null ? 0 : ((load.requests / load.messages) * 1000) / rateLimit
  if (throttling.type === 'ramp') {
    return Math.max(rampGapMs(throttling, rampQuota(throttling, day!.daysBefore), hours), limited, ASSUMED_MS)
  }
  const planned = Math.max(
    throttleInterval(throttling, () => 0.5),
    limited,
  )
  return Math.max(planned, seenMs ?? (planned === 0 ? ASSUMED_MS : 0))
}

const STEP_MS = 5 * 60_000

/**
 * The first time after `at` and before `limit` at which a zone is open, or closed. It is searched in steps of five minutes and
 * then found to the minute.
 */
function nextChange(
  isOpen: Expectation['isOpen'],
  zone: string,
  wanted: boolean,
  at: number,
  limit: number,
): number | undefined {
  for (let step = Math.floor(at / STEP_MS) * STEP_MS + STEP_MS; step - STEP_MS < limit; step += STEP_MS) {
    if (isOpen(zone, new Date(step)) !== wanted) continue
    let first = step
    while (first - 60_000 > at && isOpen(zone, new Date(first - 60_000)) === wanted) first -= 60_000
    return first < limit ? first : undefined
  }
  return undefined
}

/**
 * @param groups leads in groups that a batch may not cross, in dispatch order
 * @param size of a batch
 * @returns a load for each zone
 */
export function loadsOf(
  groups: readonly { zone: string; count: number }[],
  size: number,
  messagesPerRequest: number,
): Load[] {
  const loads = new Map<string, Load>()
  for (const { zone, count } of groups) {
    const load = loads.get(zone) ?? { zone, messages: 0, requests: 0 }
    load.messages += count
    load.requests += messagesPerRequest === 1 ? count : Math.ceil(count / size)
    loads.set(zone, load)
  }
  return [...loads.values()]
}
