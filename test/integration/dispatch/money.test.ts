import { describe, expect, it, onTestFinished } from 'vitest'
import { formatMoney, moneyOf } from '../../../src/budget/money.ts'
import { formatMonth } from '../../../src/budget/month.ts'
import { reconcileBudgets } from '../../../src/budget/reconcile.ts'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { openPool } from '../../../src/database/pool.ts'
import { monthOf } from '../../../src/time/local-day.ts'
import { byHand } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { type Books, booksOf, makeCampaign, makeScene, setBudget } from '../../support/fixtures.ts'
import { until } from '../../support/worker.ts'

const db = useDatabase()
const { workers, status, still } = dispatchOn(db)

const MONTH = formatMonth(monthOf(new Date(), 'America/Sao_Paulo'))
const LEADS = 400

describe('eight workers, two campaigns, one wallet with money for one and a half', () => {
  // A price that the limit is a multiple of, and one that leaves a rest.
  it.each([
    { cost: '0.0450', limit: '27.00', rest: '0.0000', raised: '36.00' },
    { cost: '0.0333', limit: '20.00', rest: '0.0200', raised: '26.64' },
  ])('at $cost a message spend $limit but for $rest, and the rest after a top-up to $raised', async money => {
    const sandbox = await openSandbox()
    const { cost, limit } = money
    // 23 divides nothing here: the last batch that the money pays for is a part of one.
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 23, budget: limit, cost })
    const deps = await workers({ count: 8, concurrency: 2 })
    const make = () => makeCampaign(db.pool, scene, { leads: LEADS })
    const ids = [await make(), await make()]
    await Promise.all(ids.map(id => runCampaign(deps, id, scene.userId)))

    const bothEnd = async () => {
      await Promise.all(ids.map(ends))
      return Promise.all(ids.map(id => booksOf(db.pool, id)))
    }
    let ended = await bothEnd()
    // On a busy machine a worker withholds a request, and its money comes back after the other campaign has failed for it.
    const resume = async () => {
      for (const [i, id] of ids.entries())
        if (ended[i]!.campaign === 'FAILED') await resumeCampaign(deps, id, scene.userId)
    }
    while (moneyOf(limit) - moneyOf(ended[0]!.used) >= moneyOf(cost)) {
      const before = sum(ended, 'SENT')
      await resume()
      ended = await bothEnd()
      expect(sum(ended, 'SENT')).toBeGreaterThan(before)
    }
    const affordable = Number(moneyOf(limit) / moneyOf(cost))
    expect(affordable).toBe((3 * LEADS) / 2)
    const used = formatMoney(moneyOf(limit) - moneyOf(money.rest))
    for (const books of ended) expect(books).toMatchObject({ used, ledger: used, billed: used })
    expect(moneyOf(money.rest)).toBeLessThan(moneyOf(cost))
    expect(sandbox.stats()).toMatchObject({ accepted: affordable, unique: affordable, duplicates: 0 })
    expect(sum(ended, 'SENT')).toBe(affordable)
    for (const books of ended) {
      const pending = LEADS - (books.statuses.SENT ?? 0)
      expect(books.statuses.PENDING ?? 0).toBe(pending)
      expect([books.campaign, books.reason]).toEqual(
        pending === 0
          ? ['FINISHED', null]
          : ['FAILED', `too little budget for ${MONTH}: ${money.rest} left, a message costs ${cost}`],
      )
    }

    await setBudget(db.pool, scene.walletId, money.raised)
    await resume()
    await Promise.all(ids.map(id => status(id, 'FINISHED')))
    const after = await Promise.all(ids.map(id => booksOf(db.pool, id)))
    const all = formatMoney(moneyOf(cost) * BigInt(2 * LEADS))
    for (const books of after) {
      expect(books).toMatchObject({ statuses: { SENT: LEADS }, reason: null, openBatches: 0 })
      expect(books).toMatchObject({ used: all, ledger: all, billed: all })
    }
    expect(sandbox.stats()).toMatchObject({ unique: 2 * LEADS, duplicates: 0 })
    expect((await reconcileBudgets(db.pool)).differences).toEqual([])
  })
})

it('what the broker refuses pays for others: the money goes to exactly as many messages as it accepts', async () => {
  const sandbox = await openSandbox({ refused: 0.25 })
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 17, budget: '6.66', cost: '0.0333' })
  const deps = await workers({ count: 8, concurrency: 2 })
  const id = await makeCampaign(db.pool, scene, { leads: 600 })
  await runCampaign(deps, id, scene.userId)
  // A claim that finds all the money booked fails the campaign, though some of it may be about to come back: then it is resumed.
  for (let pending = 600; ; ) {
    const books = await ends(id)
    const { accepted } = sandbox.stats()
    expect(books).toMatchObject({ campaign: 'FAILED', statuses: { SENT: accepted } })
    const used = formatMoney(moneyOf('0.0333') * BigInt(accepted))
    expect(books).toMatchObject({ used, ledger: used, billed: used })
    expect(moneyOf(used)).toBeLessThanOrEqual(moneyOf('6.66'))
    if (accepted === 200) break
    expect(books.statuses.PENDING).toBeLessThan(pending)
    pending = books.statuses.PENDING!
    await resumeCampaign(deps, id, scene.userId)
  }
  const { statuses } = await booksOf(db.pool, id)
  expect(statuses.PENDING).toBe(600 - 200 - statuses.ERROR!)
})

it('money that comes between a claim’s booking and its look at what is left is used, not called too little', async () => {
  const scene = await makeScene(db.pool, { maxBatch: 1, budget: '0.04', cost: '0.0450' })
  const id = await makeCampaign(db.pool, scene, { leads: 1 })
  const pool = openPool(db.url, { max: 1 })
  onTestFinished(() => pool.end())
  // The budget is topped up at the very moment when a claim asks what is left of it.
  pool.on('connect', client => {
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
    client.query = ((...args: unknown[]) => {
      const asked = String(args[0]).includes('budget - used_budget')
      return asked ? setBudget(db.pool, scene.walletId, '0.05').then(() => query(...args)) : query(...args)
    }) as typeof client.query
  })
  const hand = byHand({ pool }, new Date())
  await runCampaign(hand.deps, id, scene.userId)
  expect(await hand.claim((await hand.queued(id))[0]!)).toMatchObject({ kind: 'CLAIMED' })
  expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'PROCESSING', used: '0.0450', ledger: '0.0450' })
})

/** Its last state, when nothing of it is on its way any more. */
async function ends(id: string): Promise<Books> {
  await until(
    'it has ended',
    () => booksOf(db.pool, id),
    books => ['FAILED', 'FINISHED'].includes(books.campaign),
  )
  return still(id)
}

function sum(all: readonly Books[], lead: string): number {
  return all.reduce((total, books) => total + (books.statuses[lead] ?? 0), 0)
}
