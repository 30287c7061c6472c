import { CampError } from '../../errors.ts'
import type { Row } from '../csv.ts'
import { readSheet } from './sheet.ts'
import { readSharedStrings, SharedStrings } from './strings.ts'
import { openWorkbook, readNumberTexts, type Sheet, type Workbook } from './workbook.ts'

/**
 * The sheet to import: the one that is named, or the first that Excel shows and that has a row.
 * @throws CampError DATA: no such sheet, none with rows, or no workbook
 */
export async function chooseSheet(
  path: string,
  file: string,
  name: string | null,
  signal: AbortSignal,
): Promise<string> {
  const workbook = await openWorkbook(path, file, signal)
  try {
    if (name !== null) return named(workbook, name).name
    for (const sheet of workbook.sheets) {
      if (!sheet.hidden && (await hasRows(workbook, sheet, signal))) return sheet.name
    }
    throw new CampError('DATA', `${file} is empty: no sheet of it has a row`, {
      hint: `The first row names the columns, each further row is a lead. ${found(workbook)}`,
    })
  } finally {
    workbook.archive.close()
  }
}

/** A sheet that is being read. */
export interface OpenSheet {
  rows: AsyncGenerator<Row[]>
  /** Of what is to be read, how much has been: 0 to 1. */
  share: () => number
  /** Rows that Excel does not show, by a filter or by hand, so far. */
  hidden: () => number
  close: () => void
}

const ROWS_AT_ONCE = 250

/** @throws CampError DATA: damaged, or more text than fits the memory */
export async function openSheet(path: string, file: string, name: string, signal: AbortSignal): Promise<OpenSheet> {
  const workbook = await openWorkbook(path, file, signal)
  const { archive, strings } = workbook
  try {
    const sheet = named(workbook, name)
    const total = archive.sizeOf(sheet.part) + (strings === undefined ? 0 : archive.sizeOf(strings))
    let [read, hidden] = [0, 0]
    const onRead = (bytes: number) => {
      read += bytes
    }
    const numberTextOf = await readNumberTexts(workbook, signal)
    const texts =
      strings !== undefined && archive.has(strings)
        ? await readSharedStrings(archive, strings, signal, onRead)
        : new SharedStrings()
    const onHidden = () => {
      hidden++
    }
    const rows = readSheet(workbook, sheet, { texts, numberTextOf, atOnce: ROWS_AT_ONCE, signal, onRead, onHidden })
    return { rows, share: () => (total === 0 ? 1 : read / total), hidden: () => hidden, close: archive.close }
  } catch (error) {
    archive.close()
    throw error
  }
}

/** Whether anything stands in a sheet, without its texts: a cell that points to one is not empty. */
async function hasRows(workbook: Workbook, sheet: Sheet, signal: AbortSignal): Promise<boolean> {
  const rows = readSheet(workbook, sheet, {
    texts: { get: () => '?' },
    numberTextOf: () => (_, written) => written,
    atOnce: 1,
    signal,
  })
  const first = await rows.next()
  await rows.return(undefined)
  return first.done !== true
}

function named(workbook: Workbook, name: string): Sheet {
  const plain = (text: string) => text.trim().toLowerCase()
  const sheet =
    workbook.sheets.find(one => one.name === name) ?? workbook.sheets.find(one => plain(one.name) === plain(name))
  if (sheet) return sheet
  throw new CampError('DATA', `${workbook.archive.file} has no sheet "${name}"`, { hint: found(workbook) })
}

function found({ sheets }: Workbook): string {
  const names = sheets.map(({ name, hidden }) => `${name}${hidden ? ' (hidden)' : ''}`)
  return `Sheets found: ${names.join(', ') || 'none'}. Name one with --sheet.`
}
