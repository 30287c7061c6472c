import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import type { Row } from '../csv.ts'
import { readSheet, type SheetNotes } from './sheet.ts'
import { readSharedStrings, SharedStrings } from './strings.ts'
import { openWorkbook, readNumberTexts, type Sheet, type Workbook } from './workbook.ts'

/** Another sheet of a workbook that has rows. */
export interface OtherSheet {
  name: string
  hidden: boolean
}

/**
 * The sheet to import: the named one; else the one on which Excel opens the file, as "save as CSV" would write; if that is
 * hidden or has no row, the first visible one with a row.
 * @returns its name, and if none was named the others with rows
 * @throws CampError DATA: no such sheet, none with rows, or not a workbook
 */
export async function chooseSheet(
  path: string,
  file: string,
  name: string | null,
  signal: AbortSignal,
): Promise<{ sheet: string; otherSheets: readonly OtherSheet[] }> {
  const workbook = await openWorkbook(path, file, signal)
  try {
    if (name !== null) return { sheet: named(workbook, name).name, otherSheets: [] }
    const { sheets, active } = workbook
    const shown = sheets.filter(sheet => !sheet.hidden)
    const inTurn = active && !active.hidden ? [active, ...shown.filter(sheet => sheet !== active)] : shown
    for (const sheet of inTurn) {
      if (!(await hasRows(workbook, sheet, signal))) continue
      return { sheet: sheet.name, otherSheets: await othersThan(workbook, sheet, signal) }
    }
    throw new CampError('FILE_EMPTY', t`${file} is empty: none of its sheets has a row`, {
      hint: t`The first row names the columns, each further row is a lead. ${found(workbook)}`,
    })
  } finally {
    workbook.archive.close()
  }
}

/** A sheet that is being read. */
export interface OpenSheet {
  rows: AsyncGenerator<Row[]>
  /** The share that has been read: 0 to 1. */
  share: () => number
  /** Of the rows so far. */
  notes: Readonly<SheetNotes>
  close: () => void
}

const ROWS_AT_ONCE = 250

/** @throws CampError DATA: damaged, or more text than fits into memory */
export async function openSheet(path: string, file: string, name: string, signal: AbortSignal): Promise<OpenSheet> {
  const workbook = await openWorkbook(path, file, signal)
  const { archive, strings } = workbook
  try {
    const sheet = named(workbook, name)
    const total = archive.sizeOf(sheet.part) + (strings === undefined ? 0 : archive.sizeOf(strings))
    let read = 0
    const onRead = (bytes: number) => {
      read += bytes
    }
    const numberTextOf = await readNumberTexts(workbook, signal)
    const texts =
      strings !== undefined && archive.has(strings)
        ? await readSharedStrings(archive, strings, signal, onRead)
        : new SharedStrings()
    const notes: SheetNotes = { hiddenRows: 0, withoutResult: 0, mergedOverRows: 0 }
    const rows = readSheet(workbook, sheet, { texts, numberTextOf, atOnce: ROWS_AT_ONCE, signal, onRead, notes })
    return { rows, share: () => (total === 0 ? 1 : read / total), notes, close: archive.close }
  } catch (error) {
    archive.close()
    throw error
  }
}

async function othersThan(workbook: Workbook, taken: Sheet, signal: AbortSignal): Promise<OtherSheet[]> {
  const others: OtherSheet[] = []
  for (const sheet of workbook.sheets) {
    if (sheet === taken) continue
    // A damaged sheet is not read, but it contains something.
    const any = await hasRows(workbook, sheet, signal).catch(error => {
      if (error instanceof CampError) return true
      throw error
    })
    if (any) others.push({ name: sheet.name, hidden: sheet.hidden })
  }
  return others
}

/** Whether a sheet has any content, without its texts: a cell that points to one is not empty. */
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
  const { file } = workbook.archive
  const without = workbook.withoutRows.some(one => plain(one) === plain(name))
  throw new CampError(
    'SHEET_NOT_FOUND',
    without
      ? t`${file}: "${name}" is not a sheet of rows, but a chart, dialog or macro`
      : t`${file} has no sheet "${name}"`,
    { hint: found(workbook) },
  )
}

function found({ sheets }: Workbook): string {
  return t`Sheets found: ${sheetNames(sheets) || t`none`}. Name one with --sheet.`
}

/** For messages. */
export function sheetNames(sheets: readonly OtherSheet[]): string {
  return sheets.map(({ name, hidden }) => `${name}${hidden ? ' (hidden)' : ''}`).join(', ')
}
