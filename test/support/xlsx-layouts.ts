import { escaped, type Workbook } from './xlsx.ts'

/** How a program lays a workbook out, as the workbooks in the test suites of other readers show it. */
export interface Layout {
  /** The prefix of all elements. */
  prefix?: string
  strict?: boolean
  texts?: 'shared' | 'pieces' | 'inline' | 'str' | 'cdata'
  dates?: 'serial' | '1904' | 'iso'
  /** Numbers as Java and .NET write them. */
  exponents?: boolean
  /** Rows and cells say where they are. */
  refs?: boolean
  targets?: 'relative' | 'absolute' | 'backslash'
  /** Each part as bytes. */
  encode?: (xml: string) => Buffer
  declaration?: string
  /** All that Excel 2013 and later add: alternatives, later namespaces, formats of tables. */
  additions?: boolean
}

/** The list that every layout holds, as it should be read. */
export const LIST = [
  ['telefone', 'nome', 'cpf', 'vencimento', 'valor'],
  ['11987654321', 'Ana & Bia', '01234567890', '10/12/2026', '1.234,50'],
  ['11987654322', 'José "Zé" <ME>', '52998224725', '24/11/2026', '-3,00'],
]

/** The programs whose layout it is. */
export const LAYOUTS: Readonly<Record<string, Layout>> = {
  'Excel 2007': {},
  'Excel 365': { texts: 'pieces', additions: true },
  'Excel for Mac, from 1904': { dates: '1904', additions: true },
  'strict Open XML': { strict: true, dates: 'iso', additions: true },
  'strict with serial dates': { strict: true },
  'Google Sheets': { exponents: true, targets: 'absolute' },
  'POI streaming': { texts: 'inline', exponents: true },
  'XlsxWriter in constant memory': { texts: 'inline' },
  'openpyxl, write-only': { texts: 'inline', targets: 'absolute' },
  'ClosedXML and the Open XML SDK': { prefix: 'x:', targets: 'absolute' },
  'ClosedXML, inline': { prefix: 'x:', texts: 'inline' },
  'SheetJS, EPPlus formulas': { texts: 'str' },
  'a report writer without places': { texts: 'inline', refs: false },
  'a report writer with CDATA': { texts: 'cdata', targets: 'backslash' },
  'PhpSpreadsheet in UTF-16': {
    encode: xml => Buffer.from(`\ufeff${xml}`, 'utf16le').swap16(),
    declaration: '<?xml version="1.0" encoding="UTF-16"?>',
  },
  'UTF-16 without a mark': { encode: xml => Buffer.from(xml, 'utf16le'), texts: 'cdata' },
  'a byte order mark before UTF-8': { encode: xml => Buffer.from(`\ufeff${xml}`) },
  'an ERP in ISO-8859-1': {
    encode: xml => Buffer.from(xml, 'latin1'),
    declaration: "<?xml version='1.0' encoding='ISO-8859-1'?>",
  },
}

/** A workbook whose first sheet, "Base", holds `LIST`. */
export function laidOut(layout: Layout): Workbook {
  const { prefix: p = '', strict = false, targets = 'relative', additions = false } = layout
  const {
    encode = xml => Buffer.from(xml),
    declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
  } = layout
  const office = strict
    ? 'http://purl.oclc.org/ooxml/officeDocument/relationships'
    : 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const main = strict
    ? 'http://purl.oclc.org/ooxml/spreadsheetml/main'
    : 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const root = (name: string, inner: string) =>
    `<${p}${name} xmlns${p && `:${p.slice(0, -1)}`}="${main}" xmlns:ref="${office}"${additions ? LATER : ''}>${inner}</${p}${name}>`
  const target = { relative: '', absolute: '/xl/', backslash: '' }[targets]
  const relation = (id: string, type: string, to: string) =>
    `<Relationship Id="${id}" Type="${office}/${type}" Target="${targets === 'backslash' ? to.replace('/', '\\') : to}"/>`
  const relations = (inner: string) =>
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${inner}</Relationships>`
  const xml = {
    '_rels/.rels': relations(
      relation('r1', 'officeDocument', targets === 'absolute' ? '/xl/workbook.xml' : 'xl/workbook.xml'),
    ),
    'xl/_rels/workbook.xml.rels': relations(
      relation('r1', 'worksheet', `${target}worksheets/sheet1.xml`) +
        relation('r2', 'styles', `${target}styles.xml`) +
        relation('r3', 'sharedStrings', `${target}sharedStrings.xml`),
    ),
    'xl/workbook.xml': root(
      'workbook',
      `${additions ? PATH : ''}<${p}workbookPr${layout.dates === '1904' ? ' date1904="1"' : ''}/><${p}sheets>` +
        `<${p}sheet name="Base" sheetId="1" ref:id="r1"/></${p}sheets>${additions ? EXT : ''}`,
    ),
    'xl/styles.xml': root(
      'styleSheet',
      `<${p}numFmts><${p}numFmt numFmtId="164" formatCode="00000000000"/></${p}numFmts><${p}cellStyleXfs><${p}xf ` +
        `numFmtId="9"/></${p}cellStyleXfs>` +
        `<${p}cellXfs>${[0, 164, 14, 4].map(id => `<${p}xf numFmtId="${id}"/>`).join('')}</${p}cellXfs>${additions ? DXFS : ''}`,
    ),
    'xl/worksheets/sheet1.xml': root('worksheet', `<${p}sheetData>${rows(layout)}</${p}sheetData>`),
    'xl/sharedStrings.xml': root(
      'sst',
      texts()
        .map(text => shared(text, layout))
        .join(''),
    ),
  }
  const parts = Object.fromEntries(Object.entries(xml).map(([name, text]) => [name, encode(declaration + text)]))
  return { sheets: [], parts }
}

const LATER =
  ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" ' +
  'xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main" mc:Ignorable="x15"'
const PATH =
  '<mc:AlternateContent><mc:Choice Requires="x15"><x15ac:absPath url="C:\\" ' +
  'xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"/></mc:Choice></mc:AlternateContent>'
const EXT = '<extLst><ext uri="{140A7094}"><x15:workbookPr chartTrackingRefBase="1"/></ext></extLst>'
const DXFS = '<dxfs count="1"><dxf><numFmt numFmtId="164" formatCode="0%"/></dxf></dxfs>'

function texts(): string[] {
  return [...LIST[0]!, ...LIST.slice(1).map(row => row[1]!)]
}

function shared(text: string, { prefix: p = '', texts: how }: Layout): string {
  if (how !== 'pieces') return `<${p}si><${p}t>${escaped(text)}</${p}t></${p}si>`
  const [first, second] = [text.slice(0, 3), text.slice(3)].map(
    piece => `<t xml:space="preserve">${escaped(piece)}</t>`,
  )
  return `<si><r>${first}</r><r><rPr><b/></rPr>${second}</r><rPh sb="0" eb="1"><t>ア</t></rPh><phoneticPr fontId="1"/></si>`
}

const DAYS = ['2026-12-10', '2026-11-24']
const FROM_1900 = [46366, 46350]

function rows(layout: Layout): string {
  const { prefix: p = '', refs = true, dates = 'serial', exponents = false } = layout
  const number = (style: number, value: number) => {
    const written = exponents && value >= 1e7 ? value.toExponential().replace('e+', 'E') : String(value)
    return `s="${style}"><${p}v>${written}</${p}v>`
  }
  const date = (i: number) => {
    if (dates === 'iso') return `s="2" t="d"><v>${DAYS[i]}T00:00:00</v>`
    return number(2, FROM_1900[i]! - (dates === '1904' ? 1462 : 0))
  }
  const phones = [11987654321, 11987654322]
  const documents = [1234567890, 52998224725]
  const amounts = [1234.5, -3]
  const cells = [
    LIST[0]!.map(text => written(text, layout)),
    ...phones.map((phone, i) => [
      number(0, phone),
      written(LIST[i + 1]![1]!, layout),
      number(1, documents[i]!),
      date(i),
      number(3, amounts[i]!),
    ]),
  ]
  return cells
    .map((row, r) => {
      const inner = row.map((cell, c) => `<${p}c${refs ? ` r="${'ABCDE'[c]}${r + 1}"` : ''} ${cell}</${p}c>`)
      return `<${p}row${refs ? ` r="${r + 1}"` : ''}>${inner.join('')}</${p}row>`
    })
    .join('\n')
}

function written(text: string, { prefix: p = '', texts: how = 'shared' }: Layout): string {
  switch (how) {
    case 'inline':
      return `t="inlineStr"><${p}is><${p}t>${escaped(text)}</${p}t></${p}is>`
    case 'cdata':
      return `t="inlineStr"><is><t><![CDATA[${text.slice(0, 5)}]]><!-- ERP -->${escaped(text.slice(5))}</t></is>`
    case 'str':
      return `t="str"><f>"x"&amp;A1</f><v>${escaped(text)}</v>`
    default:
      return `t="s"><${p}v>${texts().indexOf(text)}</${p}v>`
  }
}
