import { beforeAll, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { booksOf, makeCampaign, makeScene } from '../support/fixtures.ts'
import { closedUrl } from '../support/http.ts'
import { adminEnv } from '../support/login.ts'

const db = useDatabase()
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  env = await adminEnv(db)
})

const nowhere = async (protocol: string) => (await closedUrl()).replace('http:', protocol)

it.each(['wallet list', 'campaign list', 'campaign run ANY', 'budget audit'])(
  'camp %s: a database that is not there is 8, in a sentence',
  async line => {
    const argv = line.split(' ')
    const run = await camp([...argv, '--json'], { env: { ...env, DATABASE_URL: await nowhere('postgres:') } })
    expect(run).toMatchObject({ code: 8, out: '' })
    expect(run.error()).toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      hint: expect.stringMatching(/^Check DATABASE_URL/),
    })
    expect(run.err).not.toContain(' at ')
  },
)

it('camp campaign run: a queue that is not there is 8; the request is stored', async () => {
  const scene = await makeScene(db.pool)
  const id = await makeCampaign(db.pool, scene, { leads: 3 })
  const away = { ...env, REDIS_URL: await nowhere('redis:') }
  const run = await camp(['campaign', 'run', id], { env: away })
  expect(run).toMatchObject({ code: 8, out: '' })
  expect(run.err).toMatch(/^error: the queue cannot be reached: .*\n {2}The request is stored.*REDIS_URL/)
  expect(run.err).not.toContain(' at ')
  expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'PROCESSING', openBatches: 1 })
})

it('camp wallet list needs no queue, and does not ask for one', async () => {
  const away = { ...env, REDIS_URL: await nowhere('redis:') }
  expect(await camp(['wallet', 'list', '--json'], { env: away })).toMatchObject({ code: 0, err: '' })
})
