import type { NamedColumn } from '../message/column-index.ts'
import { fieldOf, plainName, tiersOf } from '../recipient/field-names.ts'
import { phoneFamilies } from '../recipient/phone-columns.ts'
import { namesOf } from '../tabular/header-names.ts'
import { type InspectOptions, inspectFile } from '../tabular/inspect.ts'
import { openRecords } from '../tabular/records.ts'
import { type GivenColumns, mapColumns, namedColumns } from './columns.ts'
import { headerChoice, type ImportOptions } from './import-options.ts'

/** The beginning of a file, for a person who has to say how it is imported. */
export interface Preview {
  file: string
  headers: readonly string[]
  headerLine: number
  /** The first rows, as they are. */
  rows: readonly (readonly string[])[]
  /** No column, or more than one, can be the phone. */
  phoneUndecided: boolean
  /** A column has texts of its own. */
  hasTexts: boolean
  /** The columns that a text may name. @throws CampError DATA, as the import does */
  named: (given: GivenColumns) => readonly NamedColumn[]
}

const ROWS = 3

/** @throws CampError as `inspectFile` and `openRecords` */
export async function previewFile(
  path: string,
  options: Omit<InspectOptions, 'header'> & Pick<ImportOptions, 'headerRow'>,
  given: GivenColumns,
): Promise<Preview> {
  const { headerRow } = options
  const source = await inspectFile(path, { ...options, header: headerChoice({ headerRow, map: given }) })
  const records = await openRecords(source, options.signal)
  try {
    const first = await records.rows.next()
    const headers = namesOf(records.header)
    const known = Object.keys(given).map(fieldOf)
    return {
      file: source.file,
      headers,
      headerLine: records.headerLine,
      rows: (first.done ? [] : first.value).slice(0, ROWS).map(({ cells }) => cells),
      phoneUndecided: !known.includes('phone') && phoneFamilies(headers, new Set()).length !== 1,
      hasTexts: known.includes('mensagem') || headers.some(isTextColumn),
      named: more => namedColumns(mapColumns(source.file, records.header, more, false, records.headerLine)),
    }
  } finally {
    await records.close()
  }
}

function isTextColumn(header: string): boolean {
  return tiersOf('mensagem').some(tier => tier(plainName(header)))
}
