import { expect, test } from 'vitest'
import { adapterOf } from '../../src/broker/registry.ts'
import { describeKeys } from '../../src/security/credentials.ts'
import { exchange } from '../support/exchange.ts'
import { adapterContract, requestOf, withOneText } from './adapter.ts'

const adapter = await adapterOf('CDA_RCS')
const KEY = 'a-key+that/is=secret'

// The wire carries our own key of each message (TAG4): the sandbox counts by it.
adapterContract('CDA_RCS', {
  adapter,
  credential: url => ({ url: `${url}/api/importarcs/importarRcsCampanhaAPI`, api_key: KEY }),
  secrets: [KEY],
  perMessage: false,
  ids: false,
  poisoned: { kind: 'REJECTED', code: 'REFUSED' },
})

test('what CDA RCS receives is the import of its contract, to the letter, every column in its place', async () => {
  const request = withOneText(requestOf(2))
  const [full, bare] = request.messages
  const messages = [
    { ...full!, idcob_contrato: '70;0001', cpf_cnpj: '11.222.333/0001-81' },
    { ...bare!, nome: null, cpf_cnpj: null, idcob_contrato: null },
  ]
  const { received } = await exchange(
    adapter,
    url => ({ url: `${url}/api/importarcs/importarRcsCampanhaAPI`, api_key: KEY, codigo_usuario: '12' }),
    { ...request, messages },
    { status: 200, body: {} },
  )
  expect(received.path).toBe('/api/importarcs/importarRcsCampanhaAPI')
  expect(received.body).toBe(
    JSON.stringify({
      chave_api: KEY,
      codigo_equipe: '9001',
      codigo_usuario: '12',
      nome: 'camp-C261124-7F3KQ-0001',
      ativo: true,
      corpo_mensagem: request.messages[0]!.text,
      codigo_externo: 'camp-C261124-7F3KQ-0001',
      tag_codigo_externo_mensagem: 'TAG4',
      mensagens: [
        `1;${full!.phone};João da Silva;700001;11222333000181;${full!.leadId}`,
        `1;${bare!.phone};;;;${bare!.leadId}`,
      ],
    }),
  )
})

test('the credential’s URL is the whole endpoint, with CromosApp’s as its default', () => {
  expect(describeKeys(adapter)).toBe('api_key (required), url, codigo_usuario, yes_words, no_words, account_words')
  expect(adapter.credential.parse({ api_key: 'k' })).toMatchObject({
    url: 'https://cromosapp.com.br/api/importarcs/importarRcsCampanhaAPI',
  })
})
