import { expect, it, onTestFinished } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { systemClock } from '../../../src/clock.ts'
import { readConfig } from '../../../src/config.ts'
import { checkCredentials } from '../../../src/doctor/brokers.ts'
import { openQueues } from '../../../src/queue/queues.ts'
import { useDatabase } from '../../support/database.ts'
import { openSandbox } from '../../support/dispatch.ts'
import { makeCampaign, makeScene, SECRET, twilioCredential } from '../../support/fixtures.ts'
import { testLog } from '../../support/log.ts'
import { machineLoad } from '../../support/machine.ts'
import { orgCredential, startOrg } from '../../support/salesforce-org.ts'
import { startTestWorker, until } from '../../support/worker.ts'
import { makeContacts } from './closing-scene.ts'

/** What a broker and its recipients say while campaigns run, through a worker with its listener. */
const db = useDatabase()

function openTestQueues() {
  const queues = openQueues({ redisUrl: undefined, databaseUrl: db.url })
  onTestFinished(() => queues.close())
  return { pool: db.pool, queues, clock: systemClock }
}

it('who replies SAIR to one campaign gets nothing of another that runs, a second later at most', async () => {
  const sandbox = await openSandbox({ callbacks: { delay_ms: 0 } })
  const scene = await makeScene(db.pool, { adapter: 'TWILIO', credential: twilioCredential(sandbox.url) })
  const listening = await startTestWorker({ databaseUrl: db.url, listen: true, brokers: [] })
  onTestFinished(() => listening.stop())
  const worker = await startTestWorker({ databaseUrl: db.url, env: { CAMP_PUBLIC_URL: listening.url } })
  onTestFinished(() => worker.stop())
  const deps = openTestQueues()

  // The person is the only one of the first campaign, and the last one of a second, slow one that runs by then.
  const firstPhone = 987_000_000
  const phone = `5511${firstPhone + 39}`
  const slow = { no_cap: true, throttling_type: 'fixed', throttling_config: JSON.stringify({ delayLimit: 0.2 }) }
  const running = await makeCampaign(db.pool, scene, { leads: 40, firstPhone, columns: slow })
  const one = await makeCampaign(db.pool, scene, { leads: 1, firstPhone: firstPhone + 39, columns: { no_cap: true } })
  sandbox.control({ replies: { [phone]: { text: 'SAIR' } } })
  await runCampaign(deps, running, scene.userId)
  await until(
    'the slow one is under way',
    async () =>
      (await db.pool.query(`SELECT 1 FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'SENT'`, [running]))
        .rowCount,
    sent => sent !== null && sent > 0,
  )
  await runCampaign(deps, one, scene.userId)
  const { rows } = await until(
    'the reply is heard',
    () =>
      db.pool.query<{ source: string; verdict: string; ms: number }>(
        `SELECT b.source, m.verdict, extract(epoch FROM b.created_at - m.received_at)::float8 * 1000 AS ms
         FROM "Blocklist" b JOIN "InboundMessage" m ON m.phone = b.phone WHERE b.phone = $1`,
        [phone],
      ),
    ({ rowCount }) => rowCount === 1,
  )
  expect(rows[0]).toMatchObject({ source: expect.stringMatching(/^reply:broker /), verdict: 'OPT_OUT' })
  expect(rows[0]!.ms).toBeLessThan(1_000 * machineLoad())
  const { rows: ends } = await until(
    'the person is refused',
    () =>
      db.pool.query<{ status: string; error_code: string }>(
        `SELECT status, error_code FROM "CampaignLead" WHERE campaign_id = $1 AND phone = $2 AND status <> 'PENDING'`,
        [running, phone],
      ),
    ({ rowCount }) => rowCount === 1,
  )
  expect(ends[0]).toEqual({ status: 'ERROR', error_code: 'BLOCKLISTED' })
  expect(sandbox.messages(phone)).toHaveLength(1)
})

it('a quota that nears its end is in the log and in camp doctor', async () => {
  const org = await startOrg({ limit: 100, used: 85 })
  const scene = await makeScene(db.pool, { adapter: 'SALESFORCE', credential: orgCredential(org) })
  const lines: string[] = []
  const worker = await startTestWorker({ databaseUrl: db.url, log: testLog(line => lines.push(line)) })
  onTestFinished(() => worker.stop())
  const id = await makeContacts(db, scene, 5)
  await runCampaign(openTestQueues(), id, scene.userId)
  const told = await until(
    'it is told',
    async () => lines.map(line => JSON.parse(line)).find(({ event }) => event === 'broker.quota'),
    line => line !== undefined,
  )
  expect(told).toMatchObject({ level: 40, credential: scene.credentialId, limit: 100 })
  expect(told.used).toBeGreaterThanOrEqual(80)
  const config = readConfig({ DATABASE_URL: db.url, CAMP_SECRET: SECRET })
  const findings = await until(
    'camp doctor knows it',
    () => checkCredentials({ pool: db.pool, config, clock: systemClock, url: db.url, databaseUrl: async () => db.url }),
    seen => seen.some(({ found }) => /has used \d+ of its 100 requests of 24 hours/.test(found)),
    30_000,
  )
  expect(findings).toContainEqual(expect.objectContaining({ check: 'quota' }))
})
