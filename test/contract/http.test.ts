import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Agent } from 'undici'
import { afterEach, describe, expect, test } from 'vitest'
import { campVersion } from '../../src/config.ts'
import { createHttp, guardedHttp, type HttpClient, type HttpRequest } from '../../src/http/client.ts'
import { closedUrl, serveHttp, serveTcp } from '../support/http.ts'
import { machineLoad } from '../support/machine.ts'

let http: HttpClient | undefined
afterEach(async () => {
  await http?.close()
  http = undefined
})

function client(timeoutMs = 2_000): HttpClient {
  http = createHttp({ timeoutMs })
  return http
}

const post = (url: string): HttpRequest => ({
  method: 'POST',
  url,
  headers: { 'x-key': 's3cret' },
  body: 'the s3cret body',
})

describe('the HTTP client', () => {
  test('brings the answer, with any status, and follows no redirect', async () => {
    const seen: string[] = []
    const url = await serveHttp((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      response.writeHead(302, { location: '/elsewhere', 'set-cookie': ['a=1', 'b=2'] }).end('gone: é')
    })
    expect(await client().request(post(`${url}/here?x=1`))).toMatchObject({
      kind: 'RESPONSE',
      status: 302,
      headers: { location: '/elsewhere', 'set-cookie': 'a=1, b=2' },
      body: 'gone: é',
    })
    expect(seen).toEqual(['POST /here?x=1'])
  })

  test('names camp and its version, unless the request names another client', async () => {
    const seen: (string | undefined)[] = []
    const url = await serveHttp((request, response) => {
      seen.push(request.headers['user-agent'])
      response.end('ok')
    })
    await client().request(post(url))
    await http?.request({ ...post(url), headers: { 'user-agent': 'Mozilla/5.0' } })
    expect(seen).toEqual([`camp/${campVersion()}`, 'Mozilla/5.0'])
  })

  test.each([
    [
      'a host that does not exist',
      'http://does-not-exist.invalid/?s3cret',
      /cannot connect to does-not-exist.invalid \(E/,
    ],
    ['no URL at all', 'broker?s3cret', /URL/],
    ['another protocol', 'file:///etc/passwd', /URL/],
  ])('knows that nothing was sent to %s', async (_, url, reason) => {
    const answer = await client().request(post(url))
    expect(answer).toEqual({ kind: 'NOT_SENT', reason: expect.stringMatching(reason) })
    expect(JSON.stringify(answer)).not.toContain('s3cret')
  })

  test('writes nothing that its guard refuses, and asks it at the write, not before', async () => {
    let [received, asked] = [0, 0]
    const held: (() => void)[] = []
    const url = await serveHttp((_, response) => {
      received++
      held.push(() => response.end('ok'))
    })
    // One connection: the second request waits for the answer to the first.
    http = createHttp({ timeoutMs: 5_000, agent: new Agent({ connections: 1, pipelining: 1 }) })
    const first = http.request(post(url))
    while (held.length === 0) await new Promise(setImmediate)
    const refusing = guardedHttp(http, () => {
      asked++
      return 'not now'
    })
    const second = refusing.request(post(url))
    await new Promise(setImmediate)
    expect(asked).toBe(0)
    held.shift()!()
    expect(await first).toMatchObject({ kind: 'RESPONSE', status: 200 })
    expect(await second).toEqual({ kind: 'NOT_SENT', reason: 'not now' })
    expect([asked, received]).toEqual([1, 1])
    // The connection is as good as before.
    const third = http.request(post(url))
    while (held.length === 0) await new Promise(setImmediate)
    held.shift()!()
    expect(await third).toMatchObject({ kind: 'RESPONSE' })
    expect(received).toBe(2)
  })

  test('withdraws what waits for a connection, and gives up answers, each by itself', async () => {
    let received = 0
    const url = await serveHttp(() => {
      received++
    })
    http = createHttp({ timeoutMs: 5_000, agent: new Agent({ connections: 1, pipelining: 1 }) })
    const [written, waiting] = [http.request(post(url)), http.request(post(url))]
    while (received === 0) await new Promise(setImmediate)
    http.withdrawWaiting('the worker stops')
    expect(await waiting).toEqual({ kind: 'NOT_SENT', reason: 'the worker stops' })
    http.abandonAnswers('no answer in time')
    expect(await written).toEqual({ kind: 'UNKNOWN', reason: 'no answer in time' })
    expect(received).toBe(1)
  })

  test('knows that nothing was sent where nothing listens', async () => {
    expect(await client().request(post(await closedUrl()))).toMatchObject({
      kind: 'NOT_SENT',
      reason: expect.stringContaining('ECONNREFUSED'),
    })
  })

  test('knows that nothing was sent when TLS fails', async () => {
    const url = await serveTcp(socket => socket.end('this is not TLS'))
    expect(await client().request(post(url.replace('http:', 'https:')))).toMatchObject({ kind: 'NOT_SENT' })
  })

  test('knows that nothing was sent when it still waited for a connection at its timeout', async () => {
    let requests = 0
    const url = await serveHttp(() => {
      requests++
    })
    const agent = new Agent({ connections: 1 })
    const narrow = createHttp({ timeoutMs: 300, agent })
    const answers = await Promise.all([narrow.request(post(url)), narrow.request({ ...post(url), timeoutMs: 150 })])
    expect(answers.map(answer => answer.kind)).toEqual(['UNKNOWN', 'NOT_SENT'])
    await agent.destroy()
    expect(requests).toBe(1)
  })

  test.each<[string, (socket: Socket) => void]>([
    ['resets the connection', socket => socket.resetAndDestroy()],
    ['closes it without a word', socket => socket.end()],
    ['breaks off in the head', socket => socket.end('HTTP/1.1 200 OK\r\ncontent-le')],
    ['breaks off in the body', socket => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"half":')],
    [
      'breaks off in a chunk',
      socket => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'),
    ],
    ['talks nonsense', socket => socket.end('no HTTP at all\r\n\r\n')],
  ])('knows nothing, and does not send again, where the server %s', async (_, end) => {
    let connections = 0
    const url = await serveTcp(socket => {
      connections++
      socket.on('error', () => undefined).once('data', () => end(socket))
    })
    const answer = await client().request(post(`${url}/path?query=s3cret`))
    expect(answer.kind).toBe('UNKNOWN')
    expect(JSON.stringify(answer)).not.toContain('s3cret')
    expect(connections).toBe(1)
  })

  test('waits no longer than its timeout, from the first moment to the last byte', async () => {
    const url = await serveHttp((_, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(drip))
    })
    const before = performance.now()
    expect(await client(200).request(post(url))).toEqual({ kind: 'UNKNOWN', reason: expect.stringContaining('200 ms') })
    expect(performance.now() - before).toBeLessThan(1_000 * machineLoad())
  })

  test('takes no answer without an end', async () => {
    const url = await serveHttp((_, response) => {
      response.writeHead(200)
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
      }
      response.on('drain', pour)
      pour()
    })
    expect(await client(10_000).request(post(url))).toMatchObject({
      kind: 'UNKNOWN',
      reason: expect.stringContaining('bytes'),
    })
  })

  test('has sixty-four requests on their way at once', async () => {
    let open = 0
    let most = 0
    const answers: (() => void)[] = []
    const url = await serveHttp((_, response) => {
      most = Math.max(most, ++open)
      answers.push(() => {
        open--
        response.end('ok')
      })
      if (open === 64) for (const answer of answers.splice(0)) answer()
    })
    const it = client(5_000)
    const all = await Promise.all(Array.from({ length: 64 }, () => it.request(post(url))))
    expect(all.every(answer => answer.kind === 'RESPONSE')).toBe(true)
    expect(most).toBe(64)
  })

  test('uses a connection again, and opens another when the server has closed it', async () => {
    const sockets: Socket[] = []
    const url = await serveTcp(socket => {
      sockets.push(socket)
      socket.on('data', chunk => {
        if (String(chunk).endsWith('body')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
      })
    })
    const agent = new Agent({ connections: 1 })
    const it = createHttp({ timeoutMs: 2_000, agent })
    for (const _ of [1, 2, 3]) expect(await it.request(post(url))).toMatchObject({ kind: 'RESPONSE', body: 'ok' })
    expect(sockets.length).toBe(1)
    const seen = once(agent, 'disconnect')
    sockets[0]?.end()
    await seen
    expect(await it.request(post(url))).toMatchObject({ kind: 'RESPONSE', body: 'ok' })
    expect(sockets.length).toBe(2)
    await agent.close()
  })
})
