import { describe, expect, test } from 'vitest'
import { mapColumns, namedColumns } from '../../../src/intake/columns.ts'

const map = (header: string, given: Record<string, string> = {}, texts = true) =>
  mapColumns('f.csv', header.split(';'), given, texts)

function chosen(header: string, given: Record<string, string> = {}) {
  const { headers, fields } = map(header, given)
  return Object.fromEntries(Object.entries(fields).map(([field, index]) => [field, headers[index]]))
}

describe('finds the columns by what files call them', () => {
  test.each([
    ['telefone;nome;cpf', { phone: 'telefone', nome: 'nome', cpf_cnpj: 'cpf' }],
    [' CELULAR ;Nome do Cliente;CPF/CNPJ', { phone: 'CELULAR', nome: 'Nome do Cliente', cpf_cnpj: 'CPF/CNPJ' }],
    [
      'phone;name;document;contract',
      { phone: 'phone', nome: 'name', cpf_cnpj: 'document', idcob_contrato: 'contract' },
    ],
    [
      'msisdn;idcob_contrato;data_cadastro;mensagem',
      { phone: 'msisdn', idcob_contrato: 'idcob_contrato', data_cadastro: 'data_cadastro', mensagem: 'mensagem' },
    ],
    ['Número;Cliente;Data de Cadastro', { phone: 'Número', nome: 'Cliente', data_cadastro: 'Data de Cadastro' }],
    // Weak names give way to better ones.
    ['numero;telefone;cliente;nome', { phone: 'telefone', nome: 'nome' }],
  ])('%s', (header, fields) => {
    expect(chosen(header)).toEqual(fields)
  })
})

test('everything else is a variable, under its own name', () => {
  const { variables, width } = map('fone;valor;;valor;data_cadastro;;')
  expect(variables.map(variable => variable.name)).toEqual(['valor', 'coluna_3', 'valor_2', 'data_cadastro'])
  expect(width).toBe(5)
})

test('what an import wrote into a rejects file is no data', () => {
  const { headers, variables, width } = map('fone;linha;linha;motivo;detalhe')
  expect(headers).toEqual(['fone', 'linha'])
  expect(variables).toEqual([{ name: 'linha', index: 1 }])
  expect(width).toBe(5)
})

test('--map decides, by field or a word for it, and exactly or nearly', () => {
  expect(chosen('telefone;celular', { phone: 'celular' })).toEqual({ phone: 'celular' })
  expect(chosen('A;B', { whatsapp: 'a', cliente: 'b' })).toEqual({ phone: 'A', nome: 'B' })
  expect(namedColumns(map('telefone;celular', { phone: 'celular' }))).toEqual([
    { header: 'celular', name: 'phone' },
    { header: 'telefone', name: 'telefone' },
  ])
})

test('with a template a column "mensagem" is a variable', () => {
  expect(map('fone;mensagem', {}, false).variables).toEqual([{ name: 'mensagem', index: 1 }])
})

describe('refuses', () => {
  test.each([
    [
      'telefone;celular',
      {},
      'f.csv, line 1: "telefone" and "celular" could each be phone',
      /--map phone=telefone or --map phone=celular/,
    ],
    ['telefone;cpf;cnpj', {}, 'f.csv, line 1: "cpf" and "cnpj" could each be cpf_cnpj', /--map cpf_cnpj=cpf/],
    ['nome;valor', {}, 'f.csv, line 1: no column is the phone', /Columns found: nome, valor\. .*--map phone=COLUMN/],
    ['11987654321;Ana', {}, 'f.csv, line 1: no column is the phone', /The first line seems to hold data/],
    ['fone', { nome: 'x' }, 'f.csv has no column "x" (--map nome)', /Columns found: fone/],
    ['fone', { cor: 'x' }, '--map: there is no field "cor"', /Fields: phone, nome/],
  ])('%s %j', (header, given, message, hint) => {
    expect(() => map(header, given)).toThrow(expect.objectContaining({ message, hint: expect.stringMatching(hint) }))
  })
})
