import { describe, expect, test } from 'vitest'
import { mapColumns, namedColumns } from '../../../src/intake/columns.ts'
import { compileText } from '../../../src/message/template.ts'
import { FIELDS, type Field } from '../../../src/recipient/field-names.ts'
import { tableCases } from '../../support/tables.ts'

type Given = Record<string, string | string[]>

const map = (header: string, given: Given = {}, texts = true) => {
  const lists = Object.fromEntries(Object.entries(given).map(([field, names]) => [field, [names].flat()]))
  return mapColumns('f.csv', header.split(';'), lists, texts)
}

function chosen(header: string, given: Given = {}) {
  const { headers, fields } = map(header, given)
  return Object.fromEntries(Object.entries(fields).map(([field, index]) => [field, headers[index]]))
}

test.each(tableCases('headers.tsv', ['header', 'expected']))('$header: $expected', ({ header, expected }) => {
  if (expected.startsWith('!')) expect(() => map(header)).toThrow(expected.slice(1))
  else expect(found(header)).toBe(expected)
})

/** As the table writes it. */
function found(header: string): string {
  const { headers, fields, phones } = map(header)
  const phone = phones.map(({ index, areaCode }) =>
    areaCode === undefined ? headers[index] : `${headers[areaCode]}+${headers[index]}`,
  )
  const { phone: first, ...others } = fields
  expect(first).toBe(phones[0]!.index)
  return [
    `phone=${phone.join(', ')}`,
    ...(Object.keys(FIELDS) as Field[]).flatMap(field =>
      field === 'phone' || others[field] === undefined ? [] : [`${field}=${headers[others[field]]}`],
    ),
  ].join(' | ')
}

test('everything else is a variable, under its own name', () => {
  const { variables, width } = map('fone;valor;;valor;data_cadastro;;')
  expect(variables.map(variable => variable.name)).toEqual(['valor', 'coluna_3', 'valor_2', 'data_cadastro'])
  expect(width).toBe(5)
})

test('what an import wrote into a rejects file is no data', () => {
  for (const [written, width] of [
    ['linha;coluna;motivo;detalhe', 6],
    ['linha;motivo;detalhe', 5], // as an earlier camp wrote it
  ] as const) {
    const columns = map(`fone;linha;${written}`)
    expect(columns.headers).toEqual(['fone', 'linha'])
    expect(columns.variables).toEqual([{ name: 'linha', index: 1 }])
    expect(columns.width).toBe(width)
  }
})

test('--map decides, by field or a word for it, and exactly or nearly', () => {
  expect(chosen('telefone;celular', { phone: 'celular' })).toEqual({ phone: 'celular' })
  expect(chosen('A;B', { whatsapp: 'a', cliente: 'b' })).toEqual({ phone: 'A', nome: 'B' })
  expect(namedColumns(map('telefone;celular', { phone: 'celular' }))).toEqual([
    { header: 'celular', name: 'phone' },
    { header: 'telefone', name: 'telefone' },
  ])
})

describe('several phones', () => {
  test('are each kept in the variables, and {{telefone}} is the one that the lead has', () => {
    const columns = map('telefone1;nome;telefone2')
    expect(columns.fields.phone).toBe(0)
    expect(columns.variables.map(({ name }) => name)).toEqual(['telefone1', 'telefone2'])
    expect(compileText('{{telefone}} {{celular}} {{TELEFONE 2}}', namedColumns(columns)).text).toBe(
      '{{phone}} {{phone}} {{telefone2}}',
    )
  })

  test('are those that --map names, in its order', () => {
    const columns = map('telefone;celular;fone', { phone: ['fone', 'telefone'], whatsapp: 'celular' })
    expect(columns.phones.map(({ index }) => index)).toEqual([2, 0, 1])
    expect(columns.fields.phone).toBe(2)
    expect(map('fone;fone', { phone: 'fone_2' }).phones).toEqual([{ index: 1, areaCode: undefined }])
  })

  test('have the area codes that --map names, one each or one for all, or none', () => {
    const phones = (given: Given) => map('ddd;fone1;fone2;uf', given).phones.map(({ areaCode }) => areaCode)
    expect(phones({})).toEqual([0, 0])
    expect(phones({ ddd: 'uf' })).toEqual([3, 3])
    expect(phones({ ddd: ['uf', 'ddd'] })).toEqual([3, 0])
    expect(phones({ ddd: '-' })).toEqual([undefined, undefined])
  })

  test('of two words are offered together', () => {
    expect(() => map('telefone 1;telefone 2;celular')).toThrow(
      expect.objectContaining({
        hint:
          'Choose one: --map "phone=telefone 1" --map "phone=telefone 2" or --map phone=celular; or both, the first valid one ' +
          'of each row: --map "phone=telefone 1" --map "phone=telefone 2" --map phone=celular',
      }),
    )
  })
})

test('with a template a column "mensagem" is a variable', () => {
  expect(map('fone;mensagem', {}, false).variables).toEqual([{ name: 'mensagem', index: 1 }])
})

describe('refuses', () => {
  test.each([
    [
      'telefone;celular',
      {},
      'f.csv, line 1: "telefone" and "celular" each match the field phone',
      /--map phone=telefone or --map phone=celular/,
    ],
    ['telefone;cpf;cnpj', {}, 'f.csv, line 1: "cpf" and "cnpj" each match the field cpf_cnpj', /--map cpf_cnpj=cpf/],
    [
      'nome;valor',
      {},
      'f.csv, line 1: no column with phones was found',
      /Columns found: nome, valor\. .*--map phone=COLUMN/,
    ],
    ['11987654321;Ana', {}, 'f.csv, line 1: no column with phones was found', /The first line seems to contain data/],
    ['fone', { nome: 'x' }, 'f.csv has no column "x" (--map nome)', /Columns found: fone/],
    ['fone;a;b', { nome: ['a', 'b'] }, '--map names nome twice', /Only the phone/],
    ['fone', { cor: 'x' }, '--map: the field "cor" does not exist', /Fields: phone, nome/],
  ])('%s %j', (header, given, message, hint) => {
    expect(() => map(header, given)).toThrow(expect.objectContaining({ message, hint: expect.stringMatching(hint) }))
  })
})
