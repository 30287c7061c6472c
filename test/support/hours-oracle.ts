/**
 * Whether a person may be sent to, told in another way than camp tells it: hours of difference by area code instead of a zone
 * database, the holidays of the months in question written out, the laws as prose. For moments from November 2026 to January 2027.
 */
export interface OracleHours {
  from: number
  to: number
  /** Bit 0 Monday … bit 6 Sunday. */
  days: number
  allowHolidays: boolean
  laws: readonly string[]
  /** Of camp calendar: MM-DD, or with a year, and the state or ''. */
  own: readonly { day: string; state: string }[]
}

export function mayBeSent(hours: OracleHours, ddd: number, moment: Date): boolean {
  return hoursBehindLondon(ddd).every(behind => {
    const local = new Date(moment.getTime() - behind * 3_600_000)
    const minute = local.getUTCHours() * 60 + local.getUTCMinutes()
    const day = local.toISOString().slice(0, 10)
    const sunday = local.getUTCDay() === 0
    const saturday = local.getUTCDay() === 6
    const weekday = sunday ? 6 : local.getUTCDay() - 1
    const states = statesOf(ddd)
    const holiday =
      NATIONAL.includes(day) ||
      hours.own.some(one => day.endsWith(one.day) && (one.state === '' || states.includes(one.state)))
    const lawful = states
      .filter(state => hours.laws.includes(state))
      .every(state => !sunday && !holiday && lawAllows(state, minute, saturday))
    const wished = minute >= hours.from && minute < hours.to && ((hours.days >> weekday) & 1) === 1
    return wished && lawful && (hours.allowHolidays || !holiday)
  })
}

const NATIONAL = ['2026-11-02', '2026-11-15', '2026-11-20', '2026-12-25', '2027-01-01']

function lawAllows(state: string, minute: number, saturday: boolean): boolean {
  const clock = minute / 60
  if (state === 'SP' || state === 'AL') return clock >= 8 && clock < (saturday ? 14 : 20)
  if (state === 'RJ') return !saturday && clock >= 9 && clock < 19
  if (state === 'ES') return !saturday && clock >= 8 && clock < 19
  if (state === 'AM') return !saturday && clock < 19
  throw new Error(`the oracle knows no law of ${state}`)
}

/** The area codes that the tests use. */
function hoursBehindLondon(ddd: number): number[] {
  if (ddd === 68) return [5]
  if (ddd === 97) return [4, 5]
  if ([92, 65, 67, 69, 95].includes(ddd)) return [4]
  return [3]
}

function statesOf(ddd: number): string[] {
  const known: Record<number, string[]> = { 11: ['SP'], 21: ['RJ'], 27: ['ES'], 61: ['DF', 'GO'], 62: ['GO'] }
  const rest: Record<number, string[]> = { 68: ['AC'], 79: ['SE'], 81: ['PE'], 82: ['AL'], 92: ['AM'], 97: ['AM'] }
  return known[ddd] ?? rest[ddd] ?? []
}

export const ORACLE_DDDS = [11, 21, 27, 61, 62, 68, 79, 81, 82, 92, 97]
