import { v7 as uuid } from 'uuid'
import { beforeAll, expect, it } from 'vitest'
import { runCampaign } from '../../src/campaign/actions/start.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { dispatchOn, openSandbox } from '../support/dispatch.ts'
import { makeCampaign, makeScene, type Scene } from '../support/fixtures.ts'
import { adminEnv, succeed } from '../support/login.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  env = await adminEnv(db)
})

/** As an older camp, which took a Retry-After of any length, may have left it. */
async function blockForYears({ credentialId }: Scene): Promise<void> {
  await db.pool.query(
    `INSERT INTO "SendSlot" (id, next_at, blocked_until, blocked_since, blocked_reason)
     VALUES ($1, now(), now() + interval '3 years', now(), 'HTTP 429')`,
    [credentialId],
  )
}

it('credential unblock ends a long wait: what waited goes out', async () => {
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
  await blockForYears(scene)
  const deps = await workers({ count: 1 })
  const id = await makeCampaign(db.pool, scene, { leads: 12 })
  await runCampaign(deps, id, scene.userId)
  await expect
    .poll(
      async () => (await db.pool.query(`SELECT 1 FROM "Batch" WHERE not_before > now() + interval '1 year'`)).rowCount,
    )
    .toBe(3)
  const done = await succeed(camp(['credential', 'unblock', scene.walletId, scene.brokerId, '--json'], { env }))
  expect(done.json()).toMatchObject({ unblocked: true, campaigns: 1 })
  expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 12 } })
  const { rows } = await db.pool.query(
    `SELECT action, detail->>'reason' AS reason FROM "AuditEvent" WHERE subject_id = $1`,
    [scene.credentialId],
  )
  expect(rows).toEqual([{ action: 'credential.unblock', reason: 'HTTP 429' }])
})

it('credential unblock ends the wait of a batch, too, where another answer has ended that of the credential', async () => {
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
  const deps = await workers({ count: 1 })
  const id = await makeCampaign(db.pool, scene, { leads: 5 })
  await runCampaign(deps, id, scene.userId)
  await status(id, 'FINISHED')
  const other = await makeCampaign(db.pool, scene, { leads: 5, firstPhone: 5_000 })
  await db.pool.query(
    `INSERT INTO "Batch" (id, campaign_id, number, kind, from_seq, to_seq, size, zone, region, status, failures, not_before)
     SELECT gen_random_uuid(), $2, 1, kind, from_seq, to_seq, size, zone, region, 'QUEUED', 1, now() + interval '1 hour'
     FROM "Batch" WHERE campaign_id = $1 AND number = 1`,
    [id, other],
  )
  await db.pool.query(`UPDATE "Campaign" SET status = 'PROCESSING', started_at = now() WHERE id = $1`, [other])
  const done = await succeed(camp(['credential', 'unblock', scene.walletId, scene.brokerId], { env }))
  expect(done.out).toMatch(/is no longer waiting \(the wait was until .*\d\d:\d\d\): 1 campaign continues/)
  expect(await status(other, 'FINISHED')).toMatchObject({ statuses: { SENT: 5 } })
})

it('credential unblock of one that does not wait is refused', async () => {
  const scene = await makeScene(db.pool)
  const refused = await camp(['credential', 'unblock', scene.walletId, scene.brokerId], { env })
  expect([refused.code, refused.err]).toEqual([4, expect.stringContaining('is not waiting')])
  const unknown = await camp(['credential', 'unblock', uuid(), scene.brokerId], { env })
  expect(unknown.code).toBe(3)
})
