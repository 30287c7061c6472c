import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { offsetAt } from './local-time.ts'

const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,3})?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i
const BRAZILIAN = /^(\d{2})\/(\d{2})\/(\d{4})[ T](\d{2}:\d{2}(?::\d{2})?)$/

/**
 * A date and time as a person types it: ISO 8601 with an offset, or without one in `timezone` (2026-11-30 09:00, 30/11/2026
 * 09:00, with or without seconds).
 * @throws CampError USAGE
 */
export function parseDateTime(text: string, timezone: string): Date {
  const typed = text.trim()
  const brazilian = BRAZILIAN.exec(typed)
  const iso = ISO.exec(brazilian ? `${brazilian[3]}-${brazilian[2]}-${brazilian[1]} ${brazilian[4]}` : typed)
  if (iso) {
    const [year, month, day, hour, minute, second] = iso.slice(1, 7).map(part => Number(part ?? 0)) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
    const real =
      local.getUTCDate() === day && local.getUTCMonth() === month - 1 && hour < 24 && minute < 60 && second < 60
    if (real) return new Date(local.getTime() - (iso[7] ? offsetOf(iso[7]) : offsetIn(timezone, local)))
  }
  throw new CampError('INVALID_ARGUMENT', t`"${text}" is not a date and a time`, {
    hint: t`Write it as 2026-11-30T09:00-03:00, or as "2026-11-30 09:00" in ${timezone}.`,
  })
}

/** An ISO offset in milliseconds, positive to the east. */
function offsetOf(text: string): number {
  if (/^z$/i.test(text)) return 0
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2))
  return (text.startsWith('-') ? -minutes : minutes) * 60_000
}

/** The offset of `timezone` in milliseconds when its clocks show `local` (whose UTC fields contain the local time). */
function offsetIn(timezone: string, local: Date): number {
  const near = local.getTime() - offsetAt(timezone, local.getTime())
  return offsetAt(timezone, near)
}
