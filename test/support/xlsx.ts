import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'

/** Workbooks written by hand, so that a test says each byte: as Excel lays them out, the texts behind the sheets. */
export interface Workbook {
  sheets: readonly SheetParts[]
  /** Texts, or whole <si> elements. */
  strings?: Iterable<string>
  /** What stands in styles.xml between <numFmts> and the end: number formats by id, and the id of each style. */
  formats?: Readonly<Record<number, string>>
  styles?: readonly number[]
  date1904?: boolean
  /** Nothing is packed: its bytes stand in the file as they are. */
  stored?: boolean
  /** Other parts, or other content for those above; null leaves one out. */
  parts?: Readonly<Record<string, string | Buffer | null>>
}

interface SheetParts {
  name: string
  state?: 'hidden' | 'veryHidden'
  /** <row> elements. */
  rows: Iterable<string> | string
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'

export function workbookBytes(workbook: Workbook): Promise<Buffer> {
  return buffer(zipped(workbook).outputStream)
}

/** Never in memory as a whole. */
export async function writeWorkbook(path: string, workbook: Workbook): Promise<string> {
  await pipeline(zipped(workbook).outputStream, createWriteStream(path))
  return path
}

/** A row's element: numbers as numbers, texts as the cell's own. What is `undefined` has no cell; an object is the cell itself. */
export function rowXml(
  number: number,
  cells: readonly (string | number | undefined | { t?: string; s?: number; v: string })[],
): string {
  const inner = cells.map((cell, i) => {
    const at = `r="${columnName(i)}${number}"`
    if (cell === undefined) return ''
    if (typeof cell === 'number') return `<c ${at}><v>${cell}</v></c>`
    if (typeof cell === 'string')
      return `<c ${at} t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`
    return `<c ${at}${cell.s === undefined ? '' : ` s="${cell.s}"`}${cell.t ? ` t="${cell.t}"` : ''}>${cell.v}</c>`
  })
  return `<row r="${number}" spans="1:${cells.length}">${inner.join('')}</row>`
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '_x000D_')
}

function columnName(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : columnName(Math.floor(index / 26) - 1) + columnName(index % 26)
}

function zipped({
  sheets,
  strings,
  formats = {},
  styles = [],
  date1904,
  stored = false,
  parts = {},
}: Workbook): ZipFile {
  const zip = new ZipFile()
  const add = (name: string, content: string | Readable) => {
    if (name in parts) return
    if (typeof content === 'string') zip.addBuffer(Buffer.from(XML + content), name, { compress: !stored })
    else zip.addReadStream(content, name, { compress: !stored })
  }
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`
  add(
    '[Content_Types].xml',
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
  )
  add(
    '_rels/.rels',
    `<Relationships xmlns="${PACKAGE}/relationships">${relation('rId1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
  )
  const listed = sheets.map(
    ({ name, state }, i) =>
      `<sheet name="${escaped(name)}" sheetId="${i + 1}"${state ? ` state="${state}"` : ''} r:id="rId${i + 1}"/>`,
  )
  add(
    'xl/workbook.xml',
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><workbookPr${date1904 ? ' date1904="1"' : ''}/>` +
      `<sheets>${listed.join('')}</sheets></workbook>`,
  )
  const related = sheets.map((_, i) => relation(`rId${i + 1}`, 'worksheet', `worksheets/sheet${i + 1}.xml`))
  add(
    'xl/_rels/workbook.xml.rels',
    `<Relationships xmlns="${PACKAGE}/relationships">${related.join('')}` +
      `${relation('rS', 'styles', 'styles.xml')}${strings ? relation('rT', 'sharedStrings', 'sharedStrings.xml') : ''}</Relationships>`,
  )
  for (const [i, { rows }] of sheets.entries()) {
    const around = [
      `${XML}<worksheet xmlns="${MAIN}"><dimension ref="A1"/><sheetData>`,
      '</sheetData></worksheet>',
    ] as const
    add(`xl/worksheets/sheet${i + 1}.xml`, streamed(around, typeof rows === 'string' ? [rows] : rows))
  }
  const codes = Object.entries(formats).map(
    ([id, code]) => `<numFmt numFmtId="${id}" formatCode="${escaped(code).replaceAll('"', '&quot;')}"/>`,
  )
  const xfs = styles.map(id => `<xf numFmtId="${id}" fontId="0" applyNumberFormat="1"/>`)
  add(
    'xl/styles.xml',
    `<styleSheet xmlns="${MAIN}"><numFmts>${codes.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>` +
      `<cellXfs>${xfs.join('')}</cellXfs></styleSheet>`,
  )
  if (strings) {
    const items = (function* () {
      for (const text of strings)
        yield text.startsWith('<si>') ? text : `<si><t xml:space="preserve">${escaped(text)}</t></si>`
    })()
    add('xl/sharedStrings.xml', streamed([`${XML}<sst xmlns="${MAIN}">`, '</sst>'], items))
  }
  for (const [name, content] of Object.entries(parts)) if (content !== null) zip.addBuffer(Buffer.from(content), name)
  zip.end()
  return zip
}

/** By the 64 KB: a million small chunks take minutes. */
function streamed([before, after]: readonly [string, string], inner: Iterable<string>): Readable {
  return Readable.from(
    (function* () {
      let text = before
      for (const piece of inner) {
        text += piece
        if (text.length < 65_536) continue
        yield Buffer.from(text)
        text = ''
      }
      yield Buffer.from(text + after)
    })(),
  )
}
