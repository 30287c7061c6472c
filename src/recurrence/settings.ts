import { z } from 'zod'
import { formatThrottle, parseThrottle } from '../campaign-settings/throttle.ts'
import type { ImportRequest } from '../intake/request.ts'
import { DELIMITERS } from '../tabular/delimiter.ts'
import { ENCODINGS } from '../tabular/encoding.ts'

/** What an import is told, but for what each occurrence decides by itself. */
export type RecurringSettings = Omit<
  ImportRequest,
  | 'file'
  | 'userId'
  | 'wallet'
  | 'broker'
  | 'adapter'
  | 'template'
  | 'billsSegments'
  | 'scheduledAt'
  | 'again'
  | 'dryRun'
  | 'rejects'
  | 'overwrite'
  | 'timezone'
>

const columns = z.record(z.string(), z.string())

const stored = z.strictObject({
  name: z.string().nullable(),
  message: z.string().nullable(),
  vars: columns,
  map: z.record(z.string(), z.array(z.string())),
  allPhones: z.boolean(),
  repairNinthDigit: z.boolean(),
  throttle: z.string().transform(parseThrottle),
  hours: z.object({ from: z.number().int(), to: z.number().int() }),
  days: z.number().int(),
  allowHolidays: z.boolean(),
  stateLaws: z.array(z.string()),
  noCap: z.boolean(),
  purpose: z.string().nullable(),
  startBefore: z.number().int().positive(),
  batchSize: z.number().int().positive().nullable(),
  staleDays: z.number().int().nonnegative(),
  encoding: z.enum(ENCODINGS).nullable(),
  delimiter: z.enum(DELIMITERS).nullable(),
  sheet: z.string().nullable(),
  fish: z.boolean(),
}) satisfies z.ZodType<RecurringSettings, unknown>

/** The settings of an import, as a recurrence's row holds them. */
export function storedSettings(request: ImportRequest): unknown {
  const known = Object.keys(stored.shape) as (keyof RecurringSettings)[]
  return { ...Object.fromEntries(known.map(key => [key, request[key]])), throttle: formatThrottle(request.throttle) }
}

/** @throws ZodError when the column holds something else */
export function settingsOf(json: unknown): RecurringSettings {
  return stored.parse(json)
}
