import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { campaignView } from '../../../src/campaign/read/view.ts'
import { backoffMs } from '../../../src/dispatch/pacing/backoff.ts'
import { circuitMs, countAnswer } from '../../../src/dispatch/pacing/circuit-breaker.ts'
import { byHand, claimed, outcomeOf } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { makeCampaign, makeScene } from '../../support/fixtures.ts'
import { untilWaiting } from '../../support/locks.ts'
import { openTransaction } from '../../support/transaction.ts'
import { until } from '../../support/worker.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)

it('a broker that does not answer opens the circuit: one batch at a time tries, and when it answers all goes on', async () => {
  const sandbox = await openSandbox({ faults: { '429': 1 } })
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
  const deps = await workers({ count: 3, concurrency: 4 })
  const id = await makeCampaign(db.pool, scene, { leads: 500 })
  await runCampaign(deps, id, scene.userId)
  const waiting = await until(
    'it waits for the broker',
    () => campaignView(db.pool, id),
    view => view.waiting_for_broker !== null,
  )
  expect(waiting.waiting_for_broker).toMatchObject({ reason: expect.stringContaining('429') })
  expect(waiting.status).toBe('PROCESSING')
  // A hundred batches stand there, and only those on their way when it opened have asked.
  expect(sandbox.stats().requests).toBeLessThan(25)
  sandbox.control({ faults: {} })
  // A probe may have failed meanwhile: then the next one comes twice as late, and each batch looks again within ten seconds.
  expect(await status(id, 'FINISHED', 75_000)).toMatchObject({ statuses: { SENT: 500 }, used: '22.5000' })
  expect(sandbox.stats()).toMatchObject({ unique: 500, duplicates: 0 })
  expect((await campaignView(db.pool, id)).waiting_for_broker).toBeNull()
  const { rows } = await db.pool.query(`SELECT failures, blocked_until FROM "SendSlot" WHERE id = $1`, [
    scene.credentialId,
  ])
  expect(rows).toEqual([{ failures: 0, blocked_until: null }])
})

it('a claim that saw the circuit open when an answer closed it is no probe: nothing waits for its lease', async () => {
  const hand = byHand(db, new Date('2026-11-24T15:00:00Z'))
  const scene = await makeScene(db.pool, { maxBatch: 5, month: { year: 2026, month: 11 } })
  const id = await makeCampaign(db.pool, scene, { leads: 5 })
  await runCampaign(hand.deps, id, scene.userId)
  const [batchId] = await hand.queued(id)
  await db.pool.query(
    `INSERT INTO "SendSlot" (id, next_at, failures, blocked_until) VALUES ($1, $2, 5, $2::timestamptz - interval '1 second')`,
    [scene.credentialId, hand.now()],
  )
  const answering = await openTransaction(db.pool)
  await countAnswer(answering.tx, scene.credentialId)
  const claiming = hand.claim(batchId!)
  await untilWaiting(db.pool, 1)
  await answering.commit()
  const batch = claimed(await claiming)
  expect(batch.probe).toBe(false)
  await hand.settle(batch, { outcomes: batch.leads.map(() => outcomeOf('ACCEPTED')) })
  const { rows } = await db.pool.query(`SELECT failures, blocked_until FROM "SendSlot" WHERE id = $1`, [
    scene.credentialId,
  ])
  expect(rows).toEqual([{ failures: 0, blocked_until: null }])
})

it('an outage after the request puts few leads in doubt before the circuit opens', async () => {
  const sandbox = await openSandbox({ faults: { 'accept-drop': 1 } })
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
  const deps = await workers({ count: 2, concurrency: 2 })
  const id = await makeCampaign(db.pool, scene, { leads: 500 })
  await runCampaign(deps, id, scene.userId)
  const view = await until(
    'it waits for the broker',
    () => campaignView(db.pool, id),
    seen => seen.waiting_for_broker !== null && seen.counts.SENDING === 0,
  )
  expect(view.counts.IN_DOUBT).toBeLessThanOrEqual(5 * (5 + 4))
  expect(view.counts.PENDING).toBeGreaterThan(400)
})

it('waits ever longer, never longer than it says, and never all at the same moment', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.nat(1_000), chance, chance, (failures, a, b) => {
      for (const random of [a, b]) {
        const circuit = circuitMs(failures, () => random)
        const ceiling = Math.min(300_000, 5_000 * 2 ** Math.min(failures, 20))
        expect(circuit).toBeGreaterThanOrEqual(Math.floor(ceiling / 2))
        expect(circuit).toBeLessThanOrEqual(ceiling)
        const backoff = backoffMs(failures, () => random)
        expect(backoff).toBeGreaterThanOrEqual(0)
        expect(backoff).toBeLessThanOrEqual(Math.min(300_000, 1_000 * 2 ** Math.min(failures, 20)))
      }
    }),
  )
  expect(circuitMs(3, () => 0.2)).not.toBe(circuitMs(3, () => 0.7))
})
