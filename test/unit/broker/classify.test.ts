import { describe, expect, test } from 'vitest'
import { failureOf, isSuccess, retryAfterMs } from '../../../src/broker/classify-response.ts'
import { excerpt, quoted, redact } from '../../../src/broker/redact.ts'
import type { HttpResponse } from '../../../src/http/client.ts'

const NOW = new Date('2026-11-24T12:00:00Z')

function response(status: number, body = '', headers: HttpResponse['headers'] = {}): HttpResponse {
  return { kind: 'RESPONSE', status, headers, body }
}

describe('what an answer means for its request', () => {
  test.each([
    [301, 'FATAL'],
    [307, 'FATAL'],
    [400, 'REJECTED'],
    [401, 'FATAL'],
    [403, 'FATAL'],
    [404, 'FATAL'],
    [405, 'FATAL'],
    [408, 'IN_DOUBT'],
    [413, 'REJECTED'],
    [418, 'FATAL'],
    [422, 'REJECTED'],
    [429, 'NOT_ACCEPTED'],
    [500, 'IN_DOUBT'],
    [502, 'IN_DOUBT'],
    [503, 'IN_DOUBT'],
    [504, 'IN_DOUBT'],
  ])('%i is %s', (status, kind) => {
    expect(isSuccess(response(status))).toBe(false)
    expect(failureOf(response(status), NOW, [])).toMatchObject({ kind, code: `HTTP_${status}` })
  })

  test.each([200, 201, 202, 204])('%i is a success', status => {
    expect(isSuccess(response(status))).toBe(true)
  })

  test('what was never written may be sent again, what was lost after it was written may not', () => {
    expect(failureOf({ kind: 'NOT_SENT', reason: 'no connection' }, NOW, [])).toEqual({
      kind: 'NOT_ACCEPTED',
      reason: 'no connection',
    })
    expect(failureOf({ kind: 'UNKNOWN', reason: 'lost' }, NOW, [])).toEqual({ kind: 'IN_DOUBT', reason: 'lost' })
  })

  test('a Retry-After is an hour at most', () => {
    expect(retryAfterMs('31536000', NOW)).toBe(3_600_000)
    expect(retryAfterMs('9007199254740991', NOW)).toBe(3_600_000)
    expect(retryAfterMs('Tue, 24 Nov 2099 12:01:30 GMT', NOW)).toBe(3_600_000)
  })

  test('a Retry-After is seconds or a date, and anything else is none', () => {
    expect(retryAfterMs('30', NOW)).toBe(30_000)
    expect(retryAfterMs('Tue, 24 Nov 2026 12:01:30 GMT', NOW)).toBe(90_000)
    expect(retryAfterMs('Tue, 24 Nov 2026 11:00:00 GMT', NOW)).toBe(0)
    for (const none of [
      'soon',
      '-5',
      '1.5',
      'NaN',
      '1e400',
      '0x10',
      '12 months',
      '30, 60',
      '',
      'Tue, 99 Foo',
      '99999999999999999',
    ])
      expect(retryAfterMs(none, NOW), none).toBeUndefined()
    expect(retryAfterMs(undefined, NOW)).toBeUndefined()
  })
})

describe('what is kept of an answer', () => {
  test('is one short line', () => {
    expect(excerpt('  {"error":\n  "no"}  ', [])).toBe(': {"error": "no"}')
    expect(excerpt('', [])).toBe('')
    expect(excerpt('x'.repeat(5000), []).length).toBeLessThan(310)
    expect(excerpt('<!doctype html><h1>Sign in', [])).toBe(': an HTML page')
  })

  test('has no secret in it, however it is spelled', () => {
    const secret = 'a b/c=secret'
    const text = `plain ${secret} url ${encodeURIComponent(secret)} basic ${Buffer.from(secret).toString('base64')}`
    expect(redact(text, [secret])).toBe('plain *** url *** basic ***')
  })

  test('has none that a character hides which shows nothing, or which no text may hold', () => {
    expect(quoted('key a-long-\u200bsecret, 55119\u202e87654321', ['a-long-secret'])).toBe('key ***, ***4321')
    expect(quoted('bad\0 key', [])).toBe('bad\ufffd key')
  })

  test('has no whole phone or document in it', () => {
    expect(redact('number 5511987654321 of 00000000191 is wrong, code 1004', [])).toBe(
      'number ***4321 of ***0191 is wrong, code 1004',
    )
  })
})
