import { setTimeout as delay } from 'node:timers/promises'
import { runCampaign } from '../../src/campaign/actions/start.ts'
import { systemClock } from '../../src/clock.ts'
import { openQueues, type Queues } from '../../src/queue/queues.ts'
import type { Contestant, Course } from './race.ts'
import type { Stage } from './stage.ts'

export const CAMP: Contestant = { name: 'camp', isCamp: true, run: course => dispatched(course, [course.id]) }

const LOOK_MS = 100

/**
 * From `camp campaign run` to the moment at which the last of the campaigns says that it finished: planning, statistics and enqueueing
 * included. To look for it more often would take a twentieth of the processor that is measured. The workers run already, and before
 * nothing came.
 * @returns seconds
 */
export async function dispatched(course: Course, ids: readonly string[]): Promise<number> {
  const { stage, redisUrl } = course
  const queues = openQueues({ redisUrl, databaseUrl: stage.url })
  try {
    const from = Date.now()
    for (const id of ids) await run(course, queues, id)
    for (;;) {
      const finishedAt = await finishOf(stage, ids)
      if (finishedAt) return (finishedAt.getTime() - from) / 1000
      await delay(LOOK_MS)
    }
  } finally {
    await queues.close()
  }
}

/** As `camp campaign run` does. */
export async function run({ stage: { pool }, scene }: Course, queues: Queues, id: string): Promise<void> {
  await runCampaign({ pool, queues, clock: systemClock }, id, scene.userId)
}

async function finishOf({ pool }: Stage, ids: readonly string[]): Promise<Date | undefined> {
  const { rows } = await pool.query<{ status: string; failure_reason: string | null; finished_at: Date | null }>(
    `SELECT status, failure_reason, finished_at FROM "Campaign" WHERE id = ANY($1::uuid[]) ORDER BY finished_at`,
    [ids],
  )
  const stopped = rows.find(({ status }) => status !== 'PROCESSING' && status !== 'FINISHED')
  if (stopped) throw new Error(`a campaign is ${stopped.status}: ${stopped.failure_reason}`)
  return rows.every(({ finished_at }) => finished_at) ? rows.at(-1)!.finished_at! : undefined
}
