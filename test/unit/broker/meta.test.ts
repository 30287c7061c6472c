import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { classifyResult } from '../../../src/broker/classify-code.ts'
import { meta } from '../../../src/broker/meta/adapter.ts'
import { requestOf } from '../../contract/adapter.ts'
import { answering } from '../../support/exchange.ts'

const SECRET = 'FAKE_APP_SECRET'
const TOKEN = 'a-secret-access-token'
const credential = meta.credential.parse({
  ...{ access_token: TOKEN, phone_number_id: '1', app_secret: SECRET, verify_token: 'verify-me-please' },
})
const BOOK = { table: meta.codes, overrides: {} }

const send = (status: number, body: unknown) =>
  meta.send({ ...requestOf(1), template: { code: 't', variables: [] } }, credential, answering(status, body))
const failure = (code: number, more: object = {}) => ({
  error: { message: `(#${code}) no, said ${TOKEN}`, code, type: 'OAuthException', ...more },
})

describe('an answer', () => {
  const id = 'wamid.1'
  const accepted = { kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED', providerId: id }] }
  test.each([
    [200, { messages: [{ id }] }, accepted],
    [200, { messages: [{ id, message_status: 'accepted' }] }, accepted],
    [200, { messages: [{ id, message_status: 'new word' }] }, accepted],
    [200, { messages: [{ id, message_status: 7 }] }, accepted],
    [200, { messages: [{ id: '' }] }, { kind: 'IN_DOUBT' }],
    [200, { messages: [] }, { kind: 'IN_DOUBT' }],
    [200, failure(131026), { kind: 'IN_DOUBT' }],
    [200, '', { kind: 'IN_DOUBT' }],
    [400, failure(132001), { kind: 'REJECTED', code: '132001', detail: '(#132001) no, said ***' }],
    [400, failure(131026, { error_data: { details: 'why' } }), { kind: 'REJECTED', code: '131026', detail: 'why' }],
    [400, failure(100, { error_subcode: 33 }), { kind: 'REJECTED', code: '33' }],
    [400, failure(100, { error_subcode: 2494010 }), { kind: 'REJECTED', code: '100' }],
    [400, { error: { message: 'no code' } }, { kind: 'REJECTED', code: 'HTTP_400' }],
    [404, failure(100, { error_subcode: 33 }), { kind: 'FATAL', code: '33' }],
    [401, failure(190), { kind: 'FATAL', code: '190' }],
    [403, 'no JSON', { kind: 'FATAL', code: 'HTTP_403' }],
    [429, failure(80007), { kind: 'NOT_ACCEPTED', code: '80007' }],
    [400, failure(999_999, { is_transient: true }), { kind: 'NOT_ACCEPTED', code: '999999' }],
    [500, failure(132001), { kind: 'IN_DOUBT' }],
    [503, failure(2, { is_transient: true }), { kind: 'IN_DOUBT' }],
  ])('%i %j', async (status, body, result) => {
    const seen = await send(status, body)
    expect(seen).toMatchObject(result)
    expect(JSON.stringify(seen)).not.toContain(TOKEN)
  })

  /** Of one message: what becomes of it, and what follows for the rest. */
  const CLASSES: [number, object][] = [
    ...[4, 17, 80007, 130429, 131057, 133004].map(
      code => [code, { outcomes: [{ kind: 'NOT_ACCEPTED' }] }] as [number, object],
    ),
    ...[1, 2, 131000, 131016].map(code => [code, { outcomes: [{ kind: 'IN_DOUBT' }] }] as [number, object]),
    ...[131021, 131026, 131030, 130472, 131047, 131049, 131051, 131056, 131062, 137000].map(
      code => [code, { outcomes: [{ kind: 'REJECTED' }], stop: undefined }] as [number, object],
    ),
    [131050, { outcomes: [{ kind: 'REJECTED', optOut: true }], stop: undefined }],
    ...[132000, 132001, 132007, 132015, 132016, 132068].map(
      code => [code, { stop: { ends: 'PAUSE' } }] as [number, object],
    ),
    ...[0, 3, 10, 190, 200, 219, 299, 368, 131031, 131042, 131048, 133010].map(
      code => [code, { outcomes: [{ kind: 'NOT_ACCEPTED' }], stop: { ends: 'FAIL' } }] as [number, object],
    ),
  ]
  test.each(CLASSES)('code %i has its class, with HTTP 400, 401 and 429', async (code, result) => {
    for (const status of [400, 401, 429])
      expect(classifyResult(BOOK, await send(status, failure(code)), 1)).toMatchObject(result)
  })

  test('a passing error waits, unless its code says more', async () => {
    const classified = async (code: number) =>
      classifyResult(BOOK, await send(400, failure(code, { is_transient: true })), 1)
    expect(await classified(999_999)).toMatchObject({ outcomes: [{ kind: 'NOT_ACCEPTED' }], stop: undefined })
    expect(await classified(131000)).toMatchObject({ outcomes: [{ kind: 'IN_DOUBT' }] })
    expect(await classified(131026)).toMatchObject({ outcomes: [{ kind: 'REJECTED', code: '131026' }] })
  })

  test('131049 is not retried before a day is over', () => {
    expect(meta.codes[131049]).toMatchObject({ class: 'later', afterMs: 24 * 3_600_000 })
    expect(meta.codes[131056]).toMatchObject({ class: 'later' })
  })

  test('an override lets a campaign go on that Meta holds', async () => {
    const held = await send(200, { messages: [{ id, message_status: 'held_for_quality_assessment' }] })
    expect(classifyResult(BOOK, held, 1)).toMatchObject({ outcomes: accepted.outcomes, stop: { ends: 'PAUSE' } })
    const overrides = { HELD_FOR_QUALITY_ASSESSMENT: { class: 'record' as const } }
    const { outcomes, stop } = classifyResult({ ...BOOK, overrides }, held, 1)
    expect([outcomes, stop]).toEqual([accepted.outcomes, undefined])
  })

  test('nothing is sent without a template', async () => {
    const http = answering(200, '')
    expect(await meta.send(requestOf(1), credential, http)).toMatchObject({ kind: 'FATAL' })
    expect(http.requests).toEqual([])
  })
})

test('the test of a credential shows what Meta says of the number', async () => {
  const http = answering(200, { verified_name: 'Carteira A', quality_rating: 'GREEN', throughput: { level: 'HIGH' } })
  expect(await meta.test!(credential, http)).toEqual({
    ok: true,
    detail: 'Meta accepts the token: Carteira A, quality GREEN, status –, throughput HIGH',
  })
  expect(http.requests[0]!.url).toBe(
    'https://graph.facebook.com/v23.0/1?fields=verified_name%2Cquality_rating%2Cthroughput%2Cstatus',
  )
  expect(await meta.test!(credential, answering(200, 'no JSON'))).toMatchObject({ ok: false, cause: 'REFUSED' })
})

describe('the handshake', () => {
  const ask = (query: string, credentials = [credential]) =>
    meta.handshake!(new URL(`https://camp.example/webhooks/b/t?${query}`), credentials)
  const good = 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-me-please'

  test('answers the challenge to the right token alone', () => {
    expect(ask(good)).toBe('1158201444')
    expect(ask(good, [{ ...credential, verify_token: 'another-token' }, credential])).toBe('1158201444')
    for (const wrong of [
      good.replace('please', 'pleasf'),
      good.replace('subscribe', 'unsubscribe'),
      good.replace('1158201444', '<script>'),
      'hub.mode=subscribe&hub.challenge=1',
      '',
    ])
      expect(ask(wrong)).toBeUndefined()
    expect(ask(good, [])).toBeUndefined()
  })
})

const NOW = new Date('2026-11-24T12:00:00Z')
let notices: string[] = []

const signed = (body: string, secret = SECRET) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

function callback(body: unknown, headers?: Record<string, string>, credentials = [credential]) {
  notices = []
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return meta.callback!(
    {
      url: new URL('https://camp.example/webhooks/b/t'),
      headers: headers ?? { 'x-hub-signature-256': signed(text) },
      body: Buffer.from(text),
      leadId: undefined,
    },
    { credentials, receivedAt: NOW, notice: text => notices.push(text) },
  )
}

const change = (field: string, value: object) => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '1', changes: [{ field, value }] }],
})
const statuses = (...all: object[]) => change('messages', { statuses: all })

describe('a signature', () => {
  const EMPTY = '{"object":"whatsapp_business_account","entry":[]}'
  const VECTOR = 'sha256=7c44d15aad2db4b89202bfab2f6f04806124bb07b88bb9dc4872897980c568d3'

  test('is the vector of docs/wire/meta.md#callbacks', () => {
    expect(callback(EMPTY, { 'x-hub-signature-256': VECTOR })).toEqual([])
    const other = { ...credential, app_secret: 'another-app-secret' }
    expect(callback(EMPTY, { 'x-hub-signature-256': VECTOR }, [other, credential])).toEqual([])
  })

  test.each([
    ['none', {}],
    ['of another secret', { 'x-hub-signature-256': signed(EMPTY, 'another-app-secret') }],
    ['without its algorithm', { 'x-hub-signature-256': VECTOR.slice(7) }],
    ['of another body', { 'x-hub-signature-256': signed(`${EMPTY} `) }],
  ])('%s is refused with 401', (_, headers) => {
    expect(() => callback(EMPTY, headers)).toThrow(expect.objectContaining({ status: 401 }))
  })

  test('needs a credential', () => {
    expect(() => callback(EMPTY, undefined, [])).toThrow(expect.objectContaining({ status: 401 }))
  })
})

describe('a callback', () => {
  const lead = '0190f3a0-0000-7000-8000-000000000001'
  const at = '1790000000'
  const of = { id: 'wamid.1', timestamp: at, biz_opaque_callback_data: lead }

  test('has our key, theirs, the time, and whether it is billed', () => {
    const events = callback(
      statuses(
        { ...of, status: 'sent', pricing: { billable: false } },
        { ...of, status: 'delivered', pricing: { billable: true } },
        { ...of, status: 'read', pricing: { billable: false, pricing_model: 'PMP' } },
        { id: 'wamid.2', status: 'failed', timestamp: at, errors: [{ code: 131049, title: 'healthy ecosystem' }] },
        { id: 'wamid.3', status: 'played', biz_opaque_callback_data: 'another system’s' },
      ),
    )
    const mine = { leadId: lead, providerMsgId: 'wamid.1', occurredAt: new Date(1_790_000_000_000) }
    expect(events).toMatchObject([
      { event: 'SENT', ...mine },
      { event: 'DELIVERED', ...mine },
      { event: 'READ', ...mine, billable: false },
      { event: 'FAILED', leadId: undefined, providerMsgId: 'wamid.2', code: '131049', detail: 'healthy ecosystem' },
      { event: 'READ', leadId: undefined, providerMsgId: 'wamid.3', occurredAt: NOW },
    ])
    expect(events.map(({ billable }) => billable)).toEqual([undefined, undefined, false, undefined, undefined])
  })

  test('of an unknown status is noticed, one without an id left out', () => {
    expect(callback(statuses({ ...of, status: 'warmed' }, { ...of, status: 'sent' }, { status: 'sent' }))).toHaveLength(
      1,
    )
    expect(notices).toEqual([
      'an unknown status: "warmed"',
      expect.stringMatching(/^1 of 3 elements of a callback could not be read/),
    ])
  })

  test('brings replies and preferences', () => {
    const from = '5511987654321'
    const message = { from, id: 'wamid.in.1', timestamp: at, context: { id: 'wamid.1' } }
    const inbound = change('messages', {
      messages: [
        { ...message, type: 'text', text: { body: 'SAIR' } },
        { ...message, id: 'wamid.in.2', type: 'button', button: { text: 'Parar', payload: 'STOP' } },
      ],
    })
    expect(callback(inbound)).toMatchObject([
      {
        event: 'REPLY',
        phone: from,
        providerMsgId: 'wamid.1',
        reply: { id: 'wamid.in.1', kind: 'text', text: 'SAIR' },
      },
      { event: 'REPLY', phone: from, reply: { kind: 'button', text: 'Parar', payload: 'STOP' } },
    ])
    const preferences = change('user_preferences', {
      user_preferences: [{ wa_id: from, category: 'marketing_messages', value: 'stop', timestamp: at }],
    })
    expect(callback(preferences)).toMatchObject([{ event: 'REPLY', phone: from, reply: { request: 'STOP' } }])
  })

  test.each(['PAUSED', 'DISABLED', 'REJECTED'])(
    'of a template that is %s stops it, in a language that is sent',
    event => {
      const value = { event, message_template_id: 7, message_template_name: 'cobranca', reason: 'NONE' }
      const of = (language: object) => callback(change('message_template_status_update', { ...value, ...language }))
      const stopped = [
        { event: 'FAILED', template: 'cobranca' },
        { template: '7', code: `TEMPLATE_${event}` },
      ]
      expect(of({})).toMatchObject(stopped)
      expect(of({ message_template_language: 'pt_BR' })).toMatchObject(stopped)
      expect(of({ message_template_language: 'es' })).toEqual([])
      expect(notices).toEqual([expect.stringContaining('in es, which no credential has')])
    },
  )

  test('of an approved template is nothing', () => {
    const approved = { event: 'APPROVED', message_template_name: 'cobranca', message_template_language: 'es' }
    expect([callback(change('message_template_status_update', approved)), notices]).toEqual([[], []])
  })

  test.each(['account_update', 'phone_number_quality_update', 'business_capability_update'])(
    '%s is a notice',
    field => {
      expect(callback(change(field, { event: 'DOWNGRADE', current_limit: 'TIER_250' }))).toEqual([])
      expect(notices).toEqual([expect.stringContaining(`${field} of the account: {"event":"DOWNGRADE"`)])
    },
  )

  test('of nothing that camp knows is answered', () => {
    expect([callback(change('flows', { flow: 1 })), notices]).toEqual([[], []])
  })

  test.each(['no JSON', { object: 'page', entry: [] }, { object: 'whatsapp_business_account' }])(
    '%j is refused',
    body => {
      expect(() => callback(body)).toThrow(expect.objectContaining({ status: 400 }))
    },
  )
})
