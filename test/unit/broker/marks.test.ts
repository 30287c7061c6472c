import { describe, expect, test } from 'vitest'
import { meaningOf } from '../../../src/broker/undocumented-answers.ts'

describe('what an undocumented answer says', () => {
  test.each([
    {},
    [],
    { codigo: 7, mensagem: 'importado' },
    { erro: false },
    { erro: null, errors: [], error: '' },
    { erro: '0', success: 'true' },
    { success: true, status: 'ok', data: [{ telefone: '5511987654321', status: 'V' }] },
    { status: 200 },
    { status: 'recebido' },
    { ok: 1 },
  ])('is no refusal: %j', answer => {
    expect(meaningOf(answer)).toEqual({ kind: 'NONE' })
  })

  test.each([
    [{ erro: 'chave inválida' }, 'chave inválida'],
    [{ Error: true, message: 'no such team' }, 'no such team'],
    [{ success: false, mensagem: 'sem saldo' }, 'sem saldo'],
    [{ sucesso: 'false' }, 'false'],
    [{ ok: 0 }, '0'],
    [{ status: 'erro', detalhe: 'x' }, 'x'],
    [{ status: 'Falha na importação' }, 'Falha'],
    [{ status: 422, motivo: 'linha 3' }, 'linha 3'],
    [{ status: false }, 'false'],
    [{ errors: { chave_api: ['obrigatória'] } }, 'chave_api'],
    [{ success: false, errors: [{ linha: 3 }] }, 'linha'],
  ])('is a refusal of all: %j', (answer, words) => {
    expect(meaningOf(answer)).toEqual({ kind: 'NO', words: expect.stringContaining(words) })
  })

  test.each([
    { errors: [{ linha: 3 }] },
    { success: true, erro: 'linha 3' },
    { status: 'ok', errors: [{ linha: 3 }], error: 'linha 3' },
    { data: { success: false } },
    { resultado: [{ status: 'ok' }, { status: 'erro' }] },
    [{ codigo: 1 }, { erro: 'x' }],
  ])('may be a refusal of a part: %j', answer => {
    expect(meaningOf(answer)).toEqual({ kind: 'MIXED' })
  })
})
