import { describe, expect, test } from 'vitest'
import { otimaRcs, otimaWpp } from '../../../src/broker/otima/adapter.ts'
import type { CallbackEvent, Message, SendRequest } from '../../../src/broker/port.ts'
import { requestOf } from '../../contract/adapter.ts'
import { answering } from '../../support/exchange.ts'

const TOKEN = 'a-secret-token'
const credential = otimaWpp.credential.parse({ token: TOKEN, broker_code: 'b', customer_code: 'c' })
const NOW = new Date('2026-11-24T12:00:00Z')

describe('an answer', () => {
  const send = async (messages: readonly Partial<Message>[], body: unknown, status = 200) => {
    const base = requestOf(messages.length)
    const request: SendRequest = {
      ...base,
      template: { code: 't', variables: [] },
      messages: base.messages.map((message, i) => ({ ...message, ...messages[i] })),
    }
    return otimaWpp.send(request, credential, answering(status, body))
  }
  const [ana, bia, caio] = [
    { phone: '5511987654321', cpf_cnpj: '00000000191' },
    { phone: '5555999998888', cpf_cnpj: '00000000272' },
    { phone: '551133334444', cpf_cnpj: null },
  ]
  const valid = (phone: string, document = '', rest: object = {}) => ({
    phone,
    document,
    message_id: `id ${phone}`,
    status: 'V',
    status_description: 'valido',
    ...rest,
  })
  const accepted = (phone: string) => ({ kind: 'ACCEPTED', providerId: `id ${phone}` })
  const doubt = expect.objectContaining({ kind: 'IN_DOUBT' })

  test.each([
    ['V', 'valido', '7', { kind: 'ACCEPTED', providerId: '7' }],
    ['v', '', 7, { kind: 'ACCEPTED', providerId: '7' }],
    ['V', 'valido', '', doubt],
    ['', '', '7', doubt],
    ['I', 'inválido', '', { kind: 'REJECTED', code: 'INVALIDO', detail: 'inválido' }],
    ['constructor', '', '', { kind: 'REJECTED', code: 'STATUS_CONSTRUCTOR', detail: 'constructor' }],
    ['X', 'linha bloqueada', '', { kind: 'REJECTED', code: 'STATUS_X', detail: 'linha bloqueada' }],
    ['B', '', '', { kind: 'REJECTED', code: 'BLACKLIST', detail: 'B', optOut: true }],
    ['I', 'Contato em BLACKLIST', '', expect.objectContaining({ code: 'BLACKLIST', optOut: true })],
    ['R', '', '', expect.objectContaining({ kind: 'REJECTED', code: 'REPETIDO' })],
    ['I', 'Número Repetido', '', expect.objectContaining({ kind: 'REJECTED', code: 'REPETIDO' })],
    ['Repetido', '', '', expect.objectContaining({ kind: 'REJECTED', code: 'REPETIDO' })],
  ])('says what it says: %s %s', async (status, status_description, message_id, outcome) => {
    const element = { phone: '11987654321', document: '00000000191', status, status_description, message_id }
    expect(await send([ana], [element])).toEqual({ kind: 'ANSWERED', outcomes: [outcome] })
  })

  test.each(['R', 'repetido', 'Repetído'])(
    '"%s" of a message that was in doubt is the proof that it was taken',
    async status => {
      const element = { ...valid('11987654321'), status, message_id: '' }
      expect(await send([{ ...ana, doubtfulBefore: true }], [element])).toEqual({
        kind: 'ANSWERED',
        outcomes: [{ kind: 'ACCEPTED' }],
      })
    },
  )

  test('belongs to its messages by phone, in any order, with 55 or without', async () => {
    const elements = [valid('551133334444'), valid('(55) 99999-8888', '272'), valid('11987654321', '191')]
    expect(await send([ana, bia, caio], elements)).toMatchObject({
      outcomes: [accepted('11987654321'), accepted('(55) 99999-8888'), accepted('551133334444')],
    })
  })

  test('leaves in doubt what it does not mention, wherever that stands', async () => {
    const [a, c] = [valid('11987654321', '00000000191'), valid('1133334444')]
    expect(await send([ana, bia, caio], [a, c])).toMatchObject({
      outcomes: [accepted('11987654321'), doubt, accepted('1133334444')],
    })
    expect(await send([ana, bia], [])).toMatchObject({ outcomes: [doubt, doubt] })
  })

  test('without phones belongs to them by place, where there are as many', async () => {
    const elements = [valid('-', '191'), valid('?'), valid('11 3333-4444', '999')]
    expect(await send([ana, bia, caio], elements)).toMatchObject({
      outcomes: [accepted('-'), accepted('?'), accepted('11 3333-4444')],
    })
    expect(await send([ana, bia, caio], elements.slice(1))).toMatchObject({
      outcomes: [doubt, doubt, accepted('11 3333-4444')],
    })
  })

  test('is never given to a message that it does not name', async () => {
    const stranger = valid('21987654321', '00000000191')
    expect(await send([ana, caio], [stranger, valid('1133334444')])).toMatchObject({
      outcomes: [doubt, accepted('1133334444')],
    })
    // By place it would be ana's: its document says that it is another person's.
    expect(await send([ana, bia], [valid('', '272'), valid('', '191')])).toMatchObject({ outcomes: [doubt, doubt] })
  })

  test('two messages to one phone are told apart by document, or by a place that cannot be wrong, or not at all', async () => {
    const [first, second] = [ana, { ...ana, cpf_cnpj: '00000000272' }]
    const [one, two] = [
      valid('11987654321', '00000000191', { message_id: 'one' }),
      valid('11987654321', '00000000272', { message_id: 'two' }),
    ]
    const both = [{ providerId: 'one' }, { providerId: 'two' }]
    expect(await send([first, second, caio], [valid('1133334444'), two, one])).toMatchObject({
      outcomes: [...both, accepted('1133334444')],
    })
    expect(await send([ana, ana], [one, { ...one, message_id: 'two' }])).toMatchObject({ outcomes: both })
    expect(await send([ana, ana], [one])).toMatchObject({ outcomes: [doubt, doubt] })
  })

  test('with something unreadable in it still speaks of the others', async () => {
    expect(
      await send([ana, bia], [null, { phone: 55999998888, status: 'V', message_id: 'id 55999998888' }]),
    ).toMatchObject({
      outcomes: [doubt, accepted('55999998888')],
    })
  })

  test.each([[{}], ['V'], [{ error: 'something' }], [null]])('that is no array is not understood: %j', async body => {
    expect(await send([ana], body)).toMatchObject({ kind: 'IN_DOUBT' })
  })

  test.each([
    [200, { error: 'IP 10.0.0.1 not allowed' }],
    [400, { message: 'Your IP is not allowed to access this resource' }],
    [500, { error: 'O IP não permitido' }],
    [401, { error: 'authorization failed' }],
    [404, { error: 'unknown customer' }],
  ])('%i %j stops everything', async (status, body) => {
    expect(await send([ana], body, status)).toMatchObject({ kind: 'FATAL' })
  })

  test('400 is one request’s matter, and no secret is repeated', async () => {
    const result = await send([ana], { error: `invalid values for ${TOKEN}` }, 400)
    expect(result).toEqual({ kind: 'REJECTED', code: 'HTTP_400', detail: expect.stringContaining('invalid values') })
    expect(JSON.stringify(result)).not.toContain(TOKEN)
  })

  test('nothing is sent without a template', async () => {
    const http = answering(200, [])
    expect(await otimaWpp.send(requestOf(1), credential, http)).toMatchObject({ kind: 'FATAL' })
    expect(http.requests).toEqual([])
  })
})

describe('a callback', () => {
  const notices: string[] = []
  const callback = (body: unknown, { leadId, query = '' }: { leadId?: string; query?: string } = {}) => {
    notices.length = 0
    return otimaRcs.callback!(
      {
        url: new URL(`https://camp.example/webhooks/b/t${query}`),
        headers: {},
        body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
        leadId,
      },
      { credentials: [], receivedAt: NOW, notice: text => notices.push(text) },
    )
  }
  const eventsOf = (events: readonly CallbackEvent[]) => events.map(({ event }) => event)

  test.each([
    ['válido', ['SENT']],
    ['ENVIADO', ['SENT']],
    ['entregue', ['DELIVERED']],
    ['Lido', ['READ']],
    ['não enviado', ['FAILED']],
    ['nao_entregue', ['FAILED']],
    ['indisponível', ['FAILED']],
    ['inválido', ['FAILED']],
    ['cancelado', ['FAILED']],
    ['blacklist', ['FAILED', 'OPT_OUT']],
    ['repetido', ['FAILED']],
    ['dançando', []],
    ['constructor', []],
  ])('"%s" is %j', (status, events) => {
    expect(eventsOf(callback([{ message_id: 'm-1', status }]))).toEqual(events)
    expect(notices).toHaveLength(events.length === 0 ? 1 : 0)
  })

  test('is about the lead whose URL it came to, and about the message it names', () => {
    const element = { message_id: 'm-1', status: 'não entregue' }
    expect(callback([element], { leadId: 'lead-1' })).toEqual([
      {
        event: 'FAILED',
        leadId: 'lead-1',
        providerMsgId: 'm-1',
        code: 'NAO_ENTREGUE',
        detail: 'não entregue',
        occurredAt: NOW,
        payload: element,
      },
    ])
    expect(callback([{ status: 'lido' }], { leadId: 'lead-1' })).toMatchObject([{ event: 'READ', leadId: 'lead-1' }])
  })

  test('of several messages is about those it names, at any URL of the broker', () => {
    const events = callback(
      [{ message_id: 'm-1', status: 'entregue' }, { message_id: 2, status: 'lido' }, { status: 'lido' }],
      { leadId: 'lead-1' },
    )
    expect(events.map(({ leadId, providerMsgId }) => [leadId, providerMsgId])).toEqual([
      [undefined, 'm-1'],
      [undefined, '2'],
    ])
    expect(notices).toEqual([expect.stringContaining('left out')])
    const story = [
      { message_id: 'm-1', status: 'enviado' },
      { message_id: 'm-1', status: 'entregue' },
    ]
    expect(callback(story, { leadId: 'lead-1' }).map(({ leadId }) => leadId)).toEqual(['lead-1', 'lead-1'])
  })

  test('with an inbound message brings a reply, of the lead of its URL', () => {
    const inbound = [
      { message_id: 'in-1', phone: '11987654321', type: 'text', date: '', payload: { type: 'text', body: 'oi' } },
    ]
    const written = {
      ...{ event: 'REPLY', providerMsgId: 'in-1', phone: '5511987654321', occurredAt: NOW },
      reply: { id: undefined, kind: 'text', text: 'oi', sender: undefined },
    }
    expect(callback(inbound, { leadId: 'lead-1', query: '?m=KEY&mo=1' })).toMatchObject([
      { ...written, leadId: 'lead-1' },
    ])
    expect(callback(inbound)).toMatchObject([written])
    expect(callback([...inbound, { message_id: 'm-1', status: 'lido' }])).toMatchObject([{ event: 'READ' }, written])
  })

  test('with inbound messages of two phones leaves the lead of its URL out', () => {
    const of = (phone: string) => ({ phone, payload: 'oi' })
    const events = callback([of('11987654321'), of('11987654322')], { leadId: 'lead-1', query: '?m=KEY&mo=1' })
    expect(events.map(({ leadId, phone }) => [leadId, phone])).toEqual([
      [undefined, '5511987654321'],
      [undefined, '5511987654322'],
    ])
  })

  test.each([
    [
      { type: 'text', body: 'já paguei' },
      { kind: 'text', text: 'já paguei' },
    ],
    [
      { type: 'button', body: { text: 'Sair', payload: 'OUT' } },
      { kind: 'button', text: 'Sair', payload: 'OUT' },
    ],
    [
      { type: 'image', body: { url: 'https://x.example/1.jpg' } },
      { kind: 'image', text: undefined },
    ],
    [{ type: 'audio' }, { kind: 'audio' }],
  ])('with the inbound payload %j brings %j', (payload, reply) => {
    expect(callback([{ phone: '11987654321', payload }], { query: '?mo=1' })).toMatchObject([{ event: 'REPLY', reply }])
  })

  test.each(['', '{}', '[]', '[1]', '[{}]'])('with the inbound body %j is refused', body => {
    expect(() => callback(body, { query: '?mo=1' })).toThrow(expect.objectContaining({ status: 400 }))
  })

  test.each([
    '',
    '{}',
    '[]',
    '["lido"]',
    '[{"status":"lido"}]',
    '[{"message_id":"m-1"}]',
    '[{"message_id":"m-1","status":1}]',
  ])('that is none is refused: %s', body => {
    expect(() => callback(body)).toThrow(expect.objectContaining({ name: 'CallbackRefused', status: 400 }))
  })
})
