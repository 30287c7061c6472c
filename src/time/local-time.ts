/** Local clock and calendar in a time zone. */
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
 * A zone's offset from UTC in milliseconds, positive to the east. It is needed for every batch, and Intl takes microseconds, so
 * the result is cached per quarter of an hour: no zone changes its clocks within one.
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

/** Creating one is the most expensive step here. */
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
