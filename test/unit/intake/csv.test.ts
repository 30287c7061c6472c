import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withDoubledQuotes } from '../../../src/tabular/backslash-quotes.ts'
import { type Row, readRows } from '../../../src/tabular/csv.ts'

// For pieces of any size, down to single characters, the records are the same.
describe.each([1, 7, 100_000])('in chunks of %i characters', size => {
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
      code: 'FILE_MALFORMED',
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

describe('a quote that has swallowed rows', () => {
  const rest = '\n11987650003;Caio;30,00\n'
  test.each([
    ['with decimals', `telefone;nome;valor\n11987650001;"Ana;10,00\n11987650002;Bia;20,00"${rest}`, 2],
    ['up to an inch mark', `telefone;nome;obs\n1;x;y\n11987650001;"Ana;x\n11987650002;Bia;TV de 50"${rest}`, 3],
    ['from the first cell', 'nome;telefone;obs\n"Ana;11987650001;x\nBia;11987650002;y"\nCaio;11987650003;z', 2],
    ['two phones', `telefone;nome;obs\n11987650001;"Ana;x\n(11) 98765-0002 / 3333-4444;Bia;y"${rest}`, 2],
    ['a remark', `telefone;nome;obs\n11987650001;"Ana;x\n11 98765-0003 recado;Bia;y"${rest}`, 2],
    [
      'in the last column',
      'ddd;telefone;nome;obs\n11;987650001;Ana;"x\n11;987650002;Bia;y\n11;987650003;Caio;"\n11;987650004;Davi;z\n',
      2,
    ],
    ['a short row', `telefone;nome;obs\n11987650001;"Ana;x\n11987650002;Bia"${rest}`, 2],
    ['a row without a phone', `telefone;nome;obs\n11987650001;"Ana;x\n;Bia;y"${rest}`, 2],
    ['in the header', 'telefone;"nome\n11987650001;Ana"\n11987650002;Bia\n', 1],
    ['behind a text of two lines', 'telefone;a;b;c\n11987650001;"x\ny";"z;w\n11987650002;q;r;s"\n', 3],
  ])('is an error: %s', async (_, text, line) => {
    await expect(read(text, 9)).rejects.toThrow(`f.csv, line ${line}, column`)
    await expect(read(text, 9)).rejects.toThrow('a quote is opened and not closed')
  })

  test('puts only its row in doubt where a text may look so', async () => {
    const [, ana, davi] = await read('telefone;nome\n11987650001;"Ana\n11987650002;Bia"\n11987650004;Davi\n', 9)
    expect(ana!.doubt).toEqual({ column: 1, detail: expect.stringContaining('11987650002;Bia') })
    expect(davi).toEqual({ line: 4, cells: ['11987650004', 'Davi'] })
  })

  test('and ends within its line puts its row in doubt', async () => {
    const [, ana, bia] = await read('telefone;nome;valor\n"1";"Ana;"10,00"\n"2";"Bia";"2"\n', 9)
    expect([ana!.doubt?.column, bia!.doubt]).toEqual([1, undefined])
  })
})

describe('a text of several lines', () => {
  test.each([
    [';', 'telefone;mensagem\n11987650001;"Olá Ana; seu boleto vence hoje. Fale conosco:\n(11) 4004-1234"\n'],
    [',', 'telefone,mensagem\n11987650001,"Olá Ana, tudo bem? Ligue:\n(11) 4004-1234"\n'],
    [',', 'telefone,nome,mensagem\n11987650001,Ana,"Olá Ana, o boleto vence, ligue:\n(11) 4004-1234"\n'],
    [';', 'telefone;mensagem\n11987650001;"Olá Ana; pix CPF:\n529.982.247-25"\n'],
    [';', 'telefone;nome;mensagem\n11987650001;Ana;"""AVISO"" Ana\nligue hoje"\n'],
    [';', 'telefone;nome;mensagem\n11987650001;Ana;"""AVISO\nligue"" hoje"\n'],
    [';', 'telefone;mensagem\n11987650001;"Olá Ana\nLigue 11987654321; ou não"\n'],
    [';', 'nome;telefone\n"Ana\nLima";"11987650001"\n'],
    [';', 'obs;telefone;nome\n"Rua A; 5\nCentro";11987650001;"Ana"\n'],
    [';', '"Telefone\n(com DDD)";mensagem\n11987650001;"Olá"\n'],
  ])('is read as it is written, with %s: %j', async (delimiter, text) => {
    const [, row, ...others] = await read(text, 9, null, delimiter)
    expect(others).toEqual([])
    expect(row!.doubt).toBeUndefined()
    expect(row!.cells.at(-1)).toBe(lastCellOf(text))
  })

  const line = fc
    .array(fc.constantFrom('Olá', 'Ana', 'boleto', '"AVISO"', ';', ',', '(11) 4004-1234', '529.982.247-25', 'R$ 10'), {
      maxLength: 7,
    })
    .map(words => `Oi ${words.join(' ')}`)
  const text = fc.array(line, { minLength: 1, maxLength: 4 }).map(lines => lines.join('\n'))

  test('is read right, with any content', async () => {
    const rows = fc.array(fc.tuple(fc.constantFrom('Ana', 'Bia'), text), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(';', ','), async (values, delimiter) => {
        const cells = values.map(([nome, mensagem], i) => [`1198765${1000 + i}`, nome, mensagem])
        const file = [['telefone', 'nome', 'mensagem'], ...cells].map(row =>
          row.map(cell => `"${cell.replaceAll('"', '""')}"`).join(delimiter),
        )
        const read_ = await read(`${file.join('\n')}\n`, 64, null, delimiter)
        expect(read_.slice(1).map(row => row.cells)).toEqual(cells)
        expect(read_.some(row => row.doubt)).toBe(false)
      }),
      { numRuns: 300, seed: 20_261_128 },
    )
  })

  test('is never another row that a quote has swallowed', async () => {
    const size = fc.integer({ min: 3, max: 8 })
    const at = fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 2 }), fc.nat({ max: 5 }), fc.nat({ max: 2 }), fc.boolean())
    await fc.assert(
      fc.asyncProperty(size, at, async (count, [row, column, further, end, last]) => {
        const rows = Array.from({ length: count }, (_, i) => [`1198765000${i}`, `Nome${i}x`, `${i},00`])
        const [from, to] = [row % (count - 1), Math.min(count - 1, (row % (count - 1)) + 1 + (further % count))]
        rows[from]![column] = `"${rows[from]![column]}`
        if (last) rows[to]![end] += '"'
        const file = [['telefone', 'nome', 'valor'], ...rows].map(cells => cells.join(';')).join('\n')
        const found = await read(file, 64).catch(error => {
          expect(error.message).toContain(`line ${from + 2}`)
          return []
        })
        for (const { cells, doubt } of found.slice(1))
          if (!doubt) expect(cells.filter(cell => /Nome\dx/.test(cell) && /\n/.test(cell))).toEqual([])
      }),
      { numRuns: 500, seed: 20_261_128 },
    )
  })
})

test('takes a text of several lines, also with delimiters and a phone in a sentence', async () => {
  const text = 'fone;nome;obs\n1;"Rua A; 5\nLigue 11987654321; ou não\nfim";x\n'
  expect(await read(text, 9)).toHaveLength(2)
  await expect(read(`a;b\n1;"${'x\n'.repeat(201)}"\n`, 9)).rejects.toThrow('a quote is opened and not closed')
})

test('the last byte of a DOS file is no record', async () => {
  expect(await read('a;b\n1;x\n\x1a', 9)).toHaveLength(2)
})

test.each([1, 3, 1000])('backslash escapes are read as doubled quotes, in chunks of %i characters', async size => {
  const text =
    '"nome";"b"\n"Ana \\"Nina\\"; Lima";"C:\\\\x\\y"\n"a\\\nb";\\N\nZé \\"Bala\\" Silva;"D\\\'Ávila ""x"" \\"y\\""\n'
  const rows: Row[] = []
  const doubled = withDoubledQuotes(cut(text, size), ';')
  for await (const some of readRows(doubled, { file: 'f.csv', delimiter: ';', separatorLine: null })) rows.push(...some)
  expect(rows.map(row => row.cells)).toEqual([
    ['nome', 'b'],
    ['Ana "Nina"; Lima', 'C:\\x\\y'],
    ['a\nb', '\\N'],
    ['Zé "Bala" Silva', `D'Ávila "x" "y"`],
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

/** Of a file's last cell, which is quoted. */
function lastCellOf(text: string): string {
  return /[;,]"((?:""|[^"])*)"\n$/.exec(text)![1]!.replaceAll('""', '"')
}

async function read(text: string, size: number, separatorLine: string | null = null, delimiter = ';'): Promise<Row[]> {
  const rows: Row[] = []
  for await (const chunk of readRows(cut(text, size), {
    file: 'f.csv',
    delimiter,
    separatorLine,
  }))
    rows.push(...chunk)
  return rows
}

async function* cut(text: string, size: number): AsyncGenerator<string> {
  for (let i = 0; i < text.length; i += size) yield text.slice(i, i + size)
}
