import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { runCampaign } from '../../src/campaign/actions/start.ts'
import type { Sandbox } from '../../src/sandbox/server.ts'
import { useDatabase } from '../support/database.ts'
import { dispatchOn, openSandbox } from '../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene } from '../support/fixtures.ts'
import { serverEnv } from '../support/login.ts'
import { machineLoad } from '../support/machine.ts'
import { type CampProcess, startCamp } from '../support/process.ts'
import { until } from '../support/worker.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)

const BATCH = 5
const LEADS = 100
const AT_ONCE = 2
/** No request and no lease ends before its time. */
const PATIENT = { CAMP_HTTP_TIMEOUT_MS: '25000', CAMP_LEASE_MS: '60000' }
const LEASE = { CAMP_HTTP_TIMEOUT_MS: '5000', CAMP_LEASE_MS: '3000', CAMP_SWEEP_MS: '300' }

const backends: [string, string | undefined][] = [['PostgreSQL', undefined]]
const redis = inject('redisUrl')
if (redis) backends.push(['Redis', redis])

describe.each(backends)('camp worker as a process, on the %s queue', (_name, redisUrl) => {
  /** A worker process with a campaign that it sends to a broker that takes its time. */
  async function begin(latencyMs: number, settings: NodeJS.ProcessEnv = {}) {
    const sandbox = await openSandbox({ latency_ms: latencyMs })
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: BATCH })
    const id = await makeCampaign(db.pool, scene, { leads: LEADS })
    const env = { ...serverEnv(db), ...LEASE, LOG_LEVEL: 'warn', ...(redisUrl && { REDIS_URL: redisUrl }), ...settings }
    await runCampaign(await workers({ count: 0, redisUrl }), id, scene.userId)
    // Else the first batch would go alone.
    await db.pool.query(`UPDATE "Campaign" SET unanswered_start = NULL WHERE id = $1`, [id])
    const worker = await startCamp(['worker', '--listen', '127.0.0.1:0', '--concurrency', String(AT_ONCE)], env)
    return { sandbox, worker, id }
  }

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    '%s: claims nothing more, settles what is in flight, ends with 0',
    async signal => {
      const { sandbox, worker, id } = await begin(2_000)
      await requests(sandbox, AT_ONCE)
      const from = performance.now()
      worker.kill(signal)
      // A terminal that closes sends it again: from the shell, and from the kernel.
      if (signal === 'SIGHUP') worker.kill(signal)
      expect(await worker.ended).toEqual([0, null])
      expect(performance.now() - from).toBeLessThan(30_000)
      expect(sandbox.stats()).toMatchObject({ requests: AT_ONCE, accepted: AT_ONCE * BATCH })
      expect(await booksOf(db.pool, id)).toMatchObject({
        campaign: 'PROCESSING',
        statuses: { SENT: AT_ONCE * BATCH, PENDING: LEADS - AT_ONCE * BATCH },
        used: '0.4500',
        ledger: '0.4500',
      })

      sandbox.control({ latency_ms: 0 })
      await workers({ count: 1, redisUrl, env: LEASE })
      expect((await status(id, 'FINISHED')).statuses).toEqual({ SENT: LEADS })
      expect(sandbox.stats()).toMatchObject({ unique: LEADS, duplicates: 0 })
    },
    60_000,
  )

  it('a second signal ends it at once, with 130', async () => {
    const { sandbox, worker } = await begin(20_000, PATIENT)
    await requests(sandbox, AT_ONCE)
    worker.kill('SIGTERM')
    await until(
      'it drains',
      () => answers(worker),
      isAnswered => !isAnswered,
    )
    const from = performance.now()
    worker.kill('SIGTERM')
    expect(await worker.ended).toEqual([130, null])
    expect(performance.now() - from).toBeLessThan(2_000 * machineLoad())
  })

  it('a callback that does not come to its end takes nothing from the time that requests in flight have', async () => {
    const [latencyMs, closeMs] = [6_000, 5_000]
    const { sandbox, worker, id } = await begin(latencyMs, PATIENT)
    const { hostname, port } = listening(worker)
    const slow = connect(Number(port), hostname)
    onTestFinished(() => void slow.destroy())
    slow.on('error', () => undefined)
    await once(slow, 'connect')
    slow.write('POST /webhooks/x/y HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf')
    await requests(sandbox, AT_ONCE)
    const from = performance.now()
    worker.kill('SIGTERM')
    expect(await worker.ended).toEqual([0, null])
    expect(performance.now() - from).toBeLessThan((latencyMs + closeMs - 1_000) * machineLoad())
    expect((await booksOf(db.pool, id)).statuses).toEqual({ SENT: AT_ONCE * BATCH, PENDING: LEADS - AT_ONCE * BATCH })
  })

  it('SIGKILL: what was in flight is in doubt, another worker sends the rest, no phone gets two', async () => {
    const { sandbox, worker, id } = await begin(300)
    await requests(sandbox, 3 * AT_ONCE)
    worker.kill('SIGKILL')
    expect(await worker.ended).toEqual([null, 'SIGKILL'])
    await noConnections('camp worker')
    const inFlight = await leadsWith(id, 'SENDING')
    expect(inFlight.length % BATCH).toBe(0)
    expect(inFlight.length).toBeGreaterThan(0)
    expect(inFlight.length).toBeLessThanOrEqual(AT_ONCE * BATCH)

    sandbox.control({ latency_ms: 0 })
    await workers({ count: 1, redisUrl, env: LEASE })
    const books = await status(id, 'FINISHED')
    expect(books.statuses).toEqual({ SENT: LEADS - inFlight.length, IN_DOUBT: inFlight.length })
    expect(books).toMatchObject({ used: '4.5000', ledger: '4.5000', billed: '4.5000' })
    expect(await leadsWith(id, 'IN_DOUBT')).toEqual(inFlight)
    expect(sandbox.stats().duplicates).toBe(0)
    expect((await leadsWith(id, 'SENT')).map(lead => sandbox.countOf(lead))).toEqual(
      Array.from({ length: LEADS - inFlight.length }, () => 1),
    )
  })
})

const listening = (worker: CampProcess) => new URL(worker.firstLine.split(' ').at(-1)!)

async function answers(worker: CampProcess): Promise<boolean> {
  return fetch(new URL('/healthz', listening(worker))).then(
    () => true,
    () => false,
  )
}

/** Until so many have reached the broker. Those that are the last of them it has not answered yet. */
function requests(sandbox: Sandbox, count: number) {
  return until(
    `${count} requests`,
    async () => sandbox.stats().requests,
    seen => seen >= count,
  )
}

/** What a process that died had sent to the server may still be at work there. */
function noConnections(name: string) {
  return until(
    `no connection of ${name}`,
    async () => {
      const { rows } = await db.pool.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE $1`,
        [`${name}%`],
      )
      return rows[0]!.n
    },
    n => n === 0,
  )
}

async function leadsWith(campaignId: string, status: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT id FROM "CampaignLead" WHERE campaign_id = $1 AND status = $2::"LeadStatus" ORDER BY seq`,
    [campaignId, status],
  )
  return rows.map(row => row.id)
}
