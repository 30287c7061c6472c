import { z } from 'zod'
import { campaignSettings } from '../campaign-settings/schema.ts'
import { importOptions } from '../intake/import-options.ts'
import type { ImportRequest } from '../intake/request.ts'

/** An import's options, without those that each occurrence sets: its schedule is the occurrence's time. */
const stored = campaignSettings.omit({ scheduledAt: true }).extend(importOptions.shape)

export type RecurringSettings = z.output<typeof stored>

/** An import's settings in a recurrence's row. */
export function storedSettings(request: ImportRequest): unknown {
  const known = Object.keys(stored.shape) as (keyof RecurringSettings)[]
  return z.encode(stored, Object.fromEntries(known.map(key => [key, request[key]])) as RecurringSettings)
}

/** @throws ZodError if the column does not fit */
export function settingsOf(json: unknown): RecurringSettings {
  return stored.parse(json)
}
