import { describe, expect, it } from 'vitest'
import { listColumns } from '../../../src/blocklist/sync/list-columns.ts'
import { judgeRow, judgeValue } from '../../../src/blocklist/sync/read-entry.ts'
import type { OnlyKind } from '../../../src/blocklist/sync/types.ts'
import { CampError } from '../../../src/errors.ts'

/** Phones as they stand, documents with a D before them. */
const namedBy = (judged: ReturnType<typeof judgeValue>) =>
  judged.named.map(({ kind, value }) => (kind === 'phone' ? value : `D${value}`)).sort()

describe('a cell that may hold either', () => {
  it.each([
    ['11987654321', ['5511987654321']],
    ['(11) 98765-4321', ['5511987654321']],
    ['5511987654321', ['5511987654321']],
    ['1187654321', ['5511987654321']],
    ['1133334444', ['551133334444']],
    ['55999998888', ['5555999998888']],
    ['52998224725', ['D52998224725']],
    ['529.982.247-25', ['D52998224725']],
    ['191', ['D00000000191']],
    ['11.222.333/0001-81', ['D11222333000181']],
    ['12.abc.345/01de-35', ['D12ABC34501DE35']],
    ['11987654321 / 11 3333-4444', ['5511987654321', '551133334444']],
    ['11987654321, 52998224725', ['5511987654321', 'D52998224725']],
    ['11987654321 1133334444', ['5511987654321', '551133334444']],
    ['5,51199E+12', []],
    ['123', []],
    ['nobody', []],
  ])('%s', (cell, expected) => {
    const judged = judgeValue(cell, null)
    expect(namedBy(judged)).toEqual([...expected].sort())
    expect(judged.ambiguous ?? false).toBe(false)
    expect(judged.problem === undefined).toBe(expected.length > 0)
  })

  // Valid check digits, a real area code and a 9 behind it; with the zeros that Excel ate, landlines and numbers with 55 too.
  it.each([
    ['11900000083', '5511900000083', 'D11900000083'],
    ['1120000025', '551120000025', 'D01120000025'],
  ])('%s may be a mobile and a CPF: both are named, unless the list says which', (cell, phone, document) => {
    expect(namedBy(judgeValue(cell, null))).toEqual([phone, document])
    expect(judgeValue(cell, null).ambiguous).toBe(true)
    expect(namedBy(judgeValue(cell, 'phone'))).toEqual([phone])
    expect(namedBy(judgeValue(cell, 'document'))).toEqual([document])
    expect(judgeValue(cell, 'phone').ambiguous ?? false).toBe(false)
  })

  it.each([
    ['119.000.000-83', ['D11900000083']],
    ['(11) 90000-0083', ['5511900000083']],
    ['+5511900000083', ['5511900000083']],
    ['11 90000-0083', ['5511900000083']],
    // Written as a CPF and wrong: it is no phone.
    ['119.000.000-84', []],
  ])('%s is what it is written as', (cell, expected) => {
    expect(namedBy(judgeValue(cell, null))).toEqual(expected)
  })
})

describe('the first row of a list', () => {
  const columnsOf = (header: string, given = {}, only: OnlyKind | null = null) =>
    listColumns('list.csv', { line: 1, cells: header.split(';') }, given, only)

  it.each([
    ['TELEFONE;Nome;CPF/CNPJ;Motivo', { phones: [0], documents: [2], values: [], reason: 3 }],
    ['nome;telefone1;telefone2;Celular 3', { phones: [1, 2, 3], documents: [], values: [] }],
    ['cpf;cnpj;obs', { phones: [], documents: [0, 1], values: [] }],
    ['numero;nome', { phones: [0], documents: [] }],
    // A better name leaves the weak one alone.
    ['numero;fone', { phones: [1], documents: [] }],
    ['telefone;valor', { phones: [0], values: [] }],
    ['valor', { phones: [], documents: [], values: [0] }],
    // The rejects of an earlier sync.
    ['telefone;linha;motivo;detalhe', { phones: [0], reason: undefined }],
  ])('%s names its columns', (header, expected) => {
    expect(columnsOf(header)).toMatchObject({ named: true, ...expected })
  })

  it.each(['11987654321', '529.982.247-25', '11987654321;52998224725', '11900000083', '1100000002'])(
    '%s is data',
    first => {
      expect(columnsOf(first)).toMatchObject({ named: false, values: 'ALL' })
    },
  )

  it.each([
    'nome;endereco',
    '{"error":"not found"}',
    '11987654321;João',
    '11987654321;1',
    '<2026>',
    'Lista de bloqueio',
  ])('%s is refused', first => {
    expect(() => columnsOf(first)).toThrow(CampError)
  })

  it('yields to --map', () => {
    const given = { phone: 'B', document: 'C', reason: 'D' }
    expect(columnsOf('A;B;C;D', given)).toMatchObject({ phones: [1], documents: [2], reason: 3, named: true })
    expect(() => columnsOf('A;B', { phone: 'X' })).toThrow(expect.objectContaining({ code: 'COLUMN_NOT_FOUND' }))
    expect(() => columnsOf('A;B', { nome: 'A' })).toThrow(expect.objectContaining({ code: 'FIELD_UNKNOWN' }))
  })
})

describe('a row', () => {
  const columns = listColumns('list.csv', { line: 1, cells: ['telefone1', 'telefone2', 'cpf', 'nome'] }, {}, null)
  const judge = (...cells: string[]) => judgeRow(cells, columns, null)

  it('names every person in it', () => {
    const judged = judge('11987654321', '1133334444', '191', 'Ana')
    expect(namedBy(judged)).toEqual(['551133334444', '5511987654321', 'D00000000191'])
    expect(judged.problem).toBeUndefined()
  })

  it('of which one cell cannot be read is refused, and the others are blocked anyway', () => {
    const judged = judge('11987654321', '', '52998224726', '')
    expect(namedBy(judged)).toEqual(['5511987654321'])
    expect(judged.problem).toEqual({ code: 'INVALID_DOCUMENT', detail: '"52998224726": its check digits are wrong' })
  })

  it('that is longer than the header may have slipped: it is refused, and blocked anyway', () => {
    expect(judge('11987654321', '', '', '', 'x')).toMatchObject({
      named: [{ value: '5511987654321' }],
      problem: { code: 'BAD_ROW' },
    })
    expect(judge('11987654321', '', '', '', ' ').problem).toBeUndefined()
  })

  it('that names no one is refused', () => {
    expect(judge('', ' ', '', 'Ana')).toEqual({
      named: [],
      problem: { code: 'BAD_ROW', detail: 'it has no phone and no document' },
    })
  })
})
