import { z } from 'zod'
import { DELIMITERS } from '../tabular/delimiter.ts'
import { ENCODINGS } from '../tabular/encoding.ts'
import type { HeaderChoice } from '../tabular/header-row.ts'

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
  /** The line with the names of the columns; null: found. Recurring imports stored before have none. */
  headerRow: z.number().int().nullable().default(null),
  /** Adds the control phones. */
  fish: z.boolean(),
})

/** Where the header of a file is, and the names that --map expects in it. */
export function headerChoice({
  headerRow,
  map,
}: {
  headerRow: number | null
  map: Readonly<Record<string, readonly string[]>>
}): HeaderChoice {
  return {
    row: headerRow,
    names: Object.values(map)
      .flat()
      .filter(name => name !== '-'),
  }
}

export type ImportOptions = z.output<typeof importOptions>
