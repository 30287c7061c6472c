import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import { z } from 'zod'
import { approveCampaign } from '../../src/campaign/approval/approve.ts'
import { systemClock } from '../../src/clock.ts'
import { openQueues } from '../../src/queue/queues.ts'
import { setSelfApproval, stampApproval } from '../support/fixtures.ts'
import { emptied } from '../support/tampering.ts'
import { CAMP, dispatched, run } from './camp-run.ts'
import { type Costs, compareCosts, type Measurement, type Side, type Size, say, single } from './measure.ts'
import { type Contestant, type Course, type Race, reset, withCourse } from './race.ts'
import type { Stage } from './stage.ts'

const MOST_CPU = 1.2
const ROUNDS = 3

/** Whether a lead costs the same processor time with more workers, and with more campaigns at once. */
export async function measureScale(stage: Stage, size: Size): Promise<Measurement[]> {
  const options = { rows: size.count(200_000), blocked: size.count(1_000_000), queue: size.queue }
  say(`scale: ${options.rows} rows`)
  return withCourse(stage, options, async (course, race) => {
    const rounds = size.rounds(ROUNDS)
    const byCampaigns = await sidesOf([1, 4, 16], 'campaign', async count => {
      const ids = await divided(course, count)
      return { name: `camp, ${count} campaigns`, isCamp: true, run: one => dispatched(one, ids) }
    })
    await divided(course, 1)
    const byWorkers = await sidesOf([1, 2, 4], 'worker', async count => {
      while (course.workers.length < count) await course.addWorker()
      return CAMP
    })
    const what = (kind: string) =>
      `CPU seconds per 1,000 leads, ${course.pending.toLocaleString('en-US')} leads, ${kind}`
    return [...compared(what('campaigns at once'), byCampaigns), ...compared(what('workers'), byWorkers)]

    async function sidesOf(
      counts: readonly number[],
      unit: string,
      contestant: (count: number) => Promise<Contestant>,
    ) {
      const sides: Side[] = []
      for (const count of counts) sides.push(await sideOf(race, await contestant(count), `${count} ${unit}`, rounds))
      return sides
    }
  })
}

async function sideOf(race: Race, contestant: Contestant, name: string, rounds: number): Promise<Side> {
  const [{ costs }] = await race.run([contestant] as const, rounds)
  return { name, values: [cpuOf(costs!)], costs }
}

function cpuOf({ worker, postgres, queue }: Costs): number {
  return worker + postgres + (queue ?? 0)
}

function compared(what: string, [base, ...others]: readonly Side[]): Measurement[] {
  return others.map(other => compareCosts(`${what}: ${other.name}`, 'CPU s', other, base!, MOST_CPU))
}

/** Divides the leads among so many campaigns. @returns their ids */
async function divided({ stage: { pool }, id }: Course, count: number): Promise<string[]> {
  await emptied(pool, '"CampaignLead", "Batch"')
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO "Campaign" SELECT (jsonb_populate_record(c, jsonb_build_object(
       'id', gen_random_uuid(), 'agendamento_id', 'B' || left(gen_random_uuid()::text, 8), 'lead_count', c.lead_count / $2::int
     ))).* FROM "Campaign" c, generate_series(2, $2::int) n WHERE c.id = $1 RETURNING id`,
    [id, count],
  )
  const ids = [id, ...rows.map(row => row.id)]
  for (const one of ids) await stampApproval(pool, one)
  await pool.query(`UPDATE bench_lead SET campaign_id = ($1::uuid[])[1 + seq % $2::int]`, [ids, count])
  return ids
}

const MOST_SECONDS = 1

/** From the approval to the first request at the broker, of one large campaign. */
export async function measureStart(stage: Stage, size: Size): Promise<Measurement[]> {
  const options = { rows: size.count(1_000_000), blocked: size.count(1_000_000), queue: size.queue }
  say(`start: ${options.rows} rows`)
  await setSelfApproval(stage.pool, 'allow')
  return withCourse(stage, options, async course => {
    const taken: number[] = []
    for (let round = 0; round < size.rounds(ROUNDS); round++) {
      await reset(course)
      taken.push(await firstRequest(course))
      say(`  ${round + 1}. ${taken.at(-1)!.toFixed(2)} s`)
    }
    const what = `from approve to the first request, ${course.pending.toLocaleString('en-US')} leads`
    return [single(what, 's', taken, MOST_SECONDS)]
  })
}

async function firstRequest(course: Course): Promise<number> {
  const { stage, scene, id, sandbox, redisUrl } = course
  const { pool } = stage
  await pool.query(`UPDATE "Campaign" SET status = 'PENDING_APPROVAL' WHERE id = $1`, [id])
  const queues = openQueues({ redisUrl, databaseUrl: stage.url })
  try {
    const from = Date.now()
    await approveCampaign({ pool, clock: systemClock }, id, scene.userId, { timezone: 'America/Sao_Paulo' })
    await run(course, queues, id)
    for (;;) {
      const starts = z.array(z.number()).parse(await (await request(`${sandbox}/stats/starts`)).body.json())
      if (starts.length > 0) return (starts[0]! - from) / 1000
      await delay(20)
    }
  } finally {
    await queues.close()
    await stopped(stage, id)
  }
}

/** Nothing is claimed any more, and what was claimed is settled. */
async function stopped({ pool }: Stage, id: string): Promise<void> {
  await pool.query(`UPDATE "Campaign" SET status = 'PAUSED' WHERE id = $1 AND status = 'PROCESSING'`, [id])
  for (;;) {
    const { rows } = await pool.query<{ open: boolean }>(
      `SELECT EXISTS (SELECT FROM "Batch" WHERE campaign_id = $1 AND status = 'SENDING') AS open`,
      [id],
    )
    if (!rows[0]!.open) return
    await delay(100)
  }
}
