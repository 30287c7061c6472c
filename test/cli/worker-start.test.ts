import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { runCampaign } from '../../src/campaign/actions/start.ts'
import { freePort } from '../../src/http/free-port.ts'
import { openProxy } from '../chaos/proxy.ts'
import { useDatabase } from '../support/database.ts'
import { dispatchOn, openSandbox } from '../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene } from '../support/fixtures.ts'
import { serverEnv } from '../support/login.ts'
import { machineLoad } from '../support/machine.ts'
import { spawnCamp } from '../support/process.ts'
import { scratchFolder } from '../support/scratch.ts'
import { withDatabase } from '../support/server.ts'
import { until } from '../support/worker.ts'

const db = useDatabase()
const { workers } = dispatchOn(db)
const LEADS = 20

/** A campaign that a worker would send at once, and how to see that none of it was touched. */
async function runningCampaign() {
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
  const id = await makeCampaign(db.pool, scene, { leads: LEADS })
  await runCampaign(await workers({ count: 0 }), id, scene.userId)
  return {
    async assertUntouched() {
      expect(sandbox.stats().requests).toBe(0)
      expect(await booksOf(db.pool, id)).toMatchObject({ statuses: { PENDING: LEADS }, used: '0.0000' })
    },
  }
}

/** One for all: where a worker finds no mark and another address, it takes the database for a copy. */
const HOME = scratchFolder('home')

/** A worker process, with what it says and its /healthz. */
async function worker(env: NodeJS.ProcessEnv, listen?: string) {
  const port = await freePort()
  const address = listen ?? `127.0.0.1:${port}`
  const child = spawnCamp(['worker', '--listen', address], {
    ...serverEnv(db),
    CAMP_HOME: HOME,
    CAMP_SWEEP_MS: '300',
    ...env,
  })
  child.stdin.end()
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk))
  const closed = once(child, 'close')
  return {
    child,
    said: () => said,
    ended: async () => {
      await closed
      return (await child.ended)[0]
    },
    health: () =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        response => response.status,
        () => 0,
      ),
  }
}

const portOf = (url: string) => Number(new URL(url).port)
const at = (url: string, port: number) => Object.assign(new URL(url), { port: String(port) }).href

describe('a worker that cannot listen ends with 8 and has sent nothing:', () => {
  it('the port is taken', async () => {
    const campaign = await runningCampaign()
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { ended, said } = await worker({}, `127.0.0.1:${port}`)
    expect(await ended()).toBe(8)
    expect(said()).toMatch(
      /^error: cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE.*\n {2}Another process uses this address/,
    )
    await campaign.assertUntouched()
  })

  it.each([
    [
      'the address is none of this machine',
      '192.0.2.1:8080',
      /EADDRNOTAVAIL.*\n {2}This machine does not have this address/,
    ],
    [
      'there is no such host',
      'nowhere.invalid:8080',
      /cannot listen on nowhere\.invalid:8080.*\n {2}No host has this name/,
    ],
  ])('%s', async (_name, address, words) => {
    const campaign = await runningCampaign()
    const { ended, said } = await worker({}, address)
    expect(await ended()).toBe(8)
    expect(said()).toMatch(words)
    await campaign.assertUntouched()
  })
})

describe('a worker whose queue gives no job ends with 8 and has sent nothing:', () => {
  it('the queue’s functions are not there', async () => {
    const campaign = await runningCampaign()
    await db.pool.query('ALTER FUNCTION camp_queue.move_to_active RENAME TO moved_away')
    onTestFinished(async () => {
      await db.pool.query('ALTER FUNCTION camp_queue.moved_away RENAME TO move_to_active')
    })
    const { ended, said } = await worker({})
    expect(await ended()).toBe(8)
    expect(said()).toMatch(/error: the queue delivers no job: .*move_to_active.*\n {2}.*CAMP_DIRECT_URL/)
    await campaign.assertUntouched()
  })

  const redisUrl = inject('redisUrl')
  it.runIf(redisUrl)('Redis does not let this user do it (7)', async () => {
    const campaign = await runningCampaign()
    const { connectRedis } = await import('../../src/queue/queues.ts')
    const redis = connectRedis(redisUrl!, { maxRetriesPerRequest: 1 })
    onTestFinished(async () => {
      await redis.call('ACL', 'DELUSER', 'camp')
      redis.disconnect()
    })
    await redis.call('ACL', 'SETUSER', 'camp', 'on', '>secret', '~*', '+ping', '+info', '+client', '+select')
    const { ended, said } = await worker({ REDIS_URL: redisUrl!.replace('redis://', 'redis://camp:secret@') })
    expect(await ended()).toBe(7)
    expect(said()).toMatch(
      /error: the queue cannot be reached: the Redis user lacks a permission: NOPERM.*\n(.*\n)? {2}On the server: ACL SETUSER/,
    )
    await campaign.assertUntouched()
  })
})

it.each([1, 2, 3])(
  'a database that is lost after %i connections ends a start with 8, nothing sent',
  async connections => {
    const campaign = await runningCampaign()
    let left = connections
    const proxy = await openProxy(() => (left-- > 0 ? portOf(db.url) : undefined))
    onTestFinished(() => proxy.close())
    const { ended, said } = await worker({ DATABASE_URL: at(db.url, proxy.port) })
    expect(await ended()).toBe(8)
    expect(said()).toMatch(/error: the (database|queue) cannot be reached: /)
    await campaign.assertUntouched()
  },
)

describe('a service that is away when a worker starts is waited for', () => {
  const services: [string, 'DATABASE_URL' | 'REDIS_URL'][] = [['PostgreSQL', 'DATABASE_URL']]
  if (inject('redisUrl')) services.push(['Redis', 'REDIS_URL'])

  it.each(services)('%s: 503 until it is there, then the worker works', async (_name, variable) => {
    const url = variable === 'DATABASE_URL' ? db.url : inject('redisUrl')!
    const proxy = await openProxy()
    onTestFinished(() => proxy.close())
    const { said, health } = await worker({ [variable]: at(url, proxy.port) })
    await until(
      'it says what it waits for',
      async () => said(),
      text => text.includes('is unavailable: this worker waits for it'),
    )
    expect(await health()).toBe(503)
    proxy.lead(portOf(url))
    expect(await until('it is healthy', health, status => status === 200)).toBe(200)
    await until(
      'it has started',
      async () => said(),
      text => text.includes('worker started'),
    )
  })

  it.each(services)('%s: SIGTERM ends the wait at once, with 0', async (_name, variable) => {
    const url = variable === 'DATABASE_URL' ? db.url : inject('redisUrl')!
    const proxy = await openProxy()
    onTestFinished(() => proxy.close())
    const { child, said, ended } = await worker({ [variable]: at(url, proxy.port) })
    await until(
      'it waits',
      async () => said(),
      text => text.includes('is unavailable'),
    )
    const from = performance.now()
    child.kill('SIGTERM')
    expect(await ended()).toBe(0)
    expect(performance.now() - from).toBeLessThan(2_000 * machineLoad())
  })

  it.each([
    ['a database that does not exist', () => withDatabase(db.url, 'nothing_of_that_name'), /does not exist/],
    ['a wrong password', () => Object.assign(new URL(db.url), { password: 'a-guess' }).href, /password authentication/],
  ])('but not %s', async (_name, url, words) => {
    const { ended, said } = await worker({ DATABASE_URL: url() })
    expect(await ended()).toBeGreaterThan(0)
    expect(said()).toMatch(words)
    expect(said()).not.toContain('waits for it')
  })
})

it('a worker on a machine without settings makes no database', async () => {
  const home = scratchFolder('home')
  const { ended, said } = await worker({ DATABASE_URL: '', CAMP_SECRET: '', CAMP_HOME: home })
  expect(await ended()).toBe(4)
  expect(said()).toMatch(/error: there is no database: DATABASE_URL is not set, and .*\n {2}Set DATABASE_URL/)
})
