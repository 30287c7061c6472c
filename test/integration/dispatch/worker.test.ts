import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { cancelCampaign, pauseCampaign } from '../../../src/campaign/actions/stop.ts'
import { systemClock, systemMonotonic } from '../../../src/clock.ts'
import type { ClaimDeps } from '../../../src/dispatch/model/deps.ts'
import { settleBatch } from '../../../src/dispatch/settle/settle.ts'
import { openQueues } from '../../../src/queue/queues.ts'
import { claimBatch } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene, setBudget, testKeys } from '../../support/fixtures.ts'
import { wipeQueue } from '../../support/queue.ts'
import { startTestWorker, until } from '../../support/worker.ts'

const db = useDatabase()
const { workers, status, still } = dispatchOn(db)

async function claimDeps(): Promise<ClaimDeps> {
  return {
    pool: db.pool,
    keys: await testKeys(),
    now: () => new Date(),
    monotonic: systemMonotonic,
    leaseMs: () => 60_000,
    timezone: 'America/Sao_Paulo',
    isHoliday: () => false,
    random: Math.random,
  }
}

const backends: [string, string | undefined][] = [['PostgreSQL', undefined]]
const redisUrl = inject('redisUrl')
if (redisUrl) backends.push(['Redis', redisUrl])

describe.each(backends)('dispatch on the %s queue', (_name, redisUrl) => {
  it('(a)(c)(d) sends every lead once with several workers, books its cost and finishes', async () => {
    const sandbox = await openSandbox()
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 50 })
    const deps = await workers({ count: 3, redisUrl })
    const id = await makeCampaign(db.pool, scene, { leads: 2_000 })
    await runCampaign(deps, id, scene.userId)
    const books = await status(id, 'FINISHED')
    expect(books).toMatchObject({
      statuses: { SENT: 2_000 },
      used: '90.0000',
      ledger: '90.0000',
      billed: '90.0000',
      openBatches: 0,
    })
    expect(sandbox.stats()).toMatchObject({ accepted: 2_000, unique: 2_000, duplicates: 0 })
  })

  it('(a) sends again what was certainly not taken (429), and only that', async () => {
    const sandbox = await openSandbox({ next: [{ fault: '429', times: 3 }], retry_after_s: 1 })
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 20 })
    const deps = await workers({ count: 2, redisUrl })
    const id = await makeCampaign(db.pool, scene, { leads: 200 })
    await runCampaign(deps, id, scene.userId)
    const books = await status(id, 'FINISHED')
    expect(books).toMatchObject({ statuses: { SENT: 200 }, used: '9.0000', ledger: '9.0000' })
    expect(sandbox.stats()).toMatchObject({ unique: 200, duplicates: 0 })
  })

  it('(a)(b) never sends again what may have been taken: it is IN_DOUBT, its cost stays', async () => {
    const sandbox = await openSandbox({
      next: [{ fault: 'accept-drop' }, { fault: 'accept-500' }, { fault: 'accept-html' }],
    })
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 10 })
    const deps = await workers({ count: 2, redisUrl })
    const id = await makeCampaign(db.pool, scene, { leads: 100 })
    await runCampaign(deps, id, scene.userId)
    const books = await status(id, 'FINISHED')
    expect(books).toMatchObject({
      statuses: { SENT: 70, IN_DOUBT: 30 },
      used: '4.5000',
      ledger: '4.5000',
      billed: '4.5000',
    })
    expect(sandbox.stats()).toMatchObject({ unique: 100, duplicates: 0 })
  })

  it('(b) leaves what a dead worker had claimed IN_DOUBT when its lease runs out, and finishes', async () => {
    const sandbox = await openSandbox()
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 10 })
    const id = await makeCampaign(db.pool, scene, { leads: 30 })
    const queues = openQueues({ redisUrl, databaseUrl: db.url })
    await runCampaign({ pool: db.pool, queues, clock: systemClock }, id, scene.userId)
    const { rows } = await db.pool.query<{ id: string }>(
      `SELECT id FROM "Batch" WHERE campaign_id = $1 ORDER BY number LIMIT 1`,
      [id],
    )
    const claim = await claimBatch({ ...(await claimDeps()), leaseMs: () => 1 }, rows[0]!.id)
    expect(claim.kind).toBe('CLAIMED')
    await queues.close()
    await workers({ count: 2, redisUrl })
    const books = await status(id, 'FINISHED')
    expect(books).toMatchObject({
      statuses: { SENT: 20, IN_DOUBT: 10 },
      used: '1.3500',
      ledger: '1.3500',
      billed: '1.3500',
    })
    expect(sandbox.stats()).toMatchObject({ unique: 20, duplicates: 0 })

    // The dead one was only waiting_for_hours: its settle comes too late to change anything.
    if (claim.kind !== 'CLAIMED') throw new Error('unreachable')
    const outcomes = claim.batch.leads.map(() => ({ kind: 'NOT_ACCEPTED' as const, reason: 'late' }))
    const late = await settleBatch(
      { pool: db.pool, now: () => new Date(), random: () => 0 },
      claim.batch,
      { correlatesByProviderId: false },
      { outcomes },
    )
    expect(late.kind).toBe('FENCED')
    expect(await booksOf(db.pool, id)).toEqual(books)
  })

  it('(c) stops at the last whole message that the budget pays for, and goes on after a top-up', async () => {
    const sandbox = await openSandbox()
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 20, budget: '5.00' })
    const deps = await workers({ count: 3, redisUrl })
    const ids = [await makeCampaign(db.pool, scene, { leads: 100 }), await makeCampaign(db.pool, scene, { leads: 100 })]
    await Promise.all(ids.map(id => runCampaign(deps, id, scene.userId)))
    // 5.00 pays for 111 messages of 0.0450: 4.9950.
    const sent = async () => sandbox.stats().unique
    await until('the money is spent', sent, unique => unique === 111)
    const ended = await Promise.all(
      ids.map(id =>
        until(
          'ended',
          () => booksOf(db.pool, id),
          books => ['FAILED', 'FINISHED'].includes(books.campaign),
        ),
      ),
    )
    expect(ended.map(books => books.used)).toEqual(['4.9950', '4.9950'])
    expect(ended.map(books => books.ledger)).toEqual(['4.9950', '4.9950'])
    const failed = ids.filter((_, i) => ended[i]!.campaign === 'FAILED')
    expect(failed.length).toBeGreaterThan(0)
    expect(ended.find(books => books.campaign === 'FAILED')!.reason).toMatch(/too little budget/)

    await setBudget(db.pool, scene.walletId, '9.00')
    for (const id of failed) await resumeCampaign(deps, id, scene.userId)
    const after = await Promise.all(ids.map(id => status(id, 'FINISHED')))
    expect(after.map(books => books.statuses)).toEqual([{ SENT: 100 }, { SENT: 100 }])
    expect(await booksOf(db.pool, ids[0]!)).toMatchObject({ used: '9.0000', ledger: '9.0000', billed: '9.0000' })
    expect(sandbox.stats()).toMatchObject({ unique: 200, duplicates: 0 })
  })

  it('(e) after a pause no request starts; after the resume the rest goes out', async () => {
    const sandbox = await openSandbox({ latency_ms: 20 })
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
    const deps = await workers({ count: 2, redisUrl, concurrency: 2 })
    const id = await makeCampaign(db.pool, scene, { leads: 1_000 })
    await runCampaign(deps, id, scene.userId)
    await until(
      'it is on its way',
      async () => sandbox.stats().unique,
      unique => unique >= 50,
    )
    await pauseCampaign(deps, id, scene.userId)
    const atPause = sandbox.stats().unique
    const settled = await still(id)
    expect(settled.campaign).toBe('PAUSED')
    expect(settled.statuses.SENDING).toBeUndefined()
    expect(settled.statuses.PENDING).toBeGreaterThan(0)
    const unique = sandbox.stats().unique
    expect(unique).toBe(settled.statuses.SENT)
    // What was being claimed at that moment, or on its way: a batch of 5 for each of 2 workers' 2 hands, and one more each.
    expect(unique - atPause).toBeLessThanOrEqual(2 * 2 * 2 * 5)
    // A job that is enqueued now finds a campaign that does not run.
    const { rows } = await db.pool.query<{ id: string }>(
      `SELECT id FROM "Batch" WHERE campaign_id = $1 AND status = 'QUEUED'`,
      [id],
    )
    for (const batch of rows.slice(0, 20))
      expect(await claimBatch(await claimDeps(), batch.id)).toEqual({ kind: 'GONE' })
    expect(sandbox.stats().unique).toBe(unique)

    await resumeCampaign(deps, id, scene.userId)
    expect((await status(id, 'FINISHED')).statuses).toEqual({ SENT: 1_000 })
    expect(sandbox.stats()).toMatchObject({ unique: 1_000, duplicates: 0 })
  })

  it('(f) one phone gets one message in 24 hours, whichever campaign wins', async () => {
    const sandbox = await openSandbox()
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 25 })
    const deps = await workers({ count: 2, redisUrl })
    const firstPhone = 700_000_000 + Math.floor(Math.random() * 100_000_000)
    const ids = [
      await makeCampaign(db.pool, scene, { leads: 500, firstPhone: firstPhone + 200_000_000 }),
      await makeCampaign(db.pool, scene, { leads: 500, firstPhone: firstPhone + 200_000_000 }),
    ]
    await Promise.all(ids.map(id => runCampaign(deps, id, scene.userId)))
    const books = await Promise.all(ids.map(id => status(id, 'FINISHED')))
    expect(sandbox.stats()).toMatchObject({ unique: 500, duplicates: 0 })
    expect((books[0]!.statuses.SENT ?? 0) + (books[1]!.statuses.SENT ?? 0)).toBe(500)
    expect((books[0]!.errors.FREQUENCY_CAP ?? 0) + (books[1]!.errors.FREQUENCY_CAP ?? 0)).toBe(500)
    const { rows } = await db.pool.query<{ phones: number }>(
      `SELECT count(DISTINCT phone)::int AS phones FROM "CampaignLead" WHERE campaign_id = ANY($1) AND status = 'SENT'`,
      [ids],
    )
    expect(rows[0]!.phones).toBe(500)
  })

  it('(g) applies callbacks that overtake their settle, and never moves a status back', async () => {
    const sandbox = await openSandbox({
      latency_ms: 50,
      callbacks: { delay_ms: 0, delivered: 1, failed: 0, read: 1, opt_out: 0, duplicated: 0.5 },
    })
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 50 })
    const listening = await startTestWorker({ databaseUrl: db.url, redisUrl, listen: true, brokers: [] })
    onTestFinished(() => listening.stop())
    const deps = await workers({ count: 1, redisUrl, env: { CAMP_PUBLIC_URL: listening.url } })
    const id = await makeCampaign(db.pool, scene, { leads: 300 })
    await runCampaign(deps, id, scene.userId)
    const books = await until(
      'all are read',
      () => booksOf(db.pool, id),
      seen => seen.statuses.READ === 300,
    )
    expect(books.campaign).toBe('FINISHED')
    expect(books.used).toBe('13.5000')
  })

  it('loses nothing and repeats nothing when the queue is wiped in the middle', async () => {
    const sandbox = await openSandbox({ latency_ms: 10 })
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
    const deps = await workers({ count: 2, redisUrl, concurrency: 2 })
    const id = await makeCampaign(db.pool, scene, { leads: 600 })
    await runCampaign(deps, id, scene.userId)
    await until(
      'it is on its way',
      async () => sandbox.stats().unique,
      unique => unique >= 50,
    )
    await wipeQueue(db, redisUrl)
    const books = await status(id, 'FINISHED')
    expect(books.statuses).toEqual({ SENT: 600 })
    expect(sandbox.stats()).toMatchObject({ unique: 600, duplicates: 0 })
  })
})

describe('what the broker says of a batch', () => {
  it('refuses single leads: they are ERROR with its reason, their cost is given back', async () => {
    const sandbox = await openSandbox({ refused: 0.2 })
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 50 })
    const deps = await workers({ count: 1 })
    const id = await makeCampaign(db.pool, scene, { leads: 500 })
    await runCampaign(deps, id, scene.userId)
    const books = await status(id, 'FINISHED')
    const accepted = sandbox.stats().accepted
    expect(books.statuses).toEqual({ SENT: accepted, ERROR: 500 - accepted })
    expect(500 - accepted).toBeGreaterThan(0)
    expect(Number(books.used)).toBeCloseTo(accepted * 0.045, 6)
    expect(books).toMatchObject({ ledger: books.used, billed: books.used })
  })

  it('halves a batch that one lead poisons until it alone is ERROR', async () => {
    const sandbox = await openSandbox()
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 64 })
    const deps = await workers({ count: 2 })
    const id = await makeCampaign(db.pool, scene, { leads: 64 })
    const { rows } = await db.pool.query<{ phone: string }>(
      `SELECT phone FROM "CampaignLead" WHERE campaign_id = $1 AND seq = 42`,
      [id],
    )
    sandbox.control({ poison: [rows[0]!.phone] })
    await runCampaign(deps, id, scene.userId)
    const books = await status(id, 'FINISHED')
    expect(books.statuses).toEqual({ SENT: 63, ERROR: 1 })
    expect(books).toMatchObject({ used: '2.8350', ledger: '2.8350', billed: '2.8350' })
    expect(sandbox.stats()).toMatchObject({ unique: 63, duplicates: 0 })
    expect(sandbox.stats().requests).toBeLessThanOrEqual(2 * Math.log2(64) + 1)
  })

  it('a refused key fails the campaign, leaves its leads PENDING and costs nothing', async () => {
    const sandbox = await openSandbox({ faults: { '401': 1 } })
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 50 })
    const deps = await workers({ count: 2 })
    const id = await makeCampaign(db.pool, scene, { leads: 300 })
    await runCampaign(deps, id, scene.userId)
    await status(id, 'FAILED')
    const books = await until(
      'nothing is on its way',
      () => booksOf(db.pool, id),
      seen => !seen.statuses.SENDING,
    )
    expect(books).toMatchObject({ statuses: { PENDING: 300 }, used: '0.0000', ledger: '0.0000', billed: '0.0000' })

    sandbox.control({ faults: {} })
    await resumeCampaign(deps, id, scene.userId)
    expect((await status(id, 'FINISHED')).statuses).toEqual({ SENT: 300 })
    expect(sandbox.stats().duplicates).toBe(0)
  })

  it('a broker that refuses everything pauses the campaign before the list is burnt', async () => {
    const sandbox = await openSandbox({ refused: 1 })
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 10 })
    const deps = await workers({ count: 1, concurrency: 1 })
    const id = await makeCampaign(db.pool, scene, { leads: 2_000 })
    await runCampaign(deps, id, scene.userId)
    const books = await status(id, 'PAUSED')
    expect(books.reason).toMatch(/all refused/)
    expect(books.statuses.PENDING).toBeGreaterThan(1_800)
    expect(books.used).toBe('0.0000')
  })

  it('a cancel ends what was not sent, and only that', async () => {
    const sandbox = await openSandbox({ latency_ms: 20 })
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
    const deps = await workers({ count: 1, concurrency: 2 })
    const id = await makeCampaign(db.pool, scene, { leads: 500 })
    await runCampaign(deps, id, scene.userId)
    await until(
      'it is on its way',
      async () => sandbox.stats().unique,
      unique => unique >= 20,
    )
    await cancelCampaign(deps, id, scene.userId, undefined)
    const books = await still(id)
    expect(books.campaign).toBe('CANCELLED')
    expect(books.statuses.PENDING).toBeUndefined()
    expect(books.statuses.SENT).toBe(sandbox.stats().unique)
    expect(books.errors.CANCELLED).toBe(500 - sandbox.stats().unique)
    expect(books).toMatchObject({ used: books.billed, ledger: books.billed, openBatches: 0 })
  })
})
