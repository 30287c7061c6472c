import { describe, expect, test } from 'vitest'
import { ruleOf } from '../../../src/broker/classify-code.ts'
import { gupshup } from '../../../src/broker/gupshup/adapter.ts'
import { requestOf } from '../../contract/adapter.ts'
import { answering } from '../../support/exchange.ts'

const API_KEY = 'a-secret-api-key'
const credential = gupshup.credential.parse({ api_key: API_KEY, source: '5500900000099', app_name: 'AppFicticio' })

describe('an answer', () => {
  const answered = (outcome: object) => ({ kind: 'ANSWERED', outcomes: [outcome] })
  const rejected = (code: string, detail: string = expect.any(String)) => ({ kind: 'REJECTED', code, detail })
  test.each([
    [200, { status: 'submitted', messageId: 'gs-1' }, answered({ kind: 'ACCEPTED', providerId: 'gs-1' })],
    [202, { status: 'submitted', messageId: 'gs-1' }, answered({ kind: 'ACCEPTED', providerId: 'gs-1' })],
    [202, { status: 'submitted' }, { kind: 'IN_DOUBT' }],
    [202, { status: 'submitted', messageId: '' }, { kind: 'IN_DOUBT' }],
    [200, { status: 'queued', messageId: 'gs-1' }, { kind: 'IN_DOUBT' }],
    [200, '', { kind: 'IN_DOUBT' }],
    [200, { status: 'error', message: 'Invalid Destination' }, rejected('INVALID_DESTINATION', 'Invalid Destination')],
    [200, { status: 'error', message: { text: 'WhatsApp says no' } }, rejected('TEXT_WHATSAPP_SAYS_NO')],
    [200, { status: 'error' }, rejected('NO_REASON_GIVEN')],
    [200, { status: 'error', message: `Bad key ${API_KEY}` }, rejected('BAD_KEY', 'Bad key ***')],
    [400, { status: 'error', message: 'Portal User Not Found With APIKey' }, rejected('PORTAL_USER_NOT_FOUND')],
    [400, { status: 'error', message: 'Invalid App Details' }, rejected('INVALID_APP_DETAILS')],
    [
      400,
      { status: 'error', message: 'Callback Billing must be enabled for this API' },
      rejected('CALLBACK_BILLING_DISABLED'),
    ],
    [400, { status: 'error', message: 'Template 7 is paused' }, rejected('TEMPLATE_UNUSABLE')],
    [400, { status: 'error', message: 'API Rate Limited' }, rejected('4001')],
    [400, { status: 'error', message: 'No account 5511987654321 of 12' }, rejected('NO_ACCOUNT_OF')],
    [
      400,
      { error: { code: 132001, message: '(#132001) no', error_data: { details: 'no template' } } },
      rejected('132001', 'no template'),
    ],
    [400, { error: { message: 'no code' } }, rejected('HTTP_400')],
    [400, 'no JSON', rejected('HTTP_400')],
    [500, { status: 'error', message: 'Invalid App Details' }, { kind: 'IN_DOUBT' }],
    [
      200,
      { messages: [{ id: 'gs-2' }], messaging_product: 'whatsapp' },
      answered({ kind: 'ACCEPTED', providerId: 'gs-2' }),
    ],
    [200, { messages: [] }, { kind: 'IN_DOUBT' }],
    [401, { status: 'error', message: 'Authentication Failed' }, { kind: 'FATAL' }],
    [429, { status: 'error', message: 'Too Many Requests' }, { kind: 'NOT_ACCEPTED' }],
    [500, { status: 'error', message: 'Internal Server Error' }, { kind: 'IN_DOUBT' }],
  ])('%i %j', async (status, body, result) => {
    const request = { ...requestOf(1), template: { code: 't', variables: [] } }
    const seen = await gupshup.send(request, credential, answering(status, body))
    expect(seen).toMatchObject(result)
    expect(JSON.stringify(seen)).not.toContain(API_KEY)
  })

  test('nothing is sent without a template', async () => {
    const http = answering(200, '')
    expect(await gupshup.send(requestOf(1), credential, http)).toMatchObject({ kind: 'FATAL' })
    expect(http.requests).toEqual([])
  })
})

const NOW = new Date('2026-11-24T12:00:00Z')
let notices: string[] = []

function callback(body: unknown) {
  notices = []
  return gupshup.callback!(
    {
      url: new URL('https://camp.example/webhooks/b/t'),
      headers: {},
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      leadId: undefined,
    },
    { credentials: [credential], receivedAt: NOW, notice: text => notices.push(text) },
  )
}

const outer = (type: string, payload: object, rest: object = {}) => ({
  app: 'AppFicticio',
  timestamp: 1_900_000_000_500,
  version: 2,
  type,
  payload,
  ...rest,
})
const message = (type: string, payload: object, rest?: object) =>
  outer('message-event', { type, destination: '5500900000001', ...payload }, rest)

describe('a message-event', () => {
  test('as docs/wire/gupshup.md#callbacks shows it', () => {
    const body = message('delivered', { id: 'wamid.FAKE0001', gsId: 'gs-1', ts: 1_900_000_000 })
    expect(callback(body)).toEqual([
      {
        event: 'DELIVERED',
        providerMsgId: 'gs-1',
        alias: 'wamid.FAKE0001',
        occurredAt: new Date(1_900_000_000_000),
        payload: body,
      },
    ])
  })

  test.each([
    [
      'enqueued',
      { id: 'gs-1', payload: { whatsappMessageId: 'wamid.1', type: 'template' } },
      'SENT',
      'gs-1',
      'wamid.1',
    ],
    ['sent', { id: 'wamid.1', gsId: 'gs-1' }, 'SENT', 'gs-1', 'wamid.1'],
    ['read', { id: 'wamid.1', gsId: 'gs-1' }, 'READ', 'gs-1', 'wamid.1'],
    ['read', { id: 'wamid.1' }, 'READ', 'wamid.1', undefined],
    ['failed', { id: 'gs-1', payload: { code: 1002, reason: 'no' } }, 'FAILED', 'gs-1', undefined],
    ['failed', { gsId: 'gs-1', payload: { code: 1002, reason: 'no' } }, 'FAILED', 'gs-1', undefined],
    ['failed', { id: 'wamid.1', gsId: 'gs-1', payload: { code: '1002' } }, 'FAILED', 'gs-1', 'wamid.1'],
  ])('%s %j is about the right message', (type, payload, event, providerMsgId, alias) => {
    const events = callback(message(type, payload))
    expect(events).toMatchObject([{ event, providerMsgId }])
    expect(events[0]!.alias).toBe(alias)
  })

  test.each([
    [{ ts: 1_795_521_600 }, '2026-11-24T12:00:00Z'],
    [{ ts: 1_795_521_600_123 }, '2026-11-24T12:00:00.123Z'],
    [{ ts: '1795521600' }, '2026-11-24T12:00:00Z'],
    [{ payload: { ts: 1_795_521_600 } }, '2026-11-24T12:00:00Z'],
    [{}, '2030-03-17T17:46:40.500Z'],
  ])('happened when it says, in seconds or milliseconds: %j', (payload, instant) => {
    expect(callback(message('read', { gsId: 'gs-1', ...payload }))[0]!.occurredAt).toEqual(new Date(instant))
  })

  test.each([{ timestamp: undefined }, { timestamp: 0 }, { timestamp: 'soon' }, { timestamp: 1e30 }])(
    'happened when it came where it does not say: %j',
    rest => {
      expect(callback(message('read', { gsId: 'gs-1' }, rest))[0]!.occurredAt).toEqual(NOW)
    },
  )

  test.each([
    [1002, 'record'],
    [1003, 'fatal'],
    [1004, 'stop'],
    [1005, 'stop'],
    [1006, 'record'],
    [1010, 'stop'],
    [1011, 'stop'],
    [1012, 'opt-out'],
    [4001, 'stop'],
    [4002, 'later'],
    [4005, 'stop'],
    [500, 'later'],
    [131026, 'record'],
    [131042, 'fatal'],
    [131050, 'opt-out'],
    [132015, 'stop'],
    ['constructor', 'record'],
  ])('that failed with %s has that code, whose class is %s', (code, codeClass) => {
    expect(callback(message('failed', { gsId: 'gs-1', payload: { code, reason: 'why' } }))).toEqual([
      expect.objectContaining({ event: 'FAILED', code: String(code), detail: 'why' }),
    ])
    expect(ruleOf({ table: gupshup.codes, overrides: {} }, String(code)).class).toBe(codeClass)
  })

  test.each(['deleted', 'mismatch'])('"%s" means nothing', type => {
    expect(callback(message(type, { gsId: 'gs-1' }))).toEqual([])
    expect(notices).toEqual([])
  })

  test.each(['warmed', 'constructor'])('of a new kind means nothing, and is noticed: %s', type => {
    expect(callback(message(type, { gsId: 'gs-1' }))).toEqual([])
    expect(notices).toEqual([expect.stringContaining(type)])
  })
})

describe('other events', () => {
  test('a person who opted out is told by phone', () => {
    const body = outer('user-event', { phone: '5511987654321', type: 'opted-out' })
    expect(callback(body)).toEqual([
      { event: 'OPT_OUT', phone: '5511987654321', occurredAt: new Date(1_900_000_000_500), payload: body },
    ])
  })

  test.each([
    outer('user-event', { phone: '5511987654321', type: 'opted-in' }),
    outer('user-event', { phone: '14155550100', type: 'opted-out' }),
    outer('template-event', { id: 't', status: 'approved', elementName: 'aviso' }),
    outer('template-event', { id: 't' }),
  ])('mean nothing: %j', body => {
    expect(callback(body)).toEqual([])
    expect(notices.filter(text => !text.includes('Brazilian'))).toEqual([])
  })

  test.each(['paused', 'disabled', 'rejected', 'deleted'])(
    'a template that is %s is told by its code and its name',
    status => {
      const body = outer('template-event', { id: 'uuid-1', status, elementName: 'aviso', description: 'low quality' })
      const told = {
        event: 'FAILED',
        code: `TEMPLATE_${status.toUpperCase()}`,
        detail: `the template aviso is ${status}: low quality`,
        occurredAt: new Date(1_900_000_000_500),
        payload: body,
      }
      expect(callback(body)).toEqual([
        { ...told, template: 'aviso' },
        { ...told, template: 'uuid-1' },
      ])
    },
  )

  test('in version 3 by Meta’s event, beside statuses', () => {
    const value = { event: 'PAUSED', message_template_id: 77, message_template_name: 'aviso', reason: null }
    const status = { gs_id: 'gs-1', id: 'wamid.1', status: 'read', timestamp: '1795521600' }
    const body = {
      object: 'whatsapp_business_account',
      entry: [
        { changes: [{ field: 'message_template_status_update', value }] },
        { changes: [{ field: 'messages', value: { statuses: [status] } }] },
      ],
    }
    expect(callback(body)).toMatchObject([
      {
        event: 'FAILED',
        template: 'aviso',
        code: 'TEMPLATE_PAUSED',
        detail: 'the template aviso is paused',
        occurredAt: NOW,
      },
      { event: 'FAILED', template: '77' },
      { event: 'READ', providerMsgId: 'gs-1' },
    ])
  })

  test.each([
    outer('account-event', { type: 'tier-event', phone: '5511987654321' }),
    outer('billing-event', { deductions: {} }),
    {
      object: 'whatsapp_business_account',
      entry: [{ changes: [{ field: 'account_update', value: { event: 'ACCOUNT_RESTRICTION' } }] }],
    },
  ])('what is about the account is a notice: %j', body => {
    expect(callback(body)).toEqual([])
    expect(notices).toEqual([expect.stringMatching(/^(account-event|billing-event|account_update) of the account: /)])
    expect(notices.join()).not.toContain('5511987654321')
  })
})

describe('the secret header', () => {
  const SECRET = 'a-secret-of-the-header'
  const withSecret = gupshup.credential.parse({
    ...{ api_key: API_KEY, source: '5500900000099', app_name: 'Other' },
    ...{ webhook_header: 'X-Camp-Secret', webhook_secret: SECRET },
  })
  const called = (headers: Record<string, string>, credentials = [credential, withSecret]) =>
    gupshup.callback!(
      {
        url: new URL('https://camp.example/webhooks/b/t'),
        headers,
        body: Buffer.from(JSON.stringify(message('read', { gsId: 'gs-1' }))),
        leadId: undefined,
      },
      { credentials, receivedAt: NOW, notice: () => undefined },
    )

  test('lets a call in that has it, and refuses one without it or with another', () => {
    expect(called({ 'x-camp-secret': SECRET })).toMatchObject([{ event: 'READ' }])
    for (const headers of [{}, { 'x-camp-secret': '' }, { 'x-camp-secret': `${SECRET}x` }, { 'x-other': SECRET }])
      expect(() => called(headers)).toThrow(expect.objectContaining({ name: 'CallbackRefused', status: 401 }))
  })

  test('is not asked for where no credential has one', () => {
    expect(called({}, [credential])).toMatchObject([{ event: 'READ' }])
  })
})

test('version 3 has Meta’s shape with gs_id', () => {
  const body = {
    object: 'whatsapp_business_account',
    entry: [
      {
        changes: [
          {
            field: 'messages',
            value: {
              statuses: [
                {
                  gs_id: 'gs-1',
                  id: 'wamid.1',
                  status: 'delivered',
                  timestamp: '1795521600',
                  recipient_id: '5511987654321',
                },
                {
                  gs_id: 'gs-2',
                  status: 'failed',
                  timestamp: 1_795_521_600_000,
                  errors: [{ code: 1003, title: 'wallet' }],
                },
              ],
            },
          },
          { field: 'messages', value: { messages: [{ from: '5511987654321' }] } },
        ],
      },
    ],
  }
  expect(callback(body)).toMatchObject([
    { event: 'DELIVERED', providerMsgId: 'gs-1', alias: 'wamid.1', occurredAt: NOW },
    { event: 'FAILED', providerMsgId: 'gs-2', code: '1003', detail: 'wallet', occurredAt: NOW },
    { event: 'REPLY', phone: '5511987654321' },
  ])
})

test.each([
  '',
  'null',
  '[]',
  '{}',
  '{"type":"message-event"}',
  message('read', {}),
  outer('message-event', { id: 'x' }),
])('what is no event is refused: %j', body => {
  expect(() => callback(body)).toThrow(expect.objectContaining({ name: 'CallbackRefused', status: 400 }))
})

describe('a reply', () => {
  const PHONE = '5511987654321'
  const context = { id: 'wamid.1', gsId: 'gs-1' }
  const v2 = (type: string, payload: object, rest: object = {}) =>
    outer('message', { id: 'in-1', source: PHONE, type, payload, sender: { phone: PHONE }, context, ...rest })

  test.each([
    [v2('text', { text: 'sair' }), { kind: 'text', text: 'sair', payload: undefined }],
    [v2('quick_reply', { text: 'Parar promoções', type: 'button' }), { kind: 'quick_reply', text: 'Parar promoções' }],
    [v2('button_reply', { title: 'Sair', id: 'b1', postbackText: 'OUT' }), { text: 'Sair', payload: 'OUT' }],
    [v2('list_reply', { title: 'Sair', id: 'l1' }), { text: 'Sair', payload: 'l1' }],
    [
      v2('image', { url: 'https://x.example/i', caption: 'já paguei', id: 'm1' }),
      { kind: 'image', text: 'já paguei', payload: undefined },
    ],
    [v2('audio', { url: 'https://x.example/a' }), { kind: 'audio', text: undefined }],
    [v2('sticker', {}), { kind: 'sticker', text: undefined }],
  ])('of version 2: %j', (body, reply) => {
    expect(callback(body)).toMatchObject([
      {
        event: 'REPLY',
        phone: PHONE,
        providerMsgId: 'gs-1',
        reply: { id: 'in-1', ...reply },
        occurredAt: new Date(1_900_000_000_500),
      },
    ])
  })

  const v3 = (value: object) => ({ object: 'whatsapp_business_account', entry: [{ changes: [{ value }] }] })
  const v3Message = (rest: object) =>
    v3({ messages: [{ from: PHONE, id: 'in-1', timestamp: '1795521600', context: { gs_id: 'gs-1' }, ...rest }] })

  test.each([
    [
      { type: 'text', text: { body: 'pare' } },
      { kind: 'text', text: 'pare' },
    ],
    [
      { type: 'button', button: { text: 'Sair', payload: 'OUT' } },
      { kind: 'button', text: 'Sair', payload: 'OUT' },
    ],
    [
      { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'OUT', title: 'Sair' } } },
      { kind: 'interactive', text: 'Sair', payload: 'OUT' },
    ],
    [
      { type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: 'OUT', title: 'Sair' } } },
      { text: 'Sair', payload: 'OUT' },
    ],
    [
      { type: 'audio', audio: { id: 'media' } },
      { kind: 'audio', text: undefined, payload: undefined },
    ],
    [
      { type: 'image', image: { id: 'media', caption: 'segue' } },
      { kind: 'image', text: 'segue' },
    ],
    [
      { type: 'reaction', reaction: { emoji: '👍' } },
      { kind: 'reaction', text: '👍' },
    ],
    [
      { type: 'unsupported', errors: [{ code: 131051 }] },
      { kind: 'unsupported', text: undefined },
    ],
  ])('of version 3: %j', (message, reply) => {
    expect(callback(v3Message(message))).toMatchObject([
      { event: 'REPLY', phone: PHONE, providerMsgId: 'gs-1', reply: { id: 'in-1', ...reply }, occurredAt: NOW },
    ])
  })

  test('of a person whose phone is not told brings the id that is', () => {
    const body = v3Message({
      from: undefined,
      from_user_id: 'BR.13491208655302741918',
      type: 'text',
      text: { body: 'sair' },
    })
    expect(callback(body)).toMatchObject([{ phone: undefined, reply: { sender: 'BR.13491208655302741918' } }])
    const user = outer('user-event', { user_id: 'BR.1', type: 'opted-out' })
    expect(callback(user)).toMatchObject([{ event: 'REPLY', reply: { request: 'STOP', sender: 'BR.1' } }])
  })

  test.each([
    ['stop', 'STOP'],
    ['resume', 'START'],
    ['other', undefined],
  ])('by a preference "%s" is the request %s', (value, request) => {
    const preference = { wa_id: PHONE, category: 'marketing_messages', value, timestamp: 1_795_521_600 }
    expect(callback(v3({ user_preferences: [preference] }))).toMatchObject([
      { event: 'REPLY', phone: PHONE, reply: { kind: 'user_preferences', request }, occurredAt: NOW },
    ])
  })

  test('that cannot be read does not affect the statuses beside it', () => {
    const statuses = [{ gs_id: 'gs-1', status: 'read' }]
    expect(callback(v3({ statuses, messages: [7], user_preferences: [{}] }))).toMatchObject([{ event: 'READ' }])
    expect(notices).toEqual([expect.stringContaining('2 of 3')])
    expect(() => callback(v3({ messages: [7] }))).toThrow(expect.objectContaining({ status: 400 }))
  })
})

test.each([
  [
    { mode: 'partner', app_id: 'APP', token: 't', url: 'https://api.gupshup.io/wa/api/v1/template/msg' },
    "not a partner's",
  ],
  [
    { mode: 'partner', app_id: 'APP', token: 't', url: 'https://x.example/partner/app/OTHER/v3/message' },
    'another app',
  ],
  [
    { api_key: 'k', source: '5500900000099', app_name: 'A', url: 'https://x.example/partner/app/APP/v3/message' },
    'mode=partner sends there',
  ],
])('an endpoint that contradicts the mode is refused: %o', (config, why) => {
  const issues = gupshup.credential.safeParse(config).error?.issues
  expect(issues).toMatchObject([{ path: ['url'], message: expect.stringContaining(why) }])
})
