import { z } from 'zod'
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

/**
 * The preset of a sync: a source keeps the one of its last sync, because without it the same list blocks persons whom it does not bind.
 * @param asked 'none' ends it; null: as last time
 * @param last of the source's last sync
 */
export function presetFor(asked: PresetName | 'none' | null, last: string | null): PresetName | null {
  if (asked !== null) return asked === 'none' ? null : asked
  return z.enum(PRESET_NAMES).nullable().parse(last)
}

/** A row by the rules of the preset: phones elsewhere, and documents, are not its entries. @param preset null: as it was judged */
export function withinPreset(judged: Judged, preset: PresetName | null): Judged {
  if (preset === null || judged.named.length === 0) return judged
  const { areaCodes } = PRESETS[preset] as ListPreset
  const phones = judged.named.filter(({ kind }) => kind === 'phone')
  const named = phones.filter(({ value }) => areaCodes.has(value.slice(2, 4)))
  if (named.length > 0) return { named, problem: judged.problem }
  return { named, problem: judged.problem ?? (phones.length > 0 ? ELSEWHERE : NO_PHONE) }
}

const ELSEWHERE = { code: 'OUT_OF_SCOPE', detail: 'its area code is not one of this list' } as const
const NO_PHONE = { code: 'NO_PHONE', detail: 'it has a document and no phone, and this list is one of phones' } as const

/**
 * When a row's entries bind. A date that cannot be read, or lies in the future, is none: such a row binds at once, which is the stricter
 * reading.
 * @param date the cell of the registration date; undefined: the list has no such column
 */
export function bindingOf(date: string | undefined, preset: PresetName | null, now: Date): 'NOW' | 'LATER' | 'UNDATED' {
  if (preset === null) return 'NOW'
  const { graceDays, timezone } = PRESETS[preset]
  const [registered, today] = [date === undefined ? undefined : parseDay(date), dayIn(timezone, now)]
  if (registered === undefined || registered > today) return 'UNDATED'
  return registered + graceDays > today ? 'LATER' : 'NOW'
}
