import { describe, expect, test } from 'vitest'
import { gosac } from '../../../src/broker/gosac/adapter.ts'
import { requestOf, withOneText } from '../../contract/adapter.ts'
import { answering } from '../../support/exchange.ts'

const TOKEN = 'INTEGRATION a-very-secret-token'
const credential = gosac.credential.parse({ url: 'https://gosac.example/api/campaigns', token: TOKEN })

function send(status: number, body: unknown) {
  return gosac.send(withOneText(requestOf(2)), credential, answering(status, body))
}

describe('what GOSAC’s answer means', () => {
  test.each([
    [{ id: 7, campaign_id: 8, campaignId: 9, data: { id: 10 } }, '7'],
    [{ campaign_id: 8, campaignId: 9, data: { id: 10 } }, '8'],
    [{ id: null, campaignId: 'c9', data: { id: 10 } }, 'c9'],
    [{ id: '', data: { id: 10, name: 'x' } }, '10'],
  ])('the campaign’s id is the first of its four names: %j', async (body, reference) => {
    expect(await send(201, body)).toEqual({
      kind: 'ANSWERED',
      outcomes: [{ kind: 'ACCEPTED' }, { kind: 'ACCEPTED' }],
      reference,
    })
  })

  test.each(['', '[]', 'null', '{}', { id: {} }, { id: 0 }, { data: null }, { data: [] }, '<html>', { id: ' ' }])(
    'a 2xx without an id is in doubt: %j',
    async body => {
      expect(await send(200, body)).toMatchObject({ kind: 'IN_DOUBT', reason: expect.stringContaining('HTTP 200') })
    },
  )

  test.each([
    [400, 'REJECTED'],
    [422, 'REJECTED'],
    [401, 'FATAL'],
    [403, 'FATAL'],
    [404, 'FATAL'],
    [307, 'FATAL'],
    [429, 'NOT_ACCEPTED'],
    [500, 'IN_DOUBT'],
    [502, 'IN_DOUBT'],
    [503, 'IN_DOUBT'],
  ])('HTTP %i is %s', async (status, kind) => {
    expect(await send(status, { id: 7 })).toMatchObject({ kind })
  })

  test('neither the token nor its part behind the prefix is kept', async () => {
    const result = await send(400, `no ${TOKEN}, and no a-very-secret-token`)
    expect(result).toMatchObject({ kind: 'REJECTED', detail: 'HTTP 400: no ***, and no ***' })
  })
})

describe('what is never sent', () => {
  test.each([
    ['two texts as one', requestOf(2), 'MIXED_TEXTS'],
    ['no text', { ...requestOf(1), messages: requestOf(1).messages.map(one => ({ ...one, text: null })) }, 'NO_TEXT'],
    [
      'an empty one',
      { ...requestOf(1), messages: requestOf(1).messages.map(one => ({ ...one, text: ' ' })) },
      'NO_TEXT',
    ],
  ])('%s: refused whole, to be halved', async (_, request, code) => {
    const http = answering(200, { id: 1 })
    expect(await gosac.send(request, credential, http)).toMatchObject({ kind: 'REJECTED', code })
    expect(http.requests).toEqual([])
  })

  test('contacts none of whom has a name', async () => {
    const http = answering(200, { id: 1 })
    const request = withOneText(requestOf(2))
    const messages = request.messages.map(message => ({ ...message, nome: null }))
    expect(await gosac.send({ ...request, messages }, credential, http)).toMatchObject({
      kind: 'ANSWERED',
      outcomes: [{ code: 'MISSING_NAME' }, { code: 'MISSING_NAME' }],
    })
    expect(http.requests).toEqual([])
  })
})

test('a start has its minute, a creation the usual time', async () => {
  const http = answering(200, { id: 'a/b' })
  await gosac.send(withOneText(requestOf(1)), credential, http)
  await gosac.closing!.run({ name: 'n', agendamentoId: 'a', references: ['a/b'] }, credential, http)
  expect(http.requests).toMatchObject([
    { method: 'POST', url: 'https://gosac.example/api/campaigns' },
    {
      method: 'PUT',
      url: 'https://gosac.example/api/campaigns/a%2Fb/status/started',
      headers: { authorization: TOKEN, 'user-agent': 'Mozilla/5.0', 'content-type': 'application/json' },
      body: '{}',
      timeoutMs: 60_000,
    },
  ])
  expect(http.requests[0]!.timeoutMs).toBeUndefined()
})
