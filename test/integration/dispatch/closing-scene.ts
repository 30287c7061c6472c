import { onTestFinished } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { type CampaignView, campaignView } from '../../../src/campaign/read/view.ts'
import { systemClock, systemMonotonic, systemSleep } from '../../../src/clock.ts'
import type { DispatchDeps } from '../../../src/dispatch/model/deps.ts'
import { createHttp } from '../../../src/http/client.ts'
import { openQueues } from '../../../src/queue/queues.ts'
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.ts'
import type { TestDatabase } from '../../support/database.ts'
import { makeCampaign, makeScene, type Scene, testKeys } from '../../support/fixtures.ts'
import { testLog } from '../../support/log.ts'
import { readAutomation, salesforceCredential } from '../../support/salesforce.ts'
import { startTestWorker, until } from '../../support/worker.ts'

/** What tests of a closing are made of: Salesforce in the sandbox, a wallet there, campaigns, and time that can be moved. */

export async function openSalesforce(control: Record<string, unknown> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ control: { brokers: { SALESFORCE: control } } })
  onTestFinished(() => sandbox.close())
  return sandbox
}

export function makeSalesforceScene(
  db: TestDatabase,
  sandbox: Sandbox,
  credential: Record<string, unknown> = {},
): Promise<Scene> {
  return makeScene(db.pool, { adapter: 'SALESFORCE', credential: salesforceCredential(sandbox.url, credential) })
}

let nextDocument = 10_000_000_000

/** A campaign whose leads all have a document of their own. */
export function makeContacts(
  db: TestDatabase,
  scene: Scene,
  leads: number,
  columns: Record<string, unknown> = {},
): Promise<string> {
  const documents = Object.fromEntries(Array.from({ length: leads }, (_, i) => [i + 1, String(nextDocument++)]))
  return makeCampaign(db.pool, scene, { leads, documents, columns: { base_message: null, ...columns } })
}

export async function startWorkers(db: TestDatabase, count = 1) {
  const queues = openQueues({ redisUrl: undefined, databaseUrl: db.url })
  onTestFinished(() => queues.close())
  const workers: Awaited<ReturnType<typeof startTestWorker>>[] = []
  const stop = async () => {
    for (const worker of workers.splice(0)) await worker.stop()
  }
  onTestFinished(stop)
  for (let i = 0; i < count; i++) workers.push(await startTestWorker({ databaseUrl: db.url }))
  return { pool: db.pool, queues, clock: systemClock, stop }
}

/**
 * Lets time pass for a campaign's batches: each planned moment comes that much sooner. They must be enqueued again,
 * for the queue's timers do not know.
 */
export async function pass(db: TestDatabase, minutes: number, ...campaignIds: string[]): Promise<void> {
  await db.pool.query(
    `UPDATE "Batch" SET settled_at = settled_at - $2 * interval '1 minute', not_before = not_before - $2 * interval '1 minute',
            enqueued_at = enqueued_at - $2 * interval '1 minute', enqueue_seq = enqueue_seq + 1
     WHERE campaign_id = ANY($1::uuid[])`,
    [campaignIds, minutes],
  )
}

export function view(db: TestDatabase, id: string): Promise<CampaignView> {
  return campaignView(db.pool, id)
}

export function untilView(
  db: TestDatabase,
  id: string,
  what: string,
  isSo: (seen: CampaignView) => boolean,
): Promise<CampaignView> {
  return until(what, () => view(db, id), isSo)
}

export const untilStatus = (db: TestDatabase, id: string, status: string) =>
  untilView(db, id, `campaign ${status}`, seen => seen.status === status)

export const untilClosing = (db: TestDatabase, id: string, status: string) =>
  untilView(db, id, `closing ${status}`, seen => seen.closing?.status === status)

/** Imports a campaign, and stops there: its closing waits, and no worker is left. */
export async function importOnly(db: TestDatabase, scene: Scene, leads: number): Promise<string> {
  const id = await makeContacts(db, scene, leads)
  const deps = await startWorkers(db)
  await runCampaign(deps, id, scene.userId)
  await untilView(db, id, 'it waits', seen => seen.closing?.not_before != null)
  await deps.stop()
  return id
}

/** As a worker has them; nothing is enqueued, because the queue is another. */
export async function closingDeps(db: TestDatabase, change: Partial<DispatchDeps> = {}): Promise<DispatchDeps> {
  const http = createHttp({ timeoutMs: 5_000 })
  onTestFinished(() => http.close())
  return {
    pool: db.pool,
    queues: { enqueue: async () => undefined },
    keys: await testKeys(),
    http,
    log: testLog(),
    draining: new AbortController().signal,
    now: () => new Date(),
    sleep: systemSleep,
    monotonic: systemMonotonic,
    random: () => 0.5,
    timezone: 'America/Sao_Paulo',
    isHoliday: () => false,
    leaseMs: () => 60_000,
    callbackUrl: () => undefined,
    ...change,
  }
}

export async function closingOf(db: TestDatabase, id: string): Promise<{ id: string; not_before: Date | null }> {
  const { rows } = await db.pool.query<{ id: string; not_before: Date | null }>(
    `SELECT id, not_before FROM "Batch" WHERE campaign_id = $1 AND kind = 'CLOSING' ORDER BY number DESC LIMIT 1`,
    [id],
  )
  return rows[0]!
}

/** How often the scene's automation was run. */
export async function runsOf(sandbox: Sandbox): Promise<number> {
  const { lastRunInstanceId } = await readAutomation(sandbox.url, salesforceCredential(sandbox.url).automation_id)
  return Number(lastRunInstanceId?.split('-').at(-1) ?? 0)
}
