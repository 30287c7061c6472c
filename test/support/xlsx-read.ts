import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Warnings } from '../../src/intake/warnings.ts'
import type { Row } from '../../src/tabular/csv.ts'
import { type Inspection, inspectFile } from '../../src/tabular/inspect.ts'
import { openRecords } from '../../src/tabular/records.ts'
import { sharedScratchFolder } from './scratch.ts'
import { type Workbook, workbookBytes } from './xlsx.ts'

const signal = new AbortController().signal
let files = 0

/** What an import's first look finds in a workbook. */
export async function inspectWorkbook(workbook: Workbook, sheet: string | null = null): Promise<Inspection> {
  const file = join(sharedScratchFolder('xlsx'), `book-${++files}.xlsx`)
  writeFileSync(file, await workbookBytes(workbook))
  return inspectFile(file, { encoding: null, delimiter: null, sheet, signal })
}

/** All rows of a file as an import reads them, header and all; of a workbook one sheet. */
export async function readTable(file: string, sheet: string | null = null): Promise<string[][]> {
  const records = await openRecords(await inspectFile(file, { encoding: null, delimiter: null, sheet, signal }), signal)
  const rows = [[...records.header]]
  try {
    for await (const some of records.rows) rows.push(...some.map(row => [...row.cells]))
    return rows
  } finally {
    await records.close()
  }
}

/** All rows of the sheet that an import takes, header and all, and what it warns of. */
export async function readWorkbook(workbook: Workbook): Promise<{ rows: Row[]; warnings: Warnings }> {
  const records = await openRecords(await inspectWorkbook(workbook), signal)
  const rows: Row[] = [{ line: records.headerLine, cells: [...records.header] }]
  try {
    for await (const some of records.rows) rows.push(...some)
    return { rows, warnings: records.warnings() }
  } finally {
    await records.close()
  }
}
