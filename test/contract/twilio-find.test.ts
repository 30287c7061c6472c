import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DoubtfulMessage } from '../../src/broker/port.ts'
import { adapterOf } from '../../src/broker/registry.ts'
import { createHttp, type HttpClient } from '../../src/http/client.ts'
import { serveHttp } from '../support/http.ts'
import { useSandbox } from '../support/sandbox.ts'
import { requestOf } from './adapter.ts'

const twilio = await adapterOf('TWILIO')

const ACCOUNT = 'AC00000000000000000000000000000000'
const PATH = `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`
const credential = (url: string) => ({ account_sid: ACCOUNT, auth_token: 'token', from: '+5500900000099', url })

describe('a message in doubt', () => {
  const it = useSandbox({ control: { callbacks: { delay_ms: 0, delivered: 0, failed: 0, read: 0 } } })
  const phone = '5511987654321'
  const doubt = { phone, text: 'Olá, ação', givenUpAt: new Date() }
  let http: HttpClient
  let now = 0
  beforeEach(() => {
    doubt.givenUpAt = new Date()
    now = doubt.givenUpAt.getTime()
    http = createHttp({ timeoutMs: 5_000, clock: { now: () => new Date(now) } })
  })
  afterEach(() => http.close())

  const find = (message: Partial<DoubtfulMessage> = {}, url = it.broker.url) =>
    twilio.find!({ ...doubt, ...message }, twilio.credential.parse(credential(url)), http)
  const take = async (text: string) => {
    const request = { ...requestOf(0), messages: [{ ...requestOf(1).messages[0]!, phone, text }] }
    const result = await twilio.send(request, twilio.credential.parse(credential(it.broker.url)), http)
    return result.kind === 'ANSWERED' && result.outcomes[0]?.kind === 'ACCEPTED' ? result.outcomes[0].providerId : ''
  }
  const unknown = (reason: string) => ({ kind: 'UNKNOWN', reason: expect.stringContaining(reason) })

  test('is found while it is queued, when the answer to its request was lost', async () => {
    it.broker.control({ next: [{ fault: 'accept-drop' }] })
    await take(doubt.text)
    const [queued] = it.broker.messages(phone)
    expect(await find()).toEqual({ kind: 'FOUND', providerId: queued!.id })
  })

  test('is absent only if the list is whole and 15 minutes have passed', async () => {
    expect(await find()).toEqual(unknown('after 15 minutes'))
    now += 15 * 60_000 - 1
    expect(await find()).toEqual(unknown('after 15 minutes'))
    now += 1
    expect(await find()).toEqual({ kind: 'ABSENT' })
  })

  test('is unknown if another text came at that time, or several match', async () => {
    await take('another text')
    now += 20 * 60_000
    expect(await find()).toEqual(unknown('another text'))
    expect(await find({ text: null })).toMatchObject({ kind: 'FOUND' })
    const sid = await take(doubt.text)
    expect(await find({ text: ' Olá,  ação\n' })).toEqual({ kind: 'FOUND', providerId: sid })
    await take(doubt.text)
    expect(await find()).toEqual(unknown('2 messages match'))
  })

  test('is none that was created long before its request, or after it', async () => {
    await take(doubt.text)
    now += 60 * 60_000
    expect(await find({ givenUpAt: new Date(doubt.givenUpAt.getTime() + 20 * 60_000) })).toEqual({ kind: 'ABSENT' })
    expect(await find({ givenUpAt: new Date(doubt.givenUpAt.getTime() - 5 * 60_000) })).toEqual({ kind: 'ABSENT' })
  })

  const listing = async (pages: readonly object[], asked: string[] = []) =>
    serveHttp((request, response) => {
      asked.push(`${request.url} ${request.headers.host}`)
      response.end(JSON.stringify(pages[Math.min(asked.length, pages.length) - 1]))
    })
  const entry = (sid: string, more: object = {}) => ({
    ...{ sid, body: doubt.text, direction: 'outbound-api', date_created: doubt.givenUpAt.toUTCString() },
    ...more,
  })

  test('is searched on each page, and at no other address', async () => {
    const asked: string[] = []
    const next = 'http://elsewhere.example/2010-04-01/Accounts/x/Messages.json?PageSize=1000&Page=1&PageToken=PA1'
    const url = await listing([{ messages: [], next_page_uri: next }, { messages: [entry('SM2')] }], asked)
    expect(await find({}, url)).toEqual({ kind: 'FOUND', providerId: 'SM2' })
    const host = new URL(url).host
    expect(asked).toEqual([
      `${PATH}?To=%2B${phone}&PageSize=1000 ${host}`,
      `${PATH}?PageSize=1000&Page=1&PageToken=PA1 ${host}`,
    ])
  })

  test('is unknown if there are more pages than camp reads', async () => {
    const asked: string[] = []
    const url = await listing([{ messages: [], next_page_uri: '/x?Page=1' }], asked)
    now += 60 * 60_000
    expect(await find({}, url)).toEqual(unknown('more than 5,000 messages'))
    expect(asked).toHaveLength(5)
  })

  test('is no message that this person sent', async () => {
    const url = await listing([{ messages: [entry('SM1', { direction: 'inbound' })], next_page_uri: null }])
    now += 60 * 60_000
    expect(await find({}, url)).toEqual({ kind: 'ABSENT' })
  })

  test('is unknown if the list is refused or cannot be read', async () => {
    it.broker.control({ faults: { '500': 1 } })
    expect(await find()).toEqual(unknown('HTTP 500'))
    expect(await find({}, await listing([{ messages: [{ sid: 'SM1', date_created: 'x' }] }]))).toEqual(
      unknown('unreadable list'),
    )
  })
})
