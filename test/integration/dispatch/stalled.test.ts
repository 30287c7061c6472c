import { beforeAll, beforeEach, expect, it } from 'vitest'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { pauseCampaign } from '../../../src/campaign/actions/stop.ts'
import { STALLED_MS, stalledCampaigns } from '../../../src/dispatch/stalled.ts'
import { openQueues } from '../../../src/queue/queues.ts'
import { health } from '../../../src/worker/health.ts'
import { camp } from '../../support/camp.ts'
import { useDatabase } from '../../support/database.ts'
import { makeCampaign, makeScene, testKeys } from '../../support/fixtures.ts'
import { adminEnv } from '../../support/login.ts'

const db = useDatabase()
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  env = await adminEnv(db)
})
beforeEach(async () => {
  await db.pool.query(`UPDATE "Campaign" SET status = 'CANCELLED'`)
})

const NOW = new Date('2026-11-28T12:00:00Z')
const ago = (ms: number) => new Date(NOW.getTime() - ms)
const LONG = ago(STALLED_MS + 1_000)
const queues = { enqueue: async () => undefined } as never

/** A campaign that was started long ago, with batches that were enqueued then. */
async function runningSince(started: Date) {
  const scene = await makeScene(db.pool, { maxBatch: 5 })
  const id = await makeCampaign(db.pool, scene, { leads: 10 })
  await runCampaign({ pool: db.pool, queues, clock: { now: () => started } }, id, scene.userId)
  await set(id, { created_at: started, due_at: null, enqueued_at: started })
  return { id, scene }
}

/** Of all batches of a campaign. */
async function set(id: string, columns: Record<string, unknown>): Promise<void> {
  const names = Object.keys(columns)
  await db.pool.query(
    `UPDATE "Batch" SET ${names.map((name, i) => `${name} = $${i + 2}`).join(', ')} WHERE campaign_id = $1`,
    [id, ...Object.values(columns)],
  )
}

const since = async (now = NOW) => (await stalledCampaigns(db.pool, now)).map(one => one.since)

it('is a campaign of which something is due and nothing was claimed or settled for two minutes', async () => {
  const { id, scene } = await runningSince(LONG)
  expect(await stalledCampaigns(db.pool, NOW)).toEqual([{ id, agendamentoId: expect.any(String), since: LONG }])
  expect(await stalledCampaigns(db.pool, NOW, { brokerIds: [scene.brokerId], campaignId: id })).toHaveLength(1)
  expect(await stalledCampaigns(db.pool, NOW, { brokerIds: [] })).toEqual([])
  expect(await since(ago(2_000))).toEqual([])
})

it.each<[string, Record<string, unknown>]>([
  ['is waiting_for_hours, or waits for its throttle or its broker', { not_before: ago(-1_000) }],
  ['became due a moment ago', { not_before: ago(1_000), due_at: ago(1_000) }],
  ['became due a moment ago, and was enqueued since', { not_before: null, due_at: ago(1_000) }],
  ['was claimed a moment ago', { claimed_at: ago(1_000) }],
  ['was settled a moment ago', { settled_at: ago(1_000) }],
  ['has a request under way', { status: 'SENDING', claimed_at: LONG, lease_until: ago(-1_000) }],
  ['is all done', { status: 'DONE' }],
  ['was not enqueued yet', { enqueued_at: null }],
])('is none that %s', async (_, columns) => {
  const { id } = await runningSince(LONG)
  await set(id, columns)
  expect(await since()).toEqual([])
})

it.each(['PAUSED', 'FAILED', 'FINISHED'])('is none that is %s', async status => {
  const { id } = await runningSince(LONG)
  await db.pool.query(`UPDATE "Campaign" SET status = $2::"CampaignStatus" WHERE id = $1`, [id, status])
  expect(await since()).toEqual([])
})

it.each([
  ['circuit is open', 'blocked_until'],
  ['next moment is to come', 'next_at'],
])('is none whose credential’s %s', async (_, column) => {
  const { scene } = await runningSince(LONG)
  const { rows } = await db.pool.query(`SELECT id FROM "Credential" WHERE wallet_id = $1`, [scene.walletId])
  await db.pool.query(`INSERT INTO "SendSlot" (id, next_at) VALUES ($1, $2)`, [rows[0].id, LONG])
  expect(await since()).toEqual([LONG])
  await db.pool.query(`UPDATE "SendSlot" SET ${column} = $2 WHERE id = $1`, [rows[0].id, ago(-1_000)])
  expect(await since()).toEqual([])
})

it('counts from the moment when it was resumed', async () => {
  const { id, scene } = await runningSince(LONG)
  const deps = { pool: db.pool, queues, clock: { now: () => NOW } }
  await pauseCampaign(deps, id, scene.userId)
  await resumeCampaign(deps, id, scene.userId)
  const resumed = new Date()
  expect(await since(new Date(resumed.getTime() + STALLED_MS - 5_000))).toEqual([])
  expect(await since(new Date(resumed.getTime() + STALLED_MS + 5_000))).toHaveLength(1)
})

it('/healthz says it and is no worse for it; so does camp campaign show', async () => {
  const started = new Date(Date.now() - STALLED_MS - 10_000)
  const { id, scene } = await runningSince(started)
  const opened = openQueues({ redisUrl: undefined, databaseUrl: db.url })
  const deps = { pool: db.pool, queues: opened, keys: await testKeys() }
  const word = async (brokerIds: string[]) =>
    health(deps, { now: new Date(started.getTime() + 130_000), brokerIds, sending: 'CLEAR' })
  expect(await word([scene.brokerId])).toMatchObject({
    ok: true,
    detail: { work: 'due, and nothing settled for 130 s (campaigns: 1)' },
  })
  expect(await word([])).toMatchObject({ ok: true, detail: { work: 'ok' } })
  await opened.close()

  const { rows } = await db.pool.query(`SELECT agendamento_id FROM "Campaign" WHERE id = $1`, [id])
  const shown = await camp(['campaign', 'show', rows[0].agendamento_id], { env })
  expect(shown.out).toMatch(/stalled +it is due, but none of its leads was claimed or settled since 20/)
  const json = await camp(['campaign', 'show', rows[0].agendamento_id, '--json'], { env })
  expect(json.json().stalled_since).toBe(started.toISOString())
})
