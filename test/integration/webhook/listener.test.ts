import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { MESSAGE_KEY, messageKey, webhookToken } from '../../../src/security/webhook-token.ts'
import { type Listener, type ListenerOptions, openListener } from '../../../src/webhook/listener.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene, type SceneOptions, testKeys } from '../../support/fixtures.ts'
import { testLog } from '../../support/log.ts'

const db = useDatabase()
const KEY = '0190f3a0-0000-7000-8000-000000000001'
const MIB = 1024 * 1024
const GUPSHUP: SceneOptions = {
  adapter: 'GUPSHUP',
  credential: { api_key: 'k', source: '5500900000099', app_name: 'App' },
}
const META = {
  ...{ access_token: 'a-token', phone_number_id: '1', app_secret: 'an-app-secret' },
  verify_token: 'a-verify-token',
}
const EVENT = { key: KEY, status: 'delivered', at: '2026-11-24T12:00:00Z' }

let listener: Listener
let logged: string[]
let stored: number
let healthy: boolean

async function listen(options: Partial<ListenerOptions> = {}): Promise<Listener> {
  const opened = await openListener({ host: '127.0.0.1', port: 0 })
  opened.serve({
    pool: db.pool,
    keys: await testKeys(),
    clock: systemClock,
    log: testLog(line => logged.push(line)),
    health: async () => ({ ok: healthy, detail: { database: healthy ? 'ok' : 'away' } }),
    onStored: () => {
      stored++
    },
    ...options,
  })
  return opened
}

beforeEach(async () => {
  logged = []
  stored = 0
  healthy = true
  listener = await listen()
})
afterEach(() => listener.close())

async function broker(options: SceneOptions = {}) {
  const { brokerId } = await makeScene(db.pool, options)
  const { rows } = await db.pool.query<{ id: string; name: string; webhook_version: number }>(
    `SELECT id, name, webhook_version FROM "Broker" WHERE id = $1`,
    [brokerId],
  )
  return { ...rows[0]!, token: webhookToken(await testKeys(), rows[0]!) }
}

async function call(path: string, body: unknown = [EVENT], init: RequestInit = {}) {
  const response = await fetch(listener.url + path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  })
  return { status: response.status, text: await response.text(), headers: response.headers }
}

async function inbox(brokerId: string): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM "WebhookEvent" WHERE broker_id = $1`,
    [brokerId],
  )
  return rows[0]!.n
}

describe('the listener', () => {
  test('answers 200 without a word once the events are stored, under the broker’s id or its name', async () => {
    const { id, name, token } = await broker()
    expect(await call(`/webhooks/${id}/${token}`)).toMatchObject({ status: 200, text: '' })
    expect(await call(`/webhooks/${encodeURIComponent(name)}/${token}?lead=1`, [EVENT, EVENT])).toMatchObject({
      status: 200,
    })
    expect(await inbox(id)).toBe(3)
    expect(stored).toBe(2)
  })

  test('takes many at once, none is lost', async () => {
    const { id, token } = await broker()
    const answers = await Promise.all(Array.from({ length: 300 }, () => call(`/webhooks/${id}/${token}`)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await inbox(id)).toBe(300)
  })

  test('refuses callers without the token, and tells them nothing', async () => {
    const { id, token } = await broker()
    const other = await broker()
    for (const path of [
      `/webhooks/${id}/wrong`,
      `/webhooks/${id}/${other.token}`,
      `/webhooks/nobody/${token}`,
      `/webhooks/%ff/${token}`,
    ]) {
      expect(await call(path)).toMatchObject({ status: 401, text: '' })
    }
    expect(await inbox(id)).toBe(0)
    expect(stored).toBe(0)
  })

  test('lets a message’s own URL in with its signature only', async () => {
    const { id, token } = await broker()
    const other = await broker()
    const keyOf = async (brokerId: string) => messageKey(await testKeys(), { id: brokerId, webhook_version: 1 }, KEY)
    const path = (key: string) => `/webhooks/${id}/${token}?${MESSAGE_KEY}=${key}`
    for (const key of ['', 'x', KEY, await keyOf(other.id)]) {
      expect(await call(path(key))).toMatchObject({ status: 401, text: '' })
    }
    expect(await inbox(id)).toBe(0)
    expect(await call(path(await keyOf(id)))).toMatchObject({ status: 200 })
    expect(await inbox(id)).toBe(1)
  })

  test('an old token ends with its version', async () => {
    const { id, token } = await broker()
    await db.pool.query(`UPDATE "Broker" SET webhook_version = 2 WHERE id = $1`, [id])
    expect(await call(`/webhooks/${id}/${token}`)).toMatchObject({ status: 401 })
    const renewed = webhookToken(await testKeys(), { id, webhook_version: 2 })
    expect(await call(`/webhooks/${id}/${renewed}`)).toMatchObject({ status: 200 })
  })

  test.each(['', 'not JSON', '{}', '[{"key":"<script>","status":"delivered"}]'])(
    'refuses %j and repeats none of it',
    async body => {
      const { id, token } = await broker()
      expect(await call(`/webhooks/${id}/${token}`, body)).toMatchObject({ status: 400, text: '' })
      expect(await inbox(id)).toBe(0)
      expect(logged.join()).toContain('"event":"callback.refused"')
      expect(logged.join()).not.toContain('script')
    },
  )

  test('refuses a body over 1 MB', async () => {
    const { id, token } = await broker()
    expect(await call(`/webhooks/${id}/${token}`, 'x'.repeat(MIB + 1))).toMatchObject({ status: 413, text: '' })
    expect(await inbox(id)).toBe(0)
  })

  test('takes four times as much of a broker that reports many messages at once, and no byte more', async () => {
    const { id, token } = await broker(GUPSHUP)
    const status = { gs_id: 'gs-1', id: 'wamid.1', status: 'delivered', timestamp: '1900000000' }
    const body = (statuses: number, pad = 0) =>
      JSON.stringify({
        object: 'whatsapp_business_account',
        entry: [{ changes: [{ value: { statuses: Array.from({ length: statuses }, () => status) } }] }],
        pad: 'x'.repeat(pad),
      })
    expect(await call(`/webhooks/${id}/${token}`, body(1_000, 3 * MIB))).toMatchObject({ status: 200 })
    expect(await inbox(id)).toBe(1_000)
    const most = 4 * MIB - body(1).length
    expect(await call(`/webhooks/${id}/${token}`, body(1, most))).toMatchObject({ status: 200 })
    expect(await call(`/webhooks/${id}/${token}`, body(1, most + 1))).toMatchObject({ status: 413, text: '' })
    expect(await inbox(id)).toBe(1_001)
  })

  test('holds no more than 32 MB of bodies at once: the next is asked to come again, and is taken when some are gone', async () => {
    const { id, token } = await broker(GUPSHUP)
    const { port } = new URL(listener.url)
    const part = Buffer.alloc(4 * MIB - 10, ' ')
    const sockets = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const socket = connect(Number(port), '127.0.0.1')
        await once(socket, 'connect')
        socket.write(`POST /webhooks/${id}/${token} HTTP/1.1\r\nhost: x\r\ncontent-length: ${part.length + 5}\r\n\r\n`)
        return socket
      }),
    )
    for (const socket of sockets) await new Promise(written => socket.write(part, written))
    const small = () => call(`/webhooks/${id}/${token}`, ' '.repeat(200))
    await expect.poll(async () => (await small()).status).toBe(503)
    expect((await small()).headers.get('retry-after')).toBe('5')
    for (const socket of sockets) socket.destroy()
    await expect.poll(async () => (await small()).status).toBe(400)
  })

  test('refuses a body nested in thousands, and takes all others that come with it', async () => {
    const gupshup = await broker(GUPSHUP)
    const sandbox = await broker()
    const deep = `{"type":"message-event","payload":{"id":"x","type":"sent","n":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        i % 10 === 5
          ? call(`/webhooks/${gupshup.id}/${gupshup.token}`, deep)
          : call(`/webhooks/${sandbox.id}/${sandbox.token}`),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map((_, i) => (i % 10 === 5 ? 400 : 200)))
    expect([await inbox(sandbox.id), await inbox(gupshup.id)]).toEqual([54, 0])
    expect(logged.join()).toContain('nested too deep')
  })

  test('knows no other path and no other method', async () => {
    const { id, token } = await broker()
    for (const path of ['/', '/webhooks', `/webhooks/${id}`, `/webhooks/${id}/${token}/more`, '/healthz/x']) {
      expect(await call(path)).toMatchObject({ status: 404, text: '' })
    }
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await call(`/webhooks/${id}/${token}`, undefined, { method, body: null })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
    }
    expect(await call('/healthz')).toMatchObject({ status: 405 })
  })

  test('checks a signature over the bytes that came, up to four MB of them', async () => {
    const { id, token } = await broker({ adapter: 'META_WPP', credential: META })
    const sign = (body: string, secret = META.app_secret) => ({
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    })
    const status = { id: 'wamid.1', status: 'delivered', timestamp: '1900000000', biz_opaque_callback_data: KEY }
    // Spaces and escapes that a second JSON.stringify would not write.
    const body = `{ "object": "whatsapp_business_account", "entry": [{ "changes": [{ "field": "messages", "value": { "pad": "\\u00e7ç",
      "statuses": [${JSON.stringify(status)}] } }] }] }`
    const path = `/webhooks/${id}/${token}`
    expect(await call(path, body, { headers: sign(body) })).toMatchObject({ status: 200 })
    expect(await call(path, body, { headers: sign(body, 'another-app-secret') })).toMatchObject({ status: 401 })
    expect(await call(path, body, { headers: {} })).toMatchObject({ status: 401 })
    expect(await call(path, `${body} `, { headers: sign(body) })).toMatchObject({ status: 401 })
    expect(await inbox(id)).toBe(1)
    const largest = body + ' '.repeat(4 * MIB - Buffer.byteLength(body))
    expect(await call(path, largest, { headers: sign(largest) })).toMatchObject({ status: 200 })
    expect(await call(path, `${largest} `, { headers: sign(`${largest} `) })).toMatchObject({ status: 413 })
    expect(await inbox(id)).toBe(2)
  })

  test('answers the challenge of a broker with a handshake, to the right token alone', async () => {
    const { id, name, token } = await broker({ adapter: 'META_WPP', credential: META })
    const ask = (path: string, verify = 'a-verify-token') =>
      call(
        `${path}?${new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.challenge': '4711', 'hub.verify_token': verify })}`,
        undefined,
        { method: 'GET', body: null },
      )
    const good = await ask(`/webhooks/${id}/${token}`)
    expect(good).toMatchObject({ status: 200, text: '4711' })
    expect(good.headers.get('content-type')).toBe('text/plain')
    expect(await ask(`/webhooks/${encodeURIComponent(name)}/${token}`)).toMatchObject({ status: 200, text: '4711' })
    expect(await ask(`/webhooks/${id}/${token}`, 'another')).toMatchObject({ status: 403, text: '' })
    expect(logged.join()).toContain('a handshake with a wrong token')
    expect(logged.join()).not.toContain('another')
    // As at any other broker, and at none.
    for (const path of [`/webhooks/${id}/${token}x`, `/webhooks/no-broker/${token}`])
      expect(await ask(path)).toMatchObject({ status: 405, text: '' })
    expect(await inbox(id)).toBe(0)
  })

  test('says whether it is well', async () => {
    const health = async () => {
      const response = await fetch(`${listener.url}/healthz`)
      return [response.status, await response.json()]
    }
    expect(await health()).toEqual([200, { status: 'ok', database: 'ok' }])
    healthy = false
    expect(await health()).toEqual([503, { status: 'failing', database: 'away' }])
  })

  test('asks for a repetition when it cannot store', async () => {
    const { id, token } = await broker()
    expect(await call(`/webhooks/${id}/${token}`)).toMatchObject({ status: 200 })
    await db.pool.query(`ALTER TABLE "WebhookEvent" RENAME TO "Gone"`)
    const answer = await call(`/webhooks/${id}/${token}`)
    await db.pool.query(`ALTER TABLE "Gone" RENAME TO "WebhookEvent"`)
    expect([answer.status, answer.headers.get('retry-after'), answer.text]).toEqual([503, '5', ''])
    expect(await inbox(id)).toBe(1)
  })

  test('answers what is in flight before it closes', async () => {
    const { id, token } = await broker()
    const { port } = new URL(listener.url)
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    const body = JSON.stringify([EVENT])
    socket.write(
      `POST /webhooks/${id}/${token} HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    )
    await call(`/webhooks/${id}/${token}`) // by now the first one's head has been read
    const closed = listener.close()
    socket.write(body.slice(5))
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toContain('HTTP/1.1 200')
    await closed
    expect(await inbox(id)).toBe(2)
    await expect(fetch(listener.url)).rejects.toThrow()
    listener = await listen()
  })
})
