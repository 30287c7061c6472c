import { describe, expect, it } from 'vitest'
import { runCampaign } from '../../src/campaign/actions/start.ts'
import { useDatabase } from '../support/database.ts'
import { dispatchOn, openSandbox } from '../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene } from '../support/fixtures.ts'
import { serverEnv } from '../support/login.ts'
import { hasPgBouncer, type PgBouncerOptions, startPgBouncer } from '../support/pgbouncer.ts'
import { spawnCamp, startCamp } from '../support/process.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)

const KINDS: [string, PgBouncerOptions][] = [
  ['in transaction mode, dropping the search path', { mode: 'transaction', ignores: ['options'] }],
  ['in session mode, dropping the search path', { mode: 'session', ignores: ['options'] }],
  ['refusing the search path', { mode: 'session' }],
]

async function runningCampaign() {
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
  const id = await makeCampaign(db.pool, scene, { leads: 20 })
  await runCampaign(await workers({ count: 0 }), id, scene.userId)
  return { id, sandbox }
}

describe.runIf(hasPgBouncer)('a worker behind PgBouncer (skipped where there is none)', () => {
  it.each(KINDS)('%s: ends with 8 before it has sent, and says what to do', async (_name, options) => {
    const { id, sandbox } = await runningCampaign()
    const env = { ...serverEnv(db), DATABASE_URL: await startPgBouncer(db.url, options) }
    const child = spawnCamp(['worker', '--listen', '127.0.0.1:0'], env)
    child.stdin.end()
    let err = ''
    child.stderr.on('data', chunk => (err += chunk))
    expect(await child.ended).toEqual([8, null])
    expect(err).toMatch(/error: the queue delivers no job: .*\n {2}Behind PgBouncer, set CAMP_DIRECT_URL/)
    expect(sandbox.stats().requests).toBe(0)
    expect(await booksOf(db.pool, id)).toMatchObject({ statuses: { PENDING: 20 } })
  })

  it.each(KINDS)('%s: works with CAMP_DIRECT_URL', async (_name, options) => {
    const { id, sandbox } = await runningCampaign()
    const env = { ...serverEnv(db), DATABASE_URL: await startPgBouncer(db.url, options), CAMP_DIRECT_URL: db.url }
    const worker = await startCamp(['worker', '--listen', '127.0.0.1:0'], { ...env, LOG_LEVEL: 'error' })
    expect((await fetch(`${worker.firstLine.split(' ').at(-1)}/healthz`)).status).toBe(200)
    expect((await status(id, 'FINISHED')).statuses).toEqual({ SENT: 20 })
    expect(sandbox.stats()).toMatchObject({ unique: 20, duplicates: 0 })
  })
})
