import type { Sql } from '../../database/pool.ts'
import type { CampaignStatus } from '../../lifecycle/campaign-status.ts'
import { DONE_BY } from '../../security/audit-log.ts'

/** What stopped a campaign, according to its audit. */
export interface StopView {
  what: 'pause' | 'fail' | 'cancel' | 'reject' | 'retry' | 'void'
  at: string
  /** An e-mail address; null: camp itself. */
  by: string | null
  reason: string | null
}

const STOPS: Partial<Record<CampaignStatus, readonly StopView['what'][]>> = {
  PAUSED: ['pause'],
  FAILED: ['fail'],
  CANCELLED: ['cancel', 'reject'],
  PENDING_APPROVAL: ['retry', 'void'],
}

/** @returns null if it is not stopped, or if its audit has no such event */
export async function stopView(
  sql: Sql,
  { id, status }: { id: string; status: CampaignStatus },
): Promise<StopView | null> {
  const moves = STOPS[status]
  if (moves === undefined) return null
  const { rows } = await sql.query<{ what: StopView['what']; at: Date; by: string | null; reason: string | null }>(
    `SELECT substr(e.action, 10) AS what, e.at, ${DONE_BY} AS by, e.detail ->> 'reason' AS reason
     FROM "AuditEvent" e LEFT JOIN "User" u ON u.id = e.user_id
     WHERE e.subject = 'Campaign' AND e.subject_id = $1 AND e.action = ANY($2)
     ORDER BY e.at DESC, e.id DESC LIMIT 1`,
    [id, moves.map(move => `campaign.${move}`)],
  )
  const row = rows[0]
  return row ? { ...row, at: row.at.toISOString() } : null
}
