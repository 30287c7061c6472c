import { setImmediate } from 'node:timers/promises'
import type pg from 'pg'
import { expect, it } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { type Dispatch, openDispatch } from '../../../src/dispatch/dispatch.ts'
import type { DispatchDeps } from '../../../src/dispatch/model/deps.ts'
import type { Http } from '../../../src/http/client.ts'
import type { Queues } from '../../../src/queue/queues.ts'
import { monthOf } from '../../../src/time/local-day.ts'
import { databaseOffset } from '../../../src/worker/database-clock.ts'
import { SAO_PAULO } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { booksOf, makeCampaign, makeScene, testKeys } from '../../support/fixtures.ts'
import { testLog } from '../../support/log.ts'
import { type VirtualTime, virtualTime } from '../../support/virtual-time.ts'

const db = useDatabase()

/** Later than the database's own clock: no lease of the test is over by that. */
const START = Math.ceil(Date.now() / 3_600_000 + 1) * 3_600_000
const MESSAGES = 90

/** A machine whose clock is wrong, and how long the database's answer is on its way back to it. */
interface Machine {
  aheadMs: number
  answerTakesMs: number
}

interface Started {
  /** By the clock of the worker that wrote it, as it takes the database's for its own. */
  byWorker: number
  /** By the database's clock. */
  at: number
  lagMs: number
}

/**
 * A campaign on several workers by turns, as their queue calls them, at a broker that answers at once, on a clock of the test: claims,
 * waits, requests and settles are those of the worker, and only waiting takes time.
 */
async function dispatched(machines: readonly Machine[], { rate, columns }: Pace): Promise<Started[]> {
  const time = virtualTime(START)
  const scene = await makeScene(db.pool, { rate, maxBatch: 1, month: monthOf(new Date(START), SAO_PAULO) })
  const id = await makeCampaign(db.pool, scene, { leads: MESSAGES, ...(columns && { columns }) })
  const work = worked(time)
  const started: Started[] = []
  const workers: Dispatch[] = []
  let calls = 0
  const queues = {
    enqueue: async (_broker: string, jobs: readonly { batchId: string; delayMs: number }[]) => {
      for (const { batchId, delayMs } of jobs)
        time.at(time.now().getTime() + delayMs, () => {
          const worker = workers[calls++ % workers.length]!
          work.begin(() => worker(batchId))
        })
    },
  } as unknown as Queues
  for (const machine of machines) {
    const now = await nowOn(machine, time)
    const lagMs = time.now().getTime() - now().getTime()
    const note = () => {
      const byWorker = now().getTime()
      started.push({ byWorker, at: byWorker + lagMs, lagMs })
    }
    const deps: DispatchDeps = {
      ...{ pool: db.pool, queues, keys: await testKeys(), http: answeringAtOnce(note), log: testLog() },
      ...{ now, sleep: work.sleep, monotonic: () => time.now().getTime(), random: () => 0.5 },
      ...{ timezone: SAO_PAULO, isHoliday: () => false, leaseMs: () => 60_000, callbackUrl: () => undefined },
      draining: new AbortController().signal,
    }
    workers.push(openDispatch(deps))
  }
  await runCampaign({ pool: db.pool, queues, clock: { now: time.now } }, id, scene.userId)
  await time.run(work.quiet)
  expect(work.failures).toEqual([])
  expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'FINISHED', statuses: { SENT: MESSAGES } })
  return started.sort((a, b) => a.byWorker - b.byWorker)
}

/** What worker.ts makes of its machine's clock when it starts. */
async function nowOn({ aheadMs, answerTakesMs }: Machine, time: VirtualTime): Promise<() => Date> {
  let underWayMs = 0
  const own = { now: () => new Date(time.now().getTime() + aheadMs + underWayMs) }
  const database = {
    query: async () => {
      const now = time.now()
      underWayMs = answerTakesMs
      return { rows: [{ now }] }
    },
  } as unknown as pg.Pool
  const offsetMs = await databaseOffset(database, own, 0)
  underWayMs = 0
  return () => new Date(own.now().getTime() + offsetMs)
}

/** Knows when all that has begun sleeps or has ended. */
function worked(time: VirtualTime) {
  let awake = 0
  let onQuiet = () => {}
  const failures: unknown[] = []
  const rests = () => {
    if (--awake === 0) onQuiet()
  }
  const sleep: DispatchDeps['sleep'] = async (ms, signal) => {
    const over = time.sleep(ms, signal)
    rests()
    await over
    awake++
  }
  return {
    failures,
    sleep,
    begin(work: () => Promise<void>): void {
      awake++
      work()
        .catch(error => failures.push(error))
        .finally(rests)
    },
    async quiet(): Promise<void> {
      // Those that have just been woken are counted then.
      await setImmediate()
      if (awake > 0)
        await new Promise<void>(resolve => {
          onQuiet = resolve
        })
    },
  }
}

/** The sandbox's wire format. */
function answeringAtOnce(note: () => void): Http {
  const http: Http = {
    clock: { now: () => new Date(START) },
    get unguarded() {
      return http
    },
    request: async ({ guard, body }) => {
      const refusal = guard?.()
      if (refusal !== undefined) return { kind: 'NOT_SENT', reason: refusal }
      note()
      const { messages } = JSON.parse(String(body)) as { messages: { key: string }[] }
      const results = messages.map(({ key }) => ({ key, status: 'accepted' }))
      return { kind: 'RESPONSE', status: 200, headers: {}, body: JSON.stringify({ reference: 'r', results }) }
    },
  }
  return http
}

interface Pace {
  rate: number | null
  columns?: Record<string, unknown>
}

const throttled = (type: string, config: object) => ({
  throttling_type: type,
  throttling_config: JSON.stringify(config),
})

const WRONG = [
  { aheadMs: -90_000, answerTakesMs: 0 },
  { aheadMs: 0, answerTakesMs: 0 },
  { aheadMs: 200_000, answerTakesMs: 0 },
]

/** The moments of so many messages: in microseconds as the database keeps them, a request being on the next whole millisecond. */
function slotsOf(intervalMs: number): number[] {
  const stepUs = Math.ceil(intervalMs * 1000)
  return Array.from({ length: MESSAGES }, (_, i) => START + Math.ceil((i * stepUs) / 1000))
}

it.each<Pace & { of: string; intervalMs: number }>([
  { of: '40 a second', rate: 40, intervalMs: 25 },
  { of: '30 a second', rate: 30, intervalMs: 1000 / 30 },
  { of: '1 a second', rate: 1, intervalMs: 1_000 },
  { of: 'one each 50 ms', rate: null, columns: throttled('fixed', { delayLimit: 0.05 }), intervalMs: 50 },
  { of: '40 a minute', rate: 40, columns: throttled('linear', { messages: 40, minutes: 1 }), intervalMs: 1_500 },
])('$of: every request of three workers starts at its slot, to the millisecond', async pace => {
  const started = await dispatched(WRONG, pace)
  expect(started.map(({ at }) => at)).toEqual(slotsOf(pace.intervalMs))
})

it('a worker that the database’s time reached late starts as late, and never before its slot', async () => {
  const machines = [
    { aheadMs: -90_000, answerTakesMs: 4 },
    { aheadMs: 200_000, answerTakesMs: 0 },
    { aheadMs: 5_000, answerTakesMs: 9 },
  ]
  const started = await dispatched(machines, { rate: 40 })
  expect(new Set(started.map(({ lagMs }) => lagMs))).toEqual(new Set([4, 0, 9]))
  const first = started[0]!.byWorker
  expect(started.map(({ byWorker }) => byWorker - first)).toEqual(slotsOf(25).map(slot => slot - START))
})
