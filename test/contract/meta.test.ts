import { describe, expect, onTestFinished, test } from 'vitest'
import { classifyResult } from '../../src/broker/classify-code.ts'
import type { CallbackEvent, SendRequest } from '../../src/broker/port.ts'
import { adapterOf } from '../../src/broker/registry.ts'
import { createHttp } from '../../src/http/client.ts'
import { receiveCallbacks } from '../support/callback-receiver.ts'
import { exchange } from '../support/exchange.ts'
import { useSandbox } from '../support/sandbox.ts'
import { adapterContract, requestOf } from './adapter.ts'

const meta = await adapterOf('META_WPP')

const TOKEN = 'EAA-a-system-user-token/that+is=secret'
const APP_SECRET = 'an-app-secret-of-the-sandbox'
const VERIFY_TOKEN = 'a-verify-token-of-ours'
const SECRETS = [TOKEN, APP_SECRET, VERIFY_TOKEN]
const credential = (url: string) => ({
  access_token: TOKEN,
  phone_number_id: '100000000000001',
  app_secret: APP_SECRET,
  verify_token: VERIFY_TOKEN,
  url,
})
const template = { code: 'cobranca_v3', variables: ['1'] }

adapterContract('META_WPP', {
  adapter: meta,
  credential,
  secrets: SECRETS,
  request: { template },
  poisoned: { kind: 'REJECTED', code: '100' },
})

adapterContract('META_WPP, its route for marketing', {
  adapter: meta,
  credential: url => ({ ...credential(url), route: 'marketing_messages', product_policy: 'STRICT' }),
  secrets: SECRETS,
  request: { template },
  poisoned: { kind: 'REJECTED', code: '100' },
})

describe('on the wire it is as docs/wire/meta.md#request shows it', () => {
  const sent = (given: object, variables: Record<string, string>, names = Object.keys(variables)) => {
    const base = requestOf(1)
    const message = { ...base.messages[0]!, phone: '5500900000001', variables }
    const request: SendRequest = {
      ...base,
      template: { code: 'cobranca_v3', variables: names },
      messages: [message],
    }
    const reply = { status: 200, body: { messages: [{ id: 'wamid.1' }] } }
    return exchange(meta, url => ({ ...credential(url), ...given }), request, reply)
  }
  const LINK = 'https://docs.example/b/boleto%201.pdf?x=1'
  const values = { button_reply_1: 'SAIR', button_url_0: 'abc123', 2: 'dois', header_document: LINK, 1: 'um' }
  const header = {
    type: 'header',
    parameters: [{ type: 'document', document: { link: LINK, filename: 'boleto 1.pdf' } }],
  }
  const [um, dois] = ['um', 'dois'].map(text => ({ type: 'text', text }))
  const buttons = [
    { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'abc123' }] },
    { type: 'button', sub_type: 'quick_reply', index: '1', parameters: [{ type: 'payload', payload: 'SAIR' }] },
  ]

  test('its values in order, its header, its buttons, its language and our key', async () => {
    const { received, result } = await sent({}, values)
    expect(received).toMatchObject({
      method: 'POST',
      path: '/v23.0/100000000000001/messages',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    })
    expect(JSON.parse(received.body)).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '5500900000001',
      type: 'template',
      biz_opaque_callback_data: expect.stringMatching(/^0190f3a0-/),
      template: {
        name: 'cobranca_v3',
        language: { code: 'pt_BR' },
        components: [header, { type: 'body', parameters: [um, dois] }, ...buttons],
      },
    })
    expect(result).toEqual({ kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED', providerId: 'wamid.1' }] })
  })

  test('named parameters, another version, another language, the marketing route', async () => {
    const { received } = await sent(
      {
        ...{ parameters: 'named', language: 'es', api_version: 'v24.0' },
        ...{ route: 'marketing_messages', product_policy: 'CLOUD_API_FALLBACK' },
      },
      { nome: 'CLIENTE TESTE' },
    )
    expect(received.path).toBe('/v24.0/100000000000001/marketing_messages')
    expect(JSON.parse(received.body)).toMatchObject({
      product_policy: 'CLOUD_API_FALLBACK',
      template: {
        language: { code: 'es' },
        components: [{ type: 'body', parameters: [{ type: 'text', parameter_name: 'nome', text: 'CLIENTE TESTE' }] }],
      },
    })
  })

  test('a template without variables has no components', async () => {
    const { received } = await sent({}, {})
    expect(JSON.parse(received.body).template).toEqual({ name: 'cobranca_v3', language: { code: 'pt_BR' } })
  })
})

test('its credential has these keys and no others', () => {
  const parse = (given: object) => meta.credential.parse(given) as Record<string, unknown>
  const { url: _, ...good } = credential('')
  expect(parse(good)).toEqual({
    ...good,
    ...{ language: 'pt_BR', parameters: 'positional', route: 'messages' },
    ...{ url: 'https://graph.facebook.com', api_version: 'v23.0' },
  })
  for (const wrong of [
    {},
    { ...good, access_token: 'não' },
    { ...good, phone_number_id: '+55 11' },
    { ...good, app_secret: 'short' },
    { ...good, verify_token: '' },
    { ...good, api_version: '23' },
    { ...good, product_policy: 'STRICT' },
    { ...good, route: 'messages', token: 'x' },
  ])
    expect(meta.credential.safeParse(wrong).success).toBe(false)
})

const it = useSandbox()

const send = async (given: object = {}, message: object = {}) => {
  const base = requestOf(1)
  const http = createHttp({ timeoutMs: 5_000 })
  onTestFinished(() => http.close())
  const request = { ...base, template, messages: [{ ...base.messages[0]!, ...message }] }
  return meta.send(request, meta.credential.parse({ ...credential(it.broker.url), ...given }), http)
}

test.each([
  ['accepted', undefined],
  ['held_for_quality_assessment', 'HELD_FOR_QUALITY_ASSESSMENT: Meta holds the template’s messages'],
  ['paused', 'MESSAGE_STATUS_PAUSED: Meta took the message, and says that it is paused'],
])('a message that is %s is accepted, and stops the campaign with %s', async (message_status, reason) => {
  it.broker.control({ brokers: { META_WPP: { quirks: { message_status } } } })
  const { outcomes, stop } = classifyResult({ table: meta.codes, overrides: {} }, await send(), 1)
  expect(outcomes).toEqual([{ kind: 'ACCEPTED', providerId: expect.stringMatching(/^wamid\./) }])
  if (reason === undefined) expect(stop).toBeUndefined()
  else expect(stop).toEqual({ ends: 'PAUSE', reason: expect.stringContaining(reason) })
  expect(it.broker.stats('META_WPP')).toMatchObject({ accepted: 1, violations: [] })
})

test('what breaks the contract is refused and counted', async () => {
  const call = (body: object, headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) =>
    fetch(`${it.broker.url}/v23.0/1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const body = (text: string, index = '0') => ({
    name: 't',
    language: { code: 'pt_BR' },
    components: [
      { type: 'body', parameters: [{ type: 'text', text }] },
      { type: 'button', sub_type: 'url', index, parameters: [{ type: 'text', text: 'a' }] },
    ],
  })
  const good = {
    ...{ messaging_product: 'whatsapp', recipient_type: 'individual', to: '5511987654321', type: 'template' },
    ...{ biz_opaque_callback_data: 'key', template: body('um') },
  }
  const wrong = [
    { ...good, to: '11987654321' },
    { ...good, biz_opaque_callback_data: undefined },
    { ...good, template: body('a\nb') },
    { ...good, template: body('a     b') },
    { ...good, template: body('a', 'first') },
    { ...good, text: { body: 'x' } },
    { ...good, product_policy: 'STRICT' },
  ]
  for (const one of wrong) expect((await call(one)).status).toBe(400)
  expect((await call(good, {})).status).toBe(401)
  expect((await call(good)).status).toBe(200)
  expect(it.broker.stats('META_WPP')).toMatchObject({ invalid: wrong.length + 1, accepted: 1 })
})

describe('its callbacks', () => {
  const story: Record<string, CallbackEvent['event'][]> = {
    deliver: ['SENT', 'DELIVERED'],
    read: ['SENT', 'DELIVERED', 'READ'],
    fail: ['SENT', 'FAILED'],
    opt_out: ['SENT', 'DELIVERED', 'REPLY'],
  }

  const tell = async (fates: readonly string[], control: object = {}, quirks: object = {}) => {
    const caller = await receiveCallbacks(meta, [meta.credential.parse(credential(it.broker.url))])
    const messages = fates.flatMap(() => requestOf(1).messages)
    it.broker.control({
      phones: Object.fromEntries(messages.map(({ phone }, i) => [phone, fates[i]])),
      callbacks: { delay_ms: 0, ...control },
      brokers: { META_WPP: { callback_url: caller.url, quirks: { app_secret: APP_SECRET, ...quirks } } },
    })
    const ids: string[] = []
    for (const message of messages) {
      const result = await send({}, message)
      if (result.kind !== 'ANSWERED' || result.outcomes[0]?.kind !== 'ACCEPTED') throw new Error(JSON.stringify(result))
      ids.push(result.outcomes[0].providerId!)
    }
    await expect.poll(() => it.broker.stats('META_WPP').callbacks.waiting, { timeout: 15_000, interval: 10 }).toBe(0)
    return { caller, messages, ids }
  }

  test('tell each message’s story, by our key and by theirs', async () => {
    const { caller, messages, ids } = await tell(Object.keys(story))
    expect(caller.refused).toEqual([])
    Object.values(story).forEach((wanted, i) => {
      const { leadId, phone } = messages[i]!
      const mine = caller.events.filter(event => event.providerMsgId === ids[i] || event.phone === phone)
      expect(mine.map(({ event }) => event)).toEqual(wanted)
      // Of a failure, our key is not documented; a reply has none.
      for (const { event, leadId: told } of mine)
        expect(told).toBe(event === 'FAILED' || event === 'REPLY' ? undefined : leadId)
    })
    expect(caller.events.find(({ event }) => event === 'FAILED')).toMatchObject({ code: '131026' })
    expect(caller.events.find(({ event }) => event === 'REPLY')).toMatchObject({ reply: { request: 'STOP' } })
  })

  test('with a wrong signature are refused, and the right ones after them are not', async () => {
    const { caller } = await tell(['read'], { forged: 1 })
    expect(new Set(caller.refused)).toEqual(new Set([401]))
    expect(caller.events.map(({ event }) => event)).toEqual(story.read)
  })

  test('may tell of a read alone, and that a message is free', async () => {
    const { caller } = await tell(['read'], {}, { read_alone: true, billable: false })
    expect(caller.events.map(({ event, billable }) => [event, billable])).toEqual([
      ['SENT', undefined],
      ['READ', false],
    ])
  })

  test('bring a reply and its button', async () => {
    const phone = '5511987650001'
    it.broker.control({ replies: { [phone]: { text: 'Quero parar', payload: 'SAIR' } } })
    const caller = await receiveCallbacks(meta, [meta.credential.parse(credential(it.broker.url))])
    it.broker.control({
      callbacks: { delay_ms: 0 },
      brokers: { META_WPP: { callback_url: caller.url, quirks: { app_secret: APP_SECRET } } },
    })
    const result = await send({}, { phone })
    await expect.poll(() => caller.events.filter(({ event }) => event === 'REPLY')).toHaveLength(1)
    expect(caller.events.find(({ event }) => event === 'REPLY')).toMatchObject({
      phone,
      providerMsgId: (result as { outcomes: { providerId: string }[] }).outcomes[0]!.providerId,
      reply: { kind: 'button', text: 'Quero parar', payload: 'SAIR' },
    })
  })
})
