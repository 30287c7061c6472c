import { expect, test } from 'vitest'
import { adapterOf } from '../../src/broker/registry.ts'
import { createHttp } from '../../src/http/client.ts'
import { describeKeys } from '../../src/security/credentials.ts'
import { exchange } from '../support/exchange.ts'
import { serveHttp } from '../support/http.ts'
import { useSandbox } from '../support/sandbox.ts'
import { adapterContract, requestOf, type Subject } from './adapter.ts'

const adapter = await adapterOf('NOAH')
const TOKEN = 'a-token+that/is=secret'

const subject: Subject = {
  adapter,
  credential: url => ({ url: `${url}/noah`, token: TOKEN }),
  secrets: [TOKEN],
  keyOf: ({ phone }) => phone,
}

adapterContract('NOAH, answering as a whole', { ...subject, perMessage: false, ids: false })
adapterContract('NOAH, answering per contact, its validation a 404', {
  ...subject,
  quirks: { answer: 'records', validation_status: 404 },
  poisoned: { kind: 'REJECTED', code: 'HTTP_404' },
})

const it = useSandbox()

test('NOAH’s records are each contact’s own, in any order', async () => {
  const request = requestOf(3)
  const refused = request.messages[0]!.phone
  it.broker.control({
    phones: { [refused]: 'refuse' },
    brokers: { NOAH: { quirks: { answer: 'records', shuffled: true } } },
  })
  const http = createHttp({ timeoutMs: 5_000 })
  const result = await adapter.send(request, adapter.credential.parse(subject.credential(it.broker.url)), http)
  await http.close()
  if (result.kind !== 'ANSWERED') throw new Error(`it was ${JSON.stringify(result)}`)
  expect(result.outcomes.map(({ kind }) => kind)).toEqual(['REJECTED', 'ACCEPTED', 'ACCEPTED'])
  const ids = new Map(it.broker.messages().map(({ phone, id }) => [phone, id]))
  expect(result.outcomes.slice(1).map(outcome => 'providerId' in outcome && outcome.providerId)).toEqual(
    request.messages.slice(1).map(({ phone }) => ids.get(phone)),
  )
})

test('the stand-in’s hook has the key of the last message to the same person', async () => {
  const hooks: unknown[] = []
  const url = await serveHttp(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    hooks.push(JSON.parse(body))
    response.end()
  })
  const [first, second] = requestOf(2).messages
  const messages = [first!, { ...second!, phone: first!.phone, idcob_contrato: '700002' }]
  it.broker.control({ callback_url: url, phones: { [first!.phone]: 'read' } })
  const http = createHttp({ timeoutMs: 5_000 })
  const credential = adapter.credential.parse(subject.credential(it.broker.url))
  await adapter.send({ ...requestOf(1), messages }, credential, http)
  await http.close()
  await expect.poll(() => it.broker.stats().callbacks).toMatchObject({ waiting: 0, delivered: 6 })
  const ids = it.broker.messages().map(({ id }) => id)
  expect(hooks).toHaveLength(6)
  for (const messageId of ids) {
    for (const ack of [1, 2, 3]) {
      expect(hooks).toContainEqual({ ack, messageId, externalKey: '700002', type: 'hookMessageStatus' })
    }
  }
})

test('what NOAH receives is the contacts of its contract, to the letter', async () => {
  const request = requestOf(4)
  const [full, texts, bare, later] = request.messages
  const messages = [
    { ...full!, columns: { Cidade: 'Cuiabá', 'Data de Cadastro': '01/11/2026' } },
    { ...texts!, idcob_contrato: 'C-0001', cpf_cnpj: '12.ABC.345/01DE-35', columns: { data_cadastro: '2026-11-02' } },
    { ...bare!, nome: null, cpf_cnpj: null, idcob_contrato: null, columns: { data_cadastro: 'ontem' } },
    { ...later!, idcob_contrato: '007' },
  ]
  const { received, result } = await exchange(
    adapter,
    url => ({ url: `${url}/v1/`, token: `INTEGRATION ${TOKEN}` }),
    { ...request, messages },
    { status: 201, body: { message: 'ok' } },
  )
  expect(received).toMatchObject({
    method: 'POST',
    path: '/v1/contacts',
    headers: { authorization: `INTEGRATION ${TOKEN}`, 'content-type': 'application/json' },
  })
  expect(JSON.parse(received.body)).toEqual({
    name: 'camp-C261124-7F3KQ-0001',
    data: [
      {
        telefone: full!.phone,
        nome: 'João da Silva',
        idgis_ambiente: 9001,
        idcob_contrato: 700001,
        cpf_cnpj: '00000000191',
        mensagem: full!.text,
        data_cadastro: '2026-11-01',
      },
      {
        telefone: texts!.phone,
        nome: 'João da Silva',
        idgis_ambiente: 9001,
        idcob_contrato: 'C-0001',
        cpf_cnpj: '12ABC34501DE35',
        mensagem: texts!.text,
        data_cadastro: '2026-11-02',
      },
      { telefone: bare!.phone, nome: '', idgis_ambiente: 9001, cpf_cnpj: '', mensagem: bare!.text },
      {
        telefone: later!.phone,
        nome: 'João da Silva',
        idgis_ambiente: 9001,
        idcob_contrato: '007',
        cpf_cnpj: '00000000191',
        mensagem: later!.text,
      },
    ],
  })
  expect(result).toEqual({ kind: 'ANSWERED', outcomes: messages.map(() => ({ kind: 'ACCEPTED' })) })
})

test.each([
  [{ status: 'bloqueado' }, {}, 'ACCEPTED'],
  [{ status: 'bloqueado' }, { no_words: 'bloquead*' }, 'REJECTED'],
  [{ status: 'aceito', erro: 'linha 1' }, {}, 'REJECTED'],
  [{ status: 'aceito', erro: 'linha 1' }, { yes_words: 'aceito' }, 'IN_DOUBT'],
])('NOAH’s record %j is read with the words of the credential %j', async (record, words, kind) => {
  const request = requestOf(1)
  const { result } = await exchange(adapter, url => ({ url: `${url}/v1`, token: TOKEN, ...words }), request, {
    status: 200,
    body: [{ telefone: request.messages[0]!.phone, ...record }],
  })
  expect(result).toMatchObject({ kind: 'ANSWERED', outcomes: [{ kind }] })
})

test('the credential is as in its table', () => {
  expect(describeKeys(adapter)).toBe('url (required), token (required), yes_words, no_words')
  const given = { url: 'https://noah.example/api', token: ' INTEGRATION  x ' }
  expect(adapter.credential.parse(given)).toEqual({
    url: given.url,
    token: 'x',
    yes_words: 'ok,success,sucesso,true',
    no_words: expect.stringMatching(/^erro\*,error\*,/),
  })
  for (const wrong of [{ token: 'x' }, { url: given.url }, { ...given, token: ' ' }, { ...given, other: 'x' }]) {
    expect(adapter.credential.safeParse(wrong).success).toBe(false)
  }
})
