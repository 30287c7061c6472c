import { describe, expect, test } from 'vitest'
import { cda } from '../../../src/broker/cromosapp/cda.ts'
import { cdaRcs } from '../../../src/broker/cromosapp/cda-rcs.ts'
import { requestOf, withOneText } from '../../contract/adapter.ts'
import { answering } from '../../support/exchange.ts'

const KEY = 'a/key+that"is=secret'
const credential = cda.credential.parse({ api_key: KEY })

async function outcomeOf(status: number, body: unknown, headers: Record<string, string> = {}) {
  const result = await cda.send(withOneText(requestOf(2)), credential, answering(status, body, headers))
  expect(JSON.stringify(result)).not.toContain('secret')
  return result
}

describe('what CromosApp’s answer means', () => {
  test.each([
    ['a code', { codigo: 12, mensagem: 'importado' }, '12'],
    ['an id', { id: 'abc' }, 'abc'],
    ['neither, whose words are kept to learn from', { mensagem: 'importado' }, '{"mensagem":"importado"}'],
    ['an empty list', [], '[]'],
  ])('taken, with %s', async (_, body, reference) => {
    expect(await outcomeOf(200, body)).toEqual({
      kind: 'ANSWERED',
      outcomes: [{ kind: 'ACCEPTED' }, { kind: 'ACCEPTED' }],
      reference,
    })
  })

  test.each([
    { erro: 'Chave inválida' },
    { error: 'invalid api_key' },
    { success: false, message: 'invalid token' },
    { status: 'erro', mensagem: 'equipe não encontrada' },
    { erro: true, msg: 'team not found' },
    { errors: { chave_api: ['obrigatória'] } },
  ])('the key or the team is wrong: %j', async body => {
    expect(await outcomeOf(200, body)).toMatchObject({ kind: 'FATAL', reason: expect.stringContaining('HTTP 200') })
  })

  test.each([
    { erro: 'linha 2 inválida' },
    { success: false },
    { status: 'erro', mensagem: 'sem saldo' },
    { error: { message: 'telefone 5511987654321 inválido' } },
  ])('refused: %j', async body => {
    expect(await outcomeOf(200, body)).toMatchObject({ kind: 'REJECTED', code: 'REFUSED' })
  })

  test.each([
    '',
    '<html>',
    'OK',
    'null',
    'true',
    '12',
    '"ok"',
    { success: true, erro: 'linha 2' },
    { erros: ['linha 2'] },
  ])('is unknown: %j', async body => {
    expect(await outcomeOf(200, body)).toMatchObject({ kind: 'IN_DOUBT' })
  })

  test.each([
    [400, 'REJECTED'],
    [422, 'REJECTED'],
    [401, 'FATAL'],
    [403, 'FATAL'],
    [404, 'FATAL'],
    [302, 'FATAL'],
    [429, 'NOT_ACCEPTED'],
    [500, 'IN_DOUBT'],
    [503, 'IN_DOUBT'],
    [504, 'IN_DOUBT'],
  ])('HTTP %i is %s', async (status, kind) => {
    expect(await outcomeOf(status, { erro: 'x' })).toMatchObject({ kind })
  })

  test('echoes neither the key, as JSON or PHP spell it, nor a whole phone', async () => {
    const echo = `{"erro":"x","chave_api":"a\\/key+that\\"is=secret","mensagens":["9001;5511987654321"]}`
    const result = await outcomeOf(200, echo)
    expect(result).toMatchObject({ kind: 'REJECTED', detail: expect.stringContaining('"chave_api":"***"') })
    expect(JSON.stringify(result)).not.toContain('5511987654321')
    await outcomeOf(200, { codigo: null, chave_api: KEY })
  })
})

describe('what is never sent', () => {
  test.each([cda, cdaRcs])('$name: without a team', async adapter => {
    const http = answering(200, {})
    const request = { ...withOneText(requestOf(1)), wallet: { id: 'w', idgisAmbiente: 0 } }
    expect(await adapter.send(request, adapter.credential.parse({ api_key: KEY }), http)).toMatchObject({
      kind: 'FATAL',
      reason: expect.stringContaining('team'),
    })
    expect(http.requests).toEqual([])
  })

  test.each([cda, cdaRcs])('$name: two texts as one', async adapter => {
    const http = answering(200, {})
    expect(await adapter.send(requestOf(2), adapter.credential.parse({ api_key: KEY }), http)).toMatchObject({
      kind: 'REJECTED',
      code: 'MIXED_TEXTS',
    })
    expect(http.requests).toEqual([])
  })
})

test('an import may take its two minutes', async () => {
  const http = answering(200, {})
  await cda.send(withOneText(requestOf(1)), credential, http)
  expect(http.requests[0]).toMatchObject({ timeoutMs: 120_000, headers: { 'content-type': 'application/json' } })
  expect(cda.timeoutMs).toBe(120_000)
})
