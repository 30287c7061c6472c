import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import { z } from 'zod'
import { runCampaign as run } from '../../src/campaign/actions/start.ts'
import { startProgram } from '../../src/cli/commands/demo/program.ts'
import { systemClock } from '../../src/clock.ts'
import { openQueues } from '../../src/queue/queues.ts'
import { type Scene, stampApproval } from '../support/fixtures.ts'
import { startRedis } from '../support/redis.ts'
import { emptied } from '../support/tampering.ts'
import { bareLoop, textbook } from './loops.ts'
import { compareRates, type Measurement, say } from './measure.ts'
import { importMailing, type Stage, setScene, writeMailing } from './stage.ts'

const RUNS = 5
const MIN_OF_BARE = 0.3
const MIN_OF_TEXTBOOK = 10
const TEXTBOOK_LEADS = 3_000

/**
 * A worker process on the PostgreSQL queue, in batches of 500, against a loop that only claims, sends and settles; and that loop
 * against the textbook's job per lead. All of them send the same leads, from the same table as an import leaves it, to the same
 * sandbox process, which counts what it got.
 */
export async function measureDispatch(stage: Stage, rows: number): Promise<Measurement[]> {
  say(`dispatch: ${rows} rows, ${RUNS} times each`)
  const programs = [await startProgram(['sandbox', '--json'], stage.env)]
  const redis = await startRedis()
  try {
    const url = z.object({ url: z.string() }).parse(JSON.parse(programs[0]!.firstLine)).url
    const scene = await setScene(stage, url)
    // A worker that is older than its broker finds it only when it next looks.
    programs.push(await startProgram(['worker', '--listen', '127.0.0.1:0'], stage.env))
    const { id, pending } = await importMailing(stage, scene, await writeMailing(stage.home, rows))
    await stage.pool.query(`CREATE TABLE bench_lead AS SELECT * FROM "CampaignLead"`)
    await stampApproval(stage.pool, id)
    const round: Round = { stage, scene, id, sandbox: url, redisUrl: redis?.url }
    const [camp, bare, books]: [number[], number[], number[]] = [[], [], []]
    for (let n = 0; n < RUNS; n++) {
      camp.push(await rateOf(round, pending, () => dispatched(round)))
      bare.push(await rateOf(round, pending, () => bareLoop(round)))
      books.push(await rateOf(round, TEXTBOOK_LEADS, () => textbook(round, TEXTBOOK_LEADS)))
      say(
        `  camp ${camp.at(-1)!.toFixed(0)}, bare loop ${bare.at(-1)!.toFixed(0)}, textbook ${books.at(-1)!.toFixed(0)} leads/s`,
      )
    }
    const rates = (perSecond: readonly number[], name: string) => ({ perSecond, unit: 'leads', name })
    const loop = rates(bare, 'bare durable loop')
    const book = rates(books, `textbook (BullMQ on ${redis ? 'Redis' : 'PostgreSQL'}, Prisma)`)
    const what = `dispatch of ${pending.toLocaleString('en-US')} leads`
    return [
      compareRates(what, rates(camp, 'camp'), loop, MIN_OF_BARE),
      compareRates('the bare durable loop', loop, book, MIN_OF_TEXTBOOK),
    ]
  } finally {
    await redis?.stop()
    for (const program of programs.reverse()) await program.stop()
  }
}

/** What a contestant is given. */
export interface Round {
  stage: Stage
  scene: Scene
  /** The campaign whose leads are to be sent. */
  id: string
  /** The sandbox's URL. */
  sandbox: string
  redisUrl: string | undefined
}

// In a mailing of a hundred thousand a few people share a document by chance: to camp, and to it alone, they are one.
const MAX_SHARED = 0.001

/** Sets everything back, and measures. @returns leads per second @throws Error unless they were sent, each once */
async function rateOf(round: Round, leads: number, contestant: () => Promise<number>): Promise<number> {
  const { stage, id, sandbox } = round
  await emptied(stage.pool, '"CampaignLead", "Contact", "Batch"')
  await stage.pool.query(`INSERT INTO "CampaignLead" SELECT * FROM bench_lead`)
  await stage.pool.query(
    `UPDATE "Campaign" SET status = 'APPROVED', started_at = NULL, finished_at = NULL WHERE id = $1`,
    [id],
  )
  await stage.pool.query(`UPDATE "Budget" SET used_budget = 0`)
  await stage.pool.query('ANALYZE')
  await stage.pool.query('CHECKPOINT')
  await request(`${sandbox}/stats`, { method: 'DELETE' })
  const took = await contestant()
  const stats = await (await request(`${sandbox}/stats`)).body.json()
  const { accepted, unique } = z.object({ accepted: z.number(), unique: z.number() }).parse(stats)
  const { rows } = await stage.pool.query<{ sent: number }>(
    `SELECT count(*)::int AS sent FROM "CampaignLead" WHERE status = 'SENT'`,
  )
  const { sent } = rows[0]!
  if (accepted === unique && sent === unique && sent >= leads * (1 - MAX_SHARED)) return sent / took
  throw new Error(`${leads} leads: the sandbox accepted ${accepted} (${unique} different ones), ${sent} are SENT`)
}

const LOOK_MS = 100

/**
 * From `camp campaign run` to the moment at which the campaign says that it finished: planning, statistics and enqueueing included. To
 * look for it more often would take a twentieth of the processor that is measured. The worker runs already, and before nothing
 * came.
 */
async function dispatched({ stage, scene, id }: Round): Promise<number> {
  const queues = openQueues({ redisUrl: undefined, databaseUrl: stage.url })
  try {
    const from = Date.now()
    await run({ pool: stage.pool, queues, clock: systemClock }, id, scene.userId)
    for (;;) {
      const finishedAt = await finishOf(stage, id)
      if (finishedAt) return (finishedAt.getTime() - from) / 1000
      await delay(LOOK_MS)
    }
  } finally {
    await queues.close()
  }
}

async function finishOf({ pool }: Stage, id: string): Promise<Date | null> {
  const { rows } = await pool.query<{ status: string; finished_at: Date | null }>(
    `SELECT status, finished_at FROM "Campaign" WHERE id = $1`,
    [id],
  )
  const { status, finished_at } = rows[0]!
  if (status !== 'PROCESSING' && status !== 'FINISHED') throw new Error(`the campaign is ${status}`)
  return finished_at
}
