import type pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { reconcileBudgets } from '../../../src/budget/reconcile.ts'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { systemClock, systemMonotonic, systemSleep } from '../../../src/clock.ts'
import { openPool } from '../../../src/database/pool.ts'
import { openDispatch } from '../../../src/dispatch/dispatch.ts'
import { sweep } from '../../../src/dispatch/sweep.ts'
import { createHttp } from '../../../src/http/client.ts'
import { byHand, claimed, DEAF } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene, testKeys } from '../../support/fixtures.ts'
import { testLog } from '../../support/log.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)

interface Losing {
  /** Whether the server hears the first COMMIT before its connection is lost. */
  heard: boolean
  /** Runs when it is lost, before anything else is asked. */
  meanwhile?: () => Promise<unknown>
  /** How many of the questions after it find the database away. */
  away?: number
}

/** A pool whose first transaction that commits loses its connection at that moment. */
function losing({ heard, meanwhile, away = 0 }: Losing): pg.Pool {
  const pool = openPool(db.url)
  onTestFinished(() => pool.end())
  let [isLost, left] = [false, away]
  const connect = pool.connect.bind(pool) as (told?: unknown) => Promise<pg.PoolClient>
  const lossy = async () => {
    const client = await connect()
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
    client.query = (async (...args: unknown[]) => {
      if (args[0] !== 'COMMIT' || isLost) return query(...args)
      isLost = true
      if (heard) await query(...args)
      else await query('ROLLBACK')
      await meanwhile?.()
      const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection
      stream.destroy()
      throw new Error('Connection terminated unexpectedly')
    }) as typeof client.query
    return client
  }
  // pool.query connects with a callback, for itself; transactions with a promise.
  pool.connect = ((told?: unknown) => (told ? connect(told) : lossy())) as typeof pool.connect
  const ask = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>
  pool.query = ((...args: unknown[]) => {
    if (isLost && left-- > 0) return Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))
    return ask(...args)
  }) as typeof pool.query
  return pool
}

async function scenery() {
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 10 })
  const id = await makeCampaign(db.pool, scene, { leads: 20 })
  await runCampaign({ pool: db.pool, queues: DEAF, clock: systemClock }, id, scene.userId)
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT id FROM "Batch" WHERE campaign_id = $1 ORDER BY number LIMIT 1`,
    [id],
  )
  const http = createHttp({ timeoutMs: 5_000 })
  onTestFinished(() => http.close())
  const dispatch = async (pool: pg.Pool, leaseMs = 60_000) =>
    openDispatch({
      pool,
      queues: DEAF,
      keys: await testKeys(),
      http,
      log: testLog(),
      callbackUrl: () => undefined,
      draining: new AbortController().signal,
      now: () => systemClock.now(),
      sleep: systemSleep,
      monotonic: systemMonotonic,
      leaseMs: () => leaseMs,
      timezone: 'America/Sao_Paulo',
      isHoliday: () => false,
      random: Math.random,
    })(rows[0]!.id)
  return { sandbox, id, batchId: rows[0]!.id, dispatch }
}

async function batchOf(id: string) {
  const { rows } = await db.pool.query(`SELECT status, attempt, reserved FROM "Batch" WHERE id = $1`, [id])
  return rows[0]
}

it.each([0, 3])(
  'a claim that was committed, its answer being lost, is undone at once, also where the database is away %d times after it',
  async away => {
    const { sandbox, id, batchId, dispatch } = await scenery()
    await dispatch(losing({ heard: true, away }))
    expect(await booksOf(db.pool, id)).toMatchObject({ statuses: { PENDING: 20 }, used: '0.0000', ledger: '0.0000' })
    expect(await batchOf(batchId)).toEqual({ status: 'QUEUED', attempt: 1, reserved: '0.0000' })
    expect(sandbox.stats().requests).toBe(0)
    expect((await reconcileBudgets(db.pool)).differences).toEqual([])
    const { rows } = await db.pool.query(`SELECT kind, detail FROM "LeadEvent" WHERE campaign_id = $1`, [id])
    expect(rows).toEqual([{ kind: 'WITHHELD', detail: expect.stringContaining('database') }])
    await workers({ count: 1 })
    expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 20 }, used: '0.9000' })
    expect(sandbox.stats()).toMatchObject({ unique: 20, duplicates: 0 })
  },
)

it('where its lease is over before the database can be asked, the doubt ends as soon as it is known', async () => {
  const { sandbox, id, dispatch } = await scenery()
  const sweeping = async () => {
    await new Promise(resolve => setTimeout(resolve, 60))
    await sweep({ pool: db.pool, queues: DEAF, now: () => new Date(), sweepMs: 1_000 })
    expect((await booksOf(db.pool, id)).statuses).toEqual({ IN_DOUBT: 10, PENDING: 10 })
  }
  await dispatch(losing({ heard: true, meanwhile: sweeping, away: 1 }), 50)
  expect(await booksOf(db.pool, id)).toMatchObject({ statuses: { PENDING: 20 }, used: '0.0000', ledger: '0.0000' })
  expect(sandbox.stats().requests).toBe(0)
  expect((await reconcileBudgets(db.pool)).differences).toEqual([])
})

it('a claim that was rolled back changes nothing, and is not taken for another worker’s of the same number', async () => {
  const { sandbox, id, batchId, dispatch } = await scenery()
  const hand = byHand(db, new Date())
  const other = async () => claimed(await hand.claim(batchId))
  await expect(dispatch(losing({ heard: false, meanwhile: other }))).rejects.toThrow('Connection terminated')
  expect(await batchOf(batchId)).toEqual({ status: 'SENDING', attempt: 1, reserved: '0.4500' })
  expect(await booksOf(db.pool, id)).toMatchObject({ statuses: { SENDING: 10, PENDING: 10 }, used: '0.4500' })
  expect(sandbox.stats().requests).toBe(0)
})
