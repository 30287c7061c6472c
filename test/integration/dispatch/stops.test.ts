import { describe, expect, inject, it } from 'vitest'
import { addToBlocklist } from '../../../src/blocklist/blocklist.ts'
import type { Adapter } from '../../../src/broker/port.ts'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { cancelCampaign, pauseCampaign } from '../../../src/campaign/actions/stop.ts'
import type { MoveDeps } from '../../../src/campaign/deps.ts'
import { systemMonotonic, systemSleep } from '../../../src/clock.ts'
import { answersAwaited, untilInForce } from '../../../src/dispatch/finish/stop-in-force.ts'
import { sendBatch } from '../../../src/dispatch/send/send.ts'
import type { Http } from '../../../src/http/client.ts'
import { byHand, claimed, openPermit } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { answering } from '../../support/exchange.ts'
import { booksOf, makeCampaign, makeScene, twilioCredential } from '../../support/fixtures.ts'
import { machineLoad } from '../../support/machine.ts'
import { startTestWorker, until } from '../../support/worker.ts'

const db = useDatabase()
const { workers, status, still } = dispatchOn(db)
const redisUrl = inject('redisUrl') ?? undefined

/** Between the write and the moment at which a busy sandbox looks at its clock. */
const ON_ITS_WAY_MS = 300

/** One message a request, some of them a second. */
async function oneByOne(rate: number, control?: unknown) {
  const sandbox = await openSandbox(control)
  const credential = twilioCredential(sandbox.url)
  const scene = await makeScene(db.pool, { url: sandbox.url, adapter: 'TWILIO', credential, rate, maxBatch: 50 })
  const started = (n: number) =>
    until(
      `${n} requests have started`,
      async () => sandbox.starts().length,
      starts => starts >= n,
    )
  return { sandbox, scene, started }
}

describe('a stop that is acknowledged', () => {
  it.each([
    ['pause', pauseCampaign],
    ['cancel', (deps: MoveDeps, id: string, userId: string) => cancelCampaign(deps, id, userId, 'enough')],
  ])('%s: within a second, and no request starts any more', async (name, stop) => {
    const { sandbox, scene, started } = await oneByOne(5)
    const deps = await workers({ count: 4, redisUrl })
    const id = await makeCampaign(db.pool, scene, { leads: 24 })
    await runCampaign(deps, id, scene.userId)
    await started(8)
    const askedAt = Date.now()
    await stop(deps, id, scene.userId)
    await untilInForce(db.pool)
    const acknowledgedAt = Date.now()
    expect(acknowledgedAt - askedAt).toBeLessThan(1_500 * machineLoad())
    const books = await still(id)
    const none = acknowledgedAt + ON_ITS_WAY_MS * machineLoad()
    const late = sandbox.starts().filter(at => at > none)
    expect(late).toEqual([])
    const { SENT: sent, ...rest } = books.statuses
    expect(sent).toBe(sandbox.stats().unique)
    expect(rest).toEqual(name === 'pause' ? { PENDING: 24 - sent! } : { ERROR: 24 - sent! })
    expect(books).toMatchObject({ campaign: name === 'pause' ? 'PAUSED' : 'CANCELLED', used: books.ledger })
    if (name === 'cancel') return
    await resumeCampaign(deps, id, scene.userId)
    expect((await status(id, 'FINISHED')).statuses).toEqual({ SENT: 24 })
    expect(sandbox.stats()).toMatchObject({ accepted: 24, duplicates: 0 })
  })

  it.each([
    ['pause', pauseCampaign],
    ['cancel', (deps: MoveDeps, id: string, userId: string) => cancelCampaign(deps, id, userId, 'enough')],
  ])('%s: of a batch whose requests follow each other for long, none starts after it', async (_, stop) => {
    const scene = await makeScene(db.pool, { maxBatch: 6 })
    const hand = byHand(db, new Date())
    const id = await makeCampaign(db.pool, scene, { leads: 6 })
    await runCampaign(hand.deps, id, scene.userId)
    const batch = claimed(await hand.claim((await hand.queued(id))[0]!))
    const started: number[] = []
    let stopped: Promise<number> | undefined
    const adapter = {
      messagesPerRequest: 1,
      send: async (_request: unknown, _credential: unknown, http: Http) => {
        const answer = await http.request({ method: 'POST', url: 'http://broker.invalid' })
        if (answer.kind !== 'RESPONSE') return { kind: 'NOT_ACCEPTED', reason: answer.reason }
        started.push(performance.now())
        stopped ??= stop(hand.deps, id, scene.userId)
          .then(() => untilInForce(db.pool))
          .then(() => performance.now())
        return { kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED' }] }
      },
    } as unknown as Adapter
    const draining = new AbortController().signal
    const times = { now: () => new Date(), monotonic: systemMonotonic, sleep: systemSleep, draining }
    const permit = openPermit({ pool: db.pool, ...times }, batch)
    const outcome = await sendBatch(
      { adapter, codes: { table: {}, overrides: {} }, credential: {}, http: answering(200, {}), permit, ...times },
      { startAt: new Date(), requestIntervalMs: 400 },
      { messages: batch.leads.map(lead => ({ leadId: lead.id })) } as never,
    )
    const acknowledgedAt = await stopped!
    expect(started.filter(at => at > acknowledgedAt)).toEqual([])
    expect(started.length).toBeLessThanOrEqual(4)
    expect(outcome).toMatchObject({ withheld: true })
    expect(outcome.outcomes.filter(one => one.kind === 'ACCEPTED')).toHaveLength(started.length)
  })

  it('an addition to the blocklist: a message that waits for its moment in a claimed batch is not sent', async () => {
    const { sandbox, scene, started } = await oneByOne(5)
    const deps = await workers({ count: 2, redisUrl })
    const id = await makeCampaign(db.pool, scene, { leads: 30 })
    await runCampaign(deps, id, scene.userId)
    await started(6)
    const { rows } = await db.pool.query<{ phone: string; seq: number }>(
      `SELECT phone, seq FROM "CampaignLead" WHERE campaign_id = $1 AND status IN ('SENDING', 'PENDING') ORDER BY seq`,
      [id],
    )
    const phones = rows.map(row => row.phone)
    await addToBlocklist(db.pool, { phones, documents: [], reason: null, source: 'manual', purpose: null })
    await untilInForce(db.pool)
    const acknowledgedAt = Date.now()
    const books = await status(id, 'FINISHED')
    const none = acknowledgedAt + ON_ITS_WAY_MS * machineLoad()
    expect(sandbox.starts().filter(at => at > none)).toEqual([])
    const sent = sandbox.stats().unique
    expect(sent).toBeLessThan(20)
    expect(books.statuses).toEqual({ SENT: sent, ERROR: 30 - sent })
    const codes = await db.pool.query(
      `SELECT DISTINCT error_code FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'ERROR'`,
      [id],
    )
    expect(codes.rows).toEqual([{ error_code: 'BLOCKLISTED' }])
  })

  it('says how many answers are awaited', async () => {
    const { scene, started } = await oneByOne(100, { latency_ms: 3_000 })
    const deps = await workers({ count: 1, redisUrl })
    const id = await makeCampaign(db.pool, scene, { leads: 10 })
    await runCampaign(deps, id, scene.userId)
    await started(10)
    await pauseCampaign(deps, id, scene.userId)
    expect(await answersAwaited(db.pool, id)).toBe(10)
    await still(id)
    expect(await answersAwaited(db.pool, id)).toBe(0)
  })
})

describe('a worker that is stopped', () => {
  it('settles the answers that it has, and leaves what it had not started to the next one', async () => {
    const { sandbox, scene, started } = await oneByOne(4)
    const id = await makeCampaign(db.pool, scene, { leads: 24 })
    const first = await startTestWorker({ databaseUrl: db.url, redisUrl })
    const deps = { pool: db.pool, queues: first.queues, clock: { now: () => new Date() } }
    await runCampaign(deps, id, scene.userId)
    await started(6)
    const askedAt = Date.now()
    await first.stop()
    expect(Date.now() - askedAt).toBeLessThan(5_000 * machineLoad())
    const sent = sandbox.stats().unique
    expect(sent).toBeLessThan(20)
    expect(await booksOf(db.pool, id)).toMatchObject({ statuses: { SENT: sent, PENDING: 24 - sent } })
    await workers({ count: 1, redisUrl })
    expect((await status(id, 'FINISHED')).statuses).toEqual({ SENT: 24 })
    expect(sandbox.stats()).toMatchObject({ accepted: 24, duplicates: 0 })
  })
})
