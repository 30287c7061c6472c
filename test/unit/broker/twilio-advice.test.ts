import { describe, expect, test } from 'vitest'
import type { PlannedSending } from '../../../src/broker/port.ts'
import { twilio } from '../../../src/broker/twilio/adapter.ts'
import { requestOf } from '../../contract/adapter.ts'
import { answering } from '../../support/exchange.ts'

const ACCOUNT = { account_sid: `AC${'0'.repeat(32)}`, auth_token: 'token' }
const SERVICE = `MG${'0'.repeat(32)}`
const CONTENT = `HX${'0'.repeat(32)}`
const objectionTo = (campaign: Partial<PlannedSending>, config: object = {}) => {
  const credential = twilio.credential.parse({ ...ACCOUNT, from: '+5511900000099', ...config })
  const { messages = 0 } = campaign
  return twilio.objection!({ messages, segments: messages, perSecond: null, template: null, ...campaign }, credential)
}

describe('a list that the sender does not send within its validity is refused', () => {
  test.each<[string, object, number]>([
    ['a long code', {}, 1],
    ['a toll-free number', { from: '+18885550100' }, 3],
    ['a short code', { from: '28922' }, 30],
    ['a name', { from: 'Loja 24h' }, 10],
    ['a Messaging Service', { messaging_service_sid: SERVICE }, 1],
    ['its own rate', { sender_rate: '2.5' }, 2.5],
    ['a WhatsApp sender', { channel: 'whatsapp', content_sid: CONTENT }, 80],
  ])('%s', (_, config, rate) => {
    const template = 'channel' in config ? CONTENT : null
    expect(objectionTo({ messages: 3600 * rate, template }, config)).toBeUndefined()
    expect(objectionTo({ messages: 3600 * rate + Math.ceil(rate), template }, config)).toMatchObject({
      code: 'SENDER_TOO_SLOW',
      hint: expect.stringContaining(`--rate ${rate}/s`),
    })
  })

  test('with the figures, and what to change', () => {
    expect(objectionTo({ messages: 10_000, segments: 20_000 })).toEqual({
      code: 'SENDER_TOO_SLOW',
      reason:
        'Twilio would drop many of 10,000 messages (20,000 SMS): the long code sends 1 a second, so the last would wait 20,000 s ' +
        "in Twilio's queue, and the validity is 3,600 s",
      hint:
        'Import with --throttle, or slow down: camp broker set BROKER --rate 0.5/s. If the sender is faster: ' +
        'camp credential set WALLET BROKER sender_rate=N; to let messages wait longer: validity=SECONDS.',
    })
  })

  test('unless camp is no faster than the sender', () => {
    expect(objectionTo({ messages: 1_000_000, perSecond: 1 })).toBeUndefined()
    expect(objectionTo({ messages: 1_000_000, perSecond: 1.1 })).toBeDefined()
    // 7,200 s to send, 3,600 s to hand over.
    expect(objectionTo({ messages: 7_200, perSecond: 2 })).toBeUndefined()
    expect(objectionTo({ messages: 7_204, perSecond: 2 })).toBeDefined()
  })

  test('by the validity of the credential', () => {
    expect(objectionTo({ messages: 36_000 }, { validity: '36000' })).toBeUndefined()
    expect(objectionTo({ messages: 61 }, { validity: '60' })).toBeDefined()
  })
})

describe('the content', () => {
  test('of WhatsApp is a template', () => {
    const whatsapp = { channel: 'whatsapp' }
    expect(objectionTo({}, whatsapp)).toMatchObject({
      code: 'MESSAGE_KIND_REFUSED',
      reason: expect.stringContaining('not free text'),
    })
    expect(objectionTo({ template: CONTENT }, whatsapp)).toBeUndefined()
    expect(objectionTo({})).toBeUndefined()
  })

  test('of a template is a ContentSid, its own or the credential’s', () => {
    expect(objectionTo({ template: 'acordo' })).toMatchObject({
      code: 'MESSAGE_KIND_REFUSED',
      reason: expect.stringContaining('"acordo"'),
    })
    expect(objectionTo({ template: 'acordo' }, { content_sid: CONTENT })).toBeUndefined()
    expect(objectionTo({ template: CONTENT })).toBeUndefined()
  })

  test('of WhatsApp without a template is not sent', async () => {
    const http = answering(201, { sid: 'SM1' })
    const credential = twilio.credential.parse({ ...ACCOUNT, from: '+5511900000099', channel: 'whatsapp' })
    expect(await twilio.send(requestOf(1), credential, http)).toMatchObject({ kind: 'FATAL' })
    expect(http.requests).toEqual([])
  })
})

test('warnings of a credential: the sender, callbacks without a token, the host of the callback URL', () => {
  const warnings = (config: object, publicUrl?: string) =>
    twilio.warnings!(twilio.credential.parse({ ...ACCOUNT, from: '+5511900000099', ...config }), publicUrl)
  expect(warnings({}, 'https://camp.example/under_score')).toEqual([])
  expect(warnings({ messaging_service_sid: SERVICE })).toEqual([expect.stringContaining('from is not')])
  const { auth_token: _, ...keyed } = { ...ACCOUNT, api_key_sid: `SK${'0'.repeat(32)}`, api_key_secret: 'secret' }
  const credential = twilio.credential.parse({ ...keyed, from: '28922' })
  expect(twilio.warnings!(credential, undefined)).toEqual([expect.stringContaining('without auth_token')])
  expect(warnings({}, 'https://camp_1.example')).toEqual([expect.stringContaining('21609')])
})
