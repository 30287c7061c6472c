import { Queue, Worker } from 'bullmq'
import { type Job, Logger, makeWorkerUtils, run } from 'graphile-worker'
import { Redis } from 'ioredis'
import type pg from 'pg'
import PgBoss from 'pg-boss'
import { openPool } from '../../src/database/pool.ts'
import { openQueues } from '../../src/queue/queues.ts'
import { CAMP } from './camp-run.ts'
import { inFlight } from './loops.ts'
import { compareRates, type Measurement, median, type Side, type Size, say, seconds } from './measure.ts'
import { type Contestant, type Course, withCourse } from './race.ts'
import type { Stage } from './stage.ts'
import { type Lead, openSender, TWILIO } from './wire.ts'

/**
 * Queues, each with one job for each lead, as their own documentation tunes them: read the lead, send it, write what became of it.
 * The jobs stand in the queue before the clock starts. Each statement is prepared.
 */
const JOBS_AT_ONCE = 50
const CONNECTIONS = 20
const ROUNDS = 3
const TIMES_THE_BEST = 3

export async function measurePeers(stage: Stage, size: Size): Promise<Measurement[]> {
  const options = { rows: size.count(20_000), blocked: size.count(1_000_000), queue: size.queue, ...TWILIO }
  say(`peers: ${options.rows} rows`)
  return withCourse(stage, options, async ({ pending, redisUrl }, race) => {
    const onRedis = redisUrl === undefined ? [] : [peer('BullMQ on Redis, and pg', byBullMqOnRedis)]
    const peers = [
      ...onRedis,
      peer('BullMQ on PostgreSQL, and pg', byBullMqOnPostgres),
      peer('graphile-worker', byGraphileWorker),
      peer('pg-boss', byPgBoss),
    ]
    const [camp, ...others] = (await race.run([CAMP, ...peers], size.rounds(ROUNDS))) as [Side, ...Side[]]
    const best = others.toSorted((a, b) => median(b.values) - median(a.values))[0]
    return others.map(other =>
      compareRates(
        `TWILIO, ${pending.toLocaleString('en-US')} leads, against a job for each lead`,
        'leads/s',
        camp,
        other,
        other === best ? TIMES_THE_BEST : undefined,
      ),
    )
  })
}

interface Work {
  course: Course
  leadIds: readonly string[]
  /** What each job does. */
  job(leadId: string): Promise<void>
}

/** @param work resolves with the seconds from the first job to the last */
function peer(name: string, work: (work: Work) => Promise<number>): Contestant {
  return {
    name,
    run: async course => {
      const pool = openPool(course.stage.url, { max: CONNECTIONS })
      const sender = openSender(course.sandbox, TWILIO, JOBS_AT_ONCE)
      try {
        const { rows } = await pool.query<{ id: string }>(
          `SELECT id FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'PENDING' ORDER BY seq`,
          [course.id],
        )
        const job = async (leadId: string) => {
          const answer = await sender.send(await read(pool, leadId))
          await write(pool, leadId, answer.slice(0, 40))
        }
        return await work({ course, leadIds: rows.map(({ id }) => id), job })
      } finally {
        await sender.close()
        await pool.end()
      }
    },
  }
}

async function read(pool: pg.Pool, leadId: string): Promise<Lead> {
  const { rows } = await pool.query<Lead>({
    name: 'read',
    text: `SELECT id, phone, nome, cpf_cnpj, idcob_contrato FROM "CampaignLead" WHERE id = $1`,
    values: [leadId],
  })
  return rows[0]!
}

async function write(pool: pg.Pool, leadId: string, answer: string): Promise<void> {
  await pool.query({
    name: 'write',
    text: `UPDATE "CampaignLead" SET status = 'SENT', provider_msg_id = $2, sent_at = now() WHERE id = $1`,
    values: [leadId, answer],
  })
}

/** @returns the seconds until `start`'s consumer has done `count` jobs */
function untilDone(
  count: number,
  job: Work['job'],
  start: (job: Work['job'], failed: (error: unknown) => void) => void,
) {
  return seconds(
    () =>
      new Promise<void>((resolve, reject) => {
        let done = 0
        const counted = async (leadId: string) => {
          await job(leadId)
          if (++done === count) resolve()
        }
        start(counted, reject)
      }),
  )
}

async function byBullMqOnRedis({ course: { redisUrl }, leadIds, job }: Work): Promise<number> {
  // BullMQ's own advice for a worker's connection.
  const connection = new Redis(redisUrl!, { maxRetriesPerRequest: null })
  const queue = new Queue<{ id: string }>('peer', { connection })
  let worker: Worker<{ id: string }> | undefined
  try {
    const opts = { removeOnComplete: true, removeOnFail: true }
    await queue.addBulk(leadIds.map(id => ({ name: 'lead', data: { id }, opts })))
    return await untilDone(leadIds.length, job, (counted, failed) => {
      worker = new Worker<{ id: string }>('peer', ({ data }) => counted(data.id), {
        connection,
        concurrency: JOBS_AT_ONCE,
      })
      worker.on('failed', (_, error) => failed(error))
    })
  } finally {
    await worker?.close()
    await queue.close()
    connection.disconnect()
  }
}

/** With the settings that camp gives it. */
async function byBullMqOnPostgres({ course: { stage }, leadIds, job }: Work): Promise<number> {
  const queues = openQueues({ redisUrl: undefined, databaseUrl: stage.url })
  let close: (() => Promise<void>) | undefined
  try {
    await queues.enqueue(
      'peer',
      leadIds.map(id => ({ batchId: id, enqueue_seq: 0, delayMs: 0 })),
    )
    return await untilDone(leadIds.length, job, (counted, onError) => {
      const consumer = queues.onBatch('peer', counted, { concurrency: JOBS_AT_ONCE, onError })
      close = () => consumer.close()
    })
  } finally {
    await close?.()
    await queues.close()
  }
}

// Else it prints a line for each job.
const SILENT = new Logger(() => () => undefined)

/** With its local queue, and completions in groups. */
async function byGraphileWorker({ course: { stage }, leadIds, job }: Work): Promise<number> {
  const pgPool = openPool(stage.url, { max: CONNECTIONS })
  const utils = await makeWorkerUtils({ pgPool })
  let stop: (() => Promise<void>) | undefined
  try {
    await utils.migrate()
    await utils.addJobs(leadIds.map(id => ({ identifier: 'peer', payload: { id } })))
    return await untilDone(leadIds.length, job, (counted, failed) => {
      const task = (payload: unknown) => counted((payload as { id: string } & Job['payload']).id)
      const preset = {
        worker: {
          concurrentJobs: JOBS_AT_ONCE,
          maxPoolSize: CONNECTIONS,
          localQueue: { size: 500 },
          completeJobBatchDelay: 5,
          failJobBatchDelay: 5,
          logger: SILENT,
        },
      }
      run({ pgPool, taskList: { peer: task }, preset, noHandleSignals: true }).then(runner => {
        stop = () => runner.stop()
      }, failed)
    })
  } finally {
    await stop?.()
    await utils.release()
    await pgPool.end()
  }
}

const FETCHERS = 4
const FETCHED = 200

/** Fetches and completes in batches. */
async function byPgBoss({ course: { stage }, leadIds, job }: Work): Promise<number> {
  const boss = new PgBoss({ connectionString: stage.url, max: CONNECTIONS, supervise: false, schedule: false })
  await boss.start()
  try {
    await boss.createQueue('peer')
    await boss.insert(leadIds.map(id => ({ name: 'peer', data: { id } })))
    return await seconds(() =>
      inFlight(FETCHERS, Array(FETCHERS), async () => {
        for (;;) {
          const jobs = await boss.fetch<{ id: string }>('peer', { batchSize: FETCHED })
          if (jobs.length === 0) return
          await inFlight(Math.ceil(JOBS_AT_ONCE / FETCHERS), jobs, ({ data }) => job(data.id))
          await boss.complete(
            'peer',
            jobs.map(({ id }) => id),
          )
        }
      }),
    )
  } finally {
    await boss.stop({ graceful: false })
  }
}
