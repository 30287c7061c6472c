import type pg from 'pg'
import { openPool } from '../../src/database/pool.ts'
import { type Consumer, openQueues } from '../../src/queue/queues.ts'
import { seconds } from './measure.ts'
import type { Contestant, Course } from './race.ts'
import { type Lead, openBulkSender, openSender, type SingleBroker } from './wire.ts'

/**
 * What camp is held against. A bare loop is the least that is durable: claim, send, settle, each committed, and no rule at all.
 * The textbook is what the documentation of every queue shows: a job per lead that reads, sends and writes.
 */
const BATCH = 500
const BATCHES_IN_FLIGHT = 4

export const BARE_LOOP: Contestant = {
  name: `bare durable loop, ${BATCHES_IN_FLIGHT} batches of ${BATCH} in flight`,
  run: ({ stage: { pool }, id, sandbox }) => {
    const sender = openBulkSender(sandbox, BATCHES_IN_FLIGHT)
    return seconds(async () => {
      const ranges = await rangesOf(pool, id, BATCH)
      await inFlight(BATCHES_IN_FLIGHT, ranges, async range => {
        const results = await sender.send(await claim(pool, id, range))
        await settle(
          pool,
          results.map(result => result.key),
          results.map(result => result.id),
        )
      })
    }).finally(() => sender.close())
  },
}

const REQUESTS_IN_FLIGHT = 48

/** Claims and settles 500 at a time; each request carries one message. */
export function bareLoopOfOne(broker: SingleBroker): Contestant {
  return {
    name: `bare durable loop, claims of ${BATCH}, ${REQUESTS_IN_FLIGHT} requests of one in flight`,
    run: ({ stage: { pool }, id, sandbox }) => {
      const sender = openSender(sandbox, broker, REQUESTS_IN_FLIGHT)
      return seconds(async () => {
        const ranges = await rangesOf(pool, id, BATCH)
        await inFlight(BATCHES_IN_FLIGHT, ranges, async range => {
          const leads = await claim(pool, id, range)
          const answers: string[] = []
          await inFlight(REQUESTS_IN_FLIGHT / BATCHES_IN_FLIGHT, leads.entries(), async ([i, lead]) => {
            answers[i] = (await sender.send(lead)).slice(0, 40)
          })
          await settle(
            pool,
            leads.map(lead => lead.id),
            answers,
          )
        })
      }).finally(() => sender.close())
    },
  }
}

/** The same with two commits for each lead. */
export function bareLoopByLead(broker: SingleBroker): Contestant {
  return {
    name: `bare loop, two commits for each lead, ${REQUESTS_IN_FLIGHT} in flight`,
    run: async ({ stage: { url }, id, sandbox }) => {
      const sender = openSender(sandbox, broker, REQUESTS_IN_FLIGHT)
      const pool = openPool(url, { max: REQUESTS_IN_FLIGHT })
      try {
        return await seconds(async () => {
          const ranges = await rangesOf(pool, id, 1)
          await inFlight(REQUESTS_IN_FLIGHT, ranges, async range => {
            const [lead] = await claim(pool, id, range)
            await settle(pool, [lead!.id], [(await sender.send(lead!)).slice(0, 40)])
          })
        })
      } finally {
        await pool.end()
        await sender.close()
      }
    },
  }
}

const UNDICI_IN_FLIGHT = 50

/** No database at all: what HTTP alone permits. */
export function undiciLoop(broker: SingleBroker): Contestant {
  return {
    name: `bare undici loop, ${UNDICI_IN_FLIGHT} in flight, no database`,
    run: async ({ stage: { pool }, id, sandbox }) => {
      const { rows } = await pool.query<Lead>(
        `SELECT ${COLUMNS} FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'PENDING' ORDER BY seq`,
        [id],
      )
      const sender = openSender(sandbox, broker, UNDICI_IN_FLIGHT)
      return seconds(() => inFlight(UNDICI_IN_FLIGHT, rows.values(), sender.send)).finally(() => sender.close())
    },
  }
}

const JOBS_AT_ONCE = 50

/** One BullMQ job for each lead, and two Prisma calls in it. The jobs stand in the queue before the clock starts. */
export function textbook(leads: number): Contestant {
  return {
    name: 'textbook (a BullMQ job and two Prisma calls for each lead)',
    leads,
    run: course => byJobs(course, leads),
  }
}

async function byJobs({ stage, id, sandbox, redisUrl }: Course, leads: number): Promise<number> {
  const { pool, prisma, url } = stage
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'PENDING' ORDER BY seq LIMIT $2`,
    [id, leads],
  )
  const queues = openQueues({ redisUrl, databaseUrl: url })
  const sender = openBulkSender(sandbox, JOBS_AT_ONCE)
  try {
    await queues.enqueue(
      'textbook',
      rows.map(lead => ({ batchId: lead.id, enqueue_seq: 0, delayMs: 0 })),
    )
    let consumer: Consumer | undefined
    const took = await seconds(
      () =>
        new Promise<void>((resolve, reject) => {
          let done = 0
          const job = async (leadId: string) => {
            const lead = await prisma.campaignLead.findUniqueOrThrow({ where: { id: leadId } })
            const [result] = await sender.send([lead])
            const data = { status: 'SENT', provider_msg_id: result!.id, sent_at: new Date() } as const
            await prisma.campaignLead.update({ where: { id: leadId }, data })
            if (++done === leads) resolve()
          }
          consumer = queues.onBatch('textbook', job, { concurrency: JOBS_AT_ONCE, onError: reject })
        }),
    )
    await consumer?.close()
    return took
  } finally {
    await sender.close()
    await queues.close()
  }
}

interface Range {
  first: number
  last: number
}

async function rangesOf(pool: pg.Pool, id: string, size: number): Promise<Iterable<Range>> {
  const { rows } = await pool.query<Range>(
    `SELECT min(seq) AS first, max(seq) AS last
     FROM (SELECT seq, (row_number() OVER (ORDER BY seq) - 1) / $2::int AS batch FROM "CampaignLead"
           WHERE campaign_id = $1 AND status = 'PENDING') numbered
     GROUP BY batch ORDER BY batch`,
    [id, size],
  )
  return rows
}

const COLUMNS = 'id, phone, nome, cpf_cnpj, idcob_contrato'

async function claim(pool: pg.Pool, id: string, { first, last }: Range): Promise<Lead[]> {
  const { rows } = await pool.query<Lead>({
    name: 'claim',
    text: `UPDATE "CampaignLead" SET status = 'SENDING'
           WHERE campaign_id = $1 AND seq BETWEEN $2 AND $3 AND status = 'PENDING' RETURNING ${COLUMNS}`,
    values: [id, first, last],
  })
  return rows
}

async function settle(pool: pg.Pool, leads: readonly string[], answers: readonly string[]): Promise<void> {
  await pool.query({
    name: 'settle',
    text: `UPDATE "CampaignLead" l SET status = 'SENT', provider_msg_id = r.id, sent_at = now()
           FROM unnest($1::uuid[], $2::text[]) AS r(lead, id) WHERE l.id = r.lead`,
    values: [leads, answers],
  })
}

/** Works on all items, so many at once. */
export async function inFlight<Item>(
  atOnce: number,
  items: Iterable<Item>,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const waiting = items[Symbol.iterator]()
  const worker = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
