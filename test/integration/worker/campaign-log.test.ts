import { expect, it } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { pauseCampaign } from '../../../src/campaign/actions/stop.ts'
import { systemClock } from '../../../src/clock.ts'
import { campaignLog } from '../../../src/worker/campaign-log.ts'
import { byHand, claimed, outcomeOf } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { makeCampaign, makeScene } from '../../support/fixtures.ts'
import { testLog } from '../../support/log.ts'

const db = useDatabase()

it('tells each move of a campaign once, with its figures, and nothing from before', async () => {
  const scene = await makeScene(db.pool)
  const hand = byHand(db, new Date())
  const old = await makeCampaign(db.pool, scene, { leads: 1 })
  await runCampaign(hand.deps, old, scene.userId)
  const said: Record<string, unknown>[] = []
  const log = testLog(line => said.push(JSON.parse(line)))
  const moves = campaignLog(db.pool, { log, clock: systemClock, brokers: undefined })
  const others = campaignLog(db.pool, { log, clock: systemClock, brokers: ['another broker'] })
  await moves.skipPast()

  const id = await makeCampaign(db.pool, scene, { leads: 2 })
  await runCampaign(hand.deps, id, scene.userId)
  await moves.tell()
  const batch = claimed(await hand.claim((await hand.queued(id))[0]!))
  await hand.settle(batch, { outcomes: batch.leads.map(() => outcomeOf('ACCEPTED')) })
  await pauseCampaign(hand.deps, old, scene.userId, 'enough')
  for (const one of [moves, moves, others]) await one.tell()
  expect(said).toMatchObject([
    { event: 'campaign.started', leads: 2, accepted: 0, by: 'a user' },
    { event: 'campaign.finished', by: 'camp', leads: 2, accepted: 2, refused: 0, in_doubt: 0 },
    { event: 'campaign.paused', reason: 'enough', leads: 1, accepted: 0 },
  ])
})
