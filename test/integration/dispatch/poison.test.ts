import { expect, it } from 'vitest'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { makeCampaign, makeScene, setBudget } from '../../support/fixtures.ts'

const db = useDatabase()
const { workers, status, still } = dispatchOn(db)

/** Sends a campaign of one batch in which these leads (counting from 1) make the broker refuse it whole. */
async function poisoned(leads: number, bad: readonly number[]) {
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: leads })
  const deps = await workers({ count: 2 })
  const id = await makeCampaign(db.pool, scene, { leads })
  const { rows } = await db.pool.query<{ phone: string }>(
    `SELECT phone FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY seq`,
    [id],
  )
  const poison = bad.map(n => rows[n - 1]!.phone)
  sandbox.control({ poison })
  await runCampaign(deps, id, scene.userId)
  const books = await status(id, 'FINISHED')
  const { rows: refused } = await db.pool.query<{ phone: string; error_code: string; error_message: string }>(
    `SELECT phone, error_code, error_message FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'ERROR' ORDER BY seq`,
    [id],
  )
  return { sandbox, id, books, poison, refused }
}

interface BatchRow {
  id: string
  number: number
  from_seq: number
  to_seq: number
  size: number
  status: string
  attempt: number
  accepted: number
  refused: number
  reserved: string
  parent_id: string | null
}

async function batchesOf(id: string): Promise<BatchRow[]> {
  const { rows } = await db.pool.query<BatchRow>(
    `SELECT id, number, from_seq, to_seq, size, status, attempt, accepted, refused, reserved, parent_id
     FROM "Batch" WHERE campaign_id = $1 ORDER BY number`,
    [id],
  )
  return rows
}

const positions = [2, 7, 64, 100].flatMap(leads => [1, Math.ceil(leads / 2), leads].map(bad => ({ leads, bad })))

it.each(positions)(
  'one bad lead, number $bad of $leads, costs twice the halvings in requests',
  async ({ leads, bad }) => {
    const { sandbox, id, books, poison, refused } = await poisoned(leads, [bad])
    expect(refused.map(lead => lead.phone)).toEqual(poison)
    expect(refused[0]).toMatchObject({ error_code: expect.any(String), error_message: expect.stringMatching(/./) })
    const stats = sandbox.stats()
    expect(stats).toMatchObject({ accepted: leads - 1, unique: leads - 1, duplicates: 0 })
    expect(stats.requests).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(leads)) + 1)
    expect(books).toMatchObject({ statuses: { ERROR: 1, SENT: leads - 1 }, used: books.billed, ledger: books.billed })
    await expectHalves(id, stats.requests, leads)
  },
)

it('three bad leads of a hundred: all others get it once', async () => {
  const { sandbox, id, books, poison, refused } = await poisoned(100, [3, 50, 98])
  expect(refused.map(lead => lead.phone)).toEqual(poison)
  const stats = sandbox.stats()
  expect(stats).toMatchObject({ accepted: 97, unique: 97, duplicates: 0 })
  expect(stats.requests).toBeLessThanOrEqual(3 * (2 * Math.ceil(Math.log2(100))) + 1)
  expect(books).toMatchObject({ statuses: { ERROR: 3, SENT: 97 }, used: '4.3650', ledger: '4.3650', billed: '4.3650' })
  await expectHalves(id, stats.requests, 100)
})

it('nothing but bad leads: each is ERROR, none is sent, nothing is spent', async () => {
  const { sandbox, books, refused } = await poisoned(7, [1, 2, 3, 4, 5, 6, 7])
  expect(refused).toHaveLength(7)
  expect(sandbox.stats()).toMatchObject({ accepted: 0, requests: 2 * 7 - 1 })
  expect(books).toMatchObject({ statuses: { ERROR: 7 }, used: '0.0000', ledger: '0.0000' })
})

it('a bad lead in the part of a batch that the budget pays for is found in it; the rest goes out after a top-up', async () => {
  const sandbox = await openSandbox()
  // 40 of 100 messages.
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 100, budget: '1.80' })
  const deps = await workers({ count: 2 })
  const id = await makeCampaign(db.pool, scene, { leads: 100 })
  const { rows } = await db.pool.query<{ phone: string }>(
    `SELECT phone FROM "CampaignLead" WHERE campaign_id = $1 AND seq IN (14, 180) ORDER BY seq`,
    [id],
  )
  sandbox.control({ poison: rows.map(row => row.phone) })
  await runCampaign(deps, id, scene.userId)
  await status(id, 'FAILED')
  const poor = await still(id)
  expect(poor.statuses.SENT ?? 0).toBeLessThanOrEqual(40)
  expect(poor).toMatchObject({ used: poor.billed, ledger: poor.billed })
  await setBudget(db.pool, scene.walletId, '100.00')
  await resumeCampaign(deps, id, scene.userId)
  expect(await status(id, 'FINISHED')).toMatchObject({
    statuses: { SENT: 98, ERROR: 2 },
    used: '4.4100',
    ledger: '4.4100',
    billed: '4.4100',
  })
  expect(sandbox.stats()).toMatchObject({ accepted: 98, unique: 98, duplicates: 0 })
  expect(sandbox.stats().requests).toBeLessThan(40)
})

/** Each request was a batch of its own, with its own number, under its parent; and only those that were not halved hold anything. */
async function expectHalves(id: string, requests: number, leads: number): Promise<void> {
  const batches = await batchesOf(id)
  expect(batches).toHaveLength(requests)
  expect(batches.map(batch => batch.number)).toEqual(batches.map((_, i) => i + 1))
  expect(batches.every(({ status, attempt }) => status === 'DONE' && attempt === 1)).toBe(true)
  const children = new Map(batches.map(batch => [batch.id, batches.filter(one => one.parent_id === batch.id)]))
  expect(batches.filter(batch => batch.parent_id === null)).toHaveLength(1)
  for (const batch of batches) {
    const halves = children.get(batch.id)!
    if (halves.length === 0) {
      expect(batch.accepted + batch.refused).toBe(batch.size)
      expect(Number(batch.reserved)).toBeCloseTo(batch.accepted * 0.045, 6)
    } else {
      expect(halves.map(half => half.size)).toEqual([Math.ceil(batch.size / 2), Math.floor(batch.size / 2)])
      expect(batch).toMatchObject({ accepted: 0, refused: 0, reserved: '0.0000' })
      expect(batch.to_seq).toBeLessThan(batch.from_seq)
    }
  }
  const ends = batches.filter(batch => children.get(batch.id)!.length === 0).sort((a, b) => a.from_seq - b.from_seq)
  for (let i = 1; i < ends.length; i++) expect(ends[i]!.from_seq).toBeGreaterThan(ends[i - 1]!.to_seq)
  expect(ends.reduce((sum, { size }) => sum + size, 0)).toBe(leads)
}
