import { z } from 'zod'
import { DELIMITERS } from '../tabular/delimiter.ts'
import { ENCODINGS } from '../tabular/encoding.ts'

/** An import's options other than the campaign's settings; a recurrence also stores them. */
export const importOptions = z.strictObject({
  /** The campaign's; null: the file's name without its extension. */
  name: z.string().nullable(),
  /** Field → headers (GivenColumns). */
  map: z.record(z.string(), z.array(z.string())),
  /** Each phone of a row is a lead; otherwise the first valid phone is. */
  allPhones: z.boolean(),
  /** Adds a missing ninth digit to a mobile. */
  repairNinthDigit: z.boolean(),
  /** null: detected. */
  encoding: z.enum(ENCODINGS).nullable(),
  delimiter: z.enum(DELIMITERS).nullable(),
  /** Sheet of a workbook; null: the active one, or the first with rows. */
  sheet: z.string().nullable(),
  /** Adds the control phones. */
  fish: z.boolean(),
})

export type ImportOptions = z.output<typeof importOptions>
