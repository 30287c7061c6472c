import { describe, expect, onTestFinished, test } from 'vitest'
import type { SendRequest } from '../../src/broker/port.ts'
import { adapterOf } from '../../src/broker/registry.ts'
import { createHttp } from '../../src/http/client.ts'
import { flawOf } from '../../src/security/credentials.ts'
import { exchange } from '../support/exchange.ts'
import { useSandbox } from '../support/sandbox.ts'
import { adapterContract, requestOf } from './adapter.ts'

const gupshup = await adapterOf('GUPSHUP')

const API_KEY = 'gupshup+key/that=must&stay-secret'
const credential = (url: string) => ({
  api_key: API_KEY,
  source: '+55 00 90000-0099',
  app_name: 'AppFicticio',
  url: `${url}/wa/api/v1/template/msg`,
})
const template = { code: '00000000-0000-0000-0000-000000000001', variables: ['1'] }

adapterContract('GUPSHUP', {
  adapter: gupshup,
  credential,
  secrets: [API_KEY],
  keyOf: message => message.phone,
  request: { template },
  poisoned: { kind: 'REJECTED', code: 'INVALID_TEMPLATE_PARAMETERS' },
})

const TOKEN = 'a-partner-token/that+is=secret'
const partner = (url: string) => ({
  mode: 'partner',
  app_id: 'app-1',
  token: TOKEN,
  url: `${url}/partner/app/app-1/v3/message`,
})

adapterContract('GUPSHUP, a partner’s app', {
  adapter: gupshup,
  credential: partner,
  secrets: [TOKEN],
  keyOf: message => message.phone,
  request: { template },
  poisoned: { kind: 'REJECTED', code: 'INVALID_TEMPLATE_PARAMETERS' },
})

test('on the wire it is as docs/wire/gupshup.md#request shows it, its values in the template’s order', async () => {
  const base = requestOf(1)
  const request: SendRequest = {
    ...base,
    template: { ...template, variables: ['nome', 'valor', '1'] },
    messages: [
      // As jsonb gives them back: shorter names first.
      {
        ...base.messages[0]!,
        phone: '5500900000001',
        variables: { 1: 'três', nome: 'CLIENTE TESTE UM', valor: 'R$ 0,00 & "mais"' },
      },
    ],
  }
  const { received, result } = await exchange(gupshup, credential, request, {
    status: 202,
    body: { status: 'submitted', messageId: 'gs-1' },
  })
  expect(received).toMatchObject({
    method: 'POST',
    path: '/wa/api/v1/template/msg',
    headers: { apikey: API_KEY, 'content-type': 'application/x-www-form-urlencoded' },
  })
  expect(received.headers.authorization).toBeUndefined()
  expect(received.body).toBe(
    'channel=whatsapp&source=5500900000099&src.name=AppFicticio&destination=5500900000001&template=' +
      '%7B%22id%22%3A%2200000000-0000-0000-0000-000000000001%22%2C%22params%22%3A%5B%22CLIENTE+TESTE+UM%22%2C' +
      '%22R%24+0%2C00+%26+%5C%22mais%5C%22%22%2C%22tr%C3%AAs%22%5D%7D',
  )
  expect(result).toEqual({ kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED', providerId: 'gs-1' }] })
})

test('a partner’s app gets Meta’s body, positional unless the template names its variables', async () => {
  const base = requestOf(1)
  const request: SendRequest = {
    ...base,
    template: { code: 'aviso_v1', variables: ['header_document', '2', '1'] },
    messages: [
      {
        ...base.messages[0]!,
        phone: '5500900000001',
        variables: { header_document: 'https://docs.example/b/boleto%201.pdf?x=1', 1: 'um', 2: 'dois' },
      },
    ],
  }
  const sent = (credential: (url: string) => unknown) =>
    exchange(gupshup, credential, request, { status: 200, body: { messages: [{ id: 'gs-1' }] } })
  const { received, result } = await sent(partner)
  expect(received).toMatchObject({
    method: 'POST',
    path: '/partner/app/app-1/v3/message',
    headers: { authorization: TOKEN, 'content-type': 'application/json' },
  })
  const header = {
    type: 'header',
    parameters: [
      {
        type: 'document',
        document: { link: 'https://docs.example/b/boleto%201.pdf?x=1', filename: 'boleto 1.pdf' },
      },
    ],
  }
  const body = (parameters: object[]) => ({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: '5500900000001',
    type: 'template',
    template: { name: 'aviso_v1', language: { code: 'pt_BR' }, components: [header, { type: 'body', parameters }] },
  })
  const [um, dois] = ['um', 'dois'].map(text => ({ type: 'text', text }))
  expect(JSON.parse(received.body)).toEqual(body([um!, dois!]))
  expect(result).toEqual({ kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED', providerId: 'gs-1' }] })

  const named = await sent(url => ({ ...partner(url), parameters: 'named' }))
  expect(JSON.parse(named.received.body)).toEqual(
    body([
      { ...um, parameter_name: '1' },
      { ...dois, parameter_name: '2' },
    ]),
  )
})

const it = useSandbox()

describe('a header', () => {
  const send = async (name: string, value: string, given: (url: string) => unknown) => {
    const base = requestOf(1)
    const message = { ...base.messages[0]!, variables: { [name]: value, 1: 'um' } }
    const request = { ...base, template: { code: 't', variables: [name, '1'] }, messages: [message] }
    const http = createHttp({ timeoutMs: 5_000 })
    onTestFinished(() => http.close())
    return gupshup.send(request, gupshup.credential.parse(given(it.broker.url)), http)
  }
  const LINK = 'https://docs.example/a.bin'
  const place = { type: 'location', location: { longitude: '-46.6', latitude: '-23.5' } }

  test.each([
    ['header_image', LINK, { type: 'image', image: { link: LINK } }],
    ['header_video', LINK, { type: 'video', video: { link: LINK } }],
    ['header_document', LINK, { type: 'document', document: { link: LINK } }],
    ['header_location', ' -23.5, -46.6 ', place],
  ])('%s goes into the form’s message, and into Meta’s body, and not among the values', async (name, value, header) => {
    const accepted = { kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED' }] }
    expect(await send(name, value, credential)).toMatchObject(accepted)
    expect(await send(name, value, partner)).toMatchObject(accepted)
    const [form, meta] = it.broker.messages().map(({ content }) => content)
    expect(form).toMatchObject({ params: ['um'], header })
    expect(meta).toMatchObject({
      components: [{ type: 'header', parameters: [header] }, { parameters: [{ text: 'um' }] }],
    })
    expect(it.broker.stats('GUPSHUP')).toMatchObject({ accepted: 2, violations: [] })
  })

  test.each([
    ['header_image', 'boleto.pdf'],
    ['header_document', 'ftp://docs.example/a.pdf'],
    ['header_location', 'São Paulo'],
    ['header_location', '-23.5'],
  ])('%s that is "%s" is refused before it is sent', async (name, value) => {
    expect(await send(name, value, credential)).toMatchObject({ kind: 'REJECTED', code: 'BAD_HEADER' })
    expect(it.broker.stats('GUPSHUP')).toMatchObject({ requests: 0 })
  })
})

test('what breaks the contract is refused and counted', async () => {
  const call = (fields: Record<string, string>, headers: Record<string, string> = { apikey: API_KEY }) =>
    fetch(`${it.broker.url}/wa/api/v1/template/msg`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    })
  const good = {
    channel: 'whatsapp',
    source: '5500900000099',
    'src.name': 'AppFicticio',
    destination: '5511987654321',
    template: '{"id":"t","params":["um"]}',
  }
  const wrong: Record<string, string>[] = [
    { ...good, destination: '+5511987654321' },
    { ...good, destination: '11987654321' },
    { ...good, source: '+5500900000099' },
    { ...good, template: '{"id":"t"}' },
    { ...good, template: '{"id":"t","params":[""]}' },
    { ...good, template: 'no JSON' },
    { ...good, channel: 'sms' },
    { ...good, campaign: 'x' },
    { ...good, message: '{"type":"image","image":{}}' },
  ]
  for (const fields of wrong) expect((await call(fields)).status).toBe(400)
  expect((await call(good, {})).status).toBe(401)
  expect((await call(good, { apikey: API_KEY, 'content-type': 'text/plain' })).status).toBe(400)
  expect((await call(good)).status).toBe(202)
  expect(it.broker.stats('GUPSHUP')).toMatchObject({ invalid: wrong.length + 2, accepted: 1 })
  expect(it.broker.messages('5511987654321')).toMatchObject([{ content: { template: 't', params: ['um'] } }])
})

test('its credential has these keys and no others', () => {
  const parse = (given: object) => gupshup.credential.parse(given) as Record<string, unknown>
  const good = { api_key: 'k', source: '5500900000099', app_name: 'App' }
  const defaults = { language: 'pt_BR', parameters: 'positional' }
  expect(parse(good)).toEqual({
    ...{ ...good, ...defaults, mode: 'self-serve' },
    url: 'https://api.gupshup.io/wa/api/v1/template/msg',
  })
  const app = { mode: 'partner', app_id: 'a/b', token: 't' }
  expect(parse(app)).toEqual({ ...app, ...defaults, url: 'https://partner.gupshup.io/partner/app/a%2Fb/v3/message' })
  const header = { webhook_header: 'X-Camp', webhook_secret: 'sixteen-characters' }
  expect(parse({ ...good, ...header })).toMatchObject(header)
  for (const wrong of [
    {},
    { ...good, source: 'App' },
    { ...good, api_key: '' },
    { ...good, api_key: 'não' },
    { ...good, tokens: 'x' },
    { ...good, mode: 'partner' },
    { ...app, mode: 'self-serve' },
    { ...good, webhook_secret: header.webhook_secret },
    { ...good, webhook_header: 'X-Camp' },
    { ...good, ...header, webhook_header: 'X Camp' },
    { ...good, ...header, webhook_secret: 'short' },
  ])
    expect(gupshup.credential.safeParse(wrong).success).toBe(false)
})

test('a key that its mode needs is named as missing', () => {
  const { error } = gupshup.credential.safeParse({ mode: 'partner', app_id: 'a' })
  expect(flawOf({ mode: 'partner', app_id: 'a' }, error!)).toBe('missing key "token"')
})
