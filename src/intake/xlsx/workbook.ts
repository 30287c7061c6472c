import { posix } from 'node:path'
import { notData } from '../magic.ts'
import { type Archive, damaged, openArchive } from './archive.ts'
import { builtInFormat, digits, type NumberText, numberText } from './numbers.ts'
import { readXml } from './xml.ts'

/** What a workbook says of itself: its sheets in their order, and how its numbers are written. */
export interface Workbook {
  archive: Archive
  sheets: readonly Sheet[]
  /** The part with the texts; undefined where cells hold their own. */
  strings: string | undefined
  styles: string | undefined
  /** Days are counted from 1904, as old Excels on a Mac did. */
  date1904: boolean
}

export interface Sheet {
  name: string
  part: string
  hidden: boolean
}

const OPEN_AND_SAVE = 'Open it in Excel and save it as .xlsx or CSV.'

/**
 * Opens an .xlsx (or .xlsm); `close` its archive in the end.
 * @throws CampError DATA: another kind of zip, damaged, or cut
 */
export async function openWorkbook(path: string, file: string, signal: AbortSignal): Promise<Workbook> {
  const archive = await openArchive(path, file)
  try {
    return await readWorkbook(archive, signal)
  } catch (error) {
    archive.close()
    throw damaged(file, error)
  }
}

/** How a cell's number is written, by the number of its style. */
export async function readNumberTexts(
  { archive, styles, date1904 }: Workbook,
  signal: AbortSignal,
): Promise<(style: number) => NumberText> {
  const codes = new Map<number, string>()
  const formats: number[] = []
  if (styles !== undefined && archive.has(styles)) {
    let inCells = false
    await readXml(archive.read(styles, signal), {
      open: (name, { numFmtId, formatCode }) => {
        if (name === 'numFmt') codes.set(Number(numFmtId), formatCode ?? '')
        else if (name === 'cellXfs') inCells = true
        else if (name === 'xf' && inCells) formats.push(Number(numFmtId ?? 0))
      },
      close: name => {
        if (name === 'cellXfs') inCells = false
      },
    }).catch(error => {
      throw damaged(archive.file, error)
    })
  }
  const made = new Map<number, NumberText>()
  return style => {
    const id = formats[style]
    if (id === undefined || id === 0) return digits
    let text = made.get(id)
    if (!text) {
      text = numberText(codes.get(id) ?? builtInFormat(id) ?? 'General', date1904)
      made.set(id, text)
    }
    return text
  }
}

async function readWorkbook(archive: Archive, signal: AbortSignal): Promise<Workbook> {
  const { file } = archive
  if (archive.has('mimetype')) throw notData(file, 'an .ods', OPEN_AND_SAVE)
  if (!archive.has('[Content_Types].xml')) throw notData(file, 'a .zip', 'Unpack it first.')
  const top = await relationsOf(archive, '', signal)
  const main = [...top.values()].find(({ type }) => type === 'officeDocument')?.target ?? 'xl/workbook.xml'
  if (main.endsWith('.bin')) throw notData(file, 'an .xlsb', OPEN_AND_SAVE)
  if (!archive.has(main) || !main.endsWith('.xml')) throw notData(file, 'a .zip', 'Unpack it first.')
  const parts = await relationsOf(archive, main, signal)
  const sheets: Sheet[] = []
  let date1904 = false
  let root = ''
  await readXml(archive.read(main, signal), {
    open: (name, attributes) => {
      root ||= name
      if (name === 'workbookPr') date1904 = isTrue(attributes.date1904)
      if (name !== 'sheet') return
      const part = parts.get(relationIn(attributes))
      // Sheets of charts and macros have no rows.
      if (part?.type !== 'worksheet' || attributes.name === undefined) return
      const hidden = attributes.state === 'hidden' || attributes.state === 'veryHidden'
      sheets.push({ name: attributes.name, part: part.target, hidden })
    },
  })
  if (root !== 'workbook') throw notData(file, 'no Excel', OPEN_AND_SAVE)
  const partOf = (type: string) => [...parts.values()].find(part => part.type === type)?.target
  return { archive, sheets, strings: partOf('sharedStrings'), styles: partOf('styles'), date1904 }
}

/** What a part refers to, by the id with which it does. */
async function relationsOf(
  archive: Archive,
  part: string,
  signal: AbortSignal,
): Promise<Map<string, { type: string; target: string }>> {
  const folder = posix.dirname(part)
  const relations = new Map<string, { type: string; target: string }>()
  const own = posix.join(folder, '_rels', `${posix.basename(part)}.rels`)
  if (!archive.has(own)) return relations
  await readXml(archive.read(own, signal), {
    open: (name, { Id, Type, Target, TargetMode }) => {
      if (name !== 'Relationship' || Id === undefined || Target === undefined || TargetMode === 'External') return
      const target = Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target)
      // The last word says what it is, in the usual and in the strict dialect.
      relations.set(Id, { type: (Type ?? '').split('/').at(-1)!, target })
    },
  })
  return relations
}

/** r:id, whatever the prefix. */
function relationIn(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes).find(([name]) => name === 'id' || name.endsWith(':id'))?.[1] ?? ''
}

export function isTrue(attribute: string | undefined): boolean {
  return attribute === '1' || attribute === 'true'
}
