import { beforeAll, expect, it } from 'vitest'
import { retryFailed } from '../../../src/campaign/actions/retry.ts'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { approveCampaign } from '../../../src/campaign/approval/approve.ts'
import { resolveLeads } from '../../../src/campaign/doubt/resolve.ts'
import { progressMeter, progressOf } from '../../../src/campaign/read/progress.ts'
import { campaignReport } from '../../../src/campaign/read/report.ts'
import { APPROVAL, byHand, claimed, outcomeOf } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { makeCampaign, makeScene, setSelfApproval } from '../../support/fixtures.ts'

const db = useDatabase()
beforeAll(() => setSelfApproval(db.pool, 'allow'))

/** Sends what is queued, every lead of a batch in one way. */
async function sendAll(hand: ReturnType<typeof byHand>, id: string, outcome: Parameters<typeof outcomeOf>[0]) {
  for (let queued = await hand.queued(id); queued.length > 0; queued = await hand.queued(id)) {
    const batch = claimed(await hand.claim(queued[0]!))
    await hand.settle(batch, { outcomes: batch.leads.map(() => outcomeOf(outcome)) })
  }
}

async function again(hand: ReturnType<typeof byHand>, id: string, userId: string) {
  await retryFailed(hand.deps, id, userId, undefined)
  await approveCampaign(hand.deps, id, userId, APPROVAL)
  await runCampaign(hand.deps, id, userId)
}

it('counts each lead once, however often it was sent: refused, in doubt, found not sent, sent again', async () => {
  const scene = await makeScene(db.pool, { maxBatch: 100 })
  const hand = byHand(db, new Date())
  const id = await makeCampaign(db.pool, scene, { leads: 400 })
  const figures = async () => {
    const { total, accepted, refused, inDoubt } = await progressOf(db.pool, id)
    expect(await progressMeter(db.pool, id).read()).toMatchObject({ total, accepted, refused, inDoubt })
    return { total, accepted, refused, inDoubt }
  }
  await runCampaign(hand.deps, id, scene.userId)
  await sendAll(hand, id, 'IN_DOUBT')
  expect(await figures()).toEqual({ total: 400, accepted: 0, refused: 0, inDoubt: 400 })

  await resolveLeads(hand.deps, id, { verdict: 'NOT_SENT', leads: null, userId: scene.userId })
  expect(await figures()).toEqual({ total: 400, accepted: 0, refused: 400, inDoubt: 0 })
  // Whom the broker never had, it did not accept either.
  expect((await campaignReport(db.pool, id)).rates.accepted).toBe(0)

  await again(hand, id, scene.userId)
  expect(await figures()).toEqual({ total: 400, accepted: 0, refused: 0, inDoubt: 0 })
  const meter = progressMeter(db.pool, id)
  expect(await meter.read()).toMatchObject({ status: 'PROCESSING', total: 400, accepted: 0 })
  const [first] = await hand.queued(id)
  const batch = claimed(await hand.claim(first!))
  await hand.settle(batch, { outcomes: batch.leads.map(() => outcomeOf('ACCEPTED')) })
  expect(await meter.read()).toMatchObject({ total: 400, accepted: 100 })
  await sendAll(hand, id, 'ACCEPTED')
  expect(await figures()).toEqual({ total: 400, accepted: 400, refused: 0, inDoubt: 0 })
  expect((await campaignReport(db.pool, id)).rates.accepted).toBe(400)
})

it('leaves the rows out that were refused at import, and keeps those that a claim refuses', async () => {
  const scene = await makeScene(db.pool)
  const hand = byHand(db, new Date())
  const id = await makeCampaign(db.pool, scene, { leads: 10 })
  await db.pool.query(
    `UPDATE "CampaignLead" SET status = 'ERROR', error_code = CASE WHEN p.n = 1 THEN 'INVALID_PHONE' ELSE 'FREQUENCY_CAP' END
     FROM (SELECT id, row_number() OVER (ORDER BY seq) AS n FROM "CampaignLead" WHERE campaign_id = $1) p
     WHERE p.id = "CampaignLead".id AND p.n <= 3`,
    [id],
  )
  await runCampaign(hand.deps, id, scene.userId)
  await sendAll(hand, id, 'ACCEPTED')
  expect(await progressOf(db.pool, id)).toMatchObject({ status: 'FINISHED', total: 9, accepted: 7, refused: 2 })
})

it('of very many is added up from the batches between two counts, the retried ones counted once', async () => {
  const scene = await makeScene(db.pool, { maxBatch: 10_000, budget: '9000000.00' })
  const hand = byHand(db, new Date())
  const id = await makeCampaign(db.pool, scene, { leads: 60_000 })
  await runCampaign(hand.deps, id, scene.userId)
  // So many refusals in a row pause it.
  const refused = claimed(await hand.claim((await hand.queued(id))[0]!))
  await hand.settle(refused, { outcomes: refused.leads.map(() => outcomeOf('REJECTED')) })
  expect(await progressOf(db.pool, id)).toMatchObject({ status: 'PAUSED', refused: refused.leads.length })
  await again(hand, id, scene.userId)
  const meter = progressMeter(db.pool, id)
  expect(await meter.read()).toMatchObject({ total: 60_000, accepted: 0, refused: 0 })
  const [first, second] = await hand.queued(id)
  const one = claimed(await hand.claim(first!))
  await hand.settle(one, { outcomes: one.leads.map(() => outcomeOf('ACCEPTED')) })
  expect(await meter.read()).toMatchObject({ total: 60_000, accepted: one.leads.length, refused: 0 })
  const two = claimed(await hand.claim(second!))
  await hand.settle(two, { outcomes: two.leads.map(() => outcomeOf('IN_DOUBT')) })
  expect(await meter.read()).toMatchObject({ accepted: one.leads.length, inDoubt: two.leads.length })
  expect(await progressOf(db.pool, id)).toMatchObject({ accepted: one.leads.length, inDoubt: two.leads.length })
})
