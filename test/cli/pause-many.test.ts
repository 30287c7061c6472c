import { beforeAll, beforeEach, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { makeCampaign, makeScene, type Scene, stampApproval } from '../support/fixtures.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'

const db = useDatabase()
let admin: NodeJS.ProcessEnv
let user: NodeJS.ProcessEnv
let scenes: [Scene, Scene]
beforeAll(async () => {
  admin = await adminEnv(db)
  user = await userEnv(db, admin, 'carla@example.com')
  scenes = [await makeScene(db.pool), await makeScene(db.pool)]
})
beforeEach(() => db.pool.query(`UPDATE "Campaign" SET status = 'CANCELLED'`))

async function running(scene: Scene): Promise<string> {
  const id = await makeCampaign(db.pool, scene, { leads: 2, status: 'PROCESSING' })
  await stampApproval(db.pool, id)
  return id
}

const run = (env: NodeJS.ProcessEnv, ...words: string[]) => camp(['campaign', ...words], { env })

async function statuses(...ids: string[]): Promise<string[]> {
  const rows = await db.prisma.campaign.findMany({ where: { id: { in: ids } } })
  return ids.map(id => rows.find(row => row.id === id)!.status)
}

it('pauses every running campaign, each with its audit, and resumes those, not one that was paused by itself', async () => {
  const [one, two, alone] = [await running(scenes[0]), await running(scenes[1]), await running(scenes[1])]
  await succeed(run(admin, 'pause', alone))
  const paused = await succeed(run(user, 'pause', '--all', '--reason', 'wrong text', '--json'))
  expect(paused.json()).toMatchObject([
    {
      id: one,
      status: 'PAUSED',
      answers_awaited: 0,
      stopped: { by: expect.stringContaining('carla'), reason: 'wrong text' },
    },
    { id: two, status: 'PAUSED' },
  ])
  const audits = await db.prisma.auditEvent.findMany({
    where: { subject_id: { in: [one, two] }, action: 'campaign.pause' },
  })
  expect(audits.map(event => event.detail)).toEqual(
    [1, 2].map(() => expect.objectContaining({ reason: 'wrong text', filter: { wallet_id: null, broker_id: null } })),
  )
  const again = await succeed(run(user, 'pause', '--all'))
  expect(again.out).toBe('No campaign was running: nothing was paused.\n')
  const shown = await succeed(run(admin, 'show', one))
  expect(shown.out).toMatch(/^paused +\d{4}-.* by carla@example\.com \(via ana@example\.com\): wrong text$/m)

  const notOwn = await run(user, 'resume', '--all')
  expect(notOwn.code).toBe(7)
  expect(notOwn.err.match(/was not resumed: carla@example\.com may not resume/g)).toHaveLength(2)
  await succeed(run(admin, 'resume', '--all'))
  expect(await statuses(one, two, alone)).toEqual(['PROCESSING', 'PROCESSING', 'PAUSED'])
})

it('pauses the campaigns of a wallet or a broker', async () => {
  const [one, two] = [await running(scenes[0]), await running(scenes[1])]
  const stopped = await succeed(run(user, 'pause', '--wallet', scenes[0].walletId))
  expect(stopped.out).toContain('1 campaign is paused. No further request starts; no answer is awaited.')
  expect(stopped.err).toContain(`camp campaign resume --wallet "${scenes[0].walletId}"`)
  expect(await statuses(one, two)).toEqual(['PAUSED', 'PROCESSING'])
  await succeed(run(user, 'pause', '--broker', scenes[1].brokerId))
  expect(await statuses(one, two)).toEqual(['PAUSED', 'PAUSED'])
  await succeed(run(admin, 'resume', '--broker', scenes[0].brokerId))
  expect(await statuses(one, two)).toEqual(['PROCESSING', 'PAUSED'])
})

it('requires exactly one of an ID, --all and a filter, and a wallet that exists', async () => {
  const id = await running(scenes[0])
  for (const words of [[], [id, '--all'], ['--all', '--wallet', scenes[0].walletId]])
    expect((await run(user, 'pause', ...words)).code, words.join(' ')).toBe(2)
  expect((await run(user, 'pause', '--wallet', 'nobody')).code).toBe(3)
  expect(await statuses(id)).toEqual(['PROCESSING'])
})
