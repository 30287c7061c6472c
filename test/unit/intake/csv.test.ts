import { describe, expect, test } from 'vitest'
import { type Row, readRows } from '../../../src/intake/csv.ts'
import { withDoubledQuotes } from '../../../src/intake/escapes.ts'

// Whatever the parser is given at once, down to single bytes, the records are the same.
describe.each([1, 7, 100_000])('in chunks of %i bytes', size => {
  test('gives each record the line on which it begins', async () => {
    const text = 'a;b\r\n1;"x\r\ny"\r\n\r\n2;z\n3;"q\nr\ns";t\n"4;5";v\r\n'
    expect(await read(text, size)).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', 'x\r\ny'] },
      { line: 5, cells: ['2', 'z'] },
      { line: 6, cells: ['3', 'q\nr\ns', 't'] },
      { line: 9, cells: ['4;5', 'v'] },
    ])
  })

  test('takes quotes within a cell as they are', async () => {
    const rows = await read('a;b\n="11";Zé "Bala" Silva\n"a ""b"" c";"x"y\n', size)
    expect(rows.map(row => row.cells)).toEqual([
      ['a', 'b'],
      ['="11"', 'Zé "Bala" Silva'],
      ['a "b" c', '"x"y'],
    ])
  })

  test.each([
    ['to the end of the file', 'a;nome\n1;x\n2;"Ana;y\n3;z\n', 'line 3, column "nome"'],
    ['but in another row', 'a;nome\n1;"Maria;x\n2;"Ana";y\n3;z\n', 'line 2, column "nome"'],
    ['in the last row, which has no line break', 'a;nome\n1;x\n2;"Ana\n;x"y', 'line 3, column "nome"'],
    ['in the header', 'a;"nome\n1;x\n', 'line 1, column 2'],
  ])('refuses a quote that is not closed %s', async (_, text, place) => {
    await expect(read(text, size)).rejects.toMatchObject({
      kind: 'DATA',
      message: `f.csv, ${place}: a quote is opened and not closed`,
    })
  })
})

test.each([
  ['one', 'nome;fone;uf\n"Ana;11987650001;SP\nBia";11987650002;RJ\n', 2],
  ['two', 'fone;nome;uf\n1;x;SP\n11987650001;"Ana;SP\n11987650002;Bia;RJ\n11987650003;Caio";BA\n', 3],
])('refuses a quote that has swallowed %s rows and ends at a quote of another row', async (_, text, line) => {
  await expect(read(text, 9)).rejects.toThrow(`f.csv, line ${line}, column "nome": a quote is opened and not closed`)
})

test('takes a text of several lines, also with delimiters and a phone in a sentence', async () => {
  const text = 'fone;nome;obs\n1;"Rua A; 5\nLigue 11987654321; ou não\nfim";x\n'
  expect(await read(text, 9)).toHaveLength(2)
  await expect(read(`a;b\n1;"${'x\n'.repeat(201)}"\n`, 9)).rejects.toThrow('a quote is opened and not closed')
})

test('the last byte of a DOS file is no record', async () => {
  expect(await read('a;b\n1;x\n\x1a', 9)).toHaveLength(2)
})

test.each([1, 3, 1000])('backslash escapes are read as doubled quotes, in chunks of %i bytes', async size => {
  const text = '"nome";"b"\n"Ana \\"Nina\\"; Lima";"C:\\\\x\\y"\n"a\\\nb";\\N\n'
  const rows: Row[] = []
  const bytes = withDoubledQuotes(cut(Buffer.from(text), size))
  for await (const some of readRows(bytes, { file: 'f.csv', delimiter: ';', separatorLine: null })) rows.push(...some)
  expect(rows.map(row => row.cells)).toEqual([
    ['nome', 'b'],
    ['Ana "Nina"; Lima', 'C:\\x\\y'],
    ['a\nb', '\\N'],
  ])
})

test('passes over the line that names the delimiter; lines are counted as they stand in the file', async () => {
  const rows = await read('sep=;\r\n\r\nfone;nome\r\n11;"a\r\nb"\r\n12;c\r\n', 5, 'sep=;')
  expect(rows.map(row => [row.line, row.cells.length])).toEqual([
    [3, 2],
    [4, 2],
    [6, 2],
  ])
  await expect(read('sep=;\nfone;nome\n1;"x\n', 5, 'sep=;')).rejects.toThrow('line 3, column "nome"')
})

test('lines of nothing but delimiters and spaces are no records, as empty ones', async () => {
  const rows = await read(';;\n\nfone;nome;\n ; ;\n1;x;\n"";;\n2;;\n;;', 3)
  expect(rows.map(row => [row.line, row.cells[0]])).toEqual([
    [3, 'fone'],
    [5, '1'],
    [7, '2'],
  ])
})

test('knows every kind of line break, also mixed', async () => {
  expect((await read('a\r1\r\n2\n3\r', 3)).map(row => [row.line, row.cells[0]])).toEqual([
    [1, 'a'],
    [2, '1'],
    [3, '2'],
    [4, '3'],
  ])
})

test('a quote that would swallow the rest of a long file ends at a megabyte', async () => {
  const rest = '11987654321;Ana\n'.repeat(200_000)
  await expect(read(`a;b\n1;"x\n${rest}`, 65_536)).rejects.toMatchObject({
    message: expect.stringContaining('line 2, column "b"'),
  })
})

async function read(text: string, size: number, separatorLine: string | null = null): Promise<Row[]> {
  const rows: Row[] = []
  for await (const chunk of readRows(cut(Buffer.from(text), size), {
    file: 'f.csv',
    delimiter: ';',
    separatorLine,
  }))
    rows.push(...chunk)
  return rows
}

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
}
