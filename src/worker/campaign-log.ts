import type pg from 'pg'
import { progressOf } from '../campaign/read/progress.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

export interface CampaignLog {
  /** What happened before is not logged. */
  skipPast(): Promise<void>
  /** Logs the moves of campaigns since the last call, by commands and by workers. @throws if the database is unavailable */
  tell(): Promise<void>
}

/** An entry of the audit may become visible after later ones, and its time is of its writer's clock. */
const LATE_MS = 60_000

/**
 * The log of what happens to the campaigns that a worker sends: started, paused, finished, each with its figures. It reads the
 * audit, so that moves by commands and by other workers are in each worker's log, too.
 * @param brokers names; undefined: all
 */
export function campaignLog(
  pool: pg.Pool,
  { log, clock, brokers }: { log: Log; clock: Clock; brokers: readonly string[] | undefined },
): CampaignLog {
  const told = new Map<string, number>()
  const unseen = async () => {
    const now = clock.now().getTime()
    const moves = (await readMoves(pool, new Date(now - LATE_MS), brokers)).filter(({ id }) => !told.has(id))
    for (const { id, at } of moves) told.set(id, at.getTime())
    for (const [id, at] of told) if (at < now - 2 * LATE_MS) told.delete(id)
    return moves
  }
  return {
    async skipPast() {
      await unseen()
    },
    async tell() {
      for (const move of await unseen()) {
        const { accepted, refused, inDoubt: in_doubt, total } = await progressOf(pool, move.campaign_id)
        const { handle, by_user, reason } = move
        logMove(log, move.action, {
          campaign: handle,
          by: by_user ? 'a user' : 'camp',
          ...(reason !== null && { reason }),
          ...{ leads: total, accepted, refused, in_doubt },
        })
      }
    },
  }
}

function logMove(log: Log, action: string, fields: { campaign: string; [field: string]: unknown }): void {
  switch (action) {
    case 'campaign.run':
    case 'campaign.reopen':
      log.info({ event: 'campaign.started', ...fields }, 'campaign started')
      break
    case 'campaign.resume':
      log.info({ event: 'campaign.resumed', ...fields }, 'campaign resumed')
      break
    case 'campaign.pause':
      log.warn({ event: 'campaign.paused', ...fields }, 'campaign paused')
      break
    case 'campaign.fail':
      log.warn({ event: 'campaign.failed', ...fields }, 'campaign failed')
      break
    case 'campaign.finish':
      log.info({ event: 'campaign.finished', ...fields }, 'campaign finished')
      break
    case 'campaign.cancel':
      log.info({ event: 'campaign.cancelled', ...fields }, 'campaign cancelled')
      break
  }
}

const MOVES = ['run', 'reopen', 'resume', 'pause', 'fail', 'finish', 'cancel'].map(move => `campaign.${move}`)

interface Move {
  id: string
  at: Date
  action: string
  campaign_id: string
  handle: string
  by_user: boolean
  reason: string | null
}

async function readMoves(pool: pg.Pool, since: Date, brokers: readonly string[] | undefined): Promise<Move[]> {
  const { rows } = await pool.query<Move>(
    `WITH move AS MATERIALIZED (
       SELECT id, at, action, subject_id, user_id IS NOT NULL AS by_user, detail ->> 'reason' AS reason
       FROM "AuditEvent" WHERE at > $1 AND subject = 'Campaign' AND action = ANY($2)
     )
     SELECT e.id, e.at, e.action, c.id AS campaign_id, c.agendamento_id AS handle, e.by_user, e.reason
     FROM move e
     JOIN "Campaign" c ON c.id = e.subject_id::uuid
     JOIN "Broker" b ON b.id = c.broker_id
     WHERE $3::text[] IS NULL OR b.name = ANY($3)
     ORDER BY e.at, e.id`,
    [since, MOVES, brokers ?? null],
  )
  return rows
}
