import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runCampaign } from '../../src/campaign/actions/start.ts'
import { systemClock } from '../../src/clock.ts'
import type { Enqueuer } from '../../src/queue/queues.ts'
import { useDatabase } from '../support/database.ts'
import { dispatchOn, openSandbox } from '../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene } from '../support/fixtures.ts'
import { MOMENTS, type Moment } from './dying-worker.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)

/** What becomes of the batch of the worker that died (docs/reliability.md). */
const AFTERWARDS: Record<Moment, { batch: 'SENT' | 'IN_DOUBT'; received: boolean }> = {
  'before the claim commits': { batch: 'SENT', received: true },
  'after the claim has committed': { batch: 'IN_DOUBT', received: false },
  'when the request is written': { batch: 'IN_DOUBT', received: true },
  'when the answer is read': { batch: 'IN_DOUBT', received: true },
  'before the settle commits': { batch: 'IN_DOUBT', received: true },
  'after the settle has committed': { batch: 'SENT', received: true },
}

/** Nothing is enqueued: the dying worker is handed its batch, and the sweeper finds the others. */
const nobody: Enqueuer = { enqueue: async () => undefined }

async function dieAt(moment: Moment, batchId: string): Promise<void> {
  const script = fileURLToPath(new URL('dying-worker.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, moment, db.url, batchId], { stdio: 'inherit' })
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
  // A short lease would run out while a busy machine is still at the request.
  await db.pool.query(`UPDATE "Batch" SET lease_until = clock_timestamp() WHERE id = $1 AND status = 'SENDING'`, [
    batchId,
  ])
}

test.each(MOMENTS)(
  'a worker that dies %s loses nothing, sends nothing twice and spends nothing twice',
  async moment => {
    const sandbox = await openSandbox(
      moment === 'when the request is written' ? { next: [{ fault: 'accept-hang' }] } : undefined,
    )
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 10 })
    const id = await makeCampaign(db.pool, scene, { leads: 30 })
    await runCampaign({ pool: db.pool, queues: nobody, clock: systemClock }, id, scene.userId)
    const { rows } = await db.pool.query<{ id: string; from_seq: number; to_seq: number }>(
      `SELECT id, from_seq, to_seq FROM "Batch" WHERE campaign_id = $1 AND number = 1`,
      [id],
    )
    await dieAt(moment, rows[0]!.id)

    await workers({ count: 1 })
    const { batch, received } = AFTERWARDS[moment]
    const cost = '1.3500'
    expect(await status(id, 'FINISHED')).toMatchObject({
      statuses: batch === 'SENT' ? { SENT: 30 } : { SENT: 20, IN_DOUBT: 10 },
      used: cost,
      ledger: cost,
      billed: cost,
      openBatches: 0,
    })
    expect(sandbox.stats()).toMatchObject({ unique: received ? 30 : 20, duplicates: 0 })
  },
)

test.each(['before the settle commits', 'after the settle has committed'] as const)(
  'a worker that dies %s of the last batch, which also finishes the campaign, leaves it finished or to be finished',
  async moment => {
    const sandbox = await openSandbox()
    const scene = await makeScene(db.pool, { url: sandbox.url })
    const id = await makeCampaign(db.pool, scene, { leads: 5 })
    await runCampaign({ pool: db.pool, queues: nobody, clock: systemClock }, id, scene.userId)
    const { rows } = await db.pool.query<{ id: string }>(`SELECT id FROM "Batch" WHERE campaign_id = $1`, [id])
    await dieAt(moment, rows[0]!.id)
    // On a slow machine the claim may be too old to send on (permit.ts): then its settle returned the batch.
    const isSent = sandbox.stats().unique === 5
    expect((await booksOf(db.pool, id)).campaign).toBe(moment.startsWith('after') && isSent ? 'FINISHED' : 'PROCESSING')
    await workers({ count: 1 })
    expect((await status(id, 'FINISHED')).openBatches).toBe(0)
    expect(sandbox.stats()).toMatchObject({ unique: 5, duplicates: 0 })
  },
)
