import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { removeFromBlocklist } from '../../../src/blocklist/blocklist.ts'
import { campVersion } from '../../../src/config.ts'
import { isUnreachable } from '../../../src/database/pool.ts'
import { useDatabase } from '../../support/database.ts'
import { closedUrl, serveHttp, serveTcp } from '../../support/http.ts'
import { fileOf, syncOn } from '../../support/sync.ts'

const db = useDatabase()
const { sync, entries } = syncOn(db)

const [A, B, C] = ['5511900000001', '5511900000002', '5511900000003']
const LIST = `${A}\n${B}\n`

/** A server whose list and ETag the test changes; it remembers what it was asked. */
async function listServer(list = LIST, etag: string | null = '"1"') {
  const state = { list, etag, asked: [] as IncomingHttpHeaders[], url: '' }
  state.url = await serveHttp((request, response) => {
    state.asked.push(request.headers)
    if (state.etag !== null && request.headers['if-none-match'] === state.etag) response.writeHead(304).end()
    else response.writeHead(200, state.etag === null ? {} : { etag: state.etag }).end(state.list)
  })
  return state
}

describe('a server that knows its list', () => {
  it('says that nothing is new, and nothing is changed', async () => {
    const server = await listServer()
    expect(await sync(server.url)).toMatchObject({ status: 'APPLIED', figures: { added: 2 } })
    const again = await sync(server.url)
    expect(again).toMatchObject({ status: 'NOT_MODIFIED', figures: { phones: 2 } })
    expect(server.asked.map(headers => headers['if-none-match'])).toEqual([undefined, '"1"'])
    expect(server.asked[0]!['user-agent']).toBe(`camp/${campVersion()}`)
    expect(await entries()).toEqual([A, B])
    const [record] = await db.prisma.blocklistSync.findMany()
    expect(record!.checked_at > record!.synced_at).toBe(true)
    expect(await db.prisma.auditEvent.count()).toBe(1)

    Object.assign(server, { etag: '"2"', list: `${A}\n${C}\n` })
    expect(await sync(server.url)).toMatchObject({ status: 'APPLIED', figures: { added: 1, unchanged: 1 } })
    expect(await sync(server.url)).toMatchObject({ status: 'NOT_MODIFIED' })
    expect(await sync(server.url, { refetch: true })).toMatchObject({ status: 'APPLIED', figures: { unchanged: 2 } })
  })

  it('by its date, where it has no ETag', async () => {
    const date = 'Tue, 24 Nov 2026 10:00:00 GMT'
    const url = await serveHttp((request, response) => {
      if (request.headers['if-modified-since'] === date) response.writeHead(304).end()
      else response.writeHead(200, { 'last-modified': date }).end(LIST)
    })
    await sync(url)
    expect(await sync(url)).toMatchObject({ status: 'NOT_MODIFIED' })
  })

  it('is not told what camp has of it where that would hide something', async () => {
    const server = await listServer()
    const other = await listServer(`${C}\n`, '"o"')
    const told = () => server.asked.at(-1)!['if-none-match'] !== undefined
    await sync(server.url)
    // Read or applied in another way.
    for (const options of [{ purpose: 'offers' }, { replace: true }, { only: 'phone' as const }, { source: 'x' }]) {
      await sync(server.url, options)
      expect(told(), JSON.stringify(options)).toBe(false)
    }
    await sync(server.url, { replace: true })
    expect(await sync(server.url, { replace: true })).toMatchObject({ status: 'NOT_MODIFIED' })
    // Another place has changed the source's entries since.
    await sync(other.url)
    expect(await sync(server.url, { replace: true })).toMatchObject({ status: 'APPLIED', figures: { removed: 1 } })
    expect(await sync(server.url, { replace: true })).toMatchObject({ status: 'NOT_MODIFIED' })
    // A person has.
    await removeFromBlocklist(db.pool, { phones: [A], documents: [], source: 'lista' })
    expect(await sync(server.url, { replace: true })).toMatchObject({ status: 'APPLIED', figures: { added: 1 } })
  })

  it('two places of one source come to rest', async () => {
    const [one, two] = [await listServer(), await listServer(`${C}\n`)]
    for (const url of [one.url, two.url, one.url, two.url]) await sync(url)
    for (const url of [one.url, two.url]) expect(await sync(url)).toMatchObject({ status: 'NOT_MODIFIED' })
    expect(await entries()).toEqual([A, B, C])
  })
})

describe('a download that is no list changes nothing', () => {
  const head = (...lines: string[]) => `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`

  it.each([
    ['half of it, and the end', head('Content-Length: 100') + LIST, true, 'was interrupted'],
    [
      'half of a chunked one, and the end',
      `${head('Transfer-Encoding: chunked')}1c\r\n${LIST}\r\n`,
      true,
      'was interrupted',
    ],
    ['half of it, and silence', head('Content-Length: 100') + LIST, false, 'the server stopped sending'],
    ['silence', '', false, 'no answer in time'],
  ])('%s', async (_what, bytes, end, message) => {
    await sync(await fileOf(`${C}\n`))
    const url = await serveTcp(socket => {
      socket.on('error', () => undefined)
      socket.once('data', () => (end ? socket.end(bytes) : socket.write(bytes)))
    })
    await expect(sync(url, { replace: true, allowShrink: true }, { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'LIST_UNREACHABLE',
      message: expect.stringContaining(message),
    })
    expect(await entries()).toEqual([C])
    expect(await db.prisma.blocklistSync.count()).toBe(1)
  })

  const gzipped = gzipSync(LIST.repeat(2_000))
  it.each<[string, (response: ServerResponse) => void, string, string]>([
    ['500', response => response.writeHead(500).end(LIST), 'UNREACHABLE', 'answered HTTP 500'],
    ['404', response => response.writeHead(404).end(LIST), 'UNREACHABLE', 'answered HTTP 404'],
    ['204', response => response.writeHead(204).end(), 'UNREACHABLE', 'answered HTTP 204'],
    ['304 unasked', response => response.writeHead(304).end(), 'UNREACHABLE', 'answered HTTP 304'],
    ['part of it', response => response.writeHead(206).end(LIST), 'UNREACHABLE', 'answered HTTP 206'],
    ['nothing', response => response.writeHead(200).end(), 'DATA', 'is empty'],
    ['an error page', response => response.writeHead(200).end('<html><h1>Sorry'), 'DATA', 'HTML'],
    ['half a gzip', response => response.end(gzipped.subarray(0, gzipped.length - 20)), 'DATA', 'gzip'],
    [
      'another encoding',
      response => response.writeHead(200, { 'content-encoding': 'br' }).end(LIST),
      'UNREACHABLE',
      'sent as br',
    ],
    [
      'an endless redirect',
      response => response.writeHead(302, { location: '/again' }).end(),
      'UNREACHABLE',
      'redirects more than 5 times',
    ],
    [
      'a redirect to a file',
      response => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      'UNREACHABLE',
      'has a redirect that is not followed',
    ],
  ])('%s', async (_what, answer, kind, message) => {
    await sync(await fileOf(`${C}\n`))
    const url = await serveHttp((_request, response) => answer(response))
    const failed = sync(`${url}/lista.txt?key=secret`, { replace: true, allowShrink: true })
    await expect(failed).rejects.toMatchObject({ kind, message: expect.stringContaining(message) })
    await expect(failed).rejects.not.toThrow('secret')
    expect(await entries()).toEqual([C])
  })

  it('a server that is not there', async () => {
    await expect(sync(await closedUrl())).rejects.toMatchObject({ code: 'LIST_UNREACHABLE' })
  })

  it('Ctrl-C while the server is silent', async () => {
    const stop = new AbortController()
    const url = await serveHttp((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write(LIST, () => stop.abort(new Error('SIGINT')))
    })
    await expect(sync(url, {}, { signal: stop.signal, timeoutMs: 60_000 })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    })
    expect(await entries()).toEqual([])
  })

  it('a database that goes away meanwhile', async () => {
    const url = await serveHttp(async (_request, response) => {
      await db.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks
         WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      )
      response.end(LIST)
    })
    await expect(sync(url)).rejects.toSatisfy(isUnreachable)
    expect(await entries()).toEqual([])
    // Its hold on the source went with it.
    expect((await sync(await fileOf(LIST))).figures.added).toBe(2)
  })
})

it('gzip is unpacked, by its content or by its encoding', async () => {
  const url = await serveHttp((request, response) => {
    if (request.url === '/encoded') response.writeHead(200, { 'content-encoding': 'gzip' })
    response.end(gzipSync(LIST))
  })
  await sync(`${url}/lista.csv.gz`)
  await sync(`${url}/encoded`, { source: 'encoded' })
  expect([await entries(), await entries('encoded')]).toEqual([
    [A, B],
    [A, B],
  ])
})

it('a redirect is followed; a password goes to its own host alone, and neither it nor the query is kept', async () => {
  const asked: (string | undefined)[] = []
  const target = await serveHttp((request, response) => {
    asked.push(request.headers.authorization)
    response.end(LIST)
  })
  const url = await serveHttp((request, response) => {
    asked.push(request.headers.authorization)
    const location = request.url === '/start?key=123' ? '/next' : `${target}/list`
    response.writeHead(302, { location }).end()
  })
  const withPassword = `${url.replace('http://', 'http://ana:s%40cret@')}/start?key=123`
  expect(await sync(withPassword)).toMatchObject({ from: `${url}/start?…`, figures: { added: 2 } })
  const basic = `Basic ${Buffer.from('ana:s@cret').toString('base64')}`
  expect(asked).toEqual([basic, basic, undefined])
  const { rows } = await db.pool.query(
    `SELECT (SELECT json_agg(s)::text FROM "BlocklistSync" s) || (SELECT json_agg(a)::text FROM "AuditEvent" a) AS kept`,
  )
  expect(rows[0].kept).not.toMatch(/s(%40|@)cret|123\b/)
})

it('of two syncs of one source at once the second is refused; another source goes on', async () => {
  let asked: (response: ServerResponse) => void = () => undefined
  const asking = new Promise<ServerResponse>(resolve => (asked = resolve))
  const first = sync(await serveHttp((_request, response) => asked(response)))
  const response = await asking
  await expect(sync(await fileOf(`${C}\n`))).rejects.toMatchObject({ code: 'SYNC_RUNNING' })
  expect((await sync(await fileOf(`${C}\n`), { source: 'other' })).figures.added).toBe(1)
  response.end(LIST)
  expect((await first).figures.added).toBe(2)
  expect(await entries()).toEqual([A, B])
})
