import { z } from 'zod'
import { DELIMITERS } from '../tabular/delimiter.ts'
import { ENCODINGS } from '../tabular/encoding.ts'

/** An import's options other than the campaign's settings; a recurrence stores these, too. */
export const importOptions = z.strictObject({
  /** The campaign's; null: the file's name without its ending. */
  name: z.string().nullable(),
  /** Field → headers (GivenColumns). */
  map: z.record(z.string(), z.array(z.string())),
  /** Each phone of a row is a lead; else the first good one is. */
  allPhones: z.boolean(),
  /** A mobile without its ninth digit gets it. */
  repairNinthDigit: z.boolean(),
  /** null: detected. */
  encoding: z.enum(ENCODINGS).nullable(),
  delimiter: z.enum(DELIMITERS).nullable(),
  /** A workbook's; null: the one on which Excel opens, or the first that has rows. */
  sheet: z.string().nullable(),
  /** With our own control phones. */
  fish: z.boolean(),
})

export type ImportOptions = z.output<typeof importOptions>
