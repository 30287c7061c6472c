import { describe, expect, test } from 'vitest'
import { noah } from '../../../src/broker/noah/adapter.ts'
import { CallbackRefused } from '../../../src/broker/port.ts'
import { requestOf } from '../../contract/adapter.ts'
import { answering } from '../../support/exchange.ts'

const credential = noah.credential.parse({ url: 'https://noah.example/api', token: 'a-very-secret-token' })
const request = requestOf(3)
const [a, b, c] = request.messages.map(({ phone }) => phone)
const ACCEPTED = { kind: 'ACCEPTED' }

async function send(status: number, body: unknown) {
  const result = await noah.send(request, credential, answering(status, body))
  expect(JSON.stringify(result)).not.toContain('very-secret')
  return result
}

describe('what NOAH’s answer means', () => {
  test.each([{}, { message: 'ok' }, [], { ids: ['1', '2', '3'] }, { total: 3, error: null }])(
    'all are taken, without ids: %j',
    async body => {
      expect(await send(200, body)).toEqual({ kind: 'ANSWERED', outcomes: [ACCEPTED, ACCEPTED, ACCEPTED] })
    },
  )

  test.each([
    '',
    'OK',
    '"ok"',
    '7',
    'null',
    '<html>',
    { success: false },
    { error: 'ERR' },
    { errors: [{ telefone: 1 }] },
  ])('is unknown: %j', async body => {
    expect(await send(200, body)).toMatchObject({ kind: 'IN_DOUBT' })
  })

  test('each record says what became of its contact, found by its phone', async () => {
    const national = c!.slice(2)
    const body = {
      contacts: [
        { telefone: national, messageId: 'M3' },
        { telefone: b, error: 'token a-very-secret-token: 5511987654321 is bad' },
        { telefone: a, id: 9, message: { id: 'x', messageId: 'M1' } },
      ],
    }
    expect(await send(200, body)).toEqual({
      kind: 'ANSWERED',
      outcomes: [
        { kind: 'ACCEPTED', providerId: 'M1' },
        { kind: 'REJECTED', code: 'REFUSED', detail: 'token ***: ***4321 is bad' },
        { kind: 'ACCEPTED', providerId: 'M3' },
      ],
    })
  })

  test('a contact that has no record, among those that have, is in doubt', async () => {
    expect(await send(200, [{ number: a }, { number: c }])).toMatchObject({
      outcomes: [ACCEPTED, { kind: 'IN_DOUBT' }, ACCEPTED],
    })
  })

  test('two records of one phone, one of which says no, decide about nothing', async () => {
    const body = [{ telefone: a }, { telefone: a, error: 'bad' }, { telefone: b }, { telefone: c }]
    const doubt = { kind: 'IN_DOUBT' }
    expect(await send(200, body)).toMatchObject({ kind: 'ANSWERED', outcomes: [doubt, ACCEPTED, ACCEPTED] })
  })

  test('records without phones are in the request’s order, where there is one for each', async () => {
    expect(await send(200, { data: [{ ok: true }, { status: 'error' }, { messageId: 'M3' }] })).toMatchObject({
      outcomes: [ACCEPTED, { kind: 'REJECTED' }, { kind: 'ACCEPTED', providerId: 'M3' }],
    })
    expect(await send(200, { data: [{ ok: true }, { status: 'error' }] })).toMatchObject({ kind: 'IN_DOUBT' })
  })

  test('what is refused as a whole is not taken for accepted where a record does not say so', async () => {
    const body = {
      success: false,
      data: [{ telefone: a }, { telefone: b, error: 'x' }, { telefone: c, ok: 1, erro: 'y' }],
    }
    expect(await send(200, body)).toMatchObject({
      outcomes: [{ kind: 'IN_DOUBT' }, { kind: 'REJECTED' }, { kind: 'IN_DOUBT' }],
    })
  })

  test.each([
    [400, { error: 'x' }, 'REJECTED'],
    [422, { error: 'x' }, 'REJECTED'],
    [404, { error: 'ERR_VALIDATION', message: 'telefone is a required field' }, 'REJECTED'],
    [404, { error: 'número inválido' }, 'REJECTED'],
    [404, { error: 'Cannot POST /contacts' }, 'FATAL'],
    [404, '<html>invalid page</html>', 'FATAL'],
    [403, { error: 'ERR_SESSION_NOT_AUTH_TOKEN' }, 'FATAL'],
    [401, '', 'FATAL'],
    [429, '', 'NOT_ACCEPTED'],
    [500, { error: 'validation' }, 'IN_DOUBT'],
    [503, '', 'IN_DOUBT'],
  ])('HTTP %i with %j is %s', async (status, body, kind) => {
    expect(await send(status, body)).toMatchObject({ kind })
  })

  test('nothing is sent for whom there is no text', async () => {
    const http = answering(200, {})
    const messages = request.messages.map((message, i) => (i === 1 ? { ...message, text: null } : message))
    expect(await noah.send({ ...request, messages }, credential, http)).toMatchObject({ code: 'NO_TEXT' })
    expect(http.requests).toEqual([])
  })
})

describe('its hook of a received message', () => {
  const written = (hook: object) =>
    noah.callback!(
      {
        url: new URL('http://127.0.0.1/webhooks/b/t'),
        headers: {},
        body: Buffer.from(JSON.stringify({ type: 'hookMessage', messageId: 'M9', ticketId: 123, ...hook })),
        leadId: undefined,
      },
      { credentials: [credential], receivedAt: new Date('2026-11-24T12:00:00Z'), notice: () => undefined },
    )
  const from = '5511987654321@c.us'

  test.each([
    [
      { message: { from, type: 'chat', body: 'oi' } },
      { phone: '5511987654321', reply: { id: 'M9', kind: 'text', text: 'oi' } },
    ],
    [{ msg: { from, type: 'chat', body: 'sair' } }, { reply: { text: 'sair' } }],
    [
      { message: { from, type: 'image', body: '/9j/4AAQ', caption: 'já paguei' } },
      { reply: { kind: 'image', text: 'já paguei' } },
    ],
    [{ message: { from, type: 'ptt', body: 'T2dnUw' } }, { reply: { kind: 'ptt', text: undefined } }],
    [
      { message: { from: '5511987654321@lid', body: 'oi' } },
      { phone: undefined, reply: { sender: '5511987654321@lid' } },
    ],
    [{ message: 'oi' }, { phone: undefined, reply: { text: 'oi', sender: 'ticket 123' } }],
  ])('%j is a reply: %j', (hook, reply) => {
    expect(written(hook)).toMatchObject([{ event: 'REPLY', ...reply }])
  })

  test('means nothing if we wrote it, or if it is of a group', () => {
    expect(written({ message: { from, body: 'oi', fromMe: true } })).toEqual([])
    expect(written({ message: { from: '123@g.us', body: 'oi' } })).toEqual([])
  })
})

describe('its status hook', () => {
  const receivedAt = new Date('2026-11-24T12:00:00Z')

  function callback(body: string) {
    return noah.callback!(
      { url: new URL('http://127.0.0.1/webhooks/b/t'), headers: {}, body: Buffer.from(body), leadId: undefined },
      { credentials: [], receivedAt, notice: () => undefined },
    )
  }
  const hook = (ack: unknown) => ({
    ack,
    messageId: 'M1',
    externalKey: 'the key of another',
    type: 'hookMessageStatus',
  })

  test.each([
    [-1, 'FAILED'],
    [1, 'SENT'],
    [2, 'DELIVERED'],
    [3, 'READ'],
    [4, 'READ'],
  ])('ack %i is %s of the message that it names, under any key', (ack, event) => {
    const payload = { ...hook(ack), more: [1] }
    const read = callback(JSON.stringify(payload))
    expect(read).toMatchObject([{ event, providerMsgId: 'M1', occurredAt: receivedAt, payload }])
    expect(read[0]!.leadId).toBeUndefined()
    expect(read[0]!.code).toBe(ack === -1 ? 'NOT_ON_WHATSAPP' : undefined)
  })

  test.each([-2, 0, 5, -7])('ack %i is nothing yet', ack => {
    expect(callback(JSON.stringify(hook(ack)))).toEqual([])
  })

  test.each([
    '',
    'null',
    '[]',
    '{}',
    JSON.stringify(hook('read')),
    JSON.stringify({ ...hook(1), type: 'hookMessage' }),
    JSON.stringify({ type: 'hookMessage', messageId: 'M1', message: 7 }),
    JSON.stringify({ ...hook(1), messageId: undefined }),
    JSON.stringify({ ...hook(1), messageId: '' }),
  ])('what is no such hook is refused: %s', body => {
    expect(() => callback(body)).toThrow(CallbackRefused)
  })
})
