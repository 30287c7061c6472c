import fc from 'fast-check'
import { v7 as uuid } from 'uuid'
import { beforeAll, describe, expect, it } from 'vitest'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { pauseCampaign } from '../../../src/campaign/actions/stop.ts'
import { transaction } from '../../../src/database/pool.ts'
import { freeSlot, LOOKAHEAD_MS, type SlotKey, takeSlots } from '../../../src/dispatch/pacing/slots.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene, twilioCredential } from '../../support/fixtures.ts'
import { until } from '../../support/worker.ts'

const db = useDatabase()
const { workers, status, still } = dispatchOn(db)

/**
 * The database records every moment that any worker takes, and when its transaction took it. Planned moments are compared with
 * the rule exactly, however busy the machine is. A request may be late (this process's loop, its sockets), but never early:
 * slot-moments.test.ts proves on a clock of its own that it starts at its moment.
 */
beforeAll(async () => {
  await db.pool.query(`
    CREATE TABLE "SlotTaken" (n serial, id uuid, next_at timestamptz(6), taken_at timestamptz(6));
    CREATE FUNCTION note_slot() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN INSERT INTO "SlotTaken" (id, next_at, taken_at) VALUES (NEW.id, NEW.next_at, clock_timestamp()); RETURN NULL; END';
    CREATE TRIGGER slot_taken AFTER UPDATE OF next_at ON "SendSlot" FOR EACH ROW
      WHEN (NEW.next_at IS DISTINCT FROM OLD.next_at) EXECUTE FUNCTION note_slot()`)
})

interface Planned {
  startAt: number
  takenAt: number
}

/** When requests were to start, in the order in which their moments were taken: `requests` of them at each taking. */
async function planOf(lane: string, intervalMs: number, requests = 1): Promise<Planned[]> {
  const { rows } = await db.pool.query<{ next_at: Date; taken_at: Date }>(
    `SELECT next_at, taken_at FROM "SlotTaken" WHERE id = $1 ORDER BY n`,
    [lane],
  )
  return rows.flatMap(({ next_at, taken_at }) =>
    Array.from({ length: requests }, (_, i) => ({
      startAt: next_at.getTime() - (requests - i) * intervalMs,
      takenAt: taken_at.getTime(),
    })),
  )
}

/** Node's timers may fire a millisecond early, and moments are whole milliseconds. */
const TIMER_MS = 2

/**
 * How often the batches of a campaign were claimed. A claim that may not write when its moment has come (a pause, a machine that
 * was too slow) gives its batch back, and the next claim takes another moment.
 */
async function claimsOf(campaignId: string): Promise<number> {
  const { rows } = await db.pool.query<{ claims: number }>(
    `SELECT sum(attempt)::int AS claims FROM "Batch" WHERE campaign_id = $1`,
    [campaignId],
  )
  return rows[0]!.claims
}

interface Pace {
  planned: readonly Planned[]
  started: readonly number[]
  /** Moments that were taken: one for each request of each claim. */
  taken: number
  intervalMs: number
}

function expectPaced({ planned, started, taken, intervalMs }: Pace): void {
  expect(planned).toHaveLength(taken)
  expectNoneTooSoonOrLost(planned, intervalMs)
  const inOrder = [...started].sort((a, b) => a - b)
  const lateness = inOrder.map((at, i) => at - planned[i]!.startAt)
  expect(Math.min(...lateness), 'a request started early').toBeGreaterThanOrEqual(-TIMER_MS)
}

/** Each moment is an interval after the one before; it is later only where it was taken when that was over already. */
function expectNoneTooSoonOrLost(planned: readonly Planned[], intervalMs: number): void {
  for (const [i, { startAt, takenAt }] of planned.entries()) {
    if (i === 0) continue
    const free = planned[i - 1]!.startAt + intervalMs
    expect(startAt).toBeGreaterThanOrEqual(free)
    expect(startAt, 'a free moment was passed over').toBeLessThanOrEqual(Math.max(free, takenAt))
  }
}

describe('a rate limit of 40 requests a second, on three workers', () => {
  it.each([
    { broker: 'SANDBOX', perClaim: 1, maxBatch: 3, leads: 180 },
    // One message a request: a claim takes twenty moments at once, and its process keeps them.
    { broker: 'TWILIO', perClaim: 20, maxBatch: 20, leads: 60 },
  ])('holds for $broker, $perClaim at a time', async ({ broker, perClaim, maxBatch, leads }) => {
    const sandbox = await openSandbox()
    const credential = twilioCredential(sandbox.url)
    const scene = await makeScene(db.pool, {
      url: sandbox.url,
      ...(broker === 'TWILIO' && { adapter: broker, credential }),
      rate: 40,
      maxBatch,
    })
    const deps = await workers({ count: 3 })
    const id = await makeCampaign(db.pool, scene, { leads })
    await runCampaign(deps, id, scene.userId)
    await status(id, 'FINISHED')
    const planned = await planOf(scene.credentialId, 25, perClaim)
    const started = sandbox.starts()
    expect(started).toHaveLength(60)
    expectPaced({ planned, started, taken: perClaim * (await claimsOf(id)), intervalMs: 25 })
  })

  it('holds across a pause and a resume: nothing was saved up', async () => {
    const sandbox = await openSandbox()
    const scene = await makeScene(db.pool, { url: sandbox.url, rate: 40, maxBatch: 1 })
    const deps = await workers({ count: 3 })
    const id = await makeCampaign(db.pool, scene, { leads: 90 })
    await runCampaign(deps, id, scene.userId)
    await until(
      'it is on its way',
      async () => sandbox.starts().length,
      n => n >= 20,
    )
    await pauseCampaign(deps, id, scene.userId)
    const before = (await still(id)).statuses.SENT!
    expect(before).toBeLessThan(90)
    // Before: a worker may reserve a slot while the resume is still enqueueing.
    const resumedAt = Date.now()
    await resumeCampaign(deps, id, scene.userId)
    await status(id, 'FINISHED')
    const planned = await planOf(scene.credentialId, 25)
    const started = sandbox.starts()
    expect(started).toHaveLength(90)
    expectPaced({ planned, started, taken: await claimsOf(id), intervalMs: 25 })
    const after = planned.filter(({ startAt }) => startAt >= resumedAt)
    expect(after.length).toBeGreaterThanOrEqual(90 - before - 1)
    const resumed = started.filter(at => at >= resumedAt).sort((a, b) => a - b)
    const early = resumed.filter((at, i) => at < after[i]!.startAt - TIMER_MS)
    expect(early, 'a request started early').toEqual([])
  })
})

describe('throttling, on two workers', () => {
  it.each([
    ['fixed', { delayLimit: 0.05 }],
    ['linear', { messages: 40, minutes: 2 / 60 }],
  ])(
    '%s %j: every message at its own moment, and two campaigns of one broker do not share theirs',
    async (type, config) => {
      const sandbox = await openSandbox()
      const scene = await makeScene(db.pool, { url: sandbox.url })
      const deps = await workers({ count: 2 })
      const columns = { throttling_type: type, throttling_config: JSON.stringify(config) }
      const ids = [
        await makeCampaign(db.pool, scene, { leads: 25, columns }),
        await makeCampaign(db.pool, scene, { leads: 25, columns }),
      ]
      await Promise.all(ids.map(id => runCampaign(deps, id, scene.userId)))
      for (const id of ids) await status(id, 'FINISHED')
      const phones = new Map<string, number>()
      for (const [i, id] of ids.entries()) {
        const { rows } = await db.pool.query(`SELECT phone FROM "CampaignLead" WHERE campaign_id = $1`, [id])
        for (const { phone } of rows) phones.set(phone, i)
      }
      for (const [i, id] of ids.entries()) {
        const started = sandbox
          .messages()
          .filter(({ phone }) => phones.get(phone) === i)
          .map(({ at }) => Date.parse(at))
        expect(started).toHaveLength(25)
        expectPaced({ planned: await planOf(id, 50), started, taken: await claimsOf(id), intervalMs: 50 })
      }
    },
  )

  it('random: between its two limits', async () => {
    const sandbox = await openSandbox()
    const scene = await makeScene(db.pool, { url: sandbox.url })
    const deps = await workers({ count: 2 })
    const columns = {
      throttling_type: 'random',
      throttling_config: JSON.stringify({ delayLimit: 0.02, maxRandom: 0.08 }),
    }
    const id = await makeCampaign(db.pool, scene, { leads: 40, columns })
    await runCampaign(deps, id, scene.userId)
    await status(id, 'FINISHED')
    const next = (await planOf(id, 0)).map(({ startAt }) => startAt)
    const gaps = next.slice(1).map((at, i) => at - next[i]!)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(20)
    expect(new Set(gaps).size).toBeGreaterThan(12)
    const started = [...sandbox.starts()].sort((a, b) => a - b)
    // A moment is taken until the next one may begin: the k-th starts no earlier than the (k-1)-th's is over.
    for (const [i, at] of started.slice(1).entries()) expect(at).toBeGreaterThanOrEqual(next[i]! - TIMER_MS)
  })
})

it('a campaign that waits half an hour between messages does not stall one of another broker on the same workers', async () => {
  const sandbox = await openSandbox()
  const [slow, fast] = [await makeScene(db.pool, { url: sandbox.url }), await makeScene(db.pool, { url: sandbox.url })]
  const deps = await workers({ count: 2, concurrency: 1 })
  const columns = { throttling_type: 'fixed', throttling_config: JSON.stringify({ delayLimit: 1_800 }) }
  const waiting = await makeCampaign(db.pool, slow, { leads: 20, columns })
  await runCampaign(deps, waiting, slow.userId)
  await until(
    'its first message is sent',
    () => booksOf(db.pool, waiting),
    books => books.statuses.SENT === 1,
  )
  const id = await makeCampaign(db.pool, fast, { leads: 1_000, columns: { batch_size: 10 } })
  await runCampaign(deps, id, fast.userId)
  await status(id, 'FINISHED')
  expect(await booksOf(db.pool, waiting)).toMatchObject({ campaign: 'PROCESSING', statuses: { SENT: 1, PENDING: 19 } })
})

describe('taking moments', () => {
  const START = Date.parse('2026-11-24T15:00:00Z')
  const take = (lanes: readonly SlotKey[], now: Date) => transaction(db.pool, sql => takeSlots(sql, lanes, now))

  it('any sequence of them, of one lane or two: none is taken twice, none is early, none is later than it need be', async () => {
    const step = fc.record({
      waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3_000 })),
      lanes: fc.constantFrom<number[][]>([0], [1], [0, 1]),
      takesMs: fc.tuple(...[0, 1].map(() => fc.double({ min: 0.1, max: 900, noNaN: true }))),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async steps => {
        // In the order that is the same everywhere.
        const ids = [uuid(), uuid()]
        const free = [0, 0]
        let now = START
        for (const { waitMs, lanes, takesMs } of steps) {
          now += waitMs
          const answer = await take(
            lanes.map(lane => ({ id: ids[lane]!, takesMs: takesMs[lane]! })),
            new Date(now),
          )
          // A lane is kept in microseconds, a request starts on the next whole millisecond.
          const earliest = Math.max(now * 1000, ...lanes.map(lane => free[lane]!))
          const startAt = new Date(Math.ceil(earliest / 1000))
          if (startAt.getTime() > now + LOOKAHEAD_MS) {
            expect(answer).toEqual({ waitUntil: startAt })
            continue
          }
          expect(answer).toEqual({ startAt, startUs: earliest })
          for (const lane of lanes) free[lane] = earliest + Math.ceil(takesMs[lane]! * 1000)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('thirty a second are thirty, not one for every 34 ms', async () => {
    const lane = [{ id: uuid(), takesMs: 1000 / 30 }]
    let last = 0
    for (let i = 0; i < 300; i++) {
      const answer = await take(lane, new Date(Math.max(START, last - 500)))
      if (!('startAt' in answer)) throw new Error('it was not taken')
      expect(answer.startAt.getTime()).toBeGreaterThanOrEqual(START + (i * 1000) / 30)
      last = answer.startAt.getTime()
    }
    expect(last - START).toBeLessThanOrEqual((299 * 1000) / 30 + 2)
  })

  it('never from a given moment on, and then nothing is taken', async () => {
    const lane = [{ id: uuid(), takesMs: 600 }]
    const midnight = new Date(START + 500)
    expect(await take(lane, new Date(START))).toMatchObject({ startAt: new Date(START) })
    const free = () => transaction(db.pool, sql => freeSlot(sql, [lane[0]!.id], new Date(START), midnight))
    expect(await free()).toEqual({ waitUntil: new Date(START + 600) })
    expect(await take(lane, new Date(START))).toMatchObject({ startAt: new Date(START + 600) })
  })

  it('by many at once: still one after the other', async () => {
    const [campaign, credential] = [uuid(), uuid()]
    const now = new Date(START)
    const lanes = [
      { id: campaign, takesMs: 10 },
      { id: credential, takesMs: 7 },
    ]
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => take(i % 3 ? lanes : lanes.slice(1), now)))
    const starts = answers.map(answer => ('startAt' in answer ? answer.startAt.getTime() : Number.NaN))
    const inOrder = [...starts].sort((a, b) => a - b)
    for (let i = 1; i < inOrder.length; i++) expect(inOrder[i]! - inOrder[i - 1]!).toBeGreaterThanOrEqual(7)
    const both = starts.filter((_, i) => i % 3).sort((a, b) => a - b)
    for (let i = 1; i < both.length; i++) expect(both[i]! - both[i - 1]!).toBeGreaterThanOrEqual(10)
  })
})
