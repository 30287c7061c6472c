import { dayIn, parseDay } from '../../time/day.ts'
import type { Judged } from './types.ts'

/** The rules of a known list, which narrow what a sync makes of its rows. Its entries bind campaigns of every purpose. */
interface ListPreset {
  /** Only phones with these area codes are blocked. */
  areaCodes: ReadonlySet<string>
  /** An entry binds this many days after its registration, if the list has its date; else at once. */
  graceDays: number
  timezone: string
}

/** docs/rules.md#blocklist names the sources of these rules. */
const PRESETS = {
  'nao-me-ligue-sp': {
    areaCodes: new Set(['11', '12', '13', '14', '15', '16', '17', '18', '19']),
    graceDays: 30,
    timezone: 'America/Sao_Paulo',
  },
} as const satisfies Record<string, ListPreset>

export type PresetName = keyof typeof PRESETS
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[]

/** A row by the rules of the preset: phones elsewhere are not its entries. @param preset null: as it was judged */
export function withinPreset(judged: Judged, preset: PresetName | null): Judged {
  if (preset === null || judged.named.length === 0) return judged
  const { areaCodes } = PRESETS[preset] as ListPreset
  const named = judged.named.filter(({ kind, value }) => kind === 'phone' && areaCodes.has(value.slice(2, 4)))
  if (named.length > 0) return { ...judged, named }
  return { named, problem: judged.problem ?? { code: 'OUT_OF_SCOPE', detail: 'its area code is not one of this list' } }
}

/**
 * Whether a row's entries do not bind yet. A row without a date that can be read binds at once: that is the stricter reading.
 * @param date the cell of the registration date
 */
export function isWaiting(date: string | undefined, preset: PresetName | null, now: Date): boolean {
  const registered = preset === null || date === undefined ? undefined : parseDay(date)
  if (preset === null || registered === undefined) return false
  const { graceDays, timezone } = PRESETS[preset]
  return registered + graceDays > dayIn(timezone, now)
}
