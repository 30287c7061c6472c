import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeXlsx } from 'hucre/xlsx'
import { describe, expect, test } from 'vitest'
import type { Row } from '../../../src/tabular/csv.ts'
import { inspectFile } from '../../../src/tabular/inspect.ts'
import { openRecords } from '../../../src/tabular/records.ts'
import { digits } from '../../../src/tabular/xlsx/numbers.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { rowXml, type Workbook, workbookBytes } from '../../support/xlsx.ts'

const folder = scratchFolder('xlsx')
const signal = new AbortController().signal

/** Styles by their number: what Excel's dialog calls them is in the comments. */
const FORMATS = {
  164: 'dd/mm/yyyy',
  165: '_-"R$"\\ * #,##0.00_-;\\-"R$"\\ * #,##0.00_-;_-"R$"\\ * "-"??_-;_-@_-',
  166: '00000000000',
  167: '000"."000"."000\\-00',
  168: '\\(00\\)\\ 00000\\-0000',
  169: '[$-416]d\\ mmm\\ yy;@',
  170: '[Red]0',
  171: '#,##0,"k"',
  172: '"dia "0',
}
const STYLES = [0, 14, 164, 22, 165, 166, 167, 168, 169, 11, 170, 20, 2, 10, 171, 49, 172, 12, 46, 17, 15]
const [
  ,
  SHORT_DATE,
  DATE,
  DATE_TIME,
  MONEY,
  ZEROS,
  CPF,
  PHONE,
  LONG_DATE,
  SCIENTIFIC,
  RED,
  TIME,
  DECIMALS,
  PERCENT,
  THOUSANDS,
  TEXT,
  WORD,
  FRACTION,
  HOURS,
  MONTH,
  DAY_MONTH,
] = STYLES.map((_, i) => i)

describe('a cell is the text that a person sees in it', () => {
  test.each<[what: string, cell: { t?: string; s?: number | undefined; v: string }, text: string]>([
    ['a phone as a number', { v: '<v>11987654321</v>' }, '11987654321'],
    ['a phone as other programs write it', { v: '<v>1.1987654321E10</v>' }, '11987654321'],
    ['… with a country code', { v: '<v>5.511987654321E+12</v>' }, '5511987654321'],
    ['a phone that a sum has made', { v: '<v>11987654320.999998</v>' }, '11987654321'],
    ['a phone in scientific format', { s: SCIENTIFIC, v: '<v>5511987654321</v>' }, '5511987654321'],
    ['a phone in Excel’s mask', { s: PHONE, v: '<v>11987654321</v>' }, '(11) 98765-4321'],
    ['a phone in red', { s: RED, v: '<v>11987654321</v>' }, '11987654321'],
    ['a phone shown in thousands', { s: THOUSANDS, v: '<v>11987654321</v>' }, '11987654321'],
    ['a phone in a date’s format', { s: DATE, v: '<v>11987654321</v>' }, '11987654321'],
    ['a number as text', { s: TEXT, v: '<v>11987654321</v>' }, '11987654321'],
    ['a number that Excel has rounded', { v: '<v>1.2345678901234501E+19</v>' }, '12345678901234501000'],
    ['a CPF with its zeros', { s: ZEROS, v: '<v>1234567890</v>' }, '01234567890'],
    ['a CPF in its mask', { s: CPF, v: '<v>52998224725</v>' }, '529.982.247-25'],
    ['money', { s: MONEY, v: '<v>1234.5</v>' }, 'R$ 1.234,50'],
    ['a number without format', { v: '<v>1234.5</v>' }, '1234,5'],
    ['what binary fractions make of 0.1', { v: '<v>0.10000000000000001</v>' }, '0,1'],
    ['something very small', { v: '<v>1.5E-7</v>' }, '0,00000015'],
    ['a negative number', { s: DECIMALS, v: '<v>-3</v>' }, '-3,00'],
    ['percent', { s: PERCENT, v: '<v>0.25</v>' }, '25,00%'],
    ['a fraction', { s: FRACTION, v: '<v>0.5</v>' }, '0,5'],
    ['a word in the format', { s: WORD, v: '<v>5</v>' }, 'dia 5'],
    ['a date', { s: DATE, v: '<v>46350</v>' }, '24/11/2026'],
    ['a date in the machine’s own format', { s: SHORT_DATE, v: '<v>46350</v>' }, '24/11/2026'],
    ['a date without its day', { s: LONG_DATE, v: '<v>46350</v>' }, '24/11/2026'],
    ['a date with a time', { s: DATE_TIME, v: '<v>46350.75</v>' }, '24/11/2026 18:00'],
    ['… to the second', { s: DATE_TIME, v: '<v>46350.750011574</v>' }, '24/11/2026 18:00:01'],
    ['no day', { s: DATE, v: '<v>0</v>' }, '00/01/1900'],
    ['… in the machine’s own format', { s: SHORT_DATE, v: '<v>0</v>' }, '00/01/1900'],
    ['… without its day', { s: MONTH, v: '<v>0</v>' }, '00/01/1900'],
    ['… with the name of its month', { s: DAY_MONTH, v: '<v>0</v>' }, '00/01/1900'],
    ['… with a time', { s: DATE_TIME, v: '<v>0.375</v>' }, '00/01/1900 09:00'],
    ['midnight', { s: TIME, v: '<v>0</v>' }, '00:00:00'],
    ['a time', { s: TIME, v: '<v>0.375</v>' }, '09:00:00'],
    ['hours', { s: HOURS, v: '<v>0.5</v>' }, '12:00:00'],
    ['a date as ISO', { t: 'd', v: '<v>2026-11-24T00:00:00</v>' }, '24/11/2026'],
    ['true', { t: 'b', v: '<v>1</v>' }, 'VERDADEIRO'],
    ['false', { t: 'b', v: '<v>0</v>' }, 'FALSO'],
    ['an error', { t: 'e', v: '<v>#N/A</v>' }, '#N/A'],
    ['a formula’s number', { v: '<f>A1*2</f><v>42</v>' }, '42'],
    ['a formula’s text', { t: 'str', v: '<f>A1&amp;"x"</f><v>Ana &amp; Zoé</v>' }, 'Ana & Zoé'],
    ['a formula that was never calculated', { v: '<f>A1</f>' }, ''],
    ['a text of its own', { t: 'inlineStr', v: '<is><t>José</t></is>' }, 'José'],
    ['… in pieces', { t: 'inlineStr', v: '<is><r><rPr><b/></rPr><t>Jo</t></r><r><t>sé</t></r></is>' }, 'José'],
    ['a shared text', { t: 's', v: '<v>1</v>' }, 'São Paulo'],
    ['… in pieces, without its phonetic guide', { t: 's', v: '<v>2</v>' }, '課きく'],
    ['… with a line break and an escape', { t: 's', v: '<v>3</v>' }, 'um\r\ndois_'],
    ['… with what no database holds', { t: 's', v: '<v>4</v>' }, 'ab\ufffd'],
    ['a text of its own with half a character', { t: 'str', v: '<v>a_xD800_b_x0000_</v>' }, 'a\ufffdb'],
    ['an empty shared text', { t: 's', v: '<v>5</v>' }, ''],
  ])('%s', async (_, cell, text) => {
    const { s, ...rest } = cell
    const rows = await read({
      sheets: [{ name: 'S', rows: rowXml(1, ['fone', { ...rest, ...(s !== undefined && { s }) }, 'x']) }],
      strings: [
        '?',
        'São Paulo',
        '<si><r><t>課</t></r><r><t>きく</t></r><rPh sb="0" eb="1"><t>カ</t></rPh></si>',
        '<si><t>um_x000D_\ndois_x005F_</t></si>',
        '<si><t>a_x0000_b_xD800_</t></si>',
        '',
      ],
      formats: FORMATS,
      styles: STYLES,
    })
    expect(rows).toEqual([{ line: 1, cells: ['fone', text, 'x'] }])
  })

  test('days that are counted from 1904', async () => {
    const sheets = [{ name: 'S', rows: rowXml(1, [{ s: DATE!, v: '<v>44888</v>' }]) }]
    expect((await read({ sheets, formats: FORMATS, styles: STYLES, date1904: true }))[0]!.cells).toEqual(['24/11/2026'])
  })

  test.each([
    ['1E+3', '1000'],
    ['1.5E+3', '1500'],
    ['1.23E2', '123'],
    ['1E+21', '1000000000000000000000'],
    ['-1.2345678901234501E+19', '-12345678901234501000'],
    ['12345678901234567', '12345678901234567'],
  ])('%s written out is %s', (written, text) => {
    expect(digits(Number(written), written)).toBe(text)
  })
})

describe('rows', () => {
  test('have the numbers that Excel gives them; empty ones are none; cells may be left out, or not say where they are', async () => {
    const rows = await read({
      sheets: [
        {
          name: 'S',
          rows: [
            rowXml(3, ['fone', 'nome']),
            '<row r="4"/>',
            rowXml(5, [undefined, '  ']),
            rowXml(7, [undefined, 'só nome']),
            '<row><c t="inlineStr"><is><t>sem</t></is></c><c><v>2</v></c></row>',
            '<row r="1048576"><c r="AB1048576"><v>1</v></c></row>',
          ].join('\n'),
        },
      ],
    })
    expect(rows).toEqual([
      { line: 3, cells: ['fone', 'nome'] },
      { line: 7, cells: ['', 'só nome'] },
      { line: 8, cells: ['sem', '2'] },
      { line: 1_048_576, cells: [...Array(27).fill(''), '1'] },
    ])
  })

  test('that a filter hides are there, and counted', async () => {
    const hidden = rowXml(2, ['11987654321']).replace('<row', '<row hidden="1"')
    const records = await open({ sheets: [{ name: 'S', rows: rowXml(1, ['fone']) + hidden + rowXml(3, ['1']) }] })
    expect((await rest(records)).map(row => row.line)).toEqual([2, 3])
    expect(records.warnings()).toEqual({ HIDDEN_ROW: 1 })
  })

  test('with elements that have a prefix, as other programs write them', async () => {
    const sheet =
      '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="1">' +
      '<x:c r="A1" t="str"><x:v>fone</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    const rows = await read({ sheets: [{ name: 'S', rows: '' }], parts: { 'xl/worksheets/sheet1.xml': sheet } })
    expect(rows).toEqual([{ line: 1, cells: ['fone'] }])
  })

  test('of a workbook that another library has written', async () => {
    const bytes = await writeXlsx({
      sheets: [
        {
          name: 'Clientes',
          rows: [
            ['telefone', 'nome', 'data_cadastro', 'ativo', 'valor'],
            [11987654321, 'João “Zé”', new Date('2026-11-24T00:00:00Z'), true, 10.5],
            ['(11) 98765-4322', '', null, false, -1],
          ],
        },
      ],
    })
    const file = join(folder, 'hucre.xlsx')
    writeFileSync(file, bytes)
    const source = await inspectFile(file, OPTIONS)
    const records = await openRecords(source, signal)
    expect(records.header).toEqual(['telefone', 'nome', 'data_cadastro', 'ativo', 'valor'])
    expect((await rest(records)).map(row => row.cells)).toEqual([
      ['11987654321', 'João “Zé”', '24/11/2026', 'VERDADEIRO', '10,5'],
      ['(11) 98765-4322', '', '', 'FALSO', '-1'],
    ])
  })
})

describe('of several sheets', () => {
  const sheets = [
    { name: 'Vazia', rows: '<row r="1"><c r="A1" s="1"/></row>' },
    { name: 'Oculta', state: 'hidden', rows: rowXml(1, ['oculta']) },
    { name: 'Clientes', rows: rowXml(1, ['fone']) },
    { name: 'Outros', rows: rowXml(1, ['celular']) },
  ] as const

  test('the first that is shown and has rows is taken', async () => {
    expect(await inspect({ sheets })).toMatchObject({ format: 'xlsx', sheet: 'Clientes' })
    expect(await read({ sheets })).toEqual([{ line: 1, cells: ['fone'] }])
  })

  test('or the one that is named, hidden or not, in any case', async () => {
    expect(await inspect({ sheets }, { sheet: ' outros' })).toMatchObject({ sheet: 'Outros' })
    expect(await inspect({ sheets }, { sheet: 'Oculta' })).toMatchObject({ sheet: 'Oculta' })
  })

  test('one that is not there is an error that lists them', async () => {
    await expect(inspect({ sheets }, { sheet: 'Base' })).rejects.toMatchObject({
      code: 'SHEET_NOT_FOUND',
      hint: 'Sheets found: Vazia, Oculta (hidden), Clientes, Outros. Name one with --sheet.',
    })
  })

  test('with rows in none that is shown it is empty', async () => {
    await expect(inspect({ sheets: sheets.slice(0, 2) })).rejects.toMatchObject({
      code: 'FILE_EMPTY',
      message: expect.stringContaining('is empty'),
      hint: expect.stringContaining('Oculta (hidden)'),
    })
  })
})

describe('refuses, with what to do', () => {
  const one = { sheets: [{ name: 'S', rows: rowXml(1, ['fone']) }] }
  test.each<[what: string, workbook: Workbook, message: RegExp]>([
    ['an .ods', { ...one, parts: { mimetype: 'application/vnd.oasis.opendocument.spreadsheet' } }, /is an \.ods file/],
    ['a workbook of Numbers', { ...one, parts: { 'Index/Document.iwa': 'x' } }, /is a \.numbers file/],
    ['another zip', { ...one, parts: { '[Content_Types].xml': null } }, /is a \.zip file, not a CSV or \.xlsx/],
    ['a Word document', { ...one, parts: { 'xl/workbook.xml': '<w:document xmlns:w="x"/>' } }, /is no Excel file/],
    [
      'a sheet that is not there',
      { ...one, parts: { 'xl/worksheets/sheet1.xml': null } },
      /it has no xl\/worksheets\/sheet1/,
    ],
    [
      'XML that ends in the middle',
      { ...one, parts: { 'xl/worksheets/sheet1.xml': '<worksheet><sheetData>' } },
      /damaged or truncated/,
    ],
    [
      'entities of a DTD',
      {
        ...one,
        parts: { 'xl/worksheets/sheet1.xml': '<!DOCTYPE w [<!ENTITY a "b">]><w><row><c><v>&a;</v></c></row></w>' },
      },
      /damaged or truncated: .*entity/,
    ],
    [
      'a text without end',
      { ...one, parts: { 'xl/workbook.xml': `<workbook>${'x'.repeat(2_000_000)}</workbook>` } },
      /longer than any cell/,
    ],
    ['a part twice', { ...one, parts: { 'XL/workbook.xml': '<workbook/>' } }, /has \S+ twice/],
  ])('%s', async (_, workbook, message) => {
    await expect(inspect(workbook)).rejects.toMatchObject({
      kind: 'DATA',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/\w/),
    })
  })

  test.each<[what: string, cell: string, message: RegExp]>([
    ['a shared text that is not there', '<c r="A2" t="s"><v>7</v></c>', /row 2 refers to a text 7 that is not there/],
    ['a column beyond Excel’s', '<c r="XFE2"><v>7</v></c>', /row 2 has a cell "XFE2"/],
  ])('%s', async (_, cell, message) => {
    const rows = `${rowXml(1, ['fone'])}<row r="2">${cell}</row>`
    await expect(read({ sheets: [{ name: 'S', rows }] })).rejects.toThrow(message)
  })

  test('a zip bomb, before it is unpacked', async () => {
    const bomb = Buffer.alloc(80 * 1024 * 1024, ' ')
    const error = await inspect({ ...one, parts: { 'xl/worksheets/sheet1.xml': bomb } }).catch(error => error)
    expect(error).toMatchObject({
      code: 'FILE_TOO_LARGE',
      message: expect.stringMatching(/more than 250 times its size/),
    })
  })

  test('a digit that is another one', async () => {
    const rows = rowXml(1, ['fone']) + rowXml(2, ['11987654321'])
    const bytes = await workbookBytes({ sheets: [{ name: 'S', rows }], stored: true })
    bytes[bytes.indexOf('11987654321') + 5]! ^= 1
    await expect(readBytes(bytes)).rejects.toMatchObject({
      code: 'FILE_DAMAGED',
      message: expect.stringContaining('the checksum of xl/worksheets/sheet1.xml is wrong'),
    })
  })

  test.each([
    ['--encoding', { encoding: 'utf-8' }],
    ['--delimiter', { delimiter: ';' }],
  ] as const)('%s for a workbook', async (_, options) => {
    await expect(inspect(one, options)).rejects.toMatchObject({ code: 'OPTION_NOT_APPLICABLE' })
  })
})

const OPTIONS = { encoding: null, delimiter: null, sheet: null, signal }

let files = 0
async function write(workbook: Workbook): Promise<string> {
  return writeBytes(await workbookBytes(workbook))
}

function writeBytes(bytes: Buffer): string {
  const file = join(folder, `book-${++files}.xlsx`)
  writeFileSync(file, bytes)
  return file
}

async function inspect(workbook: Workbook, options: Partial<Parameters<typeof inspectFile>[1]> = {}) {
  return inspectFile(await write(workbook), { ...OPTIONS, ...options })
}

async function open(workbook: Workbook) {
  return openRecords(await inspect(workbook), signal)
}

async function read(workbook: Workbook): Promise<Row[]> {
  return readBytes(await workbookBytes(workbook))
}

/** Header and all. */
async function readBytes(bytes: Buffer): Promise<Row[]> {
  const source = await inspectFile(writeBytes(bytes), OPTIONS)
  const { openSheet } = await import('../../../src/tabular/xlsx/open.ts')
  const { rows, close } = await openSheet(source.path, source.file, source.sheet!, signal)
  const all: Row[] = []
  try {
    for await (const some of rows) all.push(...some)
  } finally {
    close()
  }
  return all
}

async function rest(records: Awaited<ReturnType<typeof openRecords>>): Promise<Row[]> {
  const rows: Row[] = []
  for await (const some of records.rows) rows.push(...some)
  await records.close()
  return rows
}
