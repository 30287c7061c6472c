import { describe, expect, test } from 'vitest'
import type { SendRequest } from '../../src/broker/port.ts'
import { adapterOf } from '../../src/broker/registry.ts'
import { createHttp } from '../../src/http/client.ts'
import { describeKeys } from '../../src/security/credentials.ts'
import { exchange } from '../support/exchange.ts'
import { useSandbox } from '../support/sandbox.ts'
import { adapterContract, requestOf, todayInBrasilia, withOneText } from './adapter.ts'

const adapter = await adapterOf('GOSAC')
const TOKEN = 'INTEGRATION a-token+that/is=secret'

for (const id_in of ['id', 'data.id']) {
  adapterContract(`GOSAC, its id in ${id_in}`, {
    adapter,
    credential: url => ({ url: `${url}/api/campaigns`, token: TOKEN }),
    secrets: [TOKEN, 'a-token+that/is=secret'],
    quirks: { id_in },
    keyOf: ({ phone }) => phone,
    perMessage: false,
    ids: false,
  })
}

describe('what GOSAC receives', () => {
  test('is the campaign of its contract, to the letter', async () => {
    const request = withOneText(requestOf(2))
    const { received, result } = await exchange(
      adapter,
      url => ({ url: `${url}/tenant/api/campaigns?x=1`, token: TOKEN, default_queue_id: '7' }),
      request,
      { status: 200, body: { campaign_id: 'c-9' } },
    )
    expect(received).toMatchObject({
      method: 'POST',
      path: '/tenant/api/campaigns?x=1',
      headers: {
        authorization: TOKEN,
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'Mozilla/5.0',
      },
    })
    const body = JSON.parse(received.body)
    expect(body).toEqual({
      name: 'camp-C261124-7F3KQ-0001',
      message: request.messages[0]!.text,
      kind: 'whats',
      connectionId: null,
      contacts: request.messages.map(({ phone }) => ({ name: 'João da Silva', number: phone, hasWhatsapp: true })),
      defaultQueueId: 7,
      initialMinutes: 540,
      endMinutes: 1080,
      customProps: [],
      scheduled: false,
      scheduledAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      speed: 'low',
      tagId: 0,
      templateId: null,
    })
    expect(Math.abs(Date.parse(body.scheduledAt) - Date.now())).toBeLessThan(60_000)
    expect(result).toEqual({
      kind: 'ANSWERED',
      outcomes: [{ kind: 'ACCEPTED' }, { kind: 'ACCEPTED' }],
      reference: 'c-9',
    })
  })
})

describe('its window', () => {
  const bodyFor = async (window: SendRequest['window'], keys: object = {}) => {
    const request = { ...withOneText(requestOf(1)), window }
    const reply = { status: 200, body: { id: 1 } }
    const { received } = await exchange(adapter, url => ({ url, token: TOKEN, ...keys }), request, reply)
    return JSON.parse(received.body)
  }

  test('is the campaign’s contact hours of this day, in minutes of GOSAC’s zone', async () => {
    const window = todayInBrasilia('09:00', '18:30')
    expect(await bodyFor(window)).toMatchObject({ initialMinutes: 540, endMinutes: 1110 })
    // Manaus is an hour behind Brasília.
    expect(await bodyFor(window, { timezone: 'America/Manaus' })).toMatchObject({
      initialMinutes: 480,
      endMinutes: 1050,
    })
  })

  test('is cut at midnight', async () => {
    const day = 24 * 3_600_000
    const { from, to } = todayInBrasilia('09:00', '18:00')
    const [before, after] = [new Date(from.getTime() - day), new Date(to.getTime() + day)]
    expect(await bodyFor({ from: before, to })).toMatchObject({ initialMinutes: 0, endMinutes: 1080 })
    expect(await bodyFor({ from, to: after })).toMatchObject({ initialMinutes: 540, endMinutes: 1439 })
  })

  test('and the other constants are the credential’s, where it has them', async () => {
    const keys = {
      initial_minutes: '480',
      end_minutes: '1140',
      connection_id: '5',
      tag_id: '6',
      kind: 'k',
      speed: 'high',
    }
    expect(await bodyFor(todayInBrasilia('09:00', '18:00'), keys)).toMatchObject({
      ...{ initialMinutes: 480, endMinutes: 1140, connectionId: 5, tagId: 6, kind: 'k', speed: 'high' },
    })
  })

  test.each([
    { end_minutes: 1440 },
    { initial_minutes: 1200, end_minutes: 480 },
    { initial_minutes: -1 },
    { timezone: 'Brasília' },
    { user_agent: '' },
  ])('refuses %j', keys => {
    expect(adapter.credential.safeParse({ url: 'https://gosac.example', token: TOKEN, ...keys }).success).toBe(false)
  })
})

describe('a contact without a name', () => {
  const it = useSandbox()

  test('is refused alone, in its place; the others are sent', async () => {
    const request = withOneText(requestOf(4))
    const messages = request.messages.map((message, i) => ({ ...message, nome: [' ', 'Ana', null, 'Bia'][i]! }))
    const http = createHttp({ timeoutMs: 5_000 })
    const send = () =>
      adapter.send(
        { ...request, messages },
        adapter.credential.parse({ url: `${it.broker.url}/api/campaigns`, token: TOKEN }),
        http,
      )
    const nameless = { kind: 'REJECTED', code: 'MISSING_NAME' }
    expect(await send()).toMatchObject({
      kind: 'ANSWERED',
      outcomes: [nameless, { kind: 'ACCEPTED' }, nameless, { kind: 'ACCEPTED' }],
    })
    expect(it.broker.messages().map(({ content }) => content)).toMatchObject([{ name: 'Ana' }, { name: 'Bia' }])
    // What was never sent is not in doubt with the rest.
    it.broker.control({ next: [{ fault: 'accept-drop' }] })
    expect(await send()).toMatchObject({
      kind: 'ANSWERED',
      outcomes: [nameless, { kind: 'IN_DOUBT' }, nameless, { kind: 'IN_DOUBT' }],
    })
    await http.close()
  })
})

describe('starting', () => {
  const it = useSandbox()
  const credential = () =>
    adapter.credential.parse({ url: `${it.broker.url}/api/campaigns`, token: TOKEN, start: 'put' })

  async function start(...references: string[]) {
    const http = createHttp({ timeoutMs: 2_000, fixed: true })
    const request = { name: 'camp-C261124-7F3KQ-0002', agendamentoId: 'C261124-7F3KQ', references }
    const result = await adapter.closing!.run(request, credential(), http)
    await http.close()
    for (const secret of [TOKEN, TOKEN.slice(12)]) expect(JSON.stringify(result)).not.toContain(secret)
    return result
  }

  async function create() {
    const http = createHttp({ timeoutMs: 5_000 })
    const result = await adapter.send(withOneText(requestOf(2)), credential(), http)
    await http.close()
    if (result.kind !== 'ANSWERED') throw new Error(`it was ${JSON.stringify(result)}`)
    return result.reference!
  }

  const control = (change: object) => it.broker.control({ brokers: { GOSAC: change } })

  test('is planned only where the credential asks for it, two minutes after the last request', () => {
    const plan = (keys: object) =>
      adapter.closing!.plan(adapter.credential.parse({ url: 'https://gosac.example/api', token: TOKEN, ...keys }))
    expect(plan({})).toBeUndefined()
    expect(plan({ start: 'none' })).toBeUndefined()
    expect(plan({ start: 'put' })).toEqual({ delayMs: 120_000, lockKey: null })
    expect(plan({ start: 'put', start_delay_seconds: '0' })).toEqual({ delayMs: 0, lockKey: null })
  })

  test('makes what was created go out, once', async () => {
    control({ quirks: { starts_at_creation: false } })
    const reference = await create()
    expect(it.broker.stats()).toMatchObject({ accepted: 0 })
    expect(await start(reference)).toEqual({ kind: 'DONE' })
    expect(it.broker.stats()).toMatchObject({ accepted: 2, violations: [] })
    expect(await start(reference)).toMatchObject({
      kind: 'IN_DOUBT',
      reason: expect.stringContaining('already running'),
    })
    expect(it.broker.stats()).toMatchObject({ accepted: 2, duplicates: 0 })
  })

  test('of a campaign that runs already is a person’s to look at, with the broker’s words', async () => {
    expect(await start(await create())).toMatchObject({
      kind: 'IN_DOUBT',
      reason: expect.stringMatching(/campaign 1: HTTP 400.*already running/),
    })
  })

  test.each([
    ['429', 'NOT_ACCEPTED'],
    ['401', 'FATAL'],
    ['redirect', 'FATAL'],
    ['500', 'IN_DOUBT'],
    ['drop', 'IN_DOUBT'],
    ['hang', 'IN_DOUBT'],
    ['accept-drop', 'IN_DOUBT'],
    ['accept-html', 'IN_DOUBT'],
  ])('after %s is %s, and asked for once', async (fault, kind) => {
    control({ quirks: { starts_at_creation: false } })
    const reference = await create()
    control({ next: [{ fault }] })
    expect(await start(reference)).toMatchObject({ kind })
    expect(it.broker.stats('GOSAC').requests).toBe(2)
  })

  test('of a campaign that is not there does not say that the credential is wrong', async () => {
    expect(await start('999')).toMatchObject({ kind: 'IN_DOUBT', reason: expect.stringContaining('no such campaign') })
  })

  test('of the second of two cannot be said not to have happened to the first', async () => {
    control({ quirks: { starts_at_creation: false } })
    const references = [await create(), await create()]
    control({ next: [{ fault: 'accept-missing' }, { fault: '429' }] })
    expect(await start(...references)).toMatchObject({
      kind: 'IN_DOUBT',
      reason: expect.stringMatching(/campaign 2 \(1 was started\): HTTP 429/),
    })
  })
})

test('the credential is as in its table', () => {
  expect(describeKeys(adapter)).toBe(
    'url (required), token (required), start, start_delay_seconds, default_queue_id, connection_id, tag_id, kind, speed, ' +
      'initial_minutes, end_minutes, timezone, user_agent',
  )
  const given = { url: 'https://gosac.example/api/campaigns', token: ' INTEGRATION x ' }
  expect(adapter.credential.parse(given)).toEqual({
    url: given.url,
    token: 'INTEGRATION x',
    start: 'none',
    start_delay_seconds: 120,
    default_queue_id: 1,
    ...{ tag_id: 0, kind: 'whats', speed: 'low', timezone: 'America/Sao_Paulo', user_agent: 'Mozilla/5.0' },
  })
  for (const wrong of [
    { token: 'x' },
    { url: given.url },
    { ...given, token: '' },
    { ...given, token: 'two\nlines' },
    { ...given, start: 'now' },
    { ...given, start_delay_seconds: '-1' },
    { ...given, other: 'x' },
  ]) {
    expect(adapter.credential.safeParse(wrong).success).toBe(false)
  }
})
