import { expect, test } from 'vitest'
import { adapterOf } from '../../src/broker/registry.ts'
import { describeKeys } from '../../src/security/credentials.ts'
import { exchange } from '../support/exchange.ts'
import { adapterContract, requestOf, type Subject, withOneText } from './adapter.ts'

const adapter = await adapterOf('CDA')
const KEY = 'a-key+that/is=secret'

const subject: Subject = {
  adapter,
  credential: url => ({ url: `${url}/api/importar/campanha`, api_key: KEY }),
  secrets: [KEY],
  keyOf: ({ phone }) => phone,
  perMessage: false,
  ids: false,
  poisoned: { kind: 'REJECTED', code: 'REFUSED' },
}

adapterContract('CDA', subject)
adapterContract('CDA, answering without a code', { ...subject, quirks: { answer: 'mensagem' } })

test('what CDA receives is the import of its contract, to the letter', async () => {
  const request = withOneText(requestOf(4))
  const [plain, messy, company, bare] = request.messages
  const messages = [
    plain!,
    { ...messy!, nome: ' Zoé; "a\r\nBela"; D\'Ávila ', cpf_cnpj: '000.000.001-91' },
    { ...company!, cpf_cnpj: '12.ABC.345/01DE-35' },
    { ...bare!, nome: null, cpf_cnpj: null },
  ]
  const { received, result } = await exchange(
    adapter,
    url => ({ url: `${url}/api/importar/campanha`, api_key: KEY }),
    { ...request, messages },
    { status: 200, body: { mensagem: 'ok', codigo: 41 } },
  )
  expect(received).toMatchObject({
    method: 'POST',
    path: '/api/importar/campanha',
    headers: { 'content-type': 'application/json' },
  })
  expect(received.headers.authorization).toBeUndefined()
  expect(received.body).toBe(
    JSON.stringify({
      chave_api: KEY,
      codigo_equipe: '9001',
      codigo_usuario: '1',
      nome: 'camp-C261124-7F3KQ-0001',
      ativo: true,
      corpo_mensagem: request.messages[0]!.text,
      mensagens: [
        `9001;${plain!.phone};João da Silva;00000000191;91`,
        `9001;${messy!.phone};Zoé aBela DÁvila;00000000191;91`,
        `9001;${company!.phone};João da Silva;12ABC34501DE35;35`,
        `9001;${bare!.phone};;;`,
      ],
    }),
  )
  expect(result).toMatchObject({ kind: 'ANSWERED', reference: '41' })
})

test.each([
  [{ status: 'recusa total' }, {}, { kind: 'ANSWERED' }],
  [{ status: 'recusa total' }, { no_words: 'recusa*' }, { kind: 'REJECTED', code: 'REFUSED' }],
  [{ status: 'erro', motivo: 'plano vencido' }, {}, { kind: 'REJECTED' }],
  [{ status: 'erro', motivo: 'plano vencido' }, { account_words: 'plano' }, { kind: 'FATAL', code: 'ACCOUNT_REFUSED' }],
])('CDA’s 200 with %j is read with the words of the credential %j', async (body, words, expected) => {
  const { result } = await exchange(
    adapter,
    url => ({ url: `${url}/api/importar/campanha`, api_key: KEY, ...words }),
    withOneText(requestOf(1)),
    { status: 200, body },
  )
  expect(result).toMatchObject(expected)
})

test('the credential is as in its table', () => {
  expect(describeKeys(adapter)).toBe('api_key (required), url, codigo_usuario, yes_words, no_words, account_words')
  expect(adapter.credential.parse({ api_key: ' k ' })).toEqual({
    api_key: 'k',
    url: 'https://cromosapp.com.br/api/importar/campanha',
    codigo_usuario: '1',
    yes_words: 'ok,success,sucesso,true',
    no_words: expect.stringMatching(/^erro\*,error\*,/),
    account_words: expect.stringContaining('*chave*,key,'),
  })
  for (const wrong of [{}, { api_key: '' }, { api_key: 'k', url: 'nowhere' }, { api_key: 'k', token: 'x' }]) {
    expect(adapter.credential.safeParse(wrong).success).toBe(false)
  }
})
