import { beforeAll, beforeEach, expect, test } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { makeCampaign, makeScene, type Scene } from '../support/fixtures.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'

const db = useDatabase()
let admin: NodeJS.ProcessEnv
let user: NodeJS.ProcessEnv
let scene: Scene
let id: string

beforeAll(async () => {
  admin = await adminEnv(db)
  user = await userEnv(db, admin)
  scene = await makeScene(db.pool)
})
beforeEach(async () => {
  id = await makeCampaign(db.pool, scene, { leads: 3 })
  await db.pool.query(
    `UPDATE "CampaignLead" SET status = 'IN_DOUBT', sent_at = now() WHERE campaign_id = $1 AND seq > 2`,
    [id],
  )
  await db.pool.query(
    `UPDATE "CampaignLead" SET status = 'ERROR', error_code = 'REFUSED' WHERE campaign_id = $1 AND seq = 2`,
    [id],
  )
  await db.pool.query(`UPDATE "Campaign" SET status = 'FINISHED' WHERE id = $1`, [id])
})

test('an ADMIN resolves all, or the leads that are named; --json is the campaign', async () => {
  const leads = (
    await succeed(camp(['campaign', 'leads', id, '--status', 'IN_DOUBT', '--json'], { env: admin }))
  ).json()
  const only = await camp(['campaign', 'resolve', id, '--not-sent', '--lead', leads[0].phone, '--yes', '--json'], {
    env: admin,
  })
  expect(only.json()).toMatchObject({ resolved: 1, counts: { IN_DOUBT: 1, ERROR: 2 }, errors: { NOT_SENT: 1 } })
  const rest = await camp(['campaign', 'resolve', id, '--sent', '--yes'], { env: admin })
  expect(rest).toMatchObject({ code: 0, out: expect.stringContaining('1 leads of') })
  expect(await camp(['campaign', 'resolve', id, '--sent'], { env: admin })).toMatchObject({ code: 4 })
})

test.each([
  [[], 2, '--sent'],
  [['--sent', '--resend'], 2, 'one of'],
  [['--sent', '--lead', '11987654321', '--closing'], 2, 'exclude each other'],
  [['--sent', '--lead', '11987654321'], 4, 'none of these leads'],
  [['--sent', '--closing'], 4, 'not in doubt'],
])('resolve %j ends with %i', async (flags, code, named) => {
  const ended = await camp(['campaign', 'resolve', id, ...flags], { env: admin })
  expect(ended).toMatchObject({ code, err: expect.stringContaining(named) })
})

test('a USER does not resolve, and may retry what they imported, which then waits for an ADMIN', async () => {
  expect((await camp(['campaign', 'resolve', id, '--sent', '--yes'], { env: user })).code).toBe(7)
  await db.pool.query(
    `UPDATE "Campaign" SET user_id = (SELECT id FROM "User" WHERE email = 'bob@example.com') WHERE id = $1`,
    [id],
  )
  const retried = await camp(['campaign', 'retry', id, '--json'], { env: user })
  expect(retried.json()).toMatchObject({ retried: 1, status: 'PENDING_APPROVAL', counts: { PENDING: 1, IN_DOUBT: 2 } })
  const said = await camp(['campaign', 'show', id], { env: user })
  expect(said.out).toMatch(/to retry +\S+ \S+ by bob@example\.com/)
  expect(said.out).toMatch(/next +An ADMIN approves it: .*ana@example\.com.*\.\n/)
  expect(said.out).not.toMatch(/^approved/m)
  const wrong = await camp(['campaign', 'retry', id, '--only', 'INVALID_PHONE'], { env: user })
  expect(wrong).toMatchObject({ code: 5, err: expect.stringContaining('INVALID_PHONE') })
})
