import type { Sql } from '../../database/pool.ts'
import type { CampaignStatus } from '../../lifecycle/campaign-status.ts'
import type { FailureCode } from '../../lifecycle/transition.ts'
import type { Actor } from '../../security/actor.ts'
import { adminsOf, type Person } from '../../security/permissions.ts'
import { areOthers, type Hands, handsOn, ownApproval } from '../approval/four-eyes.ts'
import type { Forecast, Present } from './forecast.ts'
import type { Situation } from './next-step.ts'

/**
 * @param outlook the campaign's forecast, at `present`
 * @returns the input of `nextSteps`
 */
export async function situationOf(
  sql: Sql,
  campaignId: string,
  outlook: Forecast,
  actor: Actor,
  present: Present,
): Promise<Situation> {
  const { rows } = await sql.query<Row>(
    `SELECT c.agendamento_id AS handle, c.status, c.scheduled_at, c.failure_code, c.user_id, u.email,
            coalesce(c.scheduled_at + c.start_before * interval '1 minute' < $2, false) AS missed,
            l.pending, l.in_doubt
     FROM "Campaign" c
     JOIN "User" u ON u.id = c.user_id
     CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE status = 'PENDING')::int AS pending, count(*) FILTER (WHERE status = 'IN_DOUBT')::int AS in_doubt
       FROM "CampaignLead" WHERE campaign_id = c.id AND status IN ('PENDING', 'IN_DOUBT')
     ) l
     WHERE c.id = $1`,
    [campaignId, present.now],
  )
  const row = rows[0]!
  const importer = { id: row.user_id, email: row.email }
  return {
    handle: row.handle,
    status: row.status,
    scheduledAt: row.scheduled_at,
    startMissed: row.missed,
    pending: row.pending,
    inDoubt: row.in_doubt,
    failure: row.failure_code,
    importer,
    reader: actor,
    admins: await adminsOf(sql),
    approvers: await approversOf(
      sql,
      await handsOn(sql, { id: campaignId, agendamento_id: row.handle, user_id: row.user_id }),
      actor,
    ),
    opensAt: outlook.opens_at === null ? null : new Date(outlook.opens_at),
    closedBecause: outlook.closed_because,
    workerRunning: outlook.worker_running,
    held: outlook.held,
    ...present,
  }
}

interface Row {
  handle: string
  status: CampaignStatus
  scheduled_at: Date | null
  failure_code: FailureCode | null
  user_id: string
  email: string
  missed: boolean
  pending: number
  in_doubt: number
}

/**
 * The ADMINs whom `assertFourEyes` allows to approve it. The reader is included only if allowed with the password or token in use
 * now.
 */
export async function approversOf(sql: Sql, made: Hands, reader: Pick<Actor, 'id' | 'via'>): Promise<Person[]> {
  const admins = await adminsOf(sql)
  if ((await ownApproval(sql)) !== null) return admins
  return admins.filter(({ id }) => areOthers(made, id === reader.id ? reader : { id, via: null }))
}
