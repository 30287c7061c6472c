import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sandbox as adapter } from '../../src/broker/sandbox/adapter.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { serveHttp } from '../support/http.ts'
import { useSandbox } from '../support/sandbox.ts'
import { scratchFolder } from '../support/scratch.ts'

const it = useSandbox()

const keyOf = (n: number) => `0190f3a0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
const messagesOf = (...keys: number[]) =>
  keys.map(n => ({ key: keyOf(n), phone: `55119${String(n).padStart(8, '0')}` }))

async function call(method: string, path: string, body?: unknown, url = it.broker.url) {
  const response = await fetch(url + path, { method, body: body === undefined ? null : JSON.stringify(body) })
  return { status: response.status, body: JSON.parse(await response.text()), headers: response.headers }
}

const send = (messages: unknown[], rest: object = {}, url?: string) =>
  call('POST', '/v1/messages', { name: 'camp-1', messages, ...rest }, url)

describe('the sandbox', () => {
  test('counts what it accepted, by key, and what came twice', async () => {
    await send(messagesOf(1, 2, 3))
    await send(messagesOf(3, 4))
    expect((await call('GET', '/stats')).body).toMatchObject({
      requests: 2,
      accepted: 5,
      unique: 4,
      duplicates: 1,
      duplicate_keys: [keyOf(3)],
      refused: 0,
    })
    expect((await call('GET', `/stats/keys?key=${keyOf(3)}&key=${keyOf(9)}`)).body).toEqual([
      { key: keyOf(3), accepted: 2 },
      { key: keyOf(9), accepted: 0 },
    ])
    const starts = (await call('GET', '/stats/starts')).body
    expect(starts).toHaveLength(2)
    expect(Math.abs(Date.now() - starts[1])).toBeLessThan(10_000)
    expect((await call('DELETE', '/stats')).body).toMatchObject({
      requests: 0,
      accepted: 0,
      unique: 0,
      duplicate_keys: [],
    })
  })

  test('refuses what is no request, naming what is wrong, and counts nothing of it', async () => {
    const tooMany = Array.from({ length: 1001 }, (_, n) => messagesOf(n)[0])
    for (const messages of [[], tooMany, [{ key: 'a', phone: '+55' }], [{ phone: '5511987654321' }]]) {
      expect(await send(messages)).toMatchObject({ status: 400, body: { error: expect.stringContaining('messages') } })
    }
    expect(it.broker.stats().accepted).toBe(0)
    expect((await call('GET', '/elsewhere')).status).toBe(404)
  })

  test('is changed over HTTP, and says what it does not understand', async () => {
    expect((await call('PUT', '/control', { refused: 1, phones: { '5511900000002': 'deliver' } })).body.refused).toBe(1)
    expect(await send(messagesOf(1, 2))).toMatchObject({
      body: { results: [{ status: 'rejected' }, { status: 'accepted' }] },
    })
    expect(await call('PUT', '/control', { refuse: 1 })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('refuse') },
    })
    expect((await call('GET', '/control')).body).toMatchObject({ refused: 1, latency_ms: 0 })
  })

  test('refuses about the share it is told to, the same keys each time', async () => {
    it.broker.control({ refused: 0.2 })
    const keys = Array.from({ length: 1000 }, (_, n) => n)
    const refusedOf = async () =>
      (await send(messagesOf(...keys))).body.results.filter(
        (result: { status: string }) => result.status === 'rejected',
      )
    const once = await refusedOf()
    expect(once.length).toBeGreaterThan(150)
    expect(once.length).toBeLessThan(250)
    expect(await refusedOf()).toEqual(once)
  })

  test('goes wrong for the share of requests it is told to, and as ordered first', async () => {
    it.broker.control({ faults: { '429': 0.5 }, next: [{ fault: '500', times: 2 }] })
    const statuses: number[] = []
    for (let n = 0; n < 102; n++) statuses.push((await send(messagesOf(n))).status)
    expect(statuses.slice(0, 2)).toEqual([500, 500])
    const refused = statuses.slice(2).filter(status => status === 429).length
    expect(refused).toBeGreaterThan(30)
    expect(refused).toBeLessThan(70)
    expect(it.broker.stats()).toMatchObject({ faults: { '429': refused, '500': 2 }, accepted: 100 - refused })
  })
})

type Told = { key: string; status: string }

/** A caller that keeps what it is told. */
async function listener(statusOf: () => number = () => 200) {
  const posts: Told[][] = []
  const url = await serveHttp(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const status = statusOf()
    if (status === 200) {
      const events = adapter.callback!(
        { url: new URL(url), headers: {}, body: Buffer.from(body), leadId: undefined },
        { credentials: [], receivedAt: new Date(), notice: () => undefined },
      )
      posts.push(events.map(event => ({ key: event.leadId!, status: event.event })))
    }
    response.writeHead(status).end()
  })
  return {
    url,
    posts,
    told: (status: string) =>
      posts
        .flat()
        .filter(event => event.status === status)
        .map(event => event.key),
  }
}

const settled = (broker: Sandbox) =>
  expect.poll(() => broker.stats().callbacks.waiting, { timeout: 15_000, interval: 10 }).toBe(0)

describe('its callbacks', () => {
  test('come in arrays of up to 500, in the shares it is told to, read after delivered', async () => {
    const caller = await listener()
    await Promise.all(
      [0, 1, 2].map(n =>
        send(messagesOf(...Array.from({ length: 1000 }, (_, i) => n * 1000 + i)), { callback_url: caller.url }),
      ),
    )
    await settled(it.broker)
    expect(Math.max(...caller.posts.map(post => post.length))).toBe(500)
    const [delivered, read, failed] = [caller.told('DELIVERED'), caller.told('READ'), caller.told('FAILED')]
    expect(new Set(delivered).size).toBe(delivered.length)
    expect(delivered.length / 3000).toBeCloseTo(0.95, 1)
    expect(read.length / delivered.length).toBeCloseTo(0.6, 1)
    expect(failed.length / 3000).toBeCloseTo(0.02, 1)
    expect(failed.some(key => delivered.includes(key))).toBe(false)
    const order = caller.posts.flat()
    expect(order.findIndex(e => e.key === read[0] && e.status === 'READ')).toBeGreaterThan(
      order.findIndex(e => e.key === read[0] && e.status === 'DELIVERED'),
    )
    expect(it.broker.stats().callbacks).toMatchObject({ delivered: order.length, failed: 0, dropped: 0 })
  })

  test('follow what a phone is told to do', async () => {
    const caller = await listener()
    const [a, b, c, d] = messagesOf(1, 2, 3, 4).map(message => message.phone) as [string, string, string, string]
    it.broker.control({ phones: { [a]: 'fail', [b]: 'silent', [c]: 'opt_out', [d]: 'read' } })
    await send(messagesOf(1, 2, 3, 4), { callback_url: caller.url })
    await settled(it.broker)
    expect([caller.told('FAILED'), caller.told('OPT_OUT'), caller.told('READ')]).toEqual([
      [keyOf(1)],
      [keyOf(3)],
      [keyOf(4)],
    ])
    expect(caller.posts.flat().some(event => event.key === keyOf(2))).toBe(false)
  })

  test('are tried again while the caller is away', async () => {
    let refusals = 2
    const caller = await listener(() => (refusals-- > 0 ? 503 : 200))
    it.broker.control({ callbacks: { delivered: 1, failed: 0, read: 0 } })
    await send(messagesOf(1), { callback_url: caller.url })
    await settled(it.broker)
    expect(caller.told('DELIVERED')).toEqual([keyOf(1)])
  })

  test('can come twice', async () => {
    const caller = await listener()
    it.broker.control({ callbacks: { delivered: 1, failed: 0, read: 0, duplicated: 1 } })
    await send(messagesOf(1), { callback_url: caller.url })
    await settled(it.broker)
    expect(caller.told('DELIVERED')).toEqual([keyOf(1), keyOf(1)])
  })
})

test('a journal keeps the counts through a restart, and forgets a line that was cut short', async () => {
  const folder = scratchFolder('journal')
  const journal = join(folder, 'accepted')
  const first = await startSandbox({ journal })
  await send(messagesOf(1, 2), {}, first.url)
  await send(messagesOf(2, 3), {}, first.url)
  await first.close()
  const whole = await readFile(journal)
  await writeFile(journal, Buffer.concat([whole, Buffer.from(`["SANDBOX","${keyOf(9)}`)]))

  const second = await startSandbox({ journal })
  onTestFinished(() => second.close())
  expect(second.stats()).toMatchObject({ accepted: 4, unique: 3, duplicates: 1 })
  await send(messagesOf(1), {}, second.url)
  expect([second.countOf(keyOf(1)), second.countOf(keyOf(9))]).toEqual([2, 0])
  expect(String(await readFile(journal))).toBe(`${whole}["SANDBOX","${keyOf(1)}"]\n`)
})
