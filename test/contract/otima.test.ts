import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SendRequest } from '../../src/broker/port.ts'
import { adapterOf } from '../../src/broker/registry.ts'
import { createHttp, type HttpClient } from '../../src/http/client.ts'
import { exchange } from '../support/exchange.ts'
import { useSandbox } from '../support/sandbox.ts'
import { adapterContract, requestOf } from './adapter.ts'

const wpp = await adapterOf('OTIMA_WPP')
const rcs = await adapterOf('OTIMA_RCS')

const TOKEN = 'otima+token/that=must&stay-secret'
const credential = (url: string) => ({ token: TOKEN, broker_code: '5500900000099', customer_code: '9001', url })
const template = { code: 'template_ficticio_v1', variables: ['nome'] }
const callbackUrl = (leadId?: string) => `https://camp.example/webhooks/b/t?m=${leadId}`

for (const adapter of [wpp, rcs]) {
  adapterContract(adapter.name, {
    adapter,
    credential,
    secrets: [TOKEN],
    keyOf: message => message.phone,
    request: { template, callbackUrl },
    refusal: { code: 'INVALIDO', detail: 'inválido' },
  })
}

const CPF_FORMS = {
  CPF_PADRAO: '000.000.001-91',
  CPF_ESPACO: '000 000 001 91',
  CPF_3_PRIM: '000',
  CPF_3_ULT: '191',
}

/** The two messages of docs/wire/otima.md's examples: one with all it can have, one with nothing. */
function example(): SendRequest {
  const request = requestOf(2)
  const [full, bare] = request.messages
  return {
    ...request,
    template,
    callbackUrl: leadId => (leadId === 'lead-1' ? callbackUrl('OPAQUE') : undefined),
    messages: [
      {
        ...full!,
        leadId: 'lead-1',
        phone: '5500900000001',
        nome: 'CLIENTE TESTE UM',
        cpf_cnpj: '000.000.001-91',
        idcob_contrato: '700001',
        variables: { nome: 'CLIENTE TESTE UM' },
      },
      {
        ...bare!,
        leadId: 'lead-2',
        phone: '5555999998888',
        nome: null,
        cpf_cnpj: null,
        idcob_contrato: null,
        variables: { '-var1-': 'R$ 0,00' },
      },
    ],
  }
}

const answer = {
  status: 200,
  body: [
    {
      document: '00000000191',
      message_id: 'fake-0001',
      phone: '00900000001',
      status: 'V',
      status_description: 'valido',
    },
    { document: '', message_id: '', phone: '55999998888', status: 'I', status_description: 'invalido' },
  ],
}
const outcomes = [
  { kind: 'ACCEPTED', providerId: 'fake-0001' },
  { kind: 'REJECTED', code: 'INVALIDO', detail: 'invalido' },
]
const urls = {
  url_callback_status: 'https://camp.example/webhooks/b/t?m=OPAQUE',
  url_callback_mo: 'https://camp.example/webhooks/b/t?m=OPAQUE&mo=1',
}

describe('on the wire', () => {
  test('WhatsApp is as docs/wire/otima.md#request shows it', async () => {
    const { received, result } = await exchange(wpp, credential, example(), answer)
    expect(received).toMatchObject({
      method: 'POST',
      path: '/v1/whatsapp/bulk/message/hsm',
      headers: { authorization: TOKEN, 'content-type': 'application/json' },
    })
    expect(JSON.parse(received.body)).toEqual({
      broker_code: '5500900000099',
      customer_code: '9001',
      template_code: 'template_ficticio_v1',
      messages: [
        {
          whatsapp: '00900000001',
          document: '00000000191',
          variables: { nome: 'CLIENTE TESTE UM' },
          extra_fields: { ...CPF_FORMS, nome: 'CLIENTE TESTE UM', id_carteira: 9001, idcob_contrato: 700001 },
          ...urls,
        },
        {
          whatsapp: '55999998888',
          document: '',
          variables: { '-var1-': 'R$ 0,00' },
          extra_fields: { id_carteira: 9001 },
        },
      ],
    })
    expect(result).toEqual({ kind: 'ANSWERED', outcomes })
  })

  test('RCS is as docs/wire/otima.md#channels shows it', async () => {
    const { received, result } = await exchange(rcs, credential, example(), answer)
    expect(received).toMatchObject({ method: 'POST', path: '/v1/rcs/bulk/message/template' })
    expect(JSON.parse(received.body).messages).toEqual([
      {
        phone: '5500900000001',
        document: '00000000191',
        variables: { '-nome-': 'CLIENTE TESTE UM' },
        extra_fields: { ...CPF_FORMS, nome: 'CLIENTE TESTE UM', id_carteira: 9001, idcob_contrato: 700001 },
        ...urls,
      },
      {
        phone: '5555999998888',
        document: '',
        variables: { '-var1-': 'R$ 0,00' },
        extra_fields: { id_carteira: 9001 },
      },
    ])
    expect(result).toEqual({ kind: 'ANSWERED', outcomes })
  })

  test('the phone’s format can be switched, and a contract that is no plain number stays text', async () => {
    const request = example()
    const messages = request.messages.map(message => ({ ...message, idcob_contrato: '007' }))
    const international = await exchange(
      wpp,
      url => ({ ...credential(url), phone_format: 'international' }),
      { ...request, messages },
      answer,
    )
    expect(JSON.parse(international.received.body).messages[0]).toMatchObject({
      whatsapp: '5500900000001',
      extra_fields: { idcob_contrato: '007' },
    })
    const national = await exchange(rcs, url => ({ ...credential(url), phone_format: 'national' }), request, answer)
    expect(JSON.parse(national.received.body).messages[0].phone).toBe('00900000001')
  })
})

describe('extra_fields', () => {
  const own = { nome: 'CLIENTE TESTE UM', id_carteira: 9001, idcob_contrato: 700001 }
  const columns = { Saldo: '100,00', idade: '40', nome: 'not this one' }
  const sent = async (extra_fields: string | undefined, cpf_cnpj: string) => {
    const request = example()
    const messages = [{ ...request.messages[0]!, cpf_cnpj, columns }]
    const given = (url: string) => ({ ...credential(url), ...(extra_fields !== undefined && { extra_fields }) })
    const { received } = await exchange(wpp, given, { ...request, messages }, answer)
    return JSON.parse(received.body).messages[0]
  }

  test.each([
    [undefined, { ...CPF_FORMS, ...own }],
    ['cpf', { ...CPF_FORMS, ...own }],
    ['none', own],
    ['all', { ...columns, ...CPF_FORMS, ...own }],
    ['saldo, missing', { Saldo: '100,00', ...CPF_FORMS, ...own }],
  ])('set to %s', async (setting, fields) => {
    expect((await sent(setting, '00000000191')).extra_fields).toEqual(fields)
  })

  test('of a CNPJ have no forms: it is the message’s document only', async () => {
    expect(await sent('cpf', '12.345.678/0001-95')).toMatchObject({ document: '12345678000195', extra_fields: own })
    expect(Object.keys((await sent('cpf', '12.345.678/0001-95')).extra_fields)).toEqual(Object.keys(own))
  })
})

describe('against the sandbox', () => {
  const it = useSandbox()
  let http: HttpClient
  beforeEach(() => {
    http = createHttp({ timeoutMs: 2_000 })
  })
  afterEach(() => http.close())
  const send = (request: SendRequest) => wpp.send(request, wpp.credential.parse(credential(it.broker.url)), http)
  const newRequest = (size: number): SendRequest => ({ ...requestOf(size), template, callbackUrl })

  test.each(['as_sent', 'with_55', 'without_55'])(
    'an answer in any order, its phones %s, finds its messages',
    async echo => {
      it.broker.control({ brokers: { OTIMA_WPP: { quirks: { shuffled: true, echo } } } })
      const request = newRequest(3)
      it.broker.control({ phones: { [request.messages[0]!.phone]: 'refuse' } })
      const result = await send(request)
      if (result.kind !== 'ANSWERED') throw new Error(JSON.stringify(result))
      const ids = request.messages.map(({ phone }) => it.broker.messages(phone)[0]?.id)
      expect(result.outcomes).toEqual([
        expect.objectContaining({ kind: 'REJECTED' }),
        { kind: 'ACCEPTED', providerId: ids[1] },
        { kind: 'ACCEPTED', providerId: ids[2] },
      ])
    },
  )

  test('a repeat is an answer of its own, and so is the blacklist', async () => {
    const request = newRequest(3)
    const [a, b] = request.messages
    it.broker.control({
      brokers: { OTIMA_WPP: { quirks: { detects_repeats: true, statuses: { [b!.phone]: 'B' } } } },
    })
    const blacklisted = { kind: 'REJECTED', code: 'BLACKLIST', optOut: true }
    expect(await send(request)).toMatchObject({ outcomes: [{ kind: 'ACCEPTED' }, blacklisted, { kind: 'ACCEPTED' }] })
    const again = { ...request, messages: [a!, b!, { ...request.messages[2]!, doubtfulBefore: true }] }
    expect(await send(again)).toMatchObject({
      outcomes: [{ kind: 'REJECTED', code: 'REPETIDO' }, blacklisted, { kind: 'ACCEPTED' }],
    })
    expect(it.broker.stats('OTIMA_WPP')).toMatchObject({ accepted: 2, duplicates: 0 })
  })

  test('a V without a message_id proves nothing', async () => {
    it.broker.control({ brokers: { OTIMA_WPP: { quirks: { without_ids: true } } } })
    expect(await send(newRequest(1))).toMatchObject({ outcomes: [{ kind: 'IN_DOUBT' }] })
  })

  test('an address that is not on its list is no reason to send on', async () => {
    it.broker.control({ next: [{ fault: '403' }] })
    expect(await send(newRequest(1))).toEqual({
      kind: 'FATAL',
      code: 'ADDRESS_NOT_ALLOWED',
      reason: 'IP 203.0.113.9 is not allowed',
    })
  })

  test('what breaks the contract is refused and counted', async () => {
    const call = (body: unknown, headers: Record<string, string> = { authorization: TOKEN }) =>
      fetch(`${it.broker.url}/v1/whatsapp/bulk/message/hsm`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
    const message = { whatsapp: '11987654321', document: '', variables: {} }
    const good = { broker_code: 'b', customer_code: 'c', template_code: 't', messages: [message] }
    const wrong = [
      { ...good, messages: [] },
      { ...good, messages: Array.from({ length: 1001 }, () => message) },
      { ...good, messages: [{ ...message, whatsapp: '5511987654321' }] },
      { ...good, messages: [{ ...message, date: '2026-11-24 12:00:00' }] },
      { ...good, messages: [{ ...message, fallback: {} }] },
      { ...good, messages: [{ document: '', variables: {}, phone: '11987654321' }] },
      { ...good, template_code: '' },
    ]
    for (const body of wrong) expect((await call(body)).status).toBe(400)
    expect((await call(good, {})).status).toBe(401)
    expect((await call(good, { authorization: `Bearer ${TOKEN}` })).status).toBe(401)
    expect((await call(good, { authorization: TOKEN, 'content-type': 'text/plain' })).status).toBe(400)
    expect((await call(good)).status).toBe(200)
    expect(it.broker.stats('OTIMA_WPP')).toMatchObject({ invalid: wrong.length + 3, accepted: 1 })
    expect(it.broker.stats('OTIMA_RCS').requests).toBe(0)
  })
})

test('its credential has these keys and no others', () => {
  const good = { token: 't', broker_code: 'b', customer_code: 'c' }
  expect(wpp.credential.parse(good)).toEqual({
    ...good,
    url: 'https://services.otima.digital',
    extra_fields: 'cpf',
  })
  const wrong = [
    {},
    { ...good, token: ' ' },
    { ...good, token: 'chave não' },
    { ...good, url: 'nowhere' },
    { ...good, phone_format: 'e164' },
    { ...good, chave: 'x' },
  ]
  for (const one of wrong) expect(wpp.credential.safeParse(one).success).toBe(false)
})
