import { expect, it } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { transaction } from '../../../src/database/pool.ts'
import { finishAfterCommit } from '../../../src/dispatch/finish/finish.ts'
import { sweep } from '../../../src/dispatch/sweep.ts'
import { byHand, claimed, outcomeOf } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { makeCampaign, makeScene } from '../../support/fixtures.ts'

const db = useDatabase()
const START = new Date('2026-11-24T13:00:00Z')

/** A campaign that runs, in batches of one lead. */
async function running(leads: number) {
  const hand = byHand(db, START)
  const scene = await makeScene(db.pool, { maxBatch: 1, month: { year: 2026, month: 11 } })
  const id = await makeCampaign(db.pool, scene, { leads })
  await runCampaign(hand.deps, id, scene.userId)
  await hand.answered(id)
  const ids = await hand.queued(id)
  return { hand, id, ids, accept: { outcomes: [outcomeOf('ACCEPTED')] } }
}

async function statusOf(id: string): Promise<string> {
  const { rows } = await db.pool.query<{ status: string }>(`SELECT status FROM "Campaign" WHERE id = $1`, [id])
  return rows[0]!.status
}

it('a settle does not wait for the campaign’s row while other batches are QUEUED', async () => {
  const { hand, id, ids, accept } = await running(2)
  const batch = claimed(await hand.claim(ids[0]!))
  await transaction(db.pool, async tx => {
    await tx.query(`SELECT 1 FROM "Campaign" WHERE id = $1 FOR NO KEY UPDATE`, [id])
    expect(await hand.settle(batch, accept)).toMatchObject({ kind: 'SETTLED', mayFinish: true })
  })
  expect(await finishAfterCommit(db.pool, id, hand.now())).toBe(false)
  expect(await statusOf(id)).toBe('PROCESSING')
  expect(await hand.settle(claimed(await hand.claim(ids[1]!)), accept)).toMatchObject({ mayFinish: false })
  expect(await statusOf(id)).toBe('FINISHED')
})

/** A settle that saw the last batch QUEUED, which another transaction has emptied before the settle committed. */
async function settledBesideTheLast() {
  const { hand, id, ids, accept } = await running(2)
  const batch = claimed(await hand.claim(ids[0]!))
  await db.pool.query(
    `UPDATE "CampaignLead" SET status = 'ERROR', error_code = 'X' WHERE campaign_id = $1 AND seq = 4`,
    [id],
  )
  expect(await hand.settle(batch, accept)).toMatchObject({ mayFinish: true })
  await db.pool.query(`UPDATE "Batch" SET status = 'DONE' WHERE id = $1`, [ids[1]])
  expect(await statusOf(id)).toBe('PROCESSING')
  return { hand, id }
}

it('finishes after the commit when the last QUEUED batch was emptied meanwhile', async () => {
  const { hand, id } = await settledBesideTheLast()
  await finishAfterCommit(db.pool, id, hand.now())
  expect(await statusOf(id)).toBe('FINISHED')
})

it('the sweep finishes a campaign whose worker died before it looked', async () => {
  const { hand, id } = await settledBesideTheLast()
  await sweep({ ...hand.deps, now: hand.now, sweepMs: 15_000 })
  expect(await statusOf(id)).toBe('FINISHED')
})
