import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { runCampaign } from '../../src/campaign/actions/start.ts'
import { resolveLeads } from '../../src/campaign/doubt/resolve.ts'
import { useDatabase } from '../support/database.ts'
import { dispatchOn, openSandbox } from '../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene, SECRET, twilioCredential } from '../support/fixtures.ts'
import { spawnCamp } from '../support/process.ts'
import { until } from '../support/worker.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)

const RATE = 10
const LEADS = 40

it('a worker that is frozen past its lease, while a person decides about its leads, sends nothing when it wakes', async () => {
  const sandbox = await openSandbox()
  const credential = twilioCredential(sandbox.url)
  const scene = await makeScene(db.pool, { url: sandbox.url, adapter: 'TWILIO', credential, rate: RATE, maxBatch: 50 })
  const id = await makeCampaign(db.pool, scene, { leads: LEADS })
  const env = { DATABASE_URL: db.url, CAMP_SECRET: SECRET, CAMP_LEASE_MS: '2000', CAMP_SWEEP_MS: '300' }
  const zombie = spawnCamp(['worker', '--listen', '127.0.0.1:0'], env)
  const log = createInterface({ input: zombie.stderr })
  await once(createInterface({ input: zombie.stdout }), 'line')

  const queues = { enqueue: async () => undefined } as never
  await runCampaign({ pool: db.pool, queues, clock: { now: () => new Date() } }, id, scene.userId)
  // In the middle of a claim's requests: some are written, the others wait for their moment.
  await until(
    'it sends',
    async () => sandbox.starts().length,
    starts => starts >= 3 && starts % RATE >= 2 && starts % RATE <= 6,
  )
  zombie.kill('SIGSTOP')

  const deps = await workers({ count: 1, env: { CAMP_LEASE_MS: '2000' } })
  await until(
    'the frozen worker’s leads are in doubt, and all others are sent',
    () => booksOf(db.pool, id),
    ({ statuses }) => (statuses.IN_DOUBT ?? 0) > 0 && !statuses.PENDING && !statuses.SENDING,
  )
  // The person looks at the broker, and tells the truth.
  const { rows } = await db.pool.query<{ id: string; phone: string }>(
    `SELECT id, phone FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'IN_DOUBT'`,
    [id],
  )
  const has = new Set(sandbox.messages().map(message => message.phone))
  const [got, missing] = [rows.filter(row => has.has(row.phone)), rows.filter(row => !has.has(row.phone))]
  expect(missing.length).toBeGreaterThan(0)
  const decide = (verdict: 'SENT' | 'RESEND', leads: typeof rows) =>
    leads.length === 0
      ? undefined
      : resolveLeads(deps, id, { verdict, leads: leads.map(lead => lead.id), userId: scene.userId })
  await decide('SENT', got)
  await decide('RESEND', missing)
  await status(id, 'FINISHED')
  expect(sandbox.stats()).toMatchObject({ unique: LEADS, duplicates: 0 })

  const told: string[] = []
  log.on('line', line => told.push(line))
  zombie.kill('SIGCONT')
  await until(
    'the worker that woke says that it came too late',
    async () => told,
    lines => lines.some(line => line.includes('"event":"settle.late"')),
  )
  expect(sandbox.stats()).toMatchObject({ accepted: LEADS, unique: LEADS, duplicates: 0 })
  expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'FINISHED', statuses: { SENT: LEADS } })
})
