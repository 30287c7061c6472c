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

/** The options that decide what the rows of a file are; a campaign stores them. */
const fileOptions = importOptions.omit({ name: true, fish: true })

export type FileOptions = z.output<typeof fileOptions>

/** The file options of an import, for the campaign's row. */
export function storedFileOptions(options: FileOptions): FileOptions {
  const known = Object.keys(fileOptions.shape) as (keyof FileOptions)[]
  return fileOptions.parse(Object.fromEntries(known.map(key => [key, options[key]])))
}

/** @throws ZodError if the column does not fit */
export function fileOptionsOf(json: unknown): FileOptions {
  return fileOptions.parse(json)
}

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
