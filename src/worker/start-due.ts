import type pg from 'pg'
import { runCampaign as run } from '../campaign/actions/start.ts'
import { dueCampaigns } from '../campaign/read/due.ts'
import type { Clock } from '../clock.ts'
import { namedError } from '../database/faults.ts'
import type { Log } from '../log.ts'
import type { Enqueuer } from '../queue/queues.ts'

export interface DueDeps {
  pool: pg.Pool
  queues: Enqueuer
  clock: Clock
  log: Log
}

/**
 * Starts scheduled campaigns that are due; another worker, or cron, may have done so first.
 * @param told campaigns that were already reported as waiting for a person
 */
export async function runDue({ pool, queues, clock, log }: DueDeps, now: () => Date, told: Set<string>): Promise<void> {
  const { due, missed } = await dueCampaigns(pool, now(), false)
  for (const { id, agendamento_id } of due) {
    try {
      await run({ pool, queues, clock }, id, null)
    } catch (error) {
      log.warn(
        { event: 'campaign.start_failed', campaign: agendamento_id, err: namedError(error) },
        'scheduled campaign not started',
      )
    }
  }
  for (const { id, agendamento_id, scheduled_at } of missed) {
    if (told.has(id)) continue
    told.add(id)
    log.warn(
      { event: 'campaign.start_missed', campaign: agendamento_id, scheduled_at },
      'the start window has passed: start it with camp campaign run',
    )
  }
}
