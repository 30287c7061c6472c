import { PassThrough } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, inject, onTestFinished, test } from 'vitest'
import { reconcileBudgets } from '../../src/budget/reconcile.ts'
import { runCampaign } from '../../src/campaign/actions/start.ts'
import { systemClock } from '../../src/clock.ts'
import { openQueues } from '../../src/queue/queues.ts'
import { useDatabase } from '../support/database.ts'
import { openSandbox } from '../support/dispatch.ts'
import { type Books, booksOf, makeCampaign, makeScene } from '../support/fixtures.ts'
import { testLog } from '../support/log.ts'
import { startTestWorker, until } from '../support/worker.ts'
import { openProxy } from './proxy.ts'

const db = useDatabase()
const redis = inject('redisUrl')

const OUTAGE_MS = 2_000
const LEADS = 1_500
const HANDS = 3

interface Services {
  databaseUrl: string
  redisUrl: string | undefined
}

/** Puts a service behind a port that can be cut. */
async function behindProxy(url: string) {
  const proxy = await openProxy()
  const port = Number(new URL(url).port)
  proxy.lead(port)
  onTestFinished(() => proxy.close())
  return {
    url: Object.assign(new URL(url), { port: String(proxy.port) }).href,
    away: () => {
      proxy.lead(undefined)
      proxy.cut()
    },
    back: () => proxy.lead(port),
  }
}

/** A worker that listens, and the lines of its log. */
async function worker(services: Services) {
  const lines: string[] = []
  const log = new PassThrough()
  log.on('data', chunk => lines.push(...String(chunk).trim().split('\n')))
  const started = await startTestWorker({
    ...services,
    env: { CAMP_LEASE_MS: '2000' },
    concurrency: HANDS,
    listen: true,
    log: testLog(line => log.write(line), 'info'),
  })
  onTestFinished(() => started.stop())
  const health = async () => {
    const response = await fetch(`${started.url}/healthz`)
    return { code: response.status, ...((await response.json()) as { database: string; queue: string }) }
  }
  return { lines, health }
}

/** It goes on unaided: a lead moves, until it is FINISHED. A job that no worker held meanwhile is found when its lock has expired. */
async function finished(id: string): Promise<Books> {
  let [last, since] = ['', Date.now()]
  const moves = (books: Books) => {
    const now = JSON.stringify(books)
    if (now !== last) [last, since] = [now, Date.now()]
    expect(Date.now() - since, `nothing has moved: ${now}`).toBeLessThan(40_000)
    return books.campaign === 'FINISHED'
  }
  return until('FINISHED', () => booksOf(db.pool, id), moves, 270_000)
}

const cases: [string, 'databaseUrl' | 'redisUrl', string | undefined][] = [
  ['PostgreSQL, with its queue', 'databaseUrl', undefined],
]
if (redis) cases.push(['PostgreSQL, the queue on Redis', 'databaseUrl', redis], ['Redis', 'redisUrl', redis])

test.each(cases)(
  '%s away for a while: the worker says so seldom, is not healthy meanwhile, and goes on by itself',
  async (_name, what, redisUrl) => {
    const services: Services = { databaseUrl: db.url, redisUrl }
    const service = await behindProxy(services[what]!)
    const { lines, health } = await worker({ ...services, [what]: service.url })
    const sandbox = await openSandbox({ latency_ms: 10 })
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
    const queues = openQueues(services)
    onTestFinished(() => queues.close())
    const id = await makeCampaign(db.pool, scene, { leads: LEADS })
    await runCampaign({ pool: db.pool, queues, clock: systemClock }, id, scene.userId)
    await until(
      'it is on its way',
      async () => sandbox.stats().unique,
      unique => unique >= 50,
    )
    expect(await health()).toMatchObject({ code: 200, database: 'ok', queue: 'ok' })

    const [said, from] = [lines.length, Date.now()]
    service.away()
    const ill = await until('it is not healthy', health, ({ code }) => code === 503)
    expect(what === 'databaseUrl' ? ill.database : ill.queue).not.toBe('ok')
    await until(
      'the outage has lasted',
      async () => Date.now() - from,
      ms => ms >= OUTAGE_MS,
    )
    expect((await health()).code).toBe(503)
    // Each of its hands may have something to settle, and says when it tries again; everything else is said once.
    const told = lines.slice(said)
    expect(told.length).toBeGreaterThan(0)
    expect(told.length).toBeLessThan(HANDS * 10 + 20)
    const sentMeanwhile = sandbox.stats().unique

    service.back()
    await until('it is healthy', health, ({ code }) => code === 200)
    const { statuses, errors } = await finished(id)
    expect(sandbox.stats()).toMatchObject({ duplicates: 0 })
    expect(sentMeanwhile).toBeLessThan(LEADS)
    const { SENT = 0, IN_DOUBT = 0 } = statuses
    const { NOT_SENT = 0 } = errors
    expect(SENT + IN_DOUBT + NOT_SENT).toBe(LEADS)
    // Each lead is what the broker's own record allows: what it has was sent, or is in doubt; what it has not was never written.
    const got = new Set(sandbox.messages().map(message => message.phone))
    const { rows } = await db.pool.query<{ phone: string; status: string }>(
      `SELECT phone, status FROM "CampaignLead" WHERE campaign_id = $1`,
      [id],
    )
    const unwritten = rows.filter(({ phone }) => !got.has(phone))
    expect(sandbox.stats().unique + unwritten.length).toBe(LEADS)
    expect(unwritten.filter(lead => lead.status === 'SENT')).toEqual([])
    expect(rows.filter(lead => got.has(lead.phone) && lead.status === 'ERROR')).toEqual([])
    // What it could not settle before its lease expired, a person decides: no more than it had claimed.
    expect(IN_DOUBT + NOT_SENT).toBeLessThanOrEqual(HANDS * 5)
    expect((await reconcileBudgets(db.pool)).differences).toEqual([])
  },
  300_000,
)

test('a consumer whose PostgreSQL is cut off with jobs waiting asks again after a while, not at once', async () => {
  const service = await behindProxy(db.url)
  const queues = openQueues({ databaseUrl: service.url, redisUrl: undefined })
  onTestFinished(() => queues.close())
  const heard = new Set<string>()
  const work = async (id: string) => {
    heard.add(id)
    await delay(10)
  }
  let errors = 0
  const consumer = queues.onBatch('a-broker', work, { concurrency: HANDS, onError: () => errors++ })
  onTestFinished(() => consumer.close())
  const jobs = Array.from({ length: 600 }, (_, i) => ({ batchId: `job ${i}`, enqueue_seq: 0, delayMs: 0 }))
  await queues.enqueue('a-broker', jobs)
  const untilHeard = (count: number) =>
    until(
      `${count} are heard`,
      async () => heard.size,
      size => size >= count,
    )
  await untilHeard(50)
  const from = Date.now()
  service.away()
  await until(
    'the outage has lasted',
    async () => Date.now() - from,
    ms => ms >= OUTAGE_MS,
  )
  expect(errors).toBeGreaterThan(0)
  expect(errors).toBeLessThan(50)
  service.back()
  await untilHeard(600)
})
