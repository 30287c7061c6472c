import { Writable } from 'node:stream'
import { CampError } from '../errors.ts'
import { writeFailed } from '../files.ts'
import { t } from '../language/text.ts'
import { type OutputOption, type OutputPlace, openOutputPlace } from '../tabular/output-place.ts'
import type { CellValue, TableColumn } from '../tabular/write/cells.ts'
import { type CsvForm, openCsv } from '../tabular/write/csv-writer.ts'
import { openXlsx } from '../tabular/write/xlsx-writer.ts'

export interface TableTarget {
  file: string
  type: 'xlsx' | CsvForm
  overwrite: boolean
  timezone: string
  /** The name of a workbook's sheet. */
  sheet: string
}

/** Rows as cells, a page at a time. */
export type Pages = AsyncIterable<readonly (readonly CellValue[])[]>

/**
 * Writes a table to a file: a private draft (0600) that gets its name when it is complete. After an error there is no file.
 * @returns the number of rows, without the header
 * @throws CampError STATE: the file exists, and `overwrite` is not given; DATA if it cannot be written there, UNREACHABLE if the
 * disk is full
 */
export async function writeTable(target: TableTarget, columns: readonly TableColumn[], pages: Pages): Promise<number> {
  const option: OutputOption = target.type === 'xlsx' ? '--xlsx' : '--csv'
  const place = await openOutputPlace(target.file, { overwrite: target.overwrite, option }).catch(error => {
    throw failed(target.file, option, error)
  })
  try {
    const rows = await fill(place, target, columns, pages, error => failed(target.file, option, error))
    await place.publish().catch(error => {
      throw failed(target.file, option, error)
    })
    return rows
  } finally {
    await place.handle.close().catch(() => undefined) // closed already, or discarded
    await place.discard()
  }
}

async function fill(
  { handle, isDraft }: OutputPlace,
  { type, timezone, sheet }: TableTarget,
  columns: readonly TableColumn[],
  pages: Pages,
  wrap: (error: unknown) => CampError,
): Promise<number> {
  const writing = (work: Promise<void>) => work.catch(error => Promise.reject(wrap(error)))
  const write = (content: string | Buffer) => handle.appendFile(content)
  const writer =
    type === 'xlsx'
      ? await openXlsx(columns, streamTo(write), { sheet, timezone })
      : await openCsv(columns, write, { form: type, timezone })
  let rows = 0
  for await (const page of pages) {
    await writing(writer.add(page))
    rows += page.length
  }
  await writing(writer.end())
  if (isDraft) await writing(handle.datasync())
  return rows
}

function streamTo(write: (content: Buffer) => Promise<void>): Writable {
  return new Writable({ write: (chunk, _encoding, done) => void write(chunk).then(() => done(), done) })
}

function failed(file: string, option: OutputOption, error: unknown): CampError {
  if (error instanceof CampError) return error
  return writeFailed(t`the table cannot be written to ${file}`, error, { hint: t`Choose another path with ${option}.` })
}
