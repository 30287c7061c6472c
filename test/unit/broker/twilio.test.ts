import { createHash } from 'node:crypto'
import twilioSdk from 'twilio'
import { describe, expect, test } from 'vitest'
import { twilio } from '../../../src/broker/twilio/adapter.ts'
import { isSignedByTwilio } from '../../../src/broker/twilio/signature.ts'
import { requestOf } from '../../contract/adapter.ts'
import { answering } from '../../support/exchange.ts'

const { getExpectedTwilioSignature } = twilioSdk
const TOKEN = 'FAKE_AUTH_TOKEN_0000000000000000'
const ACCOUNT = 'AC00000000000000000000000000000000'
const credential = twilio.credential.parse({ account_sid: ACCOUNT, auth_token: TOKEN, from: '+5500900000099' })

describe('an answer', () => {
  const send = async (status: number, body: unknown, headers?: Record<string, string>) => {
    const result = await twilio.send(requestOf(1), credential, answering(status, body, headers))
    expect(JSON.stringify(result)).not.toContain(TOKEN)
    return result
  }
  const refused = (code: number, message = 'no') => ({ code, message, more_info: 'https://…', status: 400 })
  const rejected = (code: number) => ({ kind: 'REJECTED', code: String(code), detail: 'no' })

  test.each<[number, unknown, object]>([
    [201, { sid: 'SM1', status: 'queued' }, { kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED', providerId: 'SM1' }] }],
    [
      200,
      { sid: 'MM1', status: 'accepted' },
      { kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED', providerId: 'MM1' }] },
    ],
    [201, { status: 'queued' }, { kind: 'IN_DOUBT' }],
    [201, { sid: '' }, { kind: 'IN_DOUBT' }],
    [201, 'x', { kind: 'IN_DOUBT' }],
    [400, refused(21211), rejected(21211)],
    [400, refused(99999), rejected(99999)],
    [422, refused(99999), rejected(99999)],
    [400, {}, { kind: 'REJECTED', code: 'HTTP_400' }],
    [400, { code: null }, { kind: 'REJECTED', code: 'HTTP_400' }],
    [401, refused(20003, `Authenticate ${TOKEN}`), { kind: 'FATAL', code: '20003', reason: '20003: Authenticate ***' }],
    [401, '', { kind: 'FATAL', code: 'HTTP_401' }],
    [403, refused(21408), { kind: 'FATAL', code: '21408' }],
    [404, refused(20404), { kind: 'FATAL', code: '20404' }],
    [429, refused(20429), { kind: 'NOT_ACCEPTED', code: '20429' }],
    [429, '', { kind: 'NOT_ACCEPTED', code: 'HTTP_429' }],
    [500, refused(20500), { kind: 'IN_DOUBT', code: 'HTTP_500' }],
    [503, refused(20429), { kind: 'IN_DOUBT', code: 'HTTP_503' }],
    [500, refused(20003), { kind: 'IN_DOUBT', code: 'HTTP_500' }],
    [408, refused(21211), { kind: 'IN_DOUBT', code: 'HTTP_408' }],
  ])('%i %j', async (status, body, result) => {
    expect(await send(status, body)).toMatchObject(result)
  })

  test('says when to come again', async () => {
    expect(await send(429, refused(20429), { 'retry-after': '3' })).toMatchObject({ retryAfterMs: 3_000 })
    expect(await send(400, refused(21611), { 'retry-after': '3600' })).toMatchObject({ retryAfterMs: 3_600_000 })
  })

  test('a text that is too long is refused here, by characters, not by their halves', async () => {
    const request = requestOf(1)
    const sent = async (text: string) => {
      const http = answering(201, { sid: 'SM1' })
      const result = await twilio.send({ ...request, messages: [{ ...request.messages[0]!, text }] }, credential, http)
      return [http.requests.length, result]
    }
    expect(await sent('😀'.repeat(1600))).toMatchObject([1, { outcomes: [{ kind: 'ACCEPTED' }] }])
    expect(await sent('😀'.repeat(1601))).toMatchObject([
      0,
      { outcomes: [{ kind: 'REJECTED', code: 'TEXT_TOO_LONG' }] },
    ])
  })
})

const NOW = new Date('2026-11-24T12:00:00Z')
const URL_GIVEN = 'https://callbacks.example/twilio/status?mid=msg-0001'
const delivered = {
  MessageSid: 'SM00000000000000000000000000000001',
  MessageStatus: 'delivered',
  AccountSid: ACCOUNT,
  To: '+5500900000001',
  From: '+5500900000099',
}

describe('X-Twilio-Signature', () => {
  const form = (fields: Record<string, string> | [string, string][]) =>
    Buffer.from(new URLSearchParams(fields).toString())
  const check = (url: string, body: Buffer, signature: string, token = TOKEN) =>
    isSignedByTwilio({ url: new URL(url), body, signature }, token)

  test('is that of the vector in docs/wire/twilio.md', () => {
    expect(check(URL_GIVEN, form(delivered), '5kkcc5+CS1aGq+lxDpFypg1JCek=')).toBe(true)
    expect(getExpectedTwilioSignature(TOKEN, URL_GIVEN, delivered)).toBe('5kkcc5+CS1aGq+lxDpFypg1JCek=')
  })

  test.each([
    ['another token', URL_GIVEN, form(delivered), '0000'],
    ['another URL', `${URL_GIVEN}2`, form(delivered), TOKEN],
    ['another value', URL_GIVEN, form({ ...delivered, MessageStatus: 'read' }), TOKEN],
    ['one parameter more', URL_GIVEN, form({ ...delivered, More: '' }), TOKEN],
    ['one parameter less', URL_GIVEN, form({ ...delivered, To: '' }), TOKEN],
  ])('is not valid for %s', (_, url, body, token) => {
    expect(check(url, body, '5kkcc5+CS1aGq+lxDpFypg1JCek=', token)).toBe(false)
  })

  test.each(['', '=', '5kkcc5+CS1aGq+lxDpFypg1JCe', 'ção'])('is not "%s"', signature => {
    expect(check(URL_GIVEN, form(delivered), signature)).toBe(false)
  })

  test.each([
    ['https://h.example/a?m=1', 'https://h.example:443/a?m=1'],
    ['https://h.example:443/a?m=1', 'https://h.example/a?m=1'],
    ['http://h.example/a', 'http://h.example:80/a'],
    ['https://h.example:8443/a?m=1', 'https://h.example:8443/a?m=1'],
    ['https://h.example:8443/a?m=1', 'https://h.example/a?m=1'],
    ["https://h.example/a?m=it's", 'https://h.example/a?m=it%27s'],
    ["https://h.example/a?m=it's", "https://h.example/a?m=it's"],
    ['https://user:pass@h.example/a?m=1', 'https://user:pass@h.example:443/a?m=1'],
  ])('that the official signer made is valid, called as %s and signed as %s', (called, signed) => {
    const signature = getExpectedTwilioSignature(TOKEN, signed, delivered)
    expect(check(called, form(delivered), signature)).toBe(true)
    expect(check(called, form(delivered), signature, 'another')).toBe(false)
  })

  test('counts a name that comes again with each different value once', () => {
    const signature = getExpectedTwilioSignature(TOKEN, URL_GIVEN, { MediaUrl: ['b', 'a', 'b'], Acentuação: 'é + &' })
    const body: [string, string][] = [
      ['MediaUrl', 'b'],
      ['Acentuação', 'é + &'],
      ['MediaUrl', 'a'],
      ['MediaUrl', 'b'],
    ]
    expect(check(URL_GIVEN, form(body), signature)).toBe(true)
  })

  test('of a body that is no form is over the URL, which holds its hash', () => {
    const body = Buffer.from(JSON.stringify(delivered))
    const url = `${URL_GIVEN}&bodySHA256=${createHash('sha256').update(body).digest('hex')}`
    const signature = getExpectedTwilioSignature(TOKEN, url, {})
    expect(twilioSdk.validateRequestWithBody(TOKEN, signature, url, String(body))).toBe(true)
    expect(check(url, body, signature)).toBe(true)
    expect(check(url, Buffer.from('{}'), signature)).toBe(false)
  })
})

describe('a callback', () => {
  const notices: string[] = []
  const LEAD = '0190f3a0-0000-7000-8000-000000000001'
  interface Call {
    fields?: Record<string, string>
    signedWith?: string
    leadId?: string | undefined
    credentials?: (typeof credential)[]
  }
  const callback = (call: Call) => {
    notices.length = 0
    const { fields = delivered, signedWith = TOKEN, leadId = LEAD, credentials = [credential] } = call
    const signature = getExpectedTwilioSignature(signedWith, URL_GIVEN, fields)
    return twilio.callback!(
      {
        url: new URL(URL_GIVEN),
        headers: { ...(signedWith !== '' && { 'x-twilio-signature': signature }) },
        body: Buffer.from(new URLSearchParams(fields).toString()),
        leadId,
      },
      { credentials, receivedAt: NOW, notice: text => notices.push(text) },
    )
  }
  const status = (MessageStatus: string, rest: Record<string, string> = {}) => ({
    ...delivered,
    MessageStatus,
    ...rest,
  })

  test('is about the lead whose URL it came to, and brings the message’s SID', () => {
    expect(callback({})).toEqual([
      { event: 'DELIVERED', leadId: LEAD, providerMsgId: delivered.MessageSid, occurredAt: NOW, payload: delivered },
    ])
  })

  test('of a received message is a reply, signed as every other', () => {
    const received = { MessageSid: 'SM9', SmsStatus: 'received', AccountSid: delivered.AccountSid!, Body: 'oi' }
    const reply = (rest: Record<string, string>) => callback({ fields: { ...received, ...rest }, leadId: undefined })
    expect(reply({ From: 'whatsapp:+5511987654321', WaId: '5511987654321' })).toMatchObject([
      {
        event: 'REPLY',
        leadId: LEAD,
        phone: '5511987654321',
        reply: { id: 'SM9', kind: 'text', text: 'oi', request: undefined },
      },
    ])
    expect(reply({ From: '+5511987654321', OptOutType: 'STOP' })).toMatchObject([{ reply: { request: 'STOP' } }])
    expect(reply({ From: '+5511987654321', OptOutType: 'odd' })).toMatchObject([{ reply: { request: undefined } }])
    expect(reply({ From: '+14155550100' })).toMatchObject([{ phone: undefined, reply: { sender: '+14155550100' } }])
    const pressed = { ButtonText: 'Sair', ButtonPayload: 'OUT', OriginalRepliedMessageSid: 'SM1' }
    expect(reply(pressed)).toMatchObject([
      { providerMsgId: 'SM1', reply: { kind: 'button', text: 'Sair', payload: 'OUT' } },
    ])
    expect(reply({ Body: '', NumMedia: '1', MediaContentType0: 'audio/ogg' })).toMatchObject([
      { reply: { kind: 'audio', text: undefined } },
    ])
    expect(() => callback({ fields: received, signedWith: 'another' })).toThrow(
      expect.objectContaining({ status: 401 }),
    )
  })

  test.each([
    ['accepted', ['SENT']],
    ['scheduled', ['SENT']],
    ['queued', ['SENT']],
    ['sending', ['SENT']],
    ['sent', ['SENT']],
    ['partially_delivered', ['SENT']],
    ['delivered', ['DELIVERED']],
    ['read', ['READ']],
    ['undelivered', ['FAILED']],
    ['failed', ['FAILED']],
    ['canceled', ['FAILED']],
    ['received', ['REPLY']],
    ['receiving', []],
    ['toString', []],
  ])('"%s" is %j', (word, events) => {
    expect(callback({ fields: status(word) }).map(({ event }) => event)).toEqual(events)
    expect(notices).toHaveLength(word === 'toString' ? 1 : 0)
  })

  test('of a failure has its code', () => {
    expect(callback({ fields: status('undelivered', { ErrorCode: '30003' }) })).toMatchObject([
      { event: 'FAILED', code: '30003', detail: 'undelivered' },
    ])
    expect(callback({ fields: status('canceled') })).toMatchObject([{ event: 'FAILED', code: 'CANCELED' }])
    for (const code of ['21610', '63014']) {
      const told = callback({ fields: status('failed', { ErrorCode: code }) })
      expect(told).toMatchObject([{ event: 'FAILED', leadId: LEAD, code }])
      expect(twilio.codes[code]?.class).toBe('opt-out')
    }
  })

  test('may name its message by the older names', () => {
    expect(callback({ fields: { AccountSid: ACCOUNT, SmsSid: 'SM1', SmsStatus: 'read' } })).toMatchObject([
      { event: 'READ', providerMsgId: 'SM1' },
    ])
  })

  test('is believed when one of its account’s credentials has signed it, whichever', () => {
    const [other, older] = [
      { ...credential, account_sid: `AC${'f'.repeat(32)}`, auth_token: 'other' },
      { ...credential, auth_token: 'older' },
    ]
    const credentials = [other, older, credential]
    expect(callback({ credentials })).toHaveLength(1)
    expect(callback({ credentials, signedWith: 'older' })).toHaveLength(1)
    const { AccountSid: _, ...nameless } = delivered
    expect(callback({ credentials, signedWith: 'other', fields: nameless })).toHaveLength(1)
    for (const signedWith of ['other', 'nobody', '']) {
      expect(() => callback({ credentials, signedWith })).toThrow(
        expect.objectContaining({ name: 'CallbackRefused', status: 401 }),
      )
    }
    expect(() => callback({ credentials: [] })).toThrow(expect.objectContaining({ status: 401 }))
  })

  test('cannot be verified with an API key', () => {
    const { auth_token: _, ...tokenless } = credential
    const keyed = { ...tokenless, api_key_sid: `SK${'0'.repeat(32)}`, api_key_secret: TOKEN }
    expect(() => callback({ credentials: [keyed] })).toThrow(
      expect.objectContaining({ status: 401, message: expect.stringContaining('no auth_token') }),
    )
    expect(callback({ credentials: [keyed, credential] })).toHaveLength(1)
  })

  test.each([{ AccountSid: ACCOUNT }, { AccountSid: ACCOUNT, MessageSid: 'SM1' }, { MessageStatus: 'read' }, {}])(
    'that is signed and is none is refused: %j',
    fields => {
      expect(() => callback({ fields })).toThrow(expect.objectContaining({ name: 'CallbackRefused', status: 400 }))
    },
  )
})
