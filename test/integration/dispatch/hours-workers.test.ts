import { beforeAll, expect, it } from 'vitest'
import { addHoliday, removeHoliday } from '../../../src/calendar/custom-holidays.ts'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { campaignView } from '../../../src/campaign/read/view.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { makeCampaign, makeScene } from '../../support/fixtures.ts'
import { movedClock } from '../../support/moved-clock.ts'
import { wipeQueue } from '../../support/queue.ts'
import { until } from '../../support/worker.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)
let moved: Awaited<ReturnType<typeof movedClock>>
beforeAll(async () => {
  moved = await movedClock(db)
})

/** What a worker's estimate of the database's clock may be wrong by on a busy machine. */
const CLOCK_MS = 500

const USUAL = { hours_from: 480, hours_to: 1200, days: 63, allow_holidays: false }

const waiting_for_hours = (id: string) =>
  until(
    'it waits for its hours',
    () => campaignView(db.pool, id),
    view => view.waiting_for_hours && view.batches.QUEUED > 0,
  )

it('a window that closes stops a running campaign, and it goes on by itself when it opens', async () => {
  const movedBy = await moved.set('2026-11-25T19:59:45-03:00')
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url, rate: 5, maxBatch: 2, cost: '0.0000' })
  const deps = await workers({ count: 2, clock: moved.clock })
  const id = await makeCampaign(db.pool, scene, { leads: 200, columns: USUAL })
  await runCampaign(deps, id, scene.userId)

  const view = await waiting_for_hours(id)
  expect(view).toMatchObject({ status: 'PROCESSING', waiting_until: '2026-11-26T11:00:00.000Z' })
  const evening = sandbox.starts().map(at => at + movedBy)
  expect(evening.length).toBeGreaterThan(0)
  expect(evening.length).toBeLessThan(100)
  expect(Math.max(...evening)).toBeLessThan(Date.parse('2026-11-25T20:00:00-03:00') + CLOCK_MS)

  const movedAgainBy = await moved.set('2026-11-26T07:59:59-03:00')
  // Its jobs would come after a real night: the sweeper enqueues again what the queue has lost.
  await wipeQueue(db)
  await status(id, 'FINISHED')
  const morning = sandbox
    .starts()
    .slice(evening.length)
    .map(at => at + movedAgainBy)
  expect(Math.min(...morning)).toBeGreaterThan(Date.parse('2026-11-26T08:00:00-03:00') - CLOCK_MS)
  expect(sandbox.stats()).toMatchObject({ unique: 200, duplicates: 0 })
})

it('a day that becomes a holiday stops it, and it goes on when that is taken back', async () => {
  await moved.set('2026-11-25T10:00:00-03:00')
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url, rate: 20, maxBatch: 2, cost: '0.0000' })
  const deps = await workers({ count: 2, clock: moved.clock })
  const id = await makeCampaign(db.pool, scene, { leads: 200, columns: USUAL })
  await runCampaign(deps, id, scene.userId)
  await until(
    'it is on its way',
    async () => sandbox.starts().length,
    n => n > 5,
  )
  await addHoliday(db.pool, scene.userId, { day: '11-25', state: 'SP', name: 'feriado' })
  expect(await waiting_for_hours(id)).toMatchObject({ waiting_until: '2026-11-26T11:00:00.000Z' })
  expect(sandbox.stats().unique).toBeLessThan(200)
  await removeHoliday(db.pool, scene.userId, { day: '11-25', state: 'SP' })
  await status(id, 'FINISHED', 40_000)
  expect(sandbox.stats()).toMatchObject({ unique: 200, duplicates: 0 })
})

it('a job that waits for tomorrow, by a clock that was wrong, does not keep its batch from going out today', async () => {
  await moved.set('2026-11-25T10:00:00-03:00')
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5, cost: '0.0000' })
  const deps = await workers({ count: 0 })
  const id = await makeCampaign(db.pool, scene, { leads: 5, columns: USUAL })
  await runCampaign(deps, id, scene.userId)
  await wipeQueue(db)
  const { rows } = await db.pool.query<{ id: string; enqueue_seq: number }>(
    `UPDATE "Batch" SET waiting_for_hours = true, enqueued_at = '2026-11-25T09:00:00-03:00', not_before = '2026-11-25T09:00:00-03:00'
     WHERE campaign_id = $1 RETURNING id, enqueue_seq`,
    [id],
  )
  await deps.queues.enqueue(
    scene.brokerId,
    rows.map(({ id: batchId, enqueue_seq }) => ({ batchId, enqueue_seq, delayMs: 24 * 3_600_000 })),
  )
  await workers({ count: 1, clock: moved.clock })
  await status(id, 'FINISHED')
  expect(sandbox.stats()).toMatchObject({ unique: 5, duplicates: 0 })
})
