import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { resumeCampaign } from '../../src/campaign/actions/start.ts'
import { cancelCampaign, pauseCampaign } from '../../src/campaign/actions/stop.ts'
import { resolveLeads } from '../../src/campaign/doubt/resolve.ts'
import { isUnreachable } from '../../src/database/pool.ts'
import { untilInForce } from '../../src/dispatch/finish/stop-in-force.ts'
import { CampError, codeOf, messageOf } from '../../src/errors.ts'
import type { Resolution } from '../../src/lifecycle/lead-verdicts.ts'
import { openQueues } from '../../src/queue/queues.ts'
import { diceOf } from '../../src/sandbox/random.ts'
import { setBudget } from '../support/fixtures.ts'
import { compareWithBroker, databaseTime, KEY_SQL, startedWhileStopped, type Totals, wrongNow } from './books.ts'
import { NotInTime, waitedFor, within } from './bound.ts'
import { PEACE, type Show, startCampaigns } from './show.ts'
import { LEASE_MS, openStage, type QueueKind, type Stage } from './stage.ts'

/**
 * `npm run chaos`: worker processes, PostgreSQL, Redis and the broker are killed, frozen, cut and made to fail, in an order that
 * a seed decides, while campaigns go out; then everything is compared with the broker's own books. A seed that fails is run
 * again with --seed.
 */
const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '1' },
    queue: { type: 'string', default: 'both' },
    kills: { type: 'string', default: '1000' },
    verbose: { type: 'boolean', default: false },
  },
})

const seed = Number(flags.seed)
const ms = Number(flags.minutes) * 60_000
const kinds: QueueKind[] = flags.queue === 'both' ? ['postgres', 'redis'] : [flags.queue as QueueKind]
const startedAt = performance.now()
process.setMaxListeners(0)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

async function main(): Promise<number> {
  let failures = 0
  for (const kind of kinds) if (!(await runChaos(kind))) failures++
  return failures === 0 ? 0 : 1
}

/** Of one step: a crash with its recovery, a worker's end and the next one's start. */
const STEP_MS = 300_000
/** Of peace, in which leads move on all the time; each of its steps has a bound, too. */
const CALM_MS = 900_000

async function runChaos(kind: QueueKind): Promise<boolean> {
  const stage = await within(STEP_MS, 'the stage', openStage(kind, seed))
  const queues = openQueues({ redisUrl: stage.redisUrl, databaseUrl: stage.databaseUrl })
  const wrong = new Set<string>()
  try {
    await stage.control(PEACE)
    const show = await within(STEP_MS, 'the campaigns', startCampaigns(stage, queues, ms))
    const done = await makeTrouble(stage, show, wrong)
    const peace = async () => {
      const stuck = await within(CALM_MS, 'peace', calm(stage, show))
      if (stuck) wrong.add(stuck)
    }
    await peace()
    const before = await within(STEP_MS, "the broker's books", compareWithBroker(stage))
    await within(STEP_MS, 'the decisions about doubts', decideDoubts(stage, show))
    await peace()
    const after = await within(STEP_MS, "the broker's books", compareWithBroker(stage))
    const found = [...before.wrong, ...after.wrong, ...(await within(STEP_MS, 'the books', wrongNow(stage, show.seen)))]
    const stopped = await within(STEP_MS, 'the record of attempts', startedWhileStopped(stage, show.stops))
    for (const text of [...found, ...stopped]) wrong.add(text)
    for (const how of stage.deaths) wrong.add(`a worker: ${how}`)
    if (after.cancelled === 0) wrong.add('nothing was left to cancel: this run proves nothing about it')
    if (after.inDoubt > 0 || after.pending > 0)
      wrong.add(`${after.inDoubt} in doubt and ${after.pending} left at the end`)
    print(kind, { before, after, done, wrong })
    if (wrong.size > 0) process.stderr.write(`the workers' log: ${stage.folder}/workers.log\n`)
  } catch (error) {
    // What was found so far is not lost with it.
    wrong.add(messageOf(error))
    for (const text of wrong) process.stdout.write(`WRONG ${text}\n`)
    process.stderr.write(`the workers' log: ${stage.folder}/workers.log\n`)
    throw error
  } finally {
    await within(STEP_MS, 'the queue to close', queues.close()).catch(() => undefined)
    if (wrong.size === 0) await within(STEP_MS, 'the stage to close', stage.close())
    else await Promise.all(stage.workers.map(worker => worker.end()))
  }
  return wrong.size === 0
}

type Trouble = {
  name: string
  weight: number
  make: (stage: Stage, show: Show, dice: () => number) => Promise<unknown>
}

const between = (dice: () => number, from: number, to: number) => Math.round(from + dice() * (to - from))
const one = <T>(dice: () => number, list: readonly T[]) => list[Math.floor(dice() * list.length)]!

const TROUBLES: readonly Trouble[] = [
  { name: 'SIGKILL', weight: 6, make: (s, _, dice) => one(dice, s.workers).stop('SIGKILL', between(dice, 100, 1_500)) },
  { name: 'SIGSTOP', weight: 4, make: (s, _, dice) => one(dice, s.workers).freeze(between(dice, 300, 6_000)) },
  { name: 'SIGTERM', weight: 2, make: drain },
  { name: 'PostgreSQL crash', weight: 1, make: (s, _, dice) => s.crashPostgres(between(dice, 200, 1_500)) },
  { name: 'connections cut', weight: 2, make: async s => s.cutDatabase() },
  { name: 'queue wiped', weight: 1, make: s => s.wipeQueue() },
  { name: 'Redis crash', weight: 1, make: (s, _, dice) => s.crashRedis(between(dice, 200, 1_500)) },
  { name: 'broker faults', weight: 5, make: brokerFaults },
  { name: 'broker refuses connections', weight: 1, make: (s, _, dice) => s.shutBroker(between(dice, 200, 2_000)) },
  { name: 'pause', weight: 3, make: pauseAndResume },
  { name: 'decided while frozen', weight: 2, make: decideWhileFrozen },
]

/** It settles what it has and ends with 0, within half a minute, with any service away. */
async function drain(stage: Stage, _: Show, dice: () => number): Promise<void> {
  const ended = await one(dice, stage.workers).stop('SIGTERM', 0)
  if (ended === undefined) return
  if (ended.code !== 0) throw new Error(`a worker ended with ${ended.code} after SIGTERM`)
  if (ended.tookMs > 35_000) throw new Error(`a worker took ${Math.round(ended.tookMs)} ms to end, and may take 30 s`)
}

async function brokerFaults(stage: Stage, _: Show, dice: () => number): Promise<void> {
  const faults = one(dice, [
    { 'accept-drop': 0.2, 'accept-500': 0.1 },
    { '429': 0.5 },
    { drop: 0.2, '500': 0.1, 'accept-truncated': 0.1, 'accept-html': 0.05 },
    { 'accept-hang': 0.15, hang: 0.1 },
    { '429': 0.9 },
    { 'accept-missing': 0.3 },
  ])
  await stage.control({
    faults,
    retry_after_s: dice() < 0.5 ? 1 : null,
    latency_ms: dice() < 0.2 ? [500, 1_200] : [5, 60],
  })
  await delay(between(dice, 500, 3_000))
  await stage.control(PEACE)
}

async function pauseAndResume(stage: Stage, { campaigns, deps, stops }: Show, dice: () => number): Promise<void> {
  const { id, scene } = one(dice, campaigns)
  await unlocked(() => pauseCampaign(deps, id, scene.userId))
  await untilInForce(stage.pool)
  const acknowledgedAt = await databaseTime(stage.pool)
  await delay(between(dice, 200, 2_500))
  stops.push({ campaignId: id, from: acknowledgedAt, to: await databaseTime(stage.pool) })
  await unlocked(() => resumeCampaign(deps, id, scene.userId))
}

/** A worker is frozen past its lease; a person looks at the broker and decides about what is lost; then it wakes. */
async function decideWhileFrozen(stage: Stage, show: Show, dice: () => number): Promise<void> {
  await one(dice, stage.workers).freezeWhile(async () => {
    await delay(LEASE_MS + between(dice, 3_000, 5_000))
    // What was lost so long ago had reached the broker by then, or never will.
    await decideDoubts(stage, show, { lostForMs: 2_000 })
    await delay(between(dice, 500, 3_000))
  })
}

/** Once, at a moment that the seed decides, with any service away. */
async function cancelUnwanted({ unwanted: { id, scene }, deps }: Show, atMs: number): Promise<void> {
  await delay(atMs)
  for (;;) {
    try {
      await unlocked(() => cancelCampaign(deps, id, scene.userId, undefined))
      return
    } catch (error) {
      // Its answer was lost, and it had been done.
      if (error instanceof CampError && error.code === 'TRANSITION_REFUSED') return
      if (!isForgivable(error)) throw error
      await delay(200)
    }
  }
}

interface Done {
  counts: Map<string, number>
  kills: number
}

/** Troubles overlap: each is begun a moment after the last one, and goes on by itself. */
async function makeTrouble(stage: Stage, show: Show, wrong: Set<string>): Promise<Done> {
  const dice = diceOf(seed)
  const done: Done = { counts: new Map(), kills: 0 }
  const going = new Set<Promise<unknown>>()
  const busy = new Set<string>()
  const until = performance.now() + ms
  const choices = TROUBLES.filter(trouble => stage.kind === 'redis' || trouble.name !== 'Redis crash')
  const cancelling = within(ms + STEP_MS, 'the cancel', cancelUnwanted(show, between(dice, 0.2 * ms, 0.8 * ms))).catch(
    error => {
      wrong.add(`cancel: ${messageOf(error)}`)
    },
  )
  while (performance.now() < until) {
    const trouble = drawTrouble(dice, choices)
    const own = diceOf(Math.floor(dice() * 2 ** 32))
    await delay(between(dice, 100, 900))
    if (busy.has(trouble.name) || (trouble.name === 'SIGKILL' && done.kills >= Number(flags.kills))) continue
    if (flags.verbose) process.stderr.write(`${seconds()} s  ${trouble.name}\n`)
    done.counts.set(trouble.name, (done.counts.get(trouble.name) ?? 0) + 1)
    if (trouble.name === 'SIGKILL') done.kills++
    busy.add(trouble.name)
    const work = within(STEP_MS, trouble.name, trouble.make(stage, show, own))
      .catch(error => {
        if (!isForgivable(error)) wrong.add(`${trouble.name}: ${messageOf(error)}`)
      })
      .finally(() => {
        if (flags.verbose) process.stderr.write(`${seconds()} s  ${trouble.name}: over\n`)
        busy.delete(trouble.name)
        going.delete(work)
      })
    going.add(work)
    if (own() < 0.3)
      for (const text of await within(STEP_MS, 'the books', wrongNow(stage, show.seen)).catch(away)) wrong.add(text)
  }
  await Promise.all([...going, cancelling])
  return done
}

function drawTrouble(dice: () => number, choices: readonly Trouble[]): Trouble {
  const tickets = choices.flatMap(trouble => Array.from({ length: trouble.weight }, () => trouble))
  return one(dice, tickets)
}

const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1)

/** A move that the state does not allow, or that met an outage, is no finding. */
function isForgivable(error: unknown): boolean {
  if (error instanceof NotInTime) return false
  return (
    error instanceof CampError || isUnreachable(error) || /ECONN|closed|terminat|max retries/i.test(messageOf(error))
  )
}

function away(error: unknown): string[] {
  return isForgivable(error) ? [] : [messageOf(error)]
}

/** Without any lead moving on: a slow machine takes its time, a campaign that is stuck does not end. */
const PATIENCE_MS = 120_000

/**
 * Peace, a top-up, everything that was stopped goes on, to its end; then the callbacks.
 * @returns what has not come to its end, where nothing moves any more
 */
async function calm(stage: Stage, show: Show): Promise<string | undefined> {
  await stage.control(PEACE)
  await setBudget(stage.pool, show.poor.walletId, '1000000.00')
  // Minutes that an open circuit would wait are brought forward.
  await stage.pool.query(
    `UPDATE "SendSlot" SET blocked_until = NULL, failures = 0 WHERE blocked_until IS NOT NULL OR failures > 0`,
  )
  let giveUpAt = performance.now() + PATIENCE_MS
  for (let last = ''; ; ) {
    const { rows } = await stage.pool.query<{ id: string; status: string; sending: boolean }>(
      `SELECT id, status, EXISTS (SELECT 1 FROM "Batch" b WHERE b.campaign_id = c.id AND b.status = 'SENDING') AS sending
       FROM "Campaign" c`,
    )
    for (const { id, status } of rows) {
      const campaign = show.campaigns.find(one => one.id === id)
      if (campaign && (status === 'PAUSED' || status === 'FAILED'))
        await resumeCampaign(show.deps, id, campaign.scene.userId).catch(away)
    }
    const { waiting } = (await stage.stats()).callbacks
    const isOver = rows.every(({ status, sending }) => status === 'FINISHED' || (status === 'CANCELLED' && !sending))
    if (waiting === 0 && isOver) break
    const now = await leadCounts(stage)
    if (now !== last) giveUpAt = performance.now() + PATIENCE_MS
    last = now
    if (performance.now() > giveUpAt) {
      const open = rows.filter(({ status, sending }) => status !== 'FINISHED' && (status !== 'CANCELLED' || sending))
      const names = open.map(({ id, status }) => `${id} ${status}`).join(', ')
      return `no lead moved for ${PATIENCE_MS / 1000} s; callbacks that wait: ${waiting}, campaigns that have not ended: ${names || 'none'}`
    }
    await delay(300)
  }
  for (let last = ''; ; ) {
    const now = await leadCounts(stage)
    if (now === last) return undefined
    last = now
    await delay(1_000)
  }
}

async function leadCounts(stage: Stage): Promise<string> {
  const { rows } = await stage.pool.query(`SELECT status, count(*) FROM "CampaignLead" GROUP BY 1 ORDER BY 1`)
  return JSON.stringify(rows)
}

/**
 * As a person would, who looks at the broker first: what it has is sent, what it does not have is sent again; of a campaign that
 * was cancelled, nothing is.
 */
async function decideDoubts(stage: Stage, show: Show, only: { lostForMs?: number } = {}): Promise<void> {
  for (const { id, scene } of show.campaigns) {
    const { rows } = await stage.pool.query<{ id: string; key: string }>(
      `SELECT l.id, ${KEY_SQL} AS key
       FROM "CampaignLead" l JOIN "Campaign" c ON c.id = l.campaign_id JOIN "Broker" r ON r.id = c.broker_id
       LEFT JOIN "Batch" b ON b.campaign_id = l.campaign_id AND b.number = l.batch_number
       WHERE l.campaign_id = $1 AND l.status = 'IN_DOUBT'
         AND ($2::int IS NULL OR b.settled_at < clock_timestamp() - $2::int * interval '1 millisecond')`,
      [id, only.lostForMs ?? null],
    )
    if (rows.length === 0) continue
    const counts = await stage.countsOf(rows.map(row => row.key))
    const had = rows.filter(row => counts.get(row.key)! > 0).map(row => row.id)
    const not = rows.filter(row => counts.get(row.key) === 0).map(row => row.id)
    const decide = (verdict: Resolution, leads: string[]) =>
      leads.length === 0 ? undefined : resolveLeads(show.deps, id, { verdict, leads, userId: scene.userId })
    await unlocked(() => decide('SENT', had))
    await unlocked(() => decide(id === show.unwanted.id ? 'NOT_SENT' : 'RESEND', not))
  }
}

/** As the error says: where workers that are frozen in turn keep a row locked for too long, it is done again. */
async function unlocked(work: () => Promise<unknown> | undefined): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await work()
      return
    } catch (error) {
      if (codeOf(error) !== '55P03' || tries === 5) throw error
    }
  }
}

interface Outcome {
  before: Totals
  after: Totals
  done: Done
  wrong: ReadonlySet<string>
}

function print(kind: QueueKind, { before, after, done, wrong }: Outcome): void {
  const overspent = [...wrong].filter(text => text.startsWith('(c)')).length
  const rows: [string, string | number][] = [
    ['queue', kind],
    ['seed', seed],
    ['leads', after.leads],
    ['sent', after.sent],
    ['refused by the broker, or undeliverable', after.refused],
    ['held back by the frequency cap', after.capped],
    ['not sent because of the cancel', after.cancelled],
    ['duplicates', after.duplicates],
    ['lost', after.lost],
    ['overspent', overspent],
    ['in doubt after the trouble, all decided then', before.inDoubt],
    ['kills survived', done.kills],
    ...[...done.counts]
      .filter(([name]) => name !== 'SIGKILL')
      .sort()
      .map(([name, n]): [string, number] => [name, n]),
  ]
  process.stdout.write(`${rows.map(([what, figure]) => `${what.padEnd(46)} ${figure}`).join('\n')}\n`)
  for (const text of wrong) process.stdout.write(`WRONG ${text}\n`)
  process.stdout.write(
    wrong.size === 0 ? 'every invariant held\n\n' : `${wrong.size} findings; repeat with --seed ${seed}\n\n`,
  )
}

// Each wait has a bound of its own; this one tells which of them failed to.
const wholeMs = kinds.length * (ms + 4 * STEP_MS + 2 * CALM_MS)
setTimeout(() => {
  process.stdout.write(
    `WRONG the run does not end: it waits for ${waitedFor().join(', ') || 'nothing that has a name'}\n`,
  )
  process.exit(1)
}, wholeMs).unref()

process.exit(
  await main().catch(error => {
    process.stderr.write(`${messageOf(error)}\n`)
    return 1
  }),
)
