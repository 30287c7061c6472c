import { describe, expect, test } from 'vitest'
import { useSandbox } from '../support/sandbox.ts'

// The stand-ins of GOSAC, CDA, CDA_RCS and NOAH refuse what their contracts (docs/wire) do not have.

const it = useSandbox()

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(it.broker.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, text: await response.text() }
}

const gosac = {
  name: 'camp-1',
  message: 'Olá',
  kind: 'whats',
  connectionId: null,
  contacts: [{ name: 'Ana', number: '5511930000001', hasWhatsapp: true }],
  defaultQueueId: 1,
  initialMinutes: 480,
  endMinutes: 1140,
  customProps: [],
  scheduled: false,
  scheduledAt: '2030-01-02T12:00:00.000Z',
  speed: 'low',
  tagId: 0,
  templateId: null,
}
const [contact] = gosac.contacts

const cda = {
  chave_api: 'k',
  codigo_equipe: '9001',
  codigo_usuario: '1',
  nome: 'camp-1',
  ativo: true,
  corpo_mensagem: 'Olá',
  mensagens: ['9001;5511930000001;Ana;00000000191;91'],
}
const rows = (...mensagens: string[]) => ({ ...cda, mensagens })

const rcs = { ...cda, codigo_externo: 'camp-1', tag_codigo_externo_mensagem: 'TAG4' }
const key = '0190f3a0-0000-7000-8000-000000000001'
const rcsRows = (...mensagens: string[]) => ({ ...rcs, mensagens })

const noah = {
  name: 'camp-1',
  data: [
    {
      telefone: '5511930000001',
      nome: 'Ana',
      idgis_ambiente: 9001,
      idcob_contrato: 700001,
      cpf_cnpj: '00000000191',
      mensagem: 'Olá',
      data_cadastro: '2026-11-01',
    },
  ],
}
const [person] = noah.data

const BROKERS = {
  GOSAC: {
    path: '/api/campaigns',
    headers: { authorization: 'x' } as Record<string, string>,
    good: gosac,
    bad: {
      'a constant that is another': { ...gosac, scheduled: true },
      'a field that there is not': { ...gosac, cpf: '1' },
      'a field too few': { ...gosac, tagId: undefined },
      'a number without 55': { ...gosac, contacts: [{ ...contact, number: '11930000001' }] },
      'a contact without a name': { ...gosac, contacts: [{ ...contact, name: ' ' }] },
      'no contacts': { ...gosac, contacts: [] },
    } as Record<string, unknown>,
  },
  CDA: {
    path: '/api/importar/campanha',
    headers: {},
    good: cda,
    bad: {
      'a column too many': rows('9001;5511930000001;A;na;00000000191;91'),
      'a column too few': rows('9001;5511930000001;Ana;00000000191'),
      'another team': rows('9002;5511930000001;Ana;00000000191;91'),
      'a phone without 55': rows('9001;11930000001;Ana;00000000191;91'),
      'a document with punctuation': rows('9001;5511930000001;Ana;000.000.001-91;91'),
      'other last digits': rows('9001;5511930000001;Ana;00000000191;19'),
      'a team of 0': { ...rows('0;5511930000001;Ana;;'), codigo_equipe: '0' },
      'no key': { ...cda, chave_api: '' },
      'the other import’s fields': rcs,
    } as Record<string, unknown>,
  },
  CDA_RCS: {
    path: '/api/importarcs/importarRcsCampanhaAPI',
    headers: {},
    good: rcsRows(`1;5511930000001;Ana;700001;00000000191;${key}`),
    bad: {
      'a column left out': rcsRows(`1;5511930000001;Ana;00000000191;${key}`),
      'the document for the contract': rcsRows(`1;5511930000001;Ana;00000000191;;not a key`),
      'CDA’s row': rcsRows('9001;5511930000001;Ana;00000000191;91'),
      'no external code': cda,
    } as Record<string, unknown>,
  },
  NOAH: {
    path: '/noah/contacts',
    headers: { authorization: 'INTEGRATION x' } as Record<string, string>,
    good: noah,
    bad: {
      'a team that is a text': { ...noah, data: [{ ...person, idgis_ambiente: '9001' }] },
      'a phone without 55': { ...noah, data: [{ ...person, telefone: '11930000001' }] },
      'a document with punctuation': { ...noah, data: [{ ...person, cpf_cnpj: '000.000.001-91' }] },
      'a date the Brazilian way': { ...noah, data: [{ ...person, data_cadastro: '01/11/2026' }] },
      'no text': { ...noah, data: [{ ...person, mensagem: '' }] },
      'a field that there is not': { ...noah, data: [{ ...person, externalKey: '1' }] },
    } as Record<string, unknown>,
  },
}

describe.each(Object.entries(BROKERS))('the stand-in of %s', (broker, { path, headers, good, bad }) => {
  test('takes what its contract has', async () => {
    expect((await post(path, good, headers)).status).toBeLessThan(300)
    expect(it.broker.stats(broker)).toMatchObject({ requests: 1, accepted: 1, invalid: 0 })
    expect(it.broker.messages('5511930000001')).toMatchObject([{ content: { text: 'Olá' } }])
  })

  test.each(Object.entries(bad))('refuses, and lists, %s', async (_, body) => {
    const { status, text } = await post(path, body, headers)
    if (broker.startsWith('CDA')) expect([status, text]).toEqual([200, expect.stringContaining('"erro"')])
    else expect(status).toBe(400)
    expect(it.broker.stats(broker)).toMatchObject({ accepted: 0, invalid: 1, violations: [expect.stringMatching(/./)] })
  })

  test('refuses what is not called JSON', async () => {
    await post(path, good, { ...headers, 'content-type': 'text/plain' })
    expect(it.broker.stats(broker)).toMatchObject({ accepted: 0, invalid: 1 })
  })
})

test.each([
  ['/api/campaigns', gosac, {}, 401],
  ['/noah/contacts', noah, {}, 403],
  ['/noah/contacts', noah, { authorization: 'Bearer x' }, 403],
])('%s without its authorization', async (path, body, headers, status) => {
  expect(await post(path, body, headers)).toMatchObject({ status })
  expect(it.broker.stats()).toMatchObject({ accepted: 0, invalid: 1 })
})
