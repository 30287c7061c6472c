import type pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { reconcileBudgets } from '../../../src/budget/reconcile.ts'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { pauseCampaign } from '../../../src/campaign/actions/stop.ts'
import { systemClock, systemSleep } from '../../../src/clock.ts'
import { openPool } from '../../../src/database/pool.ts'
import { claimBatches } from '../../../src/dispatch/claim/claim.ts'
import { GROUP_LIMITS, type GroupLimits } from '../../../src/dispatch/claim/group.ts'
import { openDispatch } from '../../../src/dispatch/dispatch.ts'
import { untilInForce } from '../../../src/dispatch/finish/stop-in-force.ts'
import type { Claim } from '../../../src/dispatch/model/claimed-batch.ts'
import type { DispatchDeps } from '../../../src/dispatch/model/deps.ts'
import { settlePlain } from '../../../src/dispatch/settle/settle-plain.ts'
import type { Http } from '../../../src/http/client.ts'
import { byHand, claimed, DEAF, outcomeOf } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { booksOf, makeCampaign, makeScene, type SceneOptions, setBudget, testKeys } from '../../support/fixtures.ts'
import { testLog } from '../../support/log.ts'
import { until } from '../../support/worker.ts'

/** Batches that are claimed, sent and settled together (docs/decisions/0087-batches-are-claimed-together.md). */
const db = useDatabase()

/** A campaign that runs, whose broker has taken a message before, in batches of one lead unless the scene says more. */
async function running(leads: number, options: SceneOptions = {}) {
  const scene = await makeScene(db.pool, { maxBatch: 1, ...options })
  const id = await makeCampaign(db.pool, scene, { leads })
  await runCampaign({ pool: db.pool, queues: DEAF, clock: systemClock }, id, scene.userId)
  const hand = byHand(db, new Date())
  await hand.answered(id)
  return { scene, id, hand, ids: await hand.queued(id) }
}

/** The sandbox's wire format. @param fate of a request, by its number from 1 */
function broker(fate: (n: number) => Promise<'accepted' | 'dropped'>) {
  const keys: string[] = []
  let requests = 0
  const http: Http = {
    clock: systemClock,
    get unguarded() {
      return http
    },
    request: async ({ guard, body }) => {
      const refusal = guard?.()
      if (refusal !== undefined) return { kind: 'NOT_SENT', reason: refusal }
      const { messages } = JSON.parse(String(body)) as { messages: { key: string }[] }
      keys.push(...messages.map(({ key }) => key))
      if ((await fate(++requests)) === 'dropped') return { kind: 'UNKNOWN', reason: 'the test drops it' }
      const results = messages.map(({ key }) => ({ key, status: 'accepted' }))
      return { kind: 'RESPONSE', status: 200, headers: {}, body: JSON.stringify({ reference: 'r', results }) }
    },
  }
  return { http, keys }
}

const accepting = () => broker(async () => 'accepted')

/** Claims grow while they are answered soon: here at once, on any machine. Looks are as old as the clock says. */
async function dispatchDeps(http: Http, pool: pg.Pool = db.pool): Promise<DispatchDeps> {
  return {
    ...{ pool, queues: DEAF, keys: await testKeys(), http, log: testLog(), callbackUrl: () => undefined },
    ...{ now: () => new Date(), sleep: systemSleep, monotonic: () => 0, random: Math.random },
    ...{ timezone: 'America/Sao_Paulo', isHoliday: () => false, leaseMs: () => 60_000 },
    draining: new AbortController().signal,
  }
}

const limitsOf = (limits: Partial<GroupLimits>) => () => ({ ...GROUP_LIMITS, ...limits })

async function claimTogether(batchId: string, limits: Partial<GroupLimits> = {}): Promise<Claim[]> {
  return claimBatches(await dispatchDeps(accepting().http), batchId, limitsOf(limits))
}

it('a claim takes the batches that follow, up to each of its limits, each with its attempt, its lease and its cost', async () => {
  const { id, ids } = await running(30)
  const batches = (await claimTogether(ids[0]!, { batches: 4 })).map(claimed)
  expect(batches.map(({ number, attempt, leads }) => [number, attempt, leads.length])).toEqual([
    [1, 1, 1],
    [2, 1, 1],
    [3, 1, 1],
    [4, 1, 1],
  ])
  expect(new Set(batches.map(batch => batch.xid)).size).toBe(1)
  expect(await claimTogether(ids[4]!, { requests: 3 })).toHaveLength(3)
  expect(await claimTogether(ids[7]!, { messages: 2 })).toHaveLength(2)
  const { rows } = await db.pool.query(
    `SELECT b.status, b.lease_until > now() AS leased, b.reserved, e.amount, e.messages
     FROM "Batch" b LEFT JOIN "BudgetEntry" e ON e.batch_id = b.id WHERE b.campaign_id = $1 ORDER BY b.number LIMIT 10`,
    [id],
  )
  const taken = { status: 'SENDING', leased: true, reserved: '0.0450', amount: '0.0450', messages: 1 }
  expect(rows.slice(0, 9)).toEqual(Array(9).fill(taken))
  expect(rows[9]).toMatchObject({ status: 'QUEUED', amount: null })
  expect(await booksOf(db.pool, id)).toMatchObject({ statuses: { SENDING: 9, PENDING: 21 }, used: '0.4050' })
})

it('a batch that waits for a time of its own, or is claimed, is left out; the job of one that is taken serves another', async () => {
  const { ids } = await running(6)
  await db.pool.query(`UPDATE "Batch" SET not_before = now() + interval '1 hour' WHERE id = $1`, [ids[1]])
  await claimTogether(ids[3]!, { batches: 1 })
  const numbers = async (batchId: string) => (await claimTogether(batchId, { batches: 3 })).map(c => claimed(c).number)
  expect(await numbers(ids[0]!)).toEqual([1, 3])
  expect(await numbers(ids[0]!)).toEqual([5, 6])
  expect(await claimTogether(ids[0]!)).toEqual([{ kind: 'GONE' }])
})

it('one person in two batches of a claim gets one message', async () => {
  const { id, ids } = await running(3)
  await db.pool.query(
    `UPDATE "CampaignLead" SET phone = (SELECT phone FROM "CampaignLead" WHERE campaign_id = $1 AND seq = 2)
     WHERE campaign_id = $1 AND seq = 4`,
    [id],
  )
  const claims = await claimTogether(ids[0]!)
  expect(claims.map(claim => claim.kind).sort()).toEqual(['CLAIMED', 'CLAIMED', 'EMPTIED'])
  expect((await booksOf(db.pool, id)).errors).toEqual({ FREQUENCY_CAP: 1 })
})

it('a lead in the ranges of two batches of a claim is one batch’s, and is paid once', async () => {
  const { id, ids } = await running(6, { maxBatch: 3 })
  // No plan makes such ranges: a claim is not to depend on it.
  await db.pool.query(`UPDATE "Batch" SET from_seq = (SELECT from_seq FROM "Batch" WHERE id = $1) WHERE id = $2`, [
    ids[0],
    ids[1],
  ])
  const batches = (await claimTogether(ids[0]!)).flatMap(claim => (claim.kind === 'CLAIMED' ? [claim.batch] : []))
  const seqs = batches.flatMap(({ leads }) => leads.map(lead => lead.seq))
  expect(seqs).toHaveLength(6)
  expect(new Set(seqs).size).toBe(6)
  expect((await booksOf(db.pool, id)).used).toBe('0.2700')
  const held = `SELECT count(*)::int AS n FROM "Contact" c JOIN "CampaignLead" l ON c.lead_id = l.id AND l.campaign_id = $1
    WHERE c.key = 'p:' || l.phone AND c.last_sent_at > '-infinity'`
  expect((await db.pool.query(held, [id])).rows).toEqual([{ n: 6 }])
})

it('where the budget pays for some of them, they go one by one, to the last centavo', async () => {
  const { scene, id } = await running(20)
  await setBudget(db.pool, scene.walletId, '0.50')
  const { http, keys } = accepting()
  await toItsEnd(id, await dispatchDeps(http))
  expect(await booksOf(db.pool, id)).toMatchObject({
    campaign: 'FAILED',
    statuses: { SENT: 11, PENDING: 9 },
    used: '0.4950',
  })
  expect(new Set(keys).size).toBe(11)
})

it('each of them is fenced by its own attempt: a settle leaves those that a sweep has decided about', async () => {
  const { id, ids } = await running(5)
  const batches = (await claimTogether(ids[0]!)).map(claimed)
  await db.pool.query(`UPDATE "Batch" SET status = 'IN_DOUBT' WHERE id = $1`, [ids[1]])
  await db.pool.query(`UPDATE "Batch" SET claimed_at = claimed_at - interval '1 second' WHERE id = $1`, [ids[2]])
  const outcome = { outcomes: [outcomeOf('ACCEPTED')] }
  const settled = await settlePlain(
    { pool: db.pool, now: () => new Date() },
    batches.map(batch => ({ batch, outcome })),
    { correlatesByProviderId: false },
  )
  expect([...settled.keys()].sort()).toEqual([ids[0], ids[3], ids[4]].sort())
  expect((await booksOf(db.pool, id)).statuses).toEqual({ SENT: 3, SENDING: 2 })
})

/** Takes the jobs that a queue would deliver, until nothing is left of the campaign. */
async function toItsEnd(id: string, deps: DispatchDeps): Promise<void> {
  const dispatch = openDispatch(deps)
  for (;;) {
    const { rows } = await db.pool.query<{ id: string }>(
      `SELECT b.id FROM "Batch" b JOIN "Campaign" c ON c.id = b.campaign_id
       WHERE c.id = $1 AND c.status = 'PROCESSING' AND b.status = 'QUEUED' ORDER BY b.number LIMIT 1`,
      [id],
    )
    if (!rows[0]) return
    await dispatch(rows[0].id)
  }
}

/** @returns how many claims there were, and how many of its batches each took */
async function claimSizes(id: string): Promise<number[]> {
  const { rows } = await db.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM "Batch" WHERE campaign_id = $1 AND attempt > 0 GROUP BY claimed_at ORDER BY claimed_at`,
    [id],
  )
  return rows.map(row => row.n)
}

it('a worker’s claims grow while the broker answers; after a request without an answer the rest of the claim is not sent', async () => {
  const { id } = await running(120)
  // Of the claim of eight: its third batch.
  const { http, keys } = broker(async n => (n === 10 ? 'dropped' : 'accepted'))
  const dispatch = openDispatch(await dispatchDeps(http))
  const first = async () => {
    const { rows } = await db.pool.query<{ id: string }>(
      `SELECT id FROM "Batch" WHERE campaign_id = $1 AND status = 'QUEUED' ORDER BY number LIMIT 1`,
      [id],
    )
    return rows[0]!.id
  }
  for (let n = 0; n < 4; n++) await dispatch(await first())
  expect(await claimSizes(id)).toEqual([1, 2, 4, 8])
  expect(keys).toHaveLength(10)
  expect((await booksOf(db.pool, id)).statuses).toEqual({ SENT: 9, IN_DOUBT: 1, PENDING: 110 })
  await toItsEnd(id, await dispatchDeps(http))
  expect((await booksOf(db.pool, id)).statuses).toEqual({ SENT: 119, IN_DOUBT: 1 })
  expect(new Set(keys).size).toBe(120)
  expect(keys).toHaveLength(120)
  expect((await reconcileBudgets(db.pool)).differences).toEqual([])
})

it('a pause in the middle of a claim stops it: nothing of the rest is written once it is in force', async () => {
  const { scene, id } = await running(60)
  let [paused, writtenAfter] = [false, 0]
  const { http } = broker(async n => {
    if (paused) writtenAfter++
    if (n === 20) {
      const deps = { pool: db.pool, queues: DEAF, clock: systemClock }
      await pauseCampaign(deps, id, scene.userId, null)
      await untilInForce(db.pool)
      paused = true
    }
    return 'accepted'
  })
  await toItsEnd(id, await dispatchDeps(http))
  expect(writtenAfter).toBe(0)
  expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'PAUSED', statuses: { SENT: 20, PENDING: 40 } })
})

it('a claim of many whose commit was not answered is undone as a whole', async () => {
  const { id, ids } = await running(8)
  const pool = openPool(db.url)
  onTestFinished(() => pool.end())
  let commits = 0
  const known = new WeakSet<pg.PoolClient>()
  const connect = pool.connect.bind(pool) as (told?: unknown) => Promise<pg.PoolClient>
  pool.connect = ((told?: unknown) => (told ? connect(told) : lossy())) as typeof pool.connect
  const lossy = async () => {
    const client = await connect()
    if (known.has(client)) return client
    known.add(client)
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
    client.query = (async (...args: unknown[]) => {
      const answer = await query(...args)
      // The first claim takes one batch, and its settle is the second commit.
      if (args[0] === 'COMMIT' && ++commits === 3) throw new Error('Connection terminated unexpectedly')
      return answer
    }) as typeof client.query
    return client
  }
  const { http, keys } = accepting()
  const dispatch = openDispatch(await dispatchDeps(http, pool))
  await dispatch(ids[0]!)
  await dispatch(ids[1]!)
  expect(await claimSizes(id)).toEqual([1, 2])
  expect(keys).toHaveLength(1)
  expect(await booksOf(db.pool, id)).toMatchObject({
    statuses: { SENT: 1, PENDING: 7 },
    used: '0.0450',
    ledger: '0.0450',
  })
})

/** Counts the statements of a pool, and its commits. */
function counting(): { pool: pg.Pool; counts: { statements: number; commits: number } } {
  const pool = openPool(db.url)
  onTestFinished(() => pool.end())
  const counts = { statements: 0, commits: 0 }
  const known = new WeakSet<pg.PoolClient>()
  pool.on('connect', client => {
    if (known.has(client)) return
    known.add(client)
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    client.query = ((...args: unknown[]) => {
      counts.statements++
      if (args[0] === 'COMMIT') counts.commits++
      return query(...args)
    }) as typeof client.query
  })
  return { pool, counts }
}

it.each([
  // A lead: its shares of a claim (11 statements), of a settle (9) and of the check between and after them.
  { shape: 'a text per person', leads: 400, maxBatch: 1, statements: 1.2, commits: 0.12 },
  { shape: 'batches of 100', leads: 2_000, maxBatch: 100, statements: 0.15, commits: 0.02 },
])('$shape: no more than $statements statements and $commits commits a lead', async shape => {
  const { id } = await running(shape.leads, { maxBatch: shape.maxBatch })
  const { pool, counts } = counting()
  await toItsEnd(id, await dispatchDeps(accepting().http, pool))
  expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'FINISHED', statuses: { SENT: shape.leads } })
  expect(counts.statements / shape.leads).toBeLessThanOrEqual(shape.statements)
  expect(counts.commits / shape.leads).toBeLessThanOrEqual(shape.commits)
})

it('a claim locks no batch that it does not take, and a job whose batch is taken serves any other', async () => {
  const { scene, id, ids } = await running(9, { maxBatch: 3 })
  const lockable = async () =>
    (
      await db.pool.query<{ number: number }>(
        `SELECT number FROM "Batch" WHERE campaign_id = $1 AND status = 'QUEUED' ORDER BY number FOR UPDATE SKIP LOCKED`,
        [id],
      )
    ).rows.map(({ number }) => number)
  // The claim waits with its locks for the budget's row.
  const holder = await db.pool.connect()
  await holder.query('BEGIN')
  await holder.query(`SELECT 1 FROM "Budget" WHERE wallet_id = $1 FOR UPDATE`, [scene.walletId])
  const claiming = claimTogether(ids[0]!, { messages: 4 })
  await until('the claim waits', lockable, numbers => numbers.length < 3)
  expect(await lockable()).toEqual([2, 3])
  await holder.query('COMMIT')
  holder.release()
  expect((await claiming).map(claimed).map(({ number }) => number)).toEqual([1])
  expect((await claimTogether(ids[2]!)).map(claimed).map(({ number }) => number)).toEqual([3])
  // Batch 2 is before the one that the job names.
  expect((await claimTogether(ids[2]!)).map(claimed).map(({ number }) => number)).toEqual([2])
})
