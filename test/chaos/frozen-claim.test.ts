import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { runCampaign } from '../../src/campaign/actions/start.ts'
import { systemClock } from '../../src/clock.ts'
import { useDatabase } from '../support/database.ts'
import { dispatchOn, openSandbox } from '../support/dispatch.ts'
import { makeCampaign, makeScene } from '../support/fixtures.ts'
import { until } from '../support/worker.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)

const nobody = { enqueue: async () => undefined } as never

function freezeWithinClaim(batchId: string): Promise<unknown> {
  const script = fileURLToPath(new URL('dying-worker.ts', import.meta.url))
  const argv = ['--import', 'tsx', script, 'before the claim commits', db.url, batchId, 'SIGSTOP']
  const child = spawn(process.execPath, argv, { stdio: 'inherit' })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return until(
    'it is frozen',
    async () => readFileSync(`/proc/${child.pid}/stat`, 'utf8'),
    stat => /\) T /.test(stat),
  )
}

it('a worker that is frozen within a claim stops others, and new ones, for as long as its transaction may be idle', async () => {
  const sandbox = await openSandbox()
  // Two campaigns of one credential, whose rate is a row that each claim locks; contacts and budget are rows, too.
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 3, rate: 50 })
  const ids = [await makeCampaign(db.pool, scene, { leads: 9 }), await makeCampaign(db.pool, scene, { leads: 9 })]
  for (const id of ids) await runCampaign({ pool: db.pool, queues: nobody, clock: systemClock }, id, scene.userId)
  const { rows } = await db.pool.query(`SELECT id FROM "Batch" WHERE campaign_id = $1 AND number = 1`, [ids[0]])
  await freezeWithinClaim(rows[0].id)
  const { rows: held } = await db.pool.query(
    `SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()`,
  )
  expect(held).toHaveLength(1)

  await workers({ count: 2 })
  for (const id of ids) expect(await status(id, 'FINISHED', 40_000)).toMatchObject({ statuses: { SENT: 9 } })
  expect(sandbox.stats()).toMatchObject({ accepted: 18, unique: 18, duplicates: 0 })
})
