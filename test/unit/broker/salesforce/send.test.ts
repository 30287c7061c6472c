import { describe, expect, test } from 'vitest'
import type { Message, SendResult } from '../../../../src/broker/port.ts'
import { send } from '../../../../src/broker/salesforce/send.ts'
import type { HttpAnswer } from '../../../../src/http/client.ts'
import { requestOf } from '../../../contract/adapter.ts'
import { SALESFORCE_SECRETS } from '../../../support/salesforce.ts'
import { CORE_TOKEN, credentialOf, NOT_SENT, response, scripted, UNKNOWN } from './scripted.ts'

const ID = '003000000000001AAA'
const taken = (id: string = ID) => ({ id, success: true, errors: [] })
const refused = (...codes: string[]) => ({
  success: false,
  errors: codes.map(statusCode => ({ statusCode, message: 'texto fictício', fields: ['LastName'] })),
})
const sessionEnded = response(401, [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }])

/** What comes of one request with `size` contacts. */
async function sent(size: number, script: readonly HttpAnswer[], tokens: readonly HttpAnswer[] = []) {
  const http = scripted(script, tokens)
  const result = await send(requestOf(size), credentialOf(), http)
  for (const secret of [...SALESFORCE_SECRETS, CORE_TOKEN]) expect(JSON.stringify(result)).not.toContain(secret)
  return { result, http }
}

const outcomesOf = (result: SendResult) => (result.kind === 'ANSWERED' ? result.outcomes : result)

describe('what a record’s answer means for its contact', () => {
  test.each<[string, object, object]>([
    ['taken', taken(), { kind: 'ACCEPTED', providerId: ID }],
    ['taken without an id', { success: true, errors: [] }, { kind: 'IN_DOUBT' }],
    ['UNABLE_TO_LOCK_ROW', refused('UNABLE_TO_LOCK_ROW'), { kind: 'NOT_ACCEPTED', code: 'UNABLE_TO_LOCK_ROW' }],
    ['SERVER_UNAVAILABLE', refused('SERVER_UNAVAILABLE'), { kind: 'NOT_ACCEPTED', code: 'SERVER_UNAVAILABLE' }],
    ...[
      'STORAGE_LIMIT_EXCEEDED',
      'REQUIRED_FIELD_MISSING',
      'STRING_TOO_LONG',
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      'INVALID_EMAIL_ADDRESS',
      'DUPLICATES_DETECTED',
      'DUPLICATE_VALUE',
      'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
      'SOMETHING_NEW',
    ].map((code): [string, object, object] => [code, refused(code), { kind: 'REJECTED', code }]),
    [
      'a lasting reason beside a passing one',
      refused('UNABLE_TO_LOCK_ROW', 'STRING_TOO_LONG'),
      { kind: 'REJECTED', code: 'STRING_TOO_LONG' },
    ],
    [
      'a reason of the org beside one of the record',
      refused('STRING_TOO_LONG', 'STORAGE_LIMIT_EXCEEDED'),
      { kind: 'REJECTED', code: 'STORAGE_LIMIT_EXCEEDED' },
    ],
    ['refused without a reason', refused(), { kind: 'REJECTED', code: 'REFUSED' }],
  ])('%s', async (_, record, outcome) => {
    const { result } = await sent(2, [response(200, [taken('003000000000002AAA'), record])])
    expect(outcomesOf(result)).toEqual([
      { kind: 'ACCEPTED', providerId: '003000000000002AAA' },
      expect.objectContaining(outcome),
    ])
  })
})

describe('what an answer means for its request', () => {
  test.each<[string, HttpAnswer, object]>([
    [
      'an array that is too short',
      response(200, [taken()]),
      { kind: 'IN_DOUBT', reason: expect.stringMatching(/1 of 2/) },
    ],
    ['an array that is too long', response(200, [taken('1'), taken('2'), taken('3')]), { kind: 'IN_DOUBT' }],
    ['the answer of another resource', response(201, { hasErrors: false, results: [] }), { kind: 'IN_DOUBT' }],
    ['HTML', response(200, '<html>'), { kind: 'IN_DOUBT' }],
    [
      '400',
      response(400, [{ message: 'x', errorCode: 'JSON_PARSER_ERROR' }]),
      { kind: 'REJECTED', code: 'JSON_PARSER_ERROR' },
    ],
    ['400 without a code', response(400, 'x'), { kind: 'REJECTED', code: 'HTTP_400' }],
    [
      'another 401',
      response(401, [{ message: 'x', errorCode: 'INVALID_AUTH_HEADER' }]),
      { kind: 'FATAL', code: 'INVALID_AUTH_HEADER' },
    ],
    [
      'the end of the day’s requests',
      response(403, [{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }]),
      { kind: 'NOT_ACCEPTED', retryAfterMs: 15 * 60_000 },
    ],
    ['another 403', response(403, [{ message: 'x', errorCode: 'API_DISABLED_FOR_ORG' }]), { kind: 'FATAL' }],
    ['404', response(404, [{ message: 'x', errorCode: 'NOT_FOUND' }]), { kind: 'FATAL' }],
    ['a redirect', response(307), { kind: 'FATAL' }],
    ['429', response(429, '', { 'retry-after': '3' }), { kind: 'NOT_ACCEPTED', retryAfterMs: 3_000 }],
    ['500', response(500, [{ message: 'x', errorCode: 'UNKNOWN_EXCEPTION' }]), { kind: 'IN_DOUBT', code: 'HTTP_500' }],
    ['503', response(503), { kind: 'IN_DOUBT' }],
    ['no answer', UNKNOWN, { kind: 'IN_DOUBT' }],
    ['no connection', NOT_SENT, { kind: 'NOT_ACCEPTED' }],
  ])('%s', async (_, answer, expected) => {
    const { result, http } = await sent(2, [answer])
    expect(result).toMatchObject(expected)
    expect(http.seen.length).toBe(2)
  })

  test('an error that quotes our secrets is kept without them', async () => {
    const quote = 'client_secret=core+secret%21%2F%2B {"password":"password\\"and+token"}'
    const { result } = await sent(1, [response(403, `Bearer ${CORE_TOKEN} ${quote}`)])
    expect(result).toMatchObject({ kind: 'FATAL', reason: expect.stringContaining('Bearer ***') })
    const { result: token } = await sent(1, [], [response(400, quote)])
    expect(token).toMatchObject({ kind: 'FATAL', reason: expect.stringContaining('client_secret=***') })
  })
})

describe('the token of the core', () => {
  const good = response(200, [taken()])

  test('is fetched once, by the request that needs it first, and used until it is refused', async () => {
    const http = scripted([good, good, good, sessionEnded, good])
    const once = () => send(requestOf(1), credentialOf(), http)
    await Promise.all([once(), once(), once()])
    expect(http.tokens()).toBe(1)
    expect(await once()).toMatchObject({ kind: 'ANSWERED' })
    expect(http.tokens()).toBe(2)
    expect(http.seen.length).toBe(2 + 5)
  })

  test('of several requests that are refused at once, one fetches the next', async () => {
    const http = scripted([good, sessionEnded, sessionEnded, sessionEnded, good, good, good])
    const once = () => send(requestOf(1), credentialOf(), http)
    await once()
    const results = await Promise.all([once(), once(), once()])
    expect(results.map(result => result.kind)).toEqual(['ANSWERED', 'ANSWERED', 'ANSWERED'])
    expect(http.tokens()).toBe(2)
  })

  test('that is refused when it is new stops the campaign', async () => {
    const { result, http } = await sent(1, [sessionEnded, sessionEnded])
    expect(result).toMatchObject({ kind: 'FATAL', reason: expect.stringContaining('INVALID_SESSION_ID') })
    expect(http.tokens()).toBe(2)
    expect(http.seen.length).toBe(4)
  })

  test.each<[string, HttpAnswer, object]>([
    ['a wrong password', response(400, { error: 'invalid_grant', error_description: 'x' }), { kind: 'FATAL' }],
    ['an unknown client', response(400, { error: 'invalid_client_id' }), { kind: 'FATAL' }],
    ['401', response(401), { kind: 'FATAL' }],
    ['404', response(404), { kind: 'FATAL' }],
    ['429', response(429, '', { 'retry-after': '9' }), { kind: 'NOT_ACCEPTED', retryAfterMs: 9_000 }],
    ['500', response(500), { kind: 'NOT_ACCEPTED' }],
    ['503', response(503), { kind: 'NOT_ACCEPTED' }],
    ['no answer', UNKNOWN, { kind: 'NOT_ACCEPTED' }],
    ['no connection', NOT_SENT, { kind: 'NOT_ACCEPTED' }],
    ['an answer without a token', response(200, { token: 'x' }), { kind: 'NOT_ACCEPTED' }],
  ])('was not given: %s', async (_, answer, expected) => {
    const { result, http } = await sent(1, [], [answer])
    expect(result).toMatchObject({ ...expected, reason: expect.stringContaining('the token of Salesforce') })
    expect(http.seen.length).toBe(1)
  })

  test('that came half is not kept in words', async () => {
    const { result } = await sent(1, [], [response(200, `{"access_token":"${CORE_TOKEN}`)])
    expect(result).toMatchObject({ kind: 'NOT_ACCEPTED' })
  })

  test('that was not given is asked for again the next time', async () => {
    const http = scripted([good], [response(503)])
    expect(await send(requestOf(1), credentialOf(), http)).toMatchObject({ kind: 'NOT_ACCEPTED' })
    expect(await send(requestOf(1), credentialOf(), http)).toMatchObject({ kind: 'ANSWERED' })
  })

  test('belongs to one credential', async () => {
    const http = scripted([good, good])
    await send(requestOf(1), credentialOf(), http)
    await send(requestOf(1), credentialOf({ username: 'other@example.com' }), http)
    expect(http.tokens()).toBe(2)
  })
})

describe('a contact that cannot be written', () => {
  const without = (index: number, change: Partial<Message>) => {
    const request = requestOf(3)
    return {
      ...request,
      messages: request.messages.map((message, i) => (i === index ? { ...message, ...change } : message)),
    }
  }

  test.each<[string, Partial<Message>, string]>([
    ['without a name', { nome: null }, 'MISSING_NAME'],
    ['with an empty name', { nome: ' ' }, 'MISSING_NAME'],
    ['without a document', { cpf_cnpj: null }, 'MISSING_DOCUMENT'],
  ])('%s is refused alone, and not sent', async (_, change, code) => {
    const http = scripted([response(200, [taken('1'), taken('2')])])
    const result = await send(without(1, change), credentialOf(), http)
    expect(outcomesOf(result)).toEqual([
      { kind: 'ACCEPTED', providerId: '1' },
      { kind: 'REJECTED', code, detail: expect.any(String) },
      { kind: 'ACCEPTED', providerId: '2' },
    ])
    expect(JSON.parse(http.seen[1]!.body!).records.length).toBe(2)
  })

  test('is the whole request: nothing is sent', async () => {
    const http = scripted([])
    const request = requestOf(1)
    const result = await send({ ...request, messages: [{ ...request.messages[0]!, nome: null }] }, credentialOf(), http)
    expect(outcomesOf(result)).toMatchObject([{ kind: 'REJECTED' }])
    expect(http.seen).toEqual([])
  })
})
