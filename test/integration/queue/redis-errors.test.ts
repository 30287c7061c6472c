import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import type { CampError } from '../../../src/errors.ts'
import { openQueues } from '../../../src/queue/queues.ts'
import { UNTRUSTED } from '../../support/certificate.ts'
import { serveTcp } from '../../support/http.ts'
import { failure } from '../../support/intake.ts'
import { ownRedis } from '../../support/redis.ts'

const PASSWORD = 'geheim/123'
const RIGHTS = ['~{camp}*', '&*', '+@all', '-@dangerous', '+info', '+keys'].join(' ')

/** How enqueueing and the health check end. */
async function errorsOf(redisUrl: string): Promise<CampError[]> {
  const queues = openQueues({ redisUrl, databaseUrl: '' })
  onTestFinished(() => queues.close())
  const enqueue_seq = queues.enqueue('broker', [{ batchId: 'batch', enqueue_seq: 1, delayMs: 0 }])
  const errors = [await failure(enqueue_seq), await failure(queues.check())]
  for (const { message, hint } of errors) {
    expect(message).toMatch(/^the queue cannot be reached: /)
    expect(`${message} ${hint}`).not.toMatch(/geheim|Connection is closed|max retries/)
    expect(hint).toContain('The request is stored')
  }
  return errors
}

describe.skipIf(inject('redisUrl') === null)('a Redis with users and passwords', () => {
  let server: Awaited<ReturnType<typeof ownRedis>>
  beforeAll(async () => {
    server = await ownRedis([
      ...['--requirepass', PASSWORD],
      ...['--user', ...`weak on >${PASSWORD} ~other* +ping +info +hello +client`.split(' ')],
      ...['--user', ...`camp on >${PASSWORD} ${RIGHTS}`.split(' ')],
    ])
  })
  afterAll(() => server?.stop())
  const as = (login: string) => server!.url.replace('redis://', `redis://${login}@`)
  const encoded = encodeURIComponent(PASSWORD)

  it('that is given none says so, with 7', async () => {
    for (const error of await errorsOf(server!.url))
      expect(error).toMatchObject({ code: 'QUEUE_ACCESS_DENIED', message: expect.stringContaining('NOAUTH') })
  })

  it('that is given a wrong one says so, with 7, and how it is written', async () => {
    for (const error of await errorsOf(as(':wrong')))
      expect(error).toMatchObject({
        code: 'QUEUE_ACCESS_DENIED',
        message: expect.stringContaining('WRONGPASS'),
        hint: expect.stringContaining('%40'),
      })
  })

  it('whose user lacks rights says which it takes, with 7', async () => {
    const queues = openQueues({ redisUrl: as(`weak:${encoded}`), databaseUrl: '' })
    onTestFinished(() => queues.close())
    const error = await failure(queues.enqueue('broker', [{ batchId: 'batch', enqueue_seq: 1, delayMs: 0 }]))
    expect(error).toMatchObject({
      code: 'QUEUE_ACCESS_DENIED',
      message: expect.stringContaining('NOPERM'),
      hint: expect.stringContaining(RIGHTS),
    })
  })

  it('whose user has just these is enqueued and heard', async () => {
    const queues = openQueues({ redisUrl: as(`camp:${encoded}`), databaseUrl: '' })
    onTestFinished(() => queues.close())
    const heard = new Promise(resolve => {
      const errors: unknown[] = []
      const consumer = queues.onBatch('other', async id => resolve([id, errors]), {
        concurrency: 1,
        onError: error => errors.push(error),
      })
      onTestFinished(() => consumer.close())
    })
    await queues.schedule('sweep', 60_000)
    await queues.enqueue('other', [{ batchId: 'batch', enqueue_seq: 1, delayMs: 0 }])
    expect(await heard).toEqual(['batch', []])
  })
})

it('a host that is not found is 8, and says how a password is written', async () => {
  for (const error of await errorsOf('redis://:geheim@nosuch.invalid:6379'))
    expect(error).toMatchObject({
      code: 'QUEUE_UNREACHABLE',
      hint: expect.stringMatching(/no host has this name[\s\S]*%40/),
    })
})

it('another kind of server is 8', async () => {
  const url = await serveTcp(socket => socket.on('error', () => undefined).write('SSH-2.0-x\r\n'))
  const [error] = await errorsOf(url.replace('http:', 'redis:'))
  expect(error).toMatchObject({ code: 'QUEUE_REFUSED', message: expect.stringContaining('is not Redis') })
})

it('a certificate that is not trusted is 8', async () => {
  const server = createServer(UNTRUSTED, socket => socket.on('error', () => undefined)).on(
    'tlsClientError',
    () => undefined,
  )
  onTestFinished(() => void server.close())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const [error] = await errorsOf(`rediss://127.0.0.1:${(server.address() as AddressInfo).port}`)
  expect(error).toMatchObject({
    code: 'QUEUE_REFUSED',
    message: expect.stringContaining('TLS'),
    hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  })
})
