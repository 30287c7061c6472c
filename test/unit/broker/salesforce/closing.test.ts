import { describe, expect, test } from 'vitest'
import { closing } from '../../../../src/broker/salesforce/closing.ts'
import type { HttpAnswer } from '../../../../src/http/client.ts'
import { SALESFORCE_SECRETS } from '../../../support/salesforce.ts'
import { credentialOf, MC_TOKEN, NOT_SENT, response, scripted, UNKNOWN } from './scripted.ts'

const request = { name: 'camp-X-0004', agendamentoId: 'X', references: [] }
const ready = response(200, {
  id: 'a1',
  status: 'Ready',
  statusId: 2,
  lastRunTime: '2026-11-23T10:00:00',
  lastRunInstanceId: 'r1',
})
const running = response(200, { id: 'a1', status: 'Running', statusId: 3, lastRunInstanceId: 'r2' })

async function ran(script: readonly HttpAnswer[], tokens: readonly HttpAnswer[] = []) {
  const http = scripted(script, tokens)
  const result = await closing.run(request, credentialOf(), http)
  for (const secret of [...SALESFORCE_SECRETS, MC_TOKEN]) expect(JSON.stringify(result)).not.toContain(secret)
  return { result, http }
}

describe('what the answer to a run means', () => {
  test.each<[string, readonly HttpAnswer[], object]>([
    ['200', [response(200, {})], { kind: 'TAKEN' }],
    ['202 without a body', [response(202)], { kind: 'TAKEN' }],
    ['200 with words', [response(200, 'OK')], { kind: 'TAKEN' }],
    ['200 with a page for a browser', [response(200, '<html>')], { kind: 'IN_DOUBT' }],
    [
      'already running',
      [response(400, { message: 'The automation is already running.' })],
      { kind: 'NOT_ACCEPTED', retryAfterMs: 60_000 },
    ],
    ['another 400', [response(400, { message: 'The automation is not running-ready' })], { kind: 'FATAL' }],
    ['a token that has ended', [response(401), response(200, {})], { kind: 'TAKEN' }],
    ['a new token that is refused', [response(401), response(401)], { kind: 'FATAL' }],
    ['403 while it is running', [response(403), running], { kind: 'NOT_ACCEPTED', retryAfterMs: 60_000 }],
    ['403 while it is not', [response(403), ready], { kind: 'FATAL' }],
    ['403 for the look too', [response(403), response(403)], { kind: 'FATAL' }],
    ['403, and no look', [response(403), UNKNOWN], { kind: 'NOT_ACCEPTED' }],
    ['404', [response(404)], { kind: 'FATAL' }],
    ['405', [response(405)], { kind: 'FATAL' }],
    ['a redirect', [response(302)], { kind: 'FATAL' }],
    [
      '429 with Retry-After',
      [response(429, { errorcode: 50100 }, { 'retry-after': '60' })],
      { kind: 'NOT_ACCEPTED', retryAfterMs: 60_000 },
    ],
    ['429 of the other kind', [response(429, { errorcode: 50200 })], { kind: 'NOT_ACCEPTED' }],
    ['500', [response(500)], { kind: 'IN_DOUBT' }],
    ['503', [response(503)], { kind: 'IN_DOUBT' }],
    ['no answer', [UNKNOWN], { kind: 'IN_DOUBT' }],
    ['no connection', [NOT_SENT], { kind: 'NOT_ACCEPTED' }],
  ])('%s', async (_, script, expected) => {
    const { result, http } = await ran(script)
    expect(result).toMatchObject(expected)
    // Nothing is repeated but what the script foresees: after a refused token.
    expect(http.seen.length - http.tokens()).toBe(script.length)
  })

  test.each<[HttpAnswer, string]>([
    [response(401, { error: 'invalid_client' }), 'FATAL'],
    [response(500), 'NOT_ACCEPTED'],
    [UNKNOWN, 'NOT_ACCEPTED'],
  ])('without a token nothing is run', async (answer, kind) => {
    const { result, http } = await ran([], [answer])
    expect(result).toMatchObject({ kind, reason: expect.stringContaining('the token of Marketing Cloud') })
    expect(http.seen.length).toBe(1)
  })
})

describe('the token of Marketing Cloud', () => {
  test('serves until a minute before its end', async () => {
    const http = scripted([ready, ready, ready, ready])
    const look = () => closing.look!(credentialOf(), http)
    await look()
    http.now = new Date(http.now.getTime() + 19 * 60_000 - 1)
    await look()
    expect(http.tokens()).toBe(1)
    http.now = new Date(http.now.getTime() + 1)
    await look()
    expect(http.tokens()).toBe(2)
  })

  test('that does not say how long it lives serves one request', async () => {
    const http = scripted(
      [ready, ready],
      [response(200, { access_token: 'short' }), response(200, { access_token: 'short' })],
    )
    for (const _ of [1, 2]) expect(await closing.look!(credentialOf(), http)).toMatchObject({ kind: 'SEEN' })
    expect(http.tokens()).toBe(2)
  })
})

describe('a look', () => {
  const look = (...script: HttpAnswer[]) => closing.look!(credentialOf(), scripted(script))

  test('sees another mark after each run, and whether one is going on', async () => {
    const marks = [
      await look(response(200, { statusId: 2 })),
      await look(response(200, { statusId: 2, lastRunTime: '2026-11-23T10:00:00' })),
      await look(ready),
      await look(running),
    ]
    expect(marks.map(seen => seen.kind === 'SEEN' && seen.busy)).toEqual([false, false, false, true])
    expect(new Set(marks.map(seen => seen.kind === 'SEEN' && seen.mark)).size).toBe(4)
  })

  test('sees the same where nothing was run, though the run before has ended meanwhile', async () => {
    const later = response(200, { statusId: 2, lastRunTime: '2026-11-23T10:07:00', lastRunInstanceId: 'r1' })
    expect(await look(ready)).toEqual(await look(later))
  })

  test('sees a run that ended in an error, and another mark with it', async () => {
    const error = response(200, { statusId: -1, status: 'Error', lastRunInstanceId: 'r1' })
    expect(await look(error)).toEqual({
      kind: 'SEEN',
      mark: 'run r1, in error',
      busy: false,
      failed: 'the automation stands at statusId -1 (Error)',
    })
    expect(await look(ready)).not.toMatchObject({ mark: 'run r1, in error' })
  })

  test('sees the same where an automation that stood in error was only repaired since', async () => {
    const http = () => scripted([ready])
    const before = 'run r1, in error'
    expect(await closing.look!(credentialOf(), http(), before)).toMatchObject({ mark: before })
    expect(await closing.look!(credentialOf(), http(), 'run r0, in error')).toMatchObject({ mark: 'run r1' })
  })

  test.each<[string, HttpAnswer, string]>([
    ['404', response(404), 'FATAL'],
    ['403', response(403), 'FATAL'],
    ['400', response(400), 'FATAL'],
    ['429', response(429), 'NOT_ACCEPTED'],
    ['500', response(500), 'NOT_ACCEPTED'],
    ['no answer', UNKNOWN, 'NOT_ACCEPTED'],
    ['no connection', NOT_SENT, 'NOT_ACCEPTED'],
    ['an answer without a status', response(200, { id: 'a1' }), 'NOT_ACCEPTED'],
  ])('that fails with %s', async (_, answer, kind) => {
    expect(await look(answer)).toMatchObject({ kind, reason: expect.stringContaining('reading the automation') })
  })
})

test('the plan is the credential’s delay, and one lock for each automation', () => {
  const plan = (change: Record<string, unknown> = {}) => closing.plan(credentialOf(change))!
  expect(plan()).toMatchObject({ delayMs: 15 * 60_000 })
  expect(plan({ closing_delay_minutes: '0' })).toMatchObject({ delayMs: 0 })
  const same = plan({
    mc_api_url: 'https://TENANT.rest.marketingcloudapis.com/',
    operacao: 'ANOTHER',
    username: 'b@example.com',
  })
  expect(plan({ mc_api_url: 'https://tenant.rest.marketingcloudapis.com' }).lockKey).toBe(same.lockKey)
  expect(plan({ automation_id: 'b2' }).lockKey).not.toBe(plan().lockKey)
})

test('an automation may be named by its external key', async () => {
  const http = scripted([ready])
  await closing.look!(credentialOf({ automation_id: 'key:disparo sul/1' }), http)
  expect(http.seen.at(-1)!.url).toMatch(/automations\/key:disparo%20sul%2F1$/)
})
