import type { Sql } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import type { CampaignStatus } from './state.ts'

/** How far a campaign is, from its batches alone: cheap enough to ask four times a second, however many leads it has. */
export interface Progress {
  status: CampaignStatus
  failureReason: string | null
  /** Leads in batches. */
  total: number
  accepted: number
  refused: number
  inDoubt: number
  waitingUntil: Date | null
}

export async function progressOf(sql: Sql, campaignId: string): Promise<Progress> {
  const { rows } = await sql.query<Omit<Progress, 'inDoubt'> & { failed_leads: number }>(
    `SELECT c.status, c.failure_reason AS "failureReason",
            coalesce(sum(b.size) FILTER (WHERE b.to_seq >= b.from_seq), 0)::int AS total,
            coalesce(sum(b.accepted), 0)::int AS accepted, coalesce(sum(b.refused), 0)::int AS refused,
            CASE WHEN count(*) FILTER (WHERE b.status = 'SENDING') = 0
                 THEN min(b.not_before) FILTER (WHERE b.status = 'QUEUED' OR (b.kind = 'CLOSING' AND b.status = 'IN_DOUBT'))
            END AS "waitingUntil"
     FROM "Campaign" c LEFT JOIN "Batch" b ON b.campaign_id = c.id
     WHERE c.id = $1 GROUP BY c.id`,
    [campaignId],
  )
  const row = rows[0]
  if (!row) throw new CampError('NOT_FOUND', `no campaign "${campaignId}"`)
  const { rows: doubt } = await sql.query<{ n: number }>(
    `SELECT coalesce(sum(size - accepted - refused), 0)::int AS n FROM "Batch" WHERE campaign_id = $1 AND status = 'IN_DOUBT'`,
    [campaignId],
  )
  const { status, failureReason, total, accepted, refused, waitingUntil } = row
  return { status, failureReason, total, accepted, refused, waitingUntil, inDoubt: doubt[0]!.n }
}

/** Nothing more happens by itself. */
export function isSettled({ status }: Progress): boolean {
  return status !== 'PROCESSING' && status !== 'APPROVED'
}
