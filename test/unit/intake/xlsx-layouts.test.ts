import { describe, expect, test } from 'vitest'
import { rowXml, type Workbook } from '../../support/xlsx.ts'
import { LAYOUTS, LIST, laidOut } from '../../support/xlsx-layouts.ts'
import { inspectWorkbook, readWorkbook } from '../../support/xlsx-read.ts'

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const MC = 'http://schemas.openxmlformats.org/markup-compatibility/2006'
const X14 = 'http://schemas.microsoft.com/office/spreadsheetml/2009/9/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

describe('the same list is read from a workbook of', () => {
  test.each(Object.entries(LAYOUTS))('%s', async (_, layout) => {
    const { rows } = await readWorkbook(laidOut(layout))
    expect(rows).toEqual(LIST.map((cells, i) => ({ line: i + 1, cells })))
  })
})

describe('an element counts only in its namespace and place', () => {
  const dated = { formats: { 164: 'dd/mm/yyyy' }, styles: [0, 164] }
  const date = '<c r="B1" s="1"><v>46350</v></c>'

  test.each<[what: string, part: string, xml: string, cell: string]>([
    [
      'a later workbookPr in another prefix',
      'xl/workbook.xml',
      `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="S" r:id="rId1"/></sheets><extLst><ext>` +
        `<q:workbookPr xmlns:q="${X14}" date1904="1"/></ext></extLst></workbook>`,
      '24/11/2026',
    ],
    [
      'a workbookPr of the namespace in another place',
      'xl/workbook.xml',
      `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><workbookPr/><sheets><sheet name="S" r:id="rId1"/></sheets>` +
        `<extLst><ext><workbookPr date1904="1"/></ext></extLst></workbook>`,
      '24/11/2026',
    ],
    [
      'the formats of tables',
      'xl/styles.xml',
      `<styleSheet xmlns="${MAIN}"><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts><cellXfs><xf ` +
        `numFmtId="0"/><xf numFmtId="164"/></cellXfs><dxfs><dxf><numFmt numFmtId="164" formatCode="0%"/></dxf></dxfs></styleSheet>`,
      '24/11/2026',
    ],
    [
      'styles within an extension',
      'xl/styles.xml',
      `<styleSheet xmlns="${MAIN}" xmlns:x14="${X14}"><extLst><ext><x14:cellXfs><x14:xf numFmtId="9"/></x14:cellXfs>` +
        `<cellXfs><xf numFmtId="9"/></cellXfs></ext></extLst><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
      '24/11/2026',
    ],
    [
      'a sheet’s relation in another namespace',
      'xl/workbook.xml',
      `<workbook xmlns="${MAIN}" xmlns:odd="urn:odd" xmlns:n="${OFFICE}"><sheets><sheet name="S" odd:id="rS" ` +
        `n:id="rId1"/></sheets></workbook>`,
      '24/11/2026',
    ],
  ])('%s', async (_, part, xml, text) => {
    const { rows } = await readWorkbook({
      sheets: [{ name: 'S', rows: `<row r="1"><c r="A1" t="str"><v>x</v></c>${date}</row>` }],
      ...dated,
      parts: { [part]: xml },
    })
    expect(rows).toEqual([{ line: 1, cells: ['x', text] }])
  })

  test('rows and cells of another namespace, and beside the data, are none', async () => {
    const sheet =
      `<worksheet xmlns="${MAIN}" xmlns:o="urn:o"><sheetViews><row r="1"><c r="A1"><v>1</v></c></row>` +
      `</sheetViews><sheetData><o:row r="1"><c r="A1"><v>2</v></c></o:row><row r="1"><o:c r="A1"><v>3</v></o:c><c ` +
      `r="A1"><o:v>4</o:v><v>5</v></c></row></sheetData><extLst><ext><sheetData><row r="9"><c r="A9"><v>6</v></c>` +
      `</row></sheetData></ext></extLst></worksheet>`
    expect(await rowsOf(sheet)).toEqual([{ line: 1, cells: ['5'] }])
  })

  test.each<[what: string, cell: string, text: string]>([
    ['a value beside an own text', '<c t="inlineStr"><v>0</v><is><t>Ana</t></is></c>', 'Ana'],
    ['an own text beside a value', '<c t="inlineStr"><is><t>Ana</t></is><v>0</v></c>', 'Ana'],
    ['a value where the own text is missing', '<c t="inlineStr"><v>Ana</v></c>', 'Ana'],
    ['an own text without a type', '<c><is><t>Ana</t></is></c>', 'Ana'],
    ['a number beside an own text', '<c><is><t>x</t></is><v>11</v></c>', '11'],
    ['a formula', '<c t="str"><f>B1&amp;"t"</f><v>Ana</v></c>', 'Ana'],
    ['an array formula', '<c t="str"><f t="array" ref="A1"><v>no</v>B1</f><v>Ana</v></c>', 'Ana'],
    ['a phonetic run', '<c t="inlineStr"><is><t>Ana</t><rPh sb="0" eb="1"><t>アナ</t></rPh></is></c>', 'Ana'],
    ['plain text before runs', '<c t="inlineStr"><is><t>Ana</t><r><t> Bia</t></r></is></c>', 'Ana Bia'],
    ['an extension in a cell', '<c t="str"><v>Ana</v><extLst><ext><v>no</v></ext></extLst></c>', 'Ana'],
    ['CDATA', '<c t="inlineStr"><is><t><![CDATA[Ana & <Bia>]]></t></is></c>', 'Ana & <Bia>'],
    ['CDATA in a part of a text', '<c t="str"><v>Ana <![CDATA[&]]> Bia</v></c>', 'Ana & Bia'],
    ['CDATA in a number', '<c><v><![CDATA[11987654321]]></v></c>', '11987654321'],
    ['comments and instructions', '<c t="str"><v>An<!-- x --><?odd y?>a</v></c>', 'Ana'],
    ['entities', '<c t="str"><v>&#65;n&#xe1; &lt;&amp;&gt; &quot;&apos;</v></c>', `Aná <&> "'`],
    ['a pair of escapes', '<c t="str"><v>Ana _xD83D__xDE00_</v></c>', 'Ana 😀'],
    ['a pair of escapes over runs', '<c t="inlineStr"><is><r><t>_xD83D_</t></r><r><t>_xDE00_</t></r></is></c>', '😀'],
    ['halves of a pair', '<c t="str"><v>_xDE00_ Ana _xD83D_</v></c>', '\ufffd Ana \ufffd'],
    ['an escaped escape', '<c t="str"><v>_x005F_x0041_ _x0041_</v></c>', '_x0041_ A'],
    ['escapes that only two runs make', '<c t="inlineStr"><is><r><t>_x00</t></r><r><t>41_</t></r></is></c>', '_x0041_'],
    ['an error', '<c t="e"><f>NA()</f><v> #N/A </v></c>', '#N/A'],
    ['what is no number', '<c><v>NaN</v></c>', '#NUM!'],
    ['a number with spaces', '<c><v> 42\n</v></c>', '42'],
    ['a hexadecimal text in a number', '<c><v>0x1F</v></c>', '0x1F'],
    ['true in words', '<c t="b"><v>true</v></c>', 'VERDADEIRO'],
    ['a day', '<c t="d"><v>2026-12-10</v></c>', '10/12/2026'],
    ['a moment', '<c t="d"><v>2026-12-10T15:59:59.9999Z</v></c>', '10/12/2026 16:00'],
    ['a time', '<c t="d"><v>09:30:00.000</v></c>', '09:30:00'],
    ['a date that is none', '<c t="d"><v>amanhã</v></c>', 'amanhã'],
  ])('%s', async (_, cell, text) => {
    const { rows } = await readWorkbook({
      sheets: [{ name: 'S', rows: `<row r="1">${cell}<c r="B1"><v>1</v></c></row>` }],
    })
    expect(rows).toEqual([{ line: 1, cells: [text, '1'] }])
  })

  test.each([
    ['the choice that Excel knows', X14, 'new'],
    ['the fallback where it does not', 'urn:odd', 'old'],
  ])('of alternatives %s', async (_, namespace, text) => {
    const value = (text: string) => `<row r="1"><c r="A1" t="str"><v>${text}</v></c></row>`
    const sheet =
      `<worksheet xmlns="${MAIN}" xmlns:mc="${MC}" xmlns:q="${namespace}"><sheetData><mc:AlternateContent>` +
      `<mc:Choice Requires="q">${value('new')}</mc:Choice><mc:Choice Requires="q">${value('newer')}</mc:Choice>` +
      `<mc:Fallback>${value('old')}</mc:Fallback></mc:AlternateContent></sheetData></worksheet>`
    expect(await rowsOf(sheet)).toEqual([{ line: 1, cells: [text] }])
  })

  test('bytes that are no text are an error, not a mark in a name', async () => {
    const sheet = Buffer.from(
      `<worksheet xmlns="${MAIN}"><sheetData>${rowXml(1, ['Jo\u00e3o'])}</sheetData></worksheet>`,
      'latin1',
    )
    await expect(rowsOf(sheet)).rejects.toMatchObject({
      code: 'FILE_DAMAGED',
      message: expect.stringMatching(/damaged or truncated/),
    })
  })
})

describe('numbers', () => {
  const cases: [what: string, code: string, value: number, text: string][] = [
    ['more than a day of hours', '[h]:mm:ss', 1.5, '36:00:00'],
    ['a sum of hours in a clock’s format', 'hh:mm', 1.25, '30:00:00'],
    ['a moment in a clock’s format', 'hh:mm', 46350.75, '24/11/2026 18:00'],
    ['a midnight that a sum has missed', 'dd/mm/yyyy', 46350.9999999999, '25/11/2026'],
    ['an hour that a sum has missed', 'dd/mm/yyyy hh:mm', 46350.4583333333, '24/11/2026 11:00'],
    ['a format that cannot be read', '0"', 11987654321, '11987654321'],
    ['a format without a place for the number', '[=1]0;[=2]0', 11987654321, '11987654321'],
    [
      'a mask by length',
      '[<=9999999999]\\(00\\)\\ 0000\\-0000;\\(00\\)\\ 00000\\-0000',
      11987654321,
      '(11) 98765-4321',
    ],
    ['more digits than Excel keeps', '0', 12345678901234568, '12345678901234600'],
  ]
  test.each(cases)('%s', async (_, code, value, text) => {
    const { rows } = await readWorkbook({
      sheets: [{ name: 'S', rows: rowXml(1, [{ s: 1, v: `<v>${value}</v>` }]) }],
      formats: { 164: code },
      styles: [0, 164],
    })
    expect(rows[0]!.cells).toEqual([text])
  })
})

describe('rows and cells', () => {
  test('that are out of order are put in order', async () => {
    const rows = `${rowXml(3, ['3'])}<row r="1"><c r="B1" t="str"><v>nome</v></c><c r="A1" t="str"><v>fone</v></c></row>${rowXml(2, ['2'])}`
    const read = await readWorkbook({ sheets: [{ name: 'S', rows }] })
    expect(read.rows).toEqual([
      { line: 1, cells: ['fone', 'nome'] },
      { line: 2, cells: ['2'] },
      { line: 3, cells: ['3'] },
    ])
  })

  test('above the header, far behind it, are an error: it may be another header', async () => {
    const rows = [...Array(3000).keys()].map(i => rowXml(i + 2, ['texto '.repeat(20) + i])).join('')
    const late = readWorkbook({ sheets: [{ name: 'S', rows: rows + rowXml(1, ['fone']) }] })
    await expect(late).rejects.toMatchObject({
      code: 'FILE_DAMAGED',
      message: expect.stringMatching(/row 1 stands behind/),
    })
  })

  test('a name that is no column and row is an error', async () => {
    const rows = '<row r="1"><c r="R1C2"><v>7</v></c></row>'
    await expect(readWorkbook({ sheets: [{ name: 'S', rows }] })).rejects.toThrow(/row 1 has a cell "R1C2"/)
  })

  test('formulas without a result, and merged rows, are warned of', async () => {
    const rows = `${rowXml(1, ['fone', 'nome'])}<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>UPPER("a")</f><v></v></c></row>`
    const sheet =
      `<worksheet xmlns="${MAIN}"><sheetData>${rows}</sheetData><mergeCells><mergeCell ref="A1:D1"/>` +
      `<mergeCell ref="B2:B5"/></mergeCells></worksheet>`
    const { warnings } = await readWorkbook({
      sheets: [{ name: 'S', rows: '' }],
      parts: { 'xl/worksheets/sheet1.xml': sheet },
    })
    expect(warnings).toEqual({ NO_RESULT: 1, MERGED_CELL: 1 })
  })
})

describe('of several sheets with rows', () => {
  const sheets = [
    { name: 'Outubro', rows: rowXml(1, ['fone']) },
    { name: 'Oculta', state: 'hidden', rows: rowXml(1, ['fone']) },
    { name: 'Novembro', rows: rowXml(1, ['fone']) },
    { name: 'Vazia', rows: '<row r="1"><c r="A1" s="0"/></row>' },
  ] as const

  test.each([
    [undefined, 'Outubro', ['Oculta', 'Novembro']],
    [2, 'Novembro', ['Outubro', 'Oculta']],
    [1, 'Outubro', ['Oculta', 'Novembro']],
    [3, 'Outubro', ['Oculta', 'Novembro']],
    [99, 'Outubro', ['Oculta', 'Novembro']],
  ])('where Excel opens on sheet %s, %s is taken, and the others are named', async (activeTab, sheet, others) => {
    const found = await inspectWorkbook({ sheets, parts: { 'xl/workbook.xml': opensOn(activeTab) } })
    expect(found.sheet).toBe(sheet)
    expect(found.otherSheets.map(({ name }) => name)).toEqual(others)
  })

  test('those that Excel shows are warned of, unless one is named', async () => {
    expect((await readWorkbook({ sheets: [{ name: 'A', rows: rowXml(1, ['a']) }, ...sheets] })).warnings).toEqual({
      OTHER_SHEET: 2,
    })
    expect((await inspectWorkbook({ sheets }, 'Novembro')).otherSheets).toEqual([])
  })

  test('a chart is no list', async () => {
    const rels =
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship ` +
      `Id="rId1" Type="${OFFICE}/chartsheet" Target="chartsheets/sheet1.xml"/><Relationship Id="rId2" ` +
      `Type="${OFFICE}/worksheet" Target="worksheets/sheet%202.xml"/></Relationships>`
    const book: Workbook = {
      sheets: [
        { name: 'Gráfico', rows: '' },
        { name: 'Base', rows: '' },
      ],
      parts: {
        'xl/_rels/workbook.xml.rels': rels,
        'xl/worksheets/sheet 2.xml': `<worksheet xmlns="${MAIN}"><sheetData>${rowXml(1, ['fone'])}</sheetData></worksheet>`,
      },
    }
    expect(await inspectWorkbook(book)).toMatchObject({ sheet: 'Base', otherSheets: [] })
    await expect(inspectWorkbook(book, 'gráfico')).rejects.toMatchObject({
      code: 'SHEET_NOT_FOUND',
      message: expect.stringMatching(/"gráfico" is not a sheet of rows/),
      hint: 'Sheets found: Base. Name one with --sheet.',
    })
  })

  function opensOn(activeTab: number | undefined): string {
    const listed = sheets.map(
      (sheet, i) =>
        `<sheet name="${sheet.name}" sheetId="${i + 1}" r:id="rId${i + 1}"${'state' in sheet ? ' state="hidden"' : ''}/>`,
    )
    const view = `<workbookView${activeTab === undefined ? '' : ` activeTab="${activeTab}"`}/>`
    return `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><bookViews>${view}</bookViews><sheets>${listed.join('')}</sheets></workbook>`
  }
})

async function rowsOf(sheet: string | Buffer) {
  const { rows } = await readWorkbook({
    sheets: [{ name: 'S', rows: '' }],
    parts: { 'xl/worksheets/sheet1.xml': sheet },
  })
  return rows
}
