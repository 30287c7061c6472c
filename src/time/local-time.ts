/** What clocks and calendars show in a time zone. */
export interface LocalTime {
  /** YYYY-MM-DD. */
  day: string
  /** Since midnight. */
  minute: number
  /** 0 Monday … 6 Sunday. */
  weekday: number
}

export function localTime(zone: string, at: number): LocalTime {
  const shown = new Date(at + offsetAt(zone, at))
  return {
    day: shown.toISOString().slice(0, 10),
    minute: shown.getUTCHours() * 60 + shown.getUTCMinutes(),
    weekday: (shown.getUTCDay() + 6) % 7,
  }
}

/**
 * Milliseconds that a zone's clocks are ahead of UTC. It is asked for every batch, and Intl takes microseconds to say it: what
 * it said is kept for the quarter of an hour that it was asked for, no clock in the world being moved within one.
 */
export function offsetAt(zone: string, at: number): number {
  const quarter = Math.floor(at / QUARTER_MS)
  const known = offsets.get(zone)?.get(quarter)
  if (known !== undefined) return known
  const offset = askOffset(zone, quarter * QUARTER_MS)
  const ofZone = offsets.get(zone)
  if (ofZone && ofZone.size < MAX_KNOWN) ofZone.set(quarter, offset)
  else offsets.set(zone, new Map([[quarter, offset]]))
  return offset
}

const QUARTER_MS = 15 * 60_000
const MAX_KNOWN = 1_000
const offsets = new Map<string, Map<number, number>>()

function askOffset(zone: string, at: number): number {
  const part: Record<string, string> = {}
  for (const { type, value } of formatterOf(zone).formatToParts(at)) part[type] = value
  const [year, month, day] = [Number(part.year), Number(part.month), Number(part.day)]
  return Date.UTC(year, month - 1, day, Number(part.hour), Number(part.minute), Number(part.second)) - at
}

/** Making one costs more than all the rest here. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formatters.set(zone, formatter)
  }
  return formatter
}
