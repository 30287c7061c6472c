import { describe, expect, test } from 'vitest'
import type { SendRequest } from '../../src/broker/port.ts'
import { adapterOf } from '../../src/broker/registry.ts'
import { flawOf } from '../../src/security/credentials.ts'
import { receiveCallbacks } from '../support/callback-receiver.ts'
import { exchange } from '../support/exchange.ts'
import { useSandbox } from '../support/sandbox.ts'
import { adapterContract, requestOf } from './adapter.ts'

const twilio = await adapterOf('TWILIO')

const ACCOUNT = 'AC00000000000000000000000000000000'
const TOKEN = 'twilio-auth-token-that-must-stay-secret'
const BASIC = `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`
const SERVICE = 'MG00000000000000000000000000000000'
const CONTENT = 'HX00000000000000000000000000000000'
const PATH = `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`
const credential = (url: string) => ({ account_sid: ACCOUNT, auth_token: TOKEN, from: '+5500900000099', url })

adapterContract('TWILIO', {
  adapter: twilio,
  credential,
  secrets: [TOKEN, BASIC.slice(6)],
  keyOf: message => message.phone,
  request: { callbackUrl: leadId => `https://camp.example/webhooks/b/t?m=${leadId}` },
  poisoned: { kind: 'REJECTED', code: '21211' },
})

const created = { status: 201, body: { sid: 'SM00000000000000000000000000000001', status: 'queued', error_code: null } }
const example = (): SendRequest => {
  const request = requestOf(1)
  const callbackUrl = (leadId?: string) => `https://callbacks.example/twilio/status?m=${leadId}`
  const message = {
    ...request.messages[0]!,
    leadId: 'msg-0001',
    phone: '5500900000001',
    text: 'Olá, João & Cia: 50% 😀',
  }
  return { ...request, callbackUrl, messages: [message] }
}

describe('on the wire', () => {
  test('an SMS is as docs/wire/twilio.md#request says', async () => {
    const { received, result } = await exchange(twilio, credential, example(), created)
    expect(received).toMatchObject({
      method: 'POST',
      path: PATH,
      headers: { authorization: BASIC, 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(received.body).toBe(
      'To=%2B5500900000001&From=%2B5500900000099&Body=Ol%C3%A1%2C+Jo%C3%A3o+%26+Cia%3A+50%25+%F0%9F%98%80' +
        '&ValidityPeriod=3600&StatusCallback=https%3A%2F%2Fcallbacks.example%2Ftwilio%2Fstatus%3Fm%3Dmsg-0001',
    )
    expect(result).toEqual({ kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED', providerId: created.body.sid }] })
  })

  test('a WhatsApp template is as docs/wire/twilio.md#request shows it', async () => {
    const whatsapp = (url: string) => ({
      account_sid: ACCOUNT,
      auth_token: TOKEN,
      messaging_service_sid: SERVICE,
      channel: 'whatsapp',
      url: `${url}/base/`,
    })
    const message = { ...example().messages[0]!, text: null, variables: { 1: 'CLIENTE TESTE UM' } }
    const request = { ...example(), template: { code: CONTENT, variables: ['1'] }, messages: [message] }
    const { received } = await exchange(twilio, whatsapp, request, created)
    expect(received.path).toBe(`/base${PATH}`)
    expect(Object.fromEntries(new URLSearchParams(received.body))).toEqual({
      To: 'whatsapp:+5500900000001',
      MessagingServiceSid: SERVICE,
      ContentSid: CONTENT,
      ContentVariables: '{"1":"CLIENTE TESTE UM"}',
      ValidityPeriod: '3600',
      StatusCallback: 'https://callbacks.example/twilio/status?m=msg-0001',
    })
  })

  test('a template without variables, the credential’s own content, no callback, a WhatsApp address as sender', async () => {
    const own = (url: string) => ({
      ...credential(url),
      from: 'whatsapp:+5500900000099',
      channel: 'whatsapp',
      content_sid: CONTENT,
    })
    const request = { ...example(), template: { code: 'acordo', variables: [] }, callbackUrl: () => undefined }
    const { received } = await exchange(twilio, own, request, created)
    expect(Object.fromEntries(new URLSearchParams(received.body))).toEqual({
      To: 'whatsapp:+5500900000001',
      From: 'whatsapp:+5500900000099',
      ContentSid: CONTENT,
      ValidityPeriod: '3600',
    })
  })
})

describe('against the sandbox', () => {
  const it = useSandbox()
  const call = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(it.broker.url + PATH, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: BASIC, ...headers },
      body: new URLSearchParams(fields).toString(),
    })
  const good = { To: '+5511987654321', From: '+5500900000099', Body: 'oi' }

  test('what breaks the contract is refused and counted', async () => {
    const { From: _, ...senderless } = good
    const { Body: __, ...empty } = good
    const wrong: Record<string, string>[] = [
      { ...good, To: '5511987654321' },
      { ...good, To: 'whatsapp:+5511987654321' },
      { ...good, Body: 'x'.repeat(1601) },
      { ...good, ContentSid: CONTENT },
      { ...good, ContentVariables: '{}' },
      { ...good, StatusCallback: 'https://under_score.example/x' },
      { ...good, Campaign: 'x' },
      senderless,
      empty,
    ]
    for (const fields of wrong) expect((await call(fields)).status).toBe(400)
    const denied = [
      { authorization: '' },
      { authorization: TOKEN },
      { authorization: `Basic ${Buffer.from(`AC1:${TOKEN}`).toString('base64')}` },
    ]
    for (const headers of denied) expect((await call(good, headers)).status).toBe(401)
    expect((await call(good)).status).toBe(201)
    expect(it.broker.stats('TWILIO')).toMatchObject({ invalid: wrong.length + denied.length, accepted: 1 })
  })

  const list = async (query: string) => {
    const response = await fetch(`${it.broker.url}${PATH}?${query}`, { headers: { authorization: BASIC } })
    return (await response.json()) as {
      messages: { to: string; sid: string; status: string; date_sent: string | null }[]
      next_page_uri: string | null
    }
  }

  test('lists what it took, by recipient and sender, the latest first, page by page', async () => {
    for (const To of ['+5511987654321', '+5511987654322', '+5511987654321']) await call({ ...good, To })
    const filter = `To=${encodeURIComponent('+5511987654321')}&From=%2B5500900000099`
    const { messages, next_page_uri } = await list(filter)
    expect(messages).toMatchObject([{ to: '+5511987654321', status: 'queued' }, { to: '+5511987654321' }])
    expect(next_page_uri).toBeNull()
    const sids = messages.map(({ sid }) => sid)
    expect(sids).toEqual(
      it.broker
        .messages('5511987654321')
        .map(({ id }) => id)
        .reverse(),
    )
    const first = await list(`${filter}&PageSize=1`)
    expect(first.messages.map(({ sid }) => sid)).toEqual(sids.slice(0, 1))
    const second = await list(first.next_page_uri!.split('?')[1]!)
    expect([second.messages.map(({ sid }) => sid), second.next_page_uri]).toEqual([sids.slice(1), null])
    expect((await list('From=%2B1')).messages).toEqual([])
  })

  test('has no date of sending for a queued message, so that a filter by date leaves it out', async () => {
    await call(good)
    expect((await list('')).messages).toMatchObject([{ date_sent: null }])
    expect((await list('DateSent>=2020-01-01')).messages).toEqual([])

    const caller = await receiveCallbacks(twilio, [twilio.credential.parse(credential(it.broker.url))])
    await call({ ...good, To: '+5511987654322', StatusCallback: caller.callbackUrl('lead')! })
    await expect.poll(() => caller.events.length).toBeGreaterThan(0)
    expect((await list('DateSent>=2020-01-01')).messages).toMatchObject([
      { to: '+5511987654322', date_sent: expect.any(String) },
    ])
    expect((await list('DateSent>=2999-01-01')).messages).toEqual([])
  })
})

describe('its credential', () => {
  const good = { account_sid: ACCOUNT, auth_token: TOKEN, from: '+5500900000099' }
  const KEY = { api_key_sid: `SK${'0'.repeat(32)}`, api_key_secret: 'secret' }
  const { from: _, ...senderless } = good
  const { auth_token: __, ...tokenless } = good

  test('has these keys and no others', () => {
    const defaults = { url: 'https://api.twilio.com', channel: 'sms', validity: 3600 }
    expect(twilio.credential.parse(good)).toEqual({ ...good, ...defaults })
    expect(twilio.credential.parse({ ...good, validity: '60', sender_rate: '2.5' })).toMatchObject({
      validity: 60,
      sender_rate: 2.5,
    })
    const right = [
      { ...senderless, messaging_service_sid: SERVICE },
      { ...tokenless, ...KEY },
      { ...good, from: '28922' },
      { ...good, from: 'Loja 24h' },
      { ...good, from: 'whatsapp:+5500900000099', channel: 'whatsapp' },
      { ...good, content_sid: CONTENT },
    ]
    for (const one of right) expect(twilio.credential.safeParse(one).error).toBeUndefined()
  })

  test.each<[object, string]>([
    [senderless, 'from or messaging_service_sid is needed'],
    [tokenless, 'auth_token is needed, or api_key_sid and api_key_secret'],
    [{ ...tokenless, api_key_sid: KEY.api_key_sid }, 'api_key_sid and api_key_secret are given together'],
    [{ ...good, api_key_secret: 'x' }, 'api_key_sid and api_key_secret are given together'],
    [{ ...good, account_sid: '12345' }, '"account_sid": must be AC and 32 hexadecimal digits'],
    [{ ...good, account_sid: SERVICE }, '"account_sid": must be AC and 32 hexadecimal digits'],
    [{ ...good, messaging_service_sid: 'nonsense' }, '"messaging_service_sid": must be MG and 32 hexadecimal digits'],
    [
      { ...good, messaging_service_sid: `${SERVICE}0` },
      '"messaging_service_sid": must be MG and 32 hexadecimal digits',
    ],
    [{ ...good, content_sid: 'acordo' }, '"content_sid": must be HX and 32 hexadecimal digits'],
    [{ ...good, ...KEY, api_key_sid: ACCOUNT }, '"api_key_sid": must be SK and 32 hexadecimal digits'],
    [{ ...good, from: '5500900000099' }, '"from": must be +5511…'],
    [{ ...good, from: 'Uma Loja Grande' }, '"from": must be +5511…'],
    [{ ...good, from: 'ação' }, '"from": must be +5511…'],
    [{ ...good, from: 'whatsapp:+5500900000099' }, 'a WhatsApp sender (from) needs channel=whatsapp'],
    [{ ...good, from: '28922', channel: 'whatsapp' }, 'with channel=whatsapp the sender (from) is a number'],
    [{ ...good, validity: '0' }, '"validity": '],
    [{ ...good, validity: '36001' }, '"validity": '],
    [{ ...good, sender_rate: '0' }, '"sender_rate": '],
    [{ ...good, auth_token: '' }, '"auth_token": '],
    [{ ...good, channel: 'rcs' }, '"channel": '],
    [{ ...good, sid: 'x' }, 'unknown key "sid"'],
  ])('%j: %s', (config, flaw) => {
    const { error } = twilio.credential.safeParse(config)
    expect(flawOf(config, error!)).toContain(flaw)
  })
})
