import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { progressOf } from '../../../src/campaign/read/progress.ts'
import { transaction } from '../../../src/database/pool.ts'
import { batchSizes, effectiveBatchSize } from '../../../src/dispatch/plan/batch-size.ts'
import { planBatches } from '../../../src/dispatch/plan/plan.ts'
import { regionOf, zoneOf } from '../../../src/recipient/regions.ts'
import { byHand, claimed, outcomeOf } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { booksOf, makeCampaign, makeScene } from '../../support/fixtures.ts'

const db = useDatabase()

describe('the plan', () => {
  it('takes the least of the limits, and one message where they are throttled', () => {
    const limits = {
      adapter: { messagesPerRequest: 1000 },
      brokerMax: null,
      campaignMax: null,
      perMessage: false,
      perSecond: null,
    }
    expect(effectiveBatchSize(limits)).toBe(1000)
    expect(effectiveBatchSize({ ...limits, brokerMax: 500 })).toBe(500)
    expect(effectiveBatchSize({ ...limits, brokerMax: 500, campaignMax: 20 })).toBe(20)
    expect(effectiveBatchSize({ ...limits, perMessage: true })).toBe(1)
    const single = { ...limits, adapter: { messagesPerRequest: 1 } }
    expect(effectiveBatchSize(single)).toBe(50)
    // What starts within a second; a bulk broker's batch is one request at any rate.
    expect(effectiveBatchSize({ ...single, perSecond: 100 })).toBe(50)
    expect(effectiveBatchSize({ ...single, perSecond: 12.5 })).toBe(12)
    expect(effectiveBatchSize({ ...single, perSecond: 0.1 })).toBe(1)
    expect(effectiveBatchSize({ ...limits, perSecond: 1 })).toBe(1000)
    const cautious = { ...limits, adapter: { messagesPerRequest: 1000, usualBatch: 200 } }
    expect(effectiveBatchSize(cautious)).toBe(200)
    expect(effectiveBatchSize({ ...cautious, brokerMax: 800 })).toBe(800)
    expect(effectiveBatchSize({ ...cautious, brokerMax: 5000 })).toBe(1000)
  })

  it('puts every PENDING lead into exactly one batch, of one region, as the pure plan says', async () => {
    const scene = await makeScene(db.pool)
    const groups = fc.array(
      fc.record({ ddd: fc.constantFrom(11, 55, 92, 68), count: fc.integer({ min: 1, max: 60 }) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    await fc.assert(
      fc.asyncProperty(
        groups,
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 2, max: 9 }),
        async (runs, size, hole) => {
          const campaignId = await makeCampaign(db.pool, scene, { leads: 0 })
          let seq = 0
          for (const { ddd, count } of runs.sort((a, b) => a.ddd - b.ddd)) {
            await db.pool.query(
              `INSERT INTO "CampaignLead" (id, campaign_id, seq, phone, status)
             SELECT gen_random_uuid(), $1, $2 + n, '55' || $3 || (900000000 + n),
                    CASE WHEN n % $5 = 0 THEN 'ERROR' ELSE 'PENDING' END::"LeadStatus"
             FROM generate_series(1, $4) n`,
              [campaignId, seq, String(ddd), count, hole],
            )
            seq += count
          }
          await transaction(db.pool, tx => planBatches(tx, { campaignId, size, oneTextPerRequest: false }))

          const { rows: batches } = await db.pool.query<{
            number: number
            from_seq: number
            to_seq: number
            size: number
            zone: string
            region: string
          }>(
            `SELECT number, from_seq, to_seq, size, zone, region FROM "Batch" WHERE campaign_id = $1 ORDER BY number`,
            [campaignId],
          )
          const { rows: leads } = await db.pool.query<{ seq: number; phone: string }>(
            `SELECT seq, phone FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'PENDING' ORDER BY seq`,
            [campaignId],
          )
          for (const lead of leads) {
            const holders = batches.filter(batch => batch.from_seq <= lead.seq && lead.seq <= batch.to_seq)
            expect(holders.map(({ zone, region }) => [zone, region])).toEqual([
              [zoneOf(lead.phone), regionOf(lead.phone)?.name],
            ])
          }
          const regions = [...new Set(leads.map(lead => regionOf(lead.phone)))]
          const pure = batchSizes(
            regions.map(region => ({ count: leads.filter(lead => regionOf(lead.phone) === region).length })),
            size,
          )
          expect(batches.map(batch => batch.size)).toEqual(pure)
          expect(batches.map(batch => batch.number)).toEqual(pure.map((_, i) => i + 1))
        },
      ),
      { numRuns: 25 },
    )
  })

  it('cuts by time zone what was imported when seq told only those apart', async () => {
    const scene = await makeScene(db.pool)
    const campaignId = await makeCampaign(db.pool, scene, { leads: 12, columns: { seq_by_zone: true } })
    // As they came in the file, São Paulo and Rio by turns; Acre stands in its own block.
    await db.pool.query(
      `UPDATE "CampaignLead" SET phone = overlay(phone PLACING CASE WHEN seq > 16 THEN '68' WHEN seq % 4 = 0 THEN '21' ELSE '11' END FROM 3)
       WHERE campaign_id = $1`,
      [campaignId],
    )
    await transaction(db.pool, tx => planBatches(tx, { campaignId, size: 5, oneTextPerRequest: false }))
    const { rows } = await db.pool.query(
      `SELECT from_seq, to_seq, size, zone, region FROM "Batch" WHERE campaign_id = $1 ORDER BY number`,
      [campaignId],
    )
    expect(rows).toEqual([
      { from_seq: 2, to_seq: 10, size: 5, zone: 'America/Sao_Paulo', region: '' },
      { from_seq: 12, to_seq: 16, size: 3, zone: 'America/Sao_Paulo', region: '' },
      { from_seq: 18, to_seq: 24, size: 4, zone: 'America/Rio_Branco', region: '' },
    ])
  })

  it('gives each text a batch of its own where a request carries one text', async () => {
    const scene = await makeScene(db.pool)
    const campaignId = await makeCampaign(db.pool, scene, { leads: 20 })
    await db.pool.query(
      `UPDATE "CampaignLead" SET custom_message = CASE WHEN seq <= 12 THEN 'a' ELSE 'b' END WHERE campaign_id = $1`,
      [campaignId],
    )
    await transaction(db.pool, tx => planBatches(tx, { campaignId, size: 5, oneTextPerRequest: true }))
    const { rows } = await db.pool.query<{ texts: number }>(
      `SELECT count(DISTINCT l.custom_message)::int AS texts FROM "Batch" b
       JOIN "CampaignLead" l ON l.campaign_id = b.campaign_id AND l.seq BETWEEN b.from_seq AND b.to_seq
       WHERE b.campaign_id = $1 GROUP BY b.id`,
      [campaignId],
    )
    expect(rows.map(row => row.texts)).toEqual([1, 1, 1, 1, 1])
  })

  it('planned around open batches: leads on both sides of one get a batch each', async () => {
    const scene = await makeScene(db.pool)
    const campaignId = await makeCampaign(db.pool, scene, { leads: 30 })
    const plan = () => transaction(db.pool, tx => planBatches(tx, { campaignId, size: 10, oneTextPerRequest: false }))
    await plan()
    // The outer two have ended; a lead of each is to be sent again. So is one beside the open one's edge.
    await db.pool.query(
      `WITH ended AS (UPDATE "Batch" SET status = 'DONE' WHERE campaign_id = $1 AND number <> 2)
       UPDATE "CampaignLead" SET status = 'SENT' WHERE campaign_id = $1 AND seq NOT BETWEEN 22 AND 40 AND seq NOT IN (6, 20, 50)`,
      [campaignId],
    )
    await plan()
    const { rows } = await db.pool.query<{ from_seq: number; to_seq: number; size: number }>(
      `SELECT from_seq, to_seq, size FROM "Batch" WHERE campaign_id = $1 AND status = 'QUEUED' ORDER BY from_seq`,
      [campaignId],
    )
    expect(rows).toEqual([
      { from_seq: 6, to_seq: 20, size: 2 },
      { from_seq: 22, to_seq: 40, size: 10 },
      { from_seq: 50, to_seq: 50, size: 1 },
    ])
  })

  it('claimed for no more leads than it was planned for, also when others of its range are to be sent by then', async () => {
    const scene = await makeScene(db.pool, { maxBatch: 10 })
    const hand = byHand(db, new Date())
    const id = await makeCampaign(db.pool, scene, { leads: 10 })
    await db.pool.query(
      `UPDATE "CampaignLead" SET status = 'ERROR', error_code = 'REFUSED' WHERE campaign_id = $1 AND seq IN (4, 6, 8, 10)`,
      [id],
    )
    await runCampaign(hand.deps, id, scene.userId)
    await db.pool.query(`UPDATE "Broker" SET max_batch = 3 WHERE id = $1`, [scene.brokerId])
    await db.pool.query(`UPDATE "CampaignLead" SET status = 'PENDING', error_code = NULL WHERE campaign_id = $1`, [id])
    const sizes: number[] = []
    for (let queued = await hand.queued(id); queued.length > 0; queued = await hand.queued(id)) {
      const batch = claimed(await hand.claim(queued[0]!))
      sizes.push(batch.leads.length)
      await hand.settle(batch, { outcomes: batch.leads.map(() => outcomeOf('ACCEPTED')) })
    }
    expect(sizes).toEqual([3, 3, 3, 1])
    expect((await booksOf(db.pool, id)).campaign).toBe('FINISHED')
    expect(await progressOf(db.pool, id)).toMatchObject({ total: 10, accepted: 10 })
  })

  it('planned again plans nothing: open batches hold their leads', async () => {
    const scene = await makeScene(db.pool)
    const campaignId = await makeCampaign(db.pool, scene, { leads: 30 })
    expect(await transaction(db.pool, tx => planBatches(tx, { campaignId, size: 7, oneTextPerRequest: false }))).toBe(5)
    expect(await transaction(db.pool, tx => planBatches(tx, { campaignId, size: 7, oneTextPerRequest: false }))).toBe(0)
  })

  it('planned again plans what closed batches have left, up to the open ones beside them', async () => {
    const scene = await makeScene(db.pool)
    const campaignId = await makeCampaign(db.pool, scene, { leads: 30 })
    const plan = { campaignId, size: 7, oneTextPerRequest: false }
    await transaction(db.pool, tx => planBatches(tx, plan))
    await db.pool.query(`UPDATE "Batch" SET status = 'DONE' WHERE campaign_id = $1 AND number = 2`, [campaignId])
    await db.pool.query(`UPDATE "Batch" SET to_seq = from_seq - 1 WHERE campaign_id = $1 AND number = 3`, [campaignId])
    expect(await transaction(db.pool, tx => planBatches(tx, plan))).toBe(2)
    const { rows } = await db.pool.query(
      `SELECT number, from_seq, to_seq, size FROM "Batch" WHERE campaign_id = $1 AND number > 5 ORDER BY number`,
      [campaignId],
    )
    expect(rows).toEqual([
      { number: 6, from_seq: 16, to_seq: 28, size: 7 },
      { number: 7, from_seq: 30, to_seq: 42, size: 7 },
    ])
  })
})
