import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Inspection } from './inspect.ts'
import { sheetNames } from './xlsx/open.ts'

/** The names of the visible sheets that have rows and were not read. */
export function otherSheetsOf({ otherSheets }: Pick<Inspection, 'otherSheets'>): string[] {
  return otherSheets.filter(sheet => !sheet.hidden).map(sheet => sheet.name)
}

/** Adds to an error about a sheet's content the sheets on which the list may be instead. */
export function withOtherSheets({ sheet, otherSheets }: Inspection, error: unknown): unknown {
  if (!(error instanceof CampError) || error.kind !== 'DATA' || otherSheets.length === 0) return error
  const sheets = t`The sheet "${sheet ?? ''}" was read; others with rows: ${sheetNames(otherSheets)}. Name one with --sheet.`
  return new CampError(error.code, error.message, {
    hint: [...(error.hint?.split('\n') ?? []), sheets],
    cause: error.cause,
  })
}
