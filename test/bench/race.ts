import { request } from 'undici'
import { z } from 'zod'
import { type Program, startProgram } from '../../src/cli/commands/demo/program.ts'
import { type Scene, stampApproval } from '../support/fixtures.ts'
import { ownRedis } from '../support/redis.ts'
import { emptied } from '../support/tampering.ts'
import { costsOf, medianCosts } from './cost.ts'
import { type Costs, type Side, type Size, say } from './measure.ts'
import { costsText } from './report.ts'
import { importMailing, type Stage, setScene, writeMailing } from './stage.ts'

/** What is raced for: the leads of one import, sent to one sandbox process. */
export interface Course {
  stage: Stage
  scene: Scene
  /** The campaign whose leads are to be sent. */
  id: string
  /** Leads that can be sent. */
  pending: number
  /** The sandbox's URL. */
  sandbox: string
  /** Where the queue's jobs are kept; undefined: in PostgreSQL. */
  redisUrl: string | undefined
  workers: Program[]
  addWorker(): Promise<void>
}

export interface Contestant {
  name: string
  /** Absent: all. */
  leads?: number
  /** Sends them. @returns the seconds that it took */
  run(course: Course): Promise<number>
  /** camp: its workers' processor time is counted, and they run for no other. */
  isCamp?: boolean
}

export interface CourseOptions {
  rows: number
  blocked: number
  queue: Size['queue']
  /** SANDBOX unless given. */
  adapter?: string
  credential?: (sandbox: string) => object
  workers?: number
}

/**
 * Prepares a course, has `work` done on it, and removes it. The sandbox reports nothing afterwards: callbacks have a part of their own.
 */
export async function withCourse<Result>(
  stage: Stage,
  { rows, blocked, queue, adapter, credential, workers = 1 }: CourseOptions,
  work: (course: Course, race: Race) => Promise<Result>,
): Promise<Result> {
  const redis = queue === 'redis' ? await ownRedis() : undefined
  const sandbox = await startProgram(['sandbox', '--json'], stage.env)
  const running: Program[] = []
  try {
    const { url } = z.object({ url: z.string() }).parse(JSON.parse(sandbox.firstLine))
    await quieten(url)
    const scene = await setScene(stage, {
      blocked,
      url,
      ...(adapter !== undefined && { adapter, credential: credential!(url) }),
    })
    const { id, pending } = await importMailing(stage, scene, await writeMailing(stage.home, rows), adapter)
    await stage.pool.query(`CREATE TABLE bench_lead AS SELECT * FROM "CampaignLead"`)
    await stampApproval(stage.pool, id)
    const env = { ...stage.env, ...(redis && { REDIS_URL: redis.url }) }
    const course: Course = {
      stage,
      scene,
      id,
      pending,
      sandbox: url,
      redisUrl: redis?.url,
      workers: running,
      addWorker: async () => {
        running.push(await startProgram(['worker', '--listen', '127.0.0.1:0'], env))
      },
    }
    for (let n = 0; n < workers; n++) await course.addWorker()
    return await work(course, new Race(course, sandbox.pid, redis?.pid))
  } finally {
    for (const worker of running) await worker.stop()
    await sandbox.stop()
    await redis?.stop()
  }
}

async function quieten(sandbox: string): Promise<void> {
  const silence = { callbacks: { delivered: 0, failed: 0 } }
  const { statusCode, body } = await request(`${sandbox}/control`, { method: 'PUT', body: JSON.stringify(silence) })
  if (statusCode !== 200) throw new Error(`the sandbox refuses its control: ${await body.text()}`)
}

// In a mailing of a hundred thousand a few people share a document by chance: to camp, and to it alone, they are one.
const MAX_SHARED = 0.001

/** Rounds in which each contestant has its turn, on the same leads. */
export class Race {
  readonly #course: Course
  readonly #sandboxPid: number
  readonly #queuePid: number | undefined

  constructor(course: Course, sandboxPid: number, queuePid: number | undefined) {
    this.#course = course
    this.#sandboxPid = sandboxPid
    this.#queuePid = queuePid
  }

  /** @returns each contestant's leads per second and costs, in their order */
  async run<Names extends readonly Contestant[]>(
    contestants: Names,
    rounds: number,
  ): Promise<{ [Name in keyof Names]: Side }> {
    const trials = contestants.map(() => [] as Trial[])
    for (let round = 0; round < rounds; round++) {
      for (const [i, contestant] of contestants.entries()) {
        const trial = await this.#trial(contestant)
        trials[i]!.push(trial)
        say(`  ${round + 1}. ${contestant.name}: ${trial.perSecond.toFixed(0)} leads/s; ${costsText(trial.costs)}`)
      }
    }
    return contestants.map(({ name }, i) => ({
      name,
      values: trials[i]!.map(({ perSecond }) => perSecond),
      costs: medianCosts(trials[i]!.map(({ costs }) => costs)),
    })) as { [Name in keyof Names]: Side }
  }

  /** @param senders the processes that do the work, beside this one */
  costs(senders: readonly number[], leads: number, work: () => Promise<void>): Promise<Costs> {
    const { pool, pidFile } = this.#course.stage
    return costsOf({ pool, pidFile, workers: senders, sandbox: this.#sandboxPid, queue: this.#queuePid }, leads, work)
  }

  /** Sets everything back, and measures. @throws Error unless the leads were sent, each once */
  async #trial({ leads = this.#course.pending, run, isCamp }: Contestant): Promise<Trial> {
    const { stage, sandbox, workers } = this.#course
    await reset(this.#course)
    let took = 0
    const costs = await this.costs(isCamp ? workers.map(({ pid }) => pid) : [], leads, async () => {
      took = await run(this.#course)
    })
    const stats = await (await request(`${sandbox}/stats`)).body.json()
    const { accepted, unique } = z.object({ accepted: z.number(), unique: z.number() }).parse(stats)
    const { rows } = await stage.pool.query<{ sent: number }>(
      `SELECT count(*)::int AS sent FROM "CampaignLead" WHERE status = 'SENT'`,
    )
    const { sent } = rows[0]!
    if (accepted === unique && unique >= leads * (1 - MAX_SHARED) && (sent === unique || sent === 0))
      return { perSecond: unique / took, costs }
    throw new Error(`${leads} leads: the sandbox accepted ${accepted} (${unique} different ones), ${sent} are SENT`)
  }
}

/** Leads as the import left them, no contact, no budget used, no callback, and statistics. */
export async function reset({ stage: { pool }, sandbox }: Pick<Course, 'stage' | 'sandbox'>): Promise<void> {
  await emptied(pool, '"CampaignLead", "Contact", "Batch", "WebhookEvent"')
  await pool.query(`INSERT INTO "CampaignLead" SELECT * FROM bench_lead`)
  await pool.query(`UPDATE "Campaign" SET status = 'APPROVED', started_at = NULL, finished_at = NULL`)
  await pool.query(`UPDATE "Budget" SET used_budget = 0`)
  await pool.query('ANALYZE')
  await pool.query('CHECKPOINT')
  await request(`${sandbox}/stats`, { method: 'DELETE' })
}

interface Trial {
  perSecond: number
  costs: Costs
}
