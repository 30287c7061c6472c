import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { CallbackRefused } from '../../../../src/broker/port.ts'
import { callback } from '../../../../src/broker/salesforce/callback.ts'
import { credentialOf } from './scripted.ts'

const RECEIVED = new Date('2026-11-24T12:00:00Z')
const CONTACT = '003000000000001AAA'
const KEY = 'FAKE_ENS_SIGNATURE_KEY'

interface Call {
  signature?: string
  /** One credential each; undefined: without a key. */
  keys?: (string | undefined)[]
}

function call(body: unknown, { signature, keys = [KEY] }: Call = {}) {
  const notices: string[] = []
  const events = callback(
    {
      url: new URL('http://127.0.0.1/webhooks/b/t'),
      headers: { 'x-sfmc-ens-signature': signature },
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      leadId: undefined,
    },
    {
      credentials: keys.map(ens_signature_key => credentialOf({ ens_signature_key })),
      receivedAt: RECEIVED,
      notice: text => notices.push(text),
    },
  )
  return { events, notices }
}

const statusOf = (body: unknown, options?: Call) => {
  try {
    call(body, options)
    return 200
  } catch (error) {
    return error instanceof CallbackRefused ? error.status : error
  }
}

const signed = (body: unknown, key = KEY) => createHmac('sha256', key).update(JSON.stringify(body)).digest('base64')
const ens = (type: string, rest: object = {}) => [{ eventCategoryType: type, contactKey: CONTACT, ...rest }]

describe('a signature', () => {
  const body = `[{"eventCategoryType":"EngagementEvents.OttDelivered","contactKey":"${CONTACT}"}]`
  const signature = 'TSffHIxrFrWzY+LLkNtCp4A3RyRnUP2Ufmdm68GTfiQ='

  test('is the one of docs/wire/salesforce.md#callbacks', () => {
    expect(call(body, { signature }).events).toEqual([
      { event: 'DELIVERED', providerMsgId: CONTACT, occurredAt: RECEIVED, payload: JSON.parse(body)[0] },
    ])
  })

  test.each<[string, Call, number]>([
    ['of another key', { signature, keys: ['another'] }, 401],
    ['of one of several keys', { signature, keys: ['another', undefined, KEY] }, 200],
    ['of another body', { signature: signed(ens('x')) }, 401],
    ['cut short', { signature: signature.slice(0, -2) }, 401],
    ['empty', { signature: '' }, 401],
    ['missing', {}, 401],
    ['missing where no credential has a key', { keys: [undefined] }, 200],
    ['missing where there is no credential', { keys: [] }, 200],
  ])('%s', (_, options, status) => {
    expect(statusOf(body, options)).toBe(status)
  })

  test('is not asked of pushed rows, and checked where they have one', () => {
    const row = { contactkey: CONTACT, status: 'Delivered' }
    expect(statusOf(row)).toBe(200)
    expect(statusOf(row, { signature: signed(row) })).toBe(200)
    expect(statusOf(row, { signature })).toBe(401)
    expect(statusOf([row, ...ens('EngagementEvents.OttRead')])).toBe(401)
  })
})

test.each([
  ['EngagementEvents.OttSent', 'SENT'],
  ['EngagementEvents.OttDelivered', 'DELIVERED'],
  ['EngagementEvents.OttRead', 'READ'],
  ['EngagementEvents.OttFailed', 'FAILED'],
  ['SendEvents.OttNotSent', 'FAILED'],
  ['TransactionalSendEvents.OttNotSent', 'FAILED'],
  ['CategoryOfTomorrow.OttRead', 'READ'],
])('the event %s is %s', (type, event) => {
  const body = ens(type)
  expect(call(body, { signature: signed(body) }).events).toMatchObject([{ event, providerMsgId: CONTACT }])
})

test('a failure brings its reason, any event its time', () => {
  const body = ens('EngagementEvents.OttFailed', { reason: '131026', timestampUTC: Date.parse('2026-11-24T11:00:00Z') })
  expect(call(body, { signature: signed(body) }).events).toEqual([
    {
      event: 'FAILED',
      providerMsgId: CONTACT,
      detail: '131026',
      occurredAt: new Date('2026-11-24T11:00:00Z'),
      payload: body[0],
    },
  ])
})

test('a message that was not sent brings the reason', () => {
  const body = ens('SendEvents.OttNotSent', { reason: 'Template paused' })
  expect(call(body, { signature: signed(body) }).events).toMatchObject([{ event: 'FAILED', detail: 'Template paused' }])
})

test('events of other channels are none of a message of ours', () => {
  const body = [...ens('SendEvents.EmailNotSent'), ...ens('EngagementEvents.SmsDelivered'), ...ens('X.Sent')]
  expect(call(body, { signature: signed(body) }).events).toEqual([])
})

test('events of an automation are told to an operator', () => {
  const body = [
    { eventCategoryType: 'SendEvents.AutomationInstanceStarted', automationName: 'Disparo' },
    {
      eventCategoryType: 'SendEvents.AutomationInstanceErrored',
      automationCustomerKey: 'k1',
      automationInstanceStatus: 'Error',
    },
  ]
  expect(call(body, { signature: signed(body) })).toEqual({
    events: [],
    notices: [
      'Salesforce reports of the automation Disparo: Started',
      'Salesforce reports of the automation k1: Errored (Error)',
    ],
  })
})

test('events that are not known, or of no lead, are left out and told of', () => {
  const body = [
    ...ens('EngagementEvents.OttRead'),
    ...ens('TransactionalSendEvents.EmailSent'),
    { ...ens('EngagementEvents.OttRead')[0], contactKey: null },
  ]
  const { events, notices } = call(body, { signature: signed(body) })
  expect(events.length).toBe(1)
  expect(notices).toEqual([
    'left out of a callback: TransactionalSendEvents.EmailSent, EngagementEvents.OttRead without contactKey',
  ])
})

describe('a pushed row', () => {
  test.each([
    ['sent', 'SENT'],
    ['DELIVERED', 'DELIVERED'],
    ['Read', 'READ'],
    ['OttFailed', 'FAILED'],
    ['EngagementEvents.OttRead', 'READ'],
  ])('with the status %s is %s', (status, event) => {
    expect(call({ ContactKey: CONTACT, STATUS: status, UniqueId: 'u1' }).events).toMatchObject([
      { event, providerMsgId: CONTACT },
    ])
  })

  test('keeps its reason and what came', () => {
    const rows = [{ CONTACTKEY: CONTACT, Status: 'failed', Reason: 'sem WhatsApp', operacao__c: 'X' }]
    expect(call(rows).events).toMatchObject([{ event: 'FAILED', detail: 'sem WhatsApp', payload: rows[0] }])
  })

  test('with another status is left out: nothing is guessed', () => {
    const { events, notices } = call([{ contactkey: CONTACT, status: 'Bounced' }])
    expect(events).toEqual([])
    expect(notices).toEqual([expect.stringContaining('Bounced')])
  })

  test.each<[unknown, string]>([
    ['2026-11-24T11:59:58Z', '2026-11-24T11:59:58.000Z'],
    ['2026-11-24 11:59:58.123', '2026-11-24T11:59:58.123Z'],
    ['2026-11-24 11:59', '2026-11-24T11:59:00.000Z'],
    ['11/12/2026 11:59:58', RECEIVED.toISOString()],
    ['2026-13-45 11:59:58', RECEIVED.toISOString()],
    [1, RECEIVED.toISOString()],
    [undefined, RECEIVED.toISOString()],
  ])('of %s happened at %s', (eventdateutc, at) => {
    const { events } = call({ contactkey: CONTACT, status: 'read', eventdateutc })
    expect(events[0]?.occurredAt.toISOString()).toBe(at)
  })
})

test('the call that asks to confirm the URL brings no event, and says what to do', () => {
  const { events, notices } = call({ callbackId: 'cb-1', verificationKey: 'vk-1' })
  expect(events).toEqual([])
  expect(notices).toEqual([expect.stringContaining('{"callbackId":"cb-1","verificationKey":"vk-1"}')])
  expect(notices[0]).toContain('/platform/v1/ens-verify')
})

test('one that is none fails none of the others', () => {
  const { events, notices } = call([{ contactkey: CONTACT, status: 'read' }, { hello: 'world' }])
  expect(events).toMatchObject([{ event: 'READ', providerMsgId: CONTACT }])
  expect(notices).toEqual([expect.stringContaining('not an event')])
})

test.each<[string, unknown]>([
  ['nothing', ''],
  ['no JSON', 'status=read'],
  ['a number', '1'],
  ['null', 'null'],
  ['null in an array', '[null]'],
  ['an object that is no event', { contactkey: CONTACT }],
  ['a contactKey that is no text', { contactkey: { id: 1 }, status: 'read' }],
])('%s is refused', (_, body) => {
  expect(statusOf(body)).toBe(400)
})
