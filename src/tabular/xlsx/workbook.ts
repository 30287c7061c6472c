import { posix } from 'node:path'
import { t } from '../../language/text.ts'
import { notData } from '../file-type.ts'
import { type Archive, damaged, openArchive } from './archive.ts'
import { isTrue } from './cells.ts'
import { builtInFormat, digits, type NumberText, numberText } from './numbers.ts'
import { unescapeText } from './text.ts'
import { type Attributes, type NamespaceOf, RELATIONSHIPS, readXml, SPREADSHEET } from './xml.ts'

/** A workbook's structure: its sheets in order, and its number formats. */
export interface Workbook {
  archive: Archive
  /** Sheets with rows and columns. */
  sheets: readonly Sheet[]
  /** The names of the others: charts, dialogs, macros. */
  withoutRows: readonly string[]
  /** The sheet on which Excel opens the file, unless it has no rows. */
  active: Sheet | undefined
  /** The part with the texts; undefined if cells contain their own. */
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

const openAndSave = () => t`Open it in Excel and save it as .xlsx or CSV.`

/**
 * Opens an .xlsx (or .xlsm); the caller must `close` its archive.
 * @throws CampError DATA: another kind of zip, damaged, or truncated
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

/** The format of a cell's number, by the number of its style. */
export async function readNumberTexts(
  { archive, styles, date1904 }: Workbook,
  signal: AbortSignal,
): Promise<(style: number) => NumberText> {
  const codes = new Map<number, string>()
  const formats: number[] = []
  if (styles !== undefined && archive.has(styles)) {
    const numFmt = {
      open: ({ numFmtId, formatCode }: Attributes) => codes.set(Number(numFmtId), unescapeText(formatCode ?? '')),
    }
    const xf = { open: ({ numFmtId }: Attributes) => formats.push(Number(numFmtId ?? 0)) }
    const within = { numFmts: { within: { numFmt } }, cellXfs: { within: { xf } } }
    await readXml(archive.read(styles, signal), SPREADSHEET, { styleSheet: { within } }).catch(error => {
      throw damaged(archive.file, error)
    })
  }
  const made = new Map<number, NumberText>()
  return style => {
    const id = formats[style]
    if (id === undefined || (id === 0 && !codes.has(0))) return digits
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
  const main = await mainPart(archive, signal)
  const parts = await relationsOf(archive, main, signal)
  const listed: { name: string; sheet: Sheet | undefined }[] = []
  let [isWorkbook, date1904] = [false, false]
  let activeTab: number | undefined
  const workbookPr = {
    open: (attributes: Attributes) => {
      date1904 = isTrue(attributes.date1904)
    },
  }
  const workbookView = {
    open: (attributes: Attributes) => {
      // A second view is a second window.
      activeTab ??= Number(attributes.activeTab ?? 0)
    },
  }
  const sheet = {
    open: (attributes: Attributes, namespaceOf: NamespaceOf) => {
      if (attributes.name === undefined) return
      const name = unescapeText(attributes.name)
      const part = parts.get(relationIn(attributes, namespaceOf))
      const hidden = attributes.state === 'hidden' || attributes.state === 'veryHidden'
      listed.push({ name, sheet: part?.type === 'worksheet' ? { name, part: part.target, hidden } : undefined })
    },
  }
  await readXml(archive.read(main, signal), SPREADSHEET, {
    workbook: {
      open: () => {
        isWorkbook = true
      },
      within: { workbookPr, bookViews: { within: { workbookView } }, sheets: { within: { sheet } } },
    },
  })
  if (!isWorkbook) throw notData(file, t`no Excel`, openAndSave())
  const partOf = (type: string) => [...parts.values()].find(part => part.type === type)?.target
  return {
    archive,
    sheets: listed.flatMap(one => one.sheet ?? []),
    withoutRows: listed.flatMap(one => (one.sheet ? [] : one.name)),
    active: listed[activeTab ?? 0]?.sheet,
    strings: partOf('sharedStrings'),
    styles: partOf('styles'),
    date1904,
  }
}

/** @throws CampError DATA for a zip that is not a workbook, with what it is */
async function mainPart(archive: Archive, signal: AbortSignal): Promise<string> {
  const { file } = archive
  if (archive.has('mimetype')) throw notData(file, t`an .ods`, openAndSave())
  if (archive.has('Index/Document.iwa') || archive.has('Index.zip'))
    throw notData(file, t`a .numbers`, t`Export it from Numbers as CSV or Excel.`)
  if (!archive.has('[Content_Types].xml')) throw notData(file, t`a .zip`, t`Unpack it first.`)
  const top = await relationsOf(archive, '', signal)
  const main = [...top.values()].find(({ type }) => type === 'officeDocument')?.target ?? 'xl/workbook.xml'
  if (main.endsWith('.bin')) throw notData(file, t`an .xlsb`, openAndSave())
  if (!archive.has(main) || !main.endsWith('.xml')) throw notData(file, t`a .zip`, t`Unpack it first.`)
  return main
}

// Transitional and strict.
const OFFICE = [
  'http://schemas.openxmlformats.org/officeDocument/2006/relationships',
  'http://purl.oclc.org/ooxml/officeDocument/relationships',
]

/** A part's relations, by id. */
async function relationsOf(
  archive: Archive,
  part: string,
  signal: AbortSignal,
): Promise<Map<string, { type: string; target: string }>> {
  const folder = posix.dirname(part)
  const relations = new Map<string, { type: string; target: string }>()
  const own = posix.join(folder, '_rels', `${posix.basename(part)}.rels`)
  if (!archive.has(own)) return relations
  const Relationship = {
    open: ({ Id, Type, Target, TargetMode }: Attributes) => {
      const base = OFFICE.find(one => Type?.startsWith(`${one}/`))
      if (base === undefined || Id === undefined || Target === undefined || TargetMode === 'External') return
      relations.set(Id, { type: Type!.slice(base.length + 1), target: partAt(archive, folder, Target) })
    },
  }
  await readXml(archive.read(own, signal), RELATIONSHIPS, { Relationships: { within: { Relationship } } })
  return relations
}

/** A target is a URI: relative to the part's folder or, with a slash, to the root. */
function partAt(archive: Archive, folder: string, target: string): string {
  const path = target.replaceAll('\\', '/')
  const name = path.startsWith('/') ? path.replace(/^\/+/, '') : posix.join(folder, path)
  if (archive.has(name) || !name.includes('%')) return name
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** r:id, with any prefix. */
function relationIn(attributes: Attributes, namespaceOf: NamespaceOf): string {
  const isRelation = (name: string) => name.endsWith(':id') && OFFICE.includes(namespaceOf(name.slice(0, -3)))
  return Object.entries(attributes).find(([name]) => isRelation(name))?.[1] ?? ''
}
