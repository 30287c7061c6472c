import { request } from 'undici'
import { z } from 'zod'
import { type Consumer, openQueues } from '../../src/queue/queues.ts'
import type { Round } from './dispatch.ts'
import { seconds } from './measure.ts'

/**
 * What camp is held against. The bare loop is the least that is durable: claim, send, settle, each committed, and no rule at all.
 * The textbook is what the documentation of every queue shows: a job per lead that reads, sends and writes.
 */
const BATCH = 500
const IN_FLIGHT = 4

export async function bareLoop({ stage: { pool }, id, sandbox }: Round): Promise<number> {
  return seconds(async () => {
    const { rows: batches } = await pool.query<{ first: number; last: number }>(
      `SELECT min(seq) AS first, max(seq) AS last
       FROM (SELECT seq, (row_number() OVER (ORDER BY seq) - 1) / $2::int AS batch FROM "CampaignLead"
             WHERE campaign_id = $1 AND status = 'PENDING') numbered
       GROUP BY batch ORDER BY batch`,
      [id, BATCH],
    )
    const waiting = batches.values()
    const sender = async () => {
      for (const { first, last } of waiting) {
        const { rows: leads } = await pool.query<Lead>(
          `UPDATE "CampaignLead" SET status = 'SENDING'
           WHERE campaign_id = $1 AND seq BETWEEN $2 AND $3 AND status = 'PENDING'
           RETURNING id, phone, nome, idcob_contrato`,
          [id, first, last],
        )
        const results = await send(sandbox, leads)
        await pool.query(
          `UPDATE "CampaignLead" l SET status = 'SENT', provider_msg_id = r.id, sent_at = now()
           FROM unnest($1::uuid[], $2::text[]) AS r(lead, id) WHERE l.id = r.lead`,
          [results.map(result => result.key), results.map(result => result.id)],
        )
      }
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, sender))
  })
}

const JOBS_AT_ONCE = 50

/** On Redis where there is one. The jobs stand in the queue before the clock starts. */
export async function textbook({ stage, id, sandbox, redisUrl }: Round, leads: number): Promise<number> {
  const { pool, prisma, url } = stage
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'PENDING' ORDER BY seq LIMIT $2`,
    [id, leads],
  )
  const queues = openQueues({ redisUrl, databaseUrl: url })
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
            const [result] = await send(sandbox, [lead])
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
    await queues.close()
  }
}

interface Lead {
  id: string
  phone: string
  nome: string | null
  idcob_contrato: string | null
}

const answered = z.object({ results: z.array(z.object({ key: z.string(), id: z.string() })) })

/** What camp's campaign sends, word for word. */
async function send(sandbox: string, leads: readonly Lead[]) {
  const { body } = await request(`${sandbox}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'bench',
      messages: leads.map(({ id, phone, nome, idcob_contrato }) => ({
        key: id,
        phone,
        name: nome,
        text: `Olá ${nome}, temos uma proposta para o seu contrato ${idcob_contrato}.`,
      })),
    }),
  })
  return answered.parse(await body.json()).results
}
