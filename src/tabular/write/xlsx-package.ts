import { FORMATS } from './xlsx-sheet.ts'

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** A number that Excel leaves to the formats of a workbook. */
const FIRST_OWN_FORMAT = 164

/** All parts of a workbook but its sheets, by path. */
export function packageParts(name: string, sheets: number): [path: string, xml: string][] {
  const numbers = Array.from({ length: sheets }, (_, i) => i + 1)
  return [
    ['[Content_Types].xml', contentTypes(numbers)],
    ['_rels/.rels', relationships([relation(1, 'officeDocument', 'xl/workbook.xml')])],
    ['xl/workbook.xml', workbook(name, numbers)],
    [
      'xl/_rels/workbook.xml.rels',
      relationships([
        ...numbers.map(n => relation(n, 'worksheet', `worksheets/sheet${n}.xml`)),
        relation(sheets + 1, 'styles', 'styles.xml'),
      ]),
    ],
    ['xl/styles.xml', styles()],
  ]
}

function contentTypes(sheets: readonly number[]): string {
  const override = (path: string, type: string) =>
    `<Override PartName="/${path}" ContentType="${SPREADSHEET}.${type}+xml"/>`
  return (
    `${XML}<Types xmlns="${PACKAGE}/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    '<Default Extension="xml" ContentType="application/xml"/>' +
    override('xl/workbook.xml', 'sheet.main') +
    sheets.map(n => override(`xl/worksheets/sheet${n}.xml`, 'worksheet')).join('') +
    `${override('xl/styles.xml', 'styles')}</Types>`
  )
}

function relationships(relations: readonly string[]): string {
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${relations.join('')}</Relationships>`
}

function relation(n: number, type: string, target: string): string {
  return `<Relationship Id="rId${n}" Type="${OFFICE}/${type}" Target="${target}"/>`
}

function workbook(name: string, sheets: readonly number[]): string {
  const entries = sheets.map(n => `<sheet name="${n === 1 ? name : `${name} ${n}`}" sheetId="${n}" r:id="rId${n}"/>`)
  return `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${entries.join('')}</sheets></workbook>`
}

/** One cell style for each format, and a bold one. */
function styles(): string {
  const attribute = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
  const formats = FORMATS.map(
    (code, i) => `<numFmt numFmtId="${FIRST_OWN_FORMAT + i}" formatCode="${attribute(code)}"/>`,
  )
  const style = (format: number, font: number) =>
    `<xf numFmtId="${format}" fontId="${font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>`
  const cells = [...FORMATS.map((_, i) => style(FIRST_OWN_FORMAT + i, 0)), style(0, 1)]
  const font = (weight: string) => `<font>${weight}<sz val="11"/><name val="Calibri"/></font>`
  return (
    `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="${formats.length}">${formats.join('')}</numFmts>` +
    `<fonts count="2">${font('')}${font('<b/>')}</fonts>` +
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
    '<borders count="1"><border/></borders>' +
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
    `<cellXfs count="${cells.length}">${cells.join('')}</cellXfs></styleSheet>`
  )
}
