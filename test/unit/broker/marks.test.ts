import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { accountWords, answerWords, hasWord } from '../../../src/broker/answer-words.ts'
import { meaningOf } from '../../../src/broker/undocumented-answers.ts'

const credential = z.object(answerWords)
const usual = credential.parse({})

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
    expect(meaningOf(answer, usual)).toEqual({ kind: 'NONE' })
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
    expect(meaningOf(answer, usual)).toEqual({ kind: 'NO', words: expect.stringContaining(words) })
  })

  test.each([
    { errors: [{ linha: 3 }] },
    { success: true, erro: 'linha 3' },
    { status: 'ok', errors: [{ linha: 3 }], error: 'linha 3' },
    { data: { success: false } },
    { resultado: [{ status: 'ok' }, { status: 'erro' }] },
    [{ codigo: 1 }, { erro: 'x' }],
  ])('may be a refusal of a part: %j', answer => {
    expect(meaningOf(answer, usual)).toEqual({ kind: 'MIXED' })
  })
})

describe('the words of a credential', () => {
  test.each([
    [{ status: 'processado' }, {}, 'NONE'],
    [{ status: 'Rechazado: saldo' }, { no_words: 'rechazad*' }, 'NO'],
    [{ status: 'erro' }, { no_words: 'rechazad*' }, 'NONE'],
    [{ status: 'não aceito' }, { no_words: '*aceito' }, 'NO'],
    [{ status: 'aceito' }, { no_words: '*aceito', yes_words: 'aceito' }, 'MIXED'],
    [{ status: 'aceito', erro: 'linha 3' }, {}, 'NO'],
    [{ status: 'aceito', erro: 'linha 3' }, { yes_words: 'ok, Aceito' }, 'MIXED'],
  ])('%j with %j is %s', (answer, words, kind) => {
    expect(meaningOf(answer, credential.parse(words)).kind).toBe(kind)
  })

  test.each(['', ' , ', 'a,,b', '*', 'a*b', '**a'])('%j is no list', no_words => {
    expect(credential.safeParse({ no_words }).success).toBe(false)
  })

  test.each([
    ['Chave inválida', true],
    ['{"codigoEquipe":["?"]}', true],
    ['api_key missing', true],
    ['linha 3: monkey', false],
    ['teams', false],
  ])('%j is about the account: %s', (text, expected) => {
    expect(hasWord(text, accountWords.parse(undefined))).toBe(expected)
  })
})
