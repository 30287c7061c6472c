import { describe, expect, test } from 'vitest'
import type { CallbackEvent, SendRequest } from '../../src/broker/port.ts'
import { adapterOf } from '../../src/broker/registry.ts'
import { createHttp } from '../../src/http/client.ts'
import { receiveCallbacks } from '../support/callback-receiver.ts'
import { useSandbox } from '../support/sandbox.ts'
import { requestOf } from './adapter.ts'

/** What the sandbox tells in each broker's own way, as its adapter understands it. */
const it = useSandbox()

const template = { code: 'HX00000000000000000000000000000000', variables: ['1'] }

interface Teller {
  credential: (url: string) => unknown
  /** One URL for all, told to the broker once. */
  common?: true
  story: Record<'deliver' | 'read' | 'fail' | 'opt_out', CallbackEvent['event'][]>
}

const otima: Teller = {
  credential: url => ({ token: 'token', broker_code: 'b', customer_code: 'c', url }),
  story: {
    deliver: ['SENT', 'SENT', 'DELIVERED'],
    read: ['SENT', 'SENT', 'DELIVERED', 'READ'],
    fail: ['SENT', 'SENT', 'FAILED'],
    opt_out: ['SENT', 'FAILED', 'OPT_OUT'],
  },
}

const BROKERS: Record<string, Teller> = {
  OTIMA_WPP: otima,
  OTIMA_RCS: otima,
  GUPSHUP: {
    credential: url => ({
      api_key: 'k',
      source: '5500900000099',
      app_name: 'App',
      url: `${url}/wa/api/v1/template/msg`,
    }),
    common: true,
    story: {
      deliver: ['SENT', 'SENT', 'DELIVERED'],
      read: ['SENT', 'SENT', 'DELIVERED', 'READ'],
      fail: ['SENT', 'SENT', 'FAILED'],
      opt_out: ['SENT', 'SENT', 'DELIVERED', 'OPT_OUT'],
    },
  },
  TWILIO: {
    credential: url => ({
      account_sid: 'AC00000000000000000000000000000000',
      auth_token: 'token',
      from: '+5500900000099',
      url,
    }),
    story: {
      deliver: ['SENT', 'DELIVERED'],
      read: ['SENT', 'DELIVERED', 'READ'],
      fail: ['SENT', 'FAILED'],
      opt_out: ['SENT', 'FAILED'],
    },
  },
}

/** Sends one message for each fate and hears its story to the end. @returns the broker's ids and all that was told */
async function tell(
  name: string,
  fates: readonly string[],
  quirks: object = {},
  callbacks: object = {},
  { credential, common }: Teller = BROKERS[name]!,
) {
  const adapter = await adapterOf(name)
  const parsed = adapter.credential.parse(credential(it.broker.url))
  const caller = await receiveCallbacks(adapter, [parsed])
  const http = createHttp({ timeoutMs: 5_000 })
  const messages = fates.flatMap(() => requestOf(1).messages)
  it.broker.control({
    phones: Object.fromEntries(messages.map(({ phone }, i) => [phone, fates[i]])),
    callbacks: { delay_ms: 0, ...callbacks },
    brokers: { [name]: { quirks, callback_url: common ? caller.url : null } },
  })
  const ids: (string | undefined)[] = []
  for (const message of messages) {
    const callbackUrl = common ? () => undefined : caller.callbackUrl
    const request: SendRequest = { ...requestOf(0), messages: [message], template, callbackUrl }
    const result = await adapter.send(request, parsed, http)
    if (result.kind !== 'ANSWERED' || result.outcomes[0]?.kind !== 'ACCEPTED') throw new Error(JSON.stringify(result))
    ids.push(result.outcomes[0].providerId)
  }
  await expect.poll(() => it.broker.stats(name).callbacks.waiting, { timeout: 15_000, interval: 10 }).toBe(0)
  await http.close()
  return { messages, ids, caller }
}

describe.each(Object.entries(BROKERS))('%s', (name, { story, common }) => {
  test('tells each message’s story', async () => {
    const fates = Object.keys(story) as (keyof typeof story)[]
    const { messages, ids, caller } = await tell(name, [...fates, 'silent'])
    expect(caller.refused).toEqual([])
    fates.forEach((fate, i) => {
      const { leadId, phone } = messages[i]!
      const mine = caller.events.filter(event => event.providerMsgId === ids[i] || event.phone === phone)
      expect(mine.map(({ event }) => event)).toEqual(story[fate])
      expect(mine.every(event => event.leadId === (common ? undefined : leadId))).toBe(true)
    })
    expect(caller.events.some(event => event.providerMsgId === ids[fates.length])).toBe(false)
  })

  test('tells it twice and backwards', async () => {
    const { caller } = await tell(name, ['read'], {}, { duplicated: 1, reordered: 1 })
    const backwards = story.read.toReversed().flatMap(event => [event, event])
    expect(caller.events.map(({ event }) => event)).toEqual(backwards)
  })

  test('tells of an unknown message at an unknown URL', async () => {
    const { ids, caller } = await tell(name, ['deliver'], {}, { unknown: 1 })
    expect(caller.refused).toEqual([])
    const unknown = caller.events.filter(event => event.providerMsgId !== ids[0])
    expect(unknown).toHaveLength(story.deliver.length)
    for (const { event, leadId } of unknown) expect([event, leadId]).toEqual(['DELIVERED', undefined])
  })
})

test('GUPSHUP may bring WhatsApp’s id alone, which its first event made known', async () => {
  const { ids, caller } = await tell('GUPSHUP', ['read'], { without_gs_id: true })
  const [enqueued, ...others] = caller.events
  expect(enqueued).toMatchObject({ providerMsgId: ids[0], alias: expect.stringMatching(/^wamid/) })
  expect(others.map(event => event.providerMsgId)).toEqual(others.map(() => enqueued!.alias))
})

test.each([true, false])('GUPSHUP’s failures say why, at once (%s) or later', async fails_at_once => {
  const { ids, caller } = await tell('GUPSHUP', ['fail'], { fails_at_once, failure_code: 1012 })
  expect(caller.events).toMatchObject([
    { event: 'SENT', providerMsgId: ids[0] },
    { event: 'SENT', providerMsgId: ids[0] },
    { event: 'FAILED', providerMsgId: ids[0], code: '1012' },
  ])
})

test('TWILIO’s with a wrong signature are refused, and the right ones after them are not', async () => {
  const { caller } = await tell('TWILIO', ['read'], {}, { forged: 1 })
  expect(caller.refused).toEqual([401, 401, 401])
  expect(caller.events.map(({ event }) => event)).toEqual(['SENT', 'DELIVERED', 'READ'])
})

test('GUPSHUP’s have the header that its subscription was given', async () => {
  const webhook = { webhook_header: 'X-Camp', webhook_secret: 'a-secret-of-the-header' }
  const given = BROKERS.GUPSHUP!
  const withSecret = { ...given, credential: (url: string) => ({ ...(given.credential(url) as object), ...webhook }) }
  const { caller } = await tell(
    'GUPSHUP',
    ['deliver'],
    { callback_headers: { 'X-Camp': webhook.webhook_secret } },
    {},
    withSecret,
  )
  expect(caller.events.map(({ event }) => event)).toEqual(['SENT', 'SENT', 'DELIVERED'])
})
