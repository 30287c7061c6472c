import { randomUUID } from 'node:crypto'
import { v7 as uuid } from 'uuid'
import { describe, expect, it } from 'vitest'
import { adjustBudget } from '../../../src/budget/adjust.ts'
import { budgetPosition, ledgerOf, listBudgets, setBudget } from '../../../src/budget/budget.ts'
import { reconcileBudgets } from '../../../src/budget/reconcile.ts'
import { useDatabase } from '../../support/database.ts'
import { makeCampaign, makeScene, type Scene } from '../../support/fixtures.ts'

const db = useDatabase()
const NOVEMBER = { year: 2026, month: 11 }
const present = { now: new Date('2026-11-24T12:00:00Z'), timezone: 'America/Sao_Paulo' }
const position = (scene: Scene, month = 11) => budgetPosition(db.pool, scene.walletId, 2026, month, present)

/** A campaign whose first leads were sent by one batch, its books as the dispatch leaves them. */
async function sentCampaign(
  scene: Scene,
  leads: number,
  sent: number,
): Promise<{ campaignId: string; batchId: string }> {
  const campaignId = await makeCampaign(db.pool, scene, { leads, status: 'PROCESSING' })
  const batchId = uuid()
  await db.pool.query(
    `WITH billed AS (
       UPDATE "CampaignLead" SET status = 'SENT', billed = true, batch_number = 1
       WHERE campaign_id = $1 AND seq <= $2::int * 2 RETURNING 1
     ), budget AS (
       UPDATE "Budget" SET used_budget = used_budget + 0.0450 * $2::int WHERE wallet_id = $3 AND year = 2026 AND month = 11 RETURNING id
     ), batch AS (
       INSERT INTO "Batch" (id, campaign_id, number, from_seq, to_seq, size, zone, status, budget_id, unit_cost, reserved)
       SELECT $4, $1, 1, 2, $2::int * 2, $2::int, 'America/Sao_Paulo', 'DONE', id, 0.0450, 0.0450 * $2::int FROM budget
     )
     INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, messages, batch_id, created_at)
     SELECT gen_random_uuid(), id, 'RESERVE', 0.0450 * $2::int, $2::int, $4, '2026-11-24T12:00:00Z' FROM budget`,
    [campaignId, sent, scene.walletId, batchId],
  )
  return { campaignId, batchId }
}

const november = () => makeScene(db.pool, { budget: '1000.00', month: NOVEMBER })

describe('where a budget stands', () => {
  it('is null without a budget for the month', async () => {
    expect(await position(await makeScene(db.pool, { budget: null }))).toBeNull()
  })

  it('counts what was used, and what is PENDING of every campaign that may still send', async () => {
    const scene = await november()
    await sentCampaign(scene, 100, 40)
    for (const status of ['APPROVED', 'PAUSED', 'FAILED'])
      await makeCampaign(db.pool, scene, { leads: 10, columns: { status }, status })
    for (const status of ['PENDING_APPROVAL', 'FINISHED', 'CANCELLED'])
      await makeCampaign(db.pool, scene, { leads: 1000, status })
    expect(await position(scene)).toEqual({
      budget: '1000.0000',
      used: '1.8000',
      committed: '4.0500',
      available: '994.1500',
    })
  })

  it('knows nothing of other wallets', async () => {
    const [mine, other] = [await november(), await november()]
    await sentCampaign(other, 100, 40)
    expect(await position(mine)).toMatchObject({ used: '0.0000', committed: '0.0000', available: '1000.0000' })
  })

  it('may fall below nothing', async () => {
    const scene = await makeScene(db.pool, { budget: '1.00', month: NOVEMBER })
    await makeCampaign(db.pool, scene, { leads: 100, status: 'PROCESSING' })
    expect(await position(scene)).toMatchObject({ committed: '4.5000', available: '-3.5000' })
  })

  it('commits a scheduled campaign to the month in which it will send, by the calendar of the time zone', async () => {
    const scene = await november()
    const december = { year: 2026, month: 12 }
    await setBudget(db.pool, { walletId: scene.walletId, month: december, limit: '10.00', userId: scene.userId })
    // 1 December in UTC is still 30 November in São Paulo.
    for (const [leads, scheduled_at] of [
      [10, '2026-12-01T01:00:00Z'],
      [20, '2026-12-01T12:00:00Z'],
      [40, '2026-10-01T12:00:00Z'],
    ] as const) {
      await makeCampaign(db.pool, scene, { leads, status: 'PROCESSING', columns: { scheduled_at } })
    }
    expect(await position(scene, 11)).toMatchObject({ committed: '2.2500' })
    expect(await position(scene, 12)).toMatchObject({ committed: '0.9000' })
  })
})

describe('setting a limit', () => {
  it('makes or changes the budget, says what stood before, and leaves an audit event but no ledger entry', async () => {
    const scene = await makeScene(db.pool, { budget: null })
    const change = { walletId: scene.walletId, month: NOVEMBER, userId: scene.userId }
    const first = await setBudget(db.pool, { ...change, limit: '10.00' })
    expect(first.before).toBeNull()
    expect(await setBudget(db.pool, { ...change, limit: '5.00' })).toEqual({
      id: first.id,
      before: '10.00',
    })
    expect(await position(scene)).toMatchObject({ budget: '5.0000' })
    expect(await ledgerOf(db.pool, scene.walletId, NOVEMBER)).toEqual([])
    const events = await db.prisma.auditEvent.findMany({ where: { subject_id: first.id }, orderBy: { id: 'asc' } })
    expect(events.map(event => event.detail)).toMatchObject([
      { from: null, to: '10.00' },
      { from: '10.00', to: '5.00' },
    ])
    expect(events[0]).toMatchObject({ user_id: scene.userId, action: 'budget.set', subject: 'Budget' })
  })

  it('keeps what was used, also below it', async () => {
    const scene = await november()
    await sentCampaign(scene, 100, 100)
    await setBudget(db.pool, { walletId: scene.walletId, month: NOVEMBER, limit: '1.00', userId: scene.userId })
    expect(await position(scene)).toMatchObject({ budget: '1.0000', used: '4.5000', available: '-3.5000' })
  })

  it('leaves nothing behind when its audit cannot be written', async () => {
    const scene = await makeScene(db.pool, { budget: null })
    const change = { walletId: scene.walletId, month: NOVEMBER, limit: '10.00', userId: randomUUID() }
    await expect(setBudget(db.pool, change)).rejects.toMatchObject({ code: '23503' })
    expect(await listBudgets(db.pool, scene.walletId)).toEqual([])
  })
})

it('tells a ledger entry with its campaign and batch, and knows a month without a budget', async () => {
  const scene = await november()
  await sentCampaign(scene, 10, 10)
  expect(await ledgerOf(db.pool, scene.walletId, NOVEMBER)).toMatchObject([
    { kind: 'RESERVE', amount: '0.4500', messages: 10, batch: 1, campaign: expect.stringMatching(/^T/) },
  ])
  expect(await ledgerOf(db.pool, scene.walletId, { year: 2027, month: 1 })).toBeNull()
})

describe('the audit', () => {
  /** The audit inside a transaction that is rolled back: what one test breaks is whole again for the next. */
  async function auditAfter(statement: string, values: unknown[]) {
    const client = await db.pool.connect()
    try {
      await client.query('BEGIN')
      await client.query(statement, values)
      return (await reconcileBudgets(client)).differences
    } finally {
      await client.query('ROLLBACK')
      client.release()
    }
  }

  it('agrees with books that are right, whole or in parts given back', async () => {
    const scene = await november()
    await sentCampaign(scene, 50, 40)
    const { campaignId, batchId } = await sentCampaign(scene, 10, 10)
    await db.pool.query(
      `UPDATE "CampaignLead" SET billed = false, status = 'ERROR' WHERE campaign_id = $1 AND seq = 2`,
      [campaignId],
    )
    await db.pool.query(`UPDATE "Batch" SET reserved = reserved - 0.0450 WHERE id = $1`, [batchId])
    await db.pool.query(
      `INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, messages, batch_id)
       SELECT gen_random_uuid(), budget_id, 'RELEASE', -0.0450, -1, id FROM "Batch" WHERE id = $1`,
      [batchId],
    )
    await db.pool.query(`UPDATE "Budget" SET used_budget = used_budget - 0.0450 WHERE wallet_id = $1`, [scene.walletId])
    const { budgets, batches, entries, differences } = await reconcileBudgets(db.pool)
    expect(differences).toEqual([])
    expect(budgets).toBeGreaterThan(0)
    expect(batches).toBeGreaterThan(1)
    expect(entries).toBeGreaterThan(2)
  })

  it('counts each lead for the batch that claimed it last, also where their ranges lie in one another', async () => {
    const scene = await november()
    const { campaignId, batchId } = await sentCampaign(scene, 10, 10)
    // The third lead is retried by a batch of its own, inside the range of the first.
    await db.pool.query(`UPDATE "Batch" SET reserved = 0.4050 WHERE id = $1`, [batchId])
    await db.pool.query(
      `WITH retry AS (
         INSERT INTO "Batch" (id, campaign_id, number, from_seq, to_seq, size, zone, status, budget_id, unit_cost, reserved)
         SELECT gen_random_uuid(), campaign_id, 2, 6, 6, 1, zone, 'DONE', budget_id, 0.0450, 0.0450 FROM "Batch" WHERE id = $1
         RETURNING id, budget_id
       )
       INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, messages, batch_id, created_at)
       SELECT gen_random_uuid(), budget_id, 'RESERVE'::"BudgetEntryKind", 0.0450, 1, id, '2026-11-24T12:00:00Z'::timestamptz FROM retry
       UNION ALL SELECT gen_random_uuid(), budget_id, 'RELEASE', -0.0450, -1, $1, '2026-11-24T12:00:00Z' FROM retry`,
      [batchId],
    )
    const claim = `UPDATE "CampaignLead" SET batch_number = 2 WHERE campaign_id = $1 AND seq = $2`
    expect(await auditAfter(claim, [campaignId, 6])).toEqual([])
    expect(await auditAfter(`SELECT $1::uuid`, [campaignId])).toMatchObject([
      { check: 'LEADS', where: expect.stringContaining('batch 1'), expected: '9', found: '10' },
      { check: 'LEADS', where: expect.stringContaining('batch 2'), expected: '1', found: '0' },
    ])
    await db.pool.query(claim, [campaignId, 6])
  })

  it('finds a used_budget that is not the ledger', async () => {
    const scene = await november()
    await sentCampaign(scene, 10, 10)
    expect(
      await auditAfter(`UPDATE "Budget" SET used_budget = used_budget + 0.0001 WHERE wallet_id = $1`, [scene.walletId]),
    ).toEqual([{ check: 'LEDGER', where: expect.stringContaining('2026-11'), expected: '0.4500', found: '0.4501' }])
  })

  it('finds a batch whose reserve is not its ledger, or not messages at its price', async () => {
    const { batchId } = await sentCampaign(await november(), 10, 10)
    expect(await auditAfter(`UPDATE "Batch" SET reserved = 0.4000 WHERE id = $1`, [batchId])).toMatchObject([
      { check: 'BATCH', expected: '0.4500', found: '0.4000' },
    ])
    expect(await auditAfter(`UPDATE "Batch" SET unit_cost = 0.0500 WHERE id = $1`, [batchId])).toMatchObject([
      { check: 'PAYER' },
      { check: 'PRICE' },
      { check: 'BATCH', expected: '0.5000', found: '0.4500' },
    ])
  })

  it('finds a lead billed that is not paid, inside a batch and outside all', async () => {
    const { campaignId } = await sentCampaign(await november(), 20, 10)
    expect(
      await auditAfter(`UPDATE "CampaignLead" SET billed = false WHERE campaign_id = $1 AND seq = 4`, [campaignId]),
    ).toMatchObject([{ check: 'LEADS', expected: '10', found: '9' }, { check: 'STATUS' }])
    expect(
      await auditAfter(`UPDATE "CampaignLead" SET billed = true WHERE campaign_id = $1 AND seq = 30`, [campaignId]),
    ).toMatchObject([
      { check: 'LEADS', where: expect.stringContaining('in no batch'), expected: '0', found: '1' },
      { check: 'STATUS' },
    ])
  })
})

it('a refund leaves room for more messages, which is no use above the limit', async () => {
  const scene = await makeScene(db.pool, { budget: '1.80', month: NOVEMBER })
  await sentCampaign(scene, 100, 40)
  const refund = { walletId: scene.walletId, month: NOVEMBER, amount: '-0.9000', reason: 'bill', userId: scene.userId }
  await adjustBudget(db.pool, refund, present.now)
  await sentCampaign(scene, 100, 20)
  expect(await position(scene)).toMatchObject({ budget: '1.8000', used: '1.8000' })
  const { rows } = await db.pool.query(`SELECT name FROM "Wallet" WHERE id = $1`, [scene.walletId])
  const { differences } = await reconcileBudgets(db.pool)
  expect(differences.filter(({ check, where }) => check === 'LIMIT' && where.includes(rows[0].name))).toEqual([])
})
