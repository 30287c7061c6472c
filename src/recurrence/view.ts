import type { Sql } from '../database/pool.ts'
import type { CampaignStatus } from '../lifecycle/campaign-status.ts'
import type { OccurrenceStatus } from './open-due.ts'
import type { Recurrence } from './recurrence.ts'
import { standingApprovalFlaw } from './standing-approval.ts'

/** A recurrence as `repeat show --json` prints it. Times are ISO 8601, money is a decimal string. */
export interface RecurrenceView {
  id: string
  handle: string
  status: Recurrence['status']
  folder: string
  pattern: string
  cron: string
  timezone: string
  /** null if paused or removed. */
  next_at: string | null
  wallet: string
  broker: string
  template: string | null
  /** As given to the import. */
  settings: unknown
  owner: string
  created_at: string
  standing_approval: StandingView | null
  /** The last occurrence. */
  last: OccurrenceView | null
}

interface StandingView {
  by: string | null
  at: string
  ceiling: string
  until: string | null
  /** Why it does not hold; null: it holds. */
  void: string | null
}

export interface OccurrenceView {
  at: string
  status: OccurrenceStatus
  file: string | null
  campaign: string | null
  campaign_status: CampaignStatus | null
  reason: string | null
}

export async function recurrenceView(sql: Sql, recurrence: Recurrence, now: Date): Promise<RecurrenceView> {
  const { approval_hash, approval_ceiling, approved_at } = recurrence
  const [last = null] = await occurrencesOf(sql, recurrence.id, 1)
  return {
    id: recurrence.id,
    handle: recurrence.handle,
    status: recurrence.status,
    folder: recurrence.folder,
    pattern: recurrence.pattern,
    cron: recurrence.cron,
    timezone: recurrence.timezone,
    next_at: recurrence.status === 'ACTIVE' ? recurrence.next_at.toISOString() : null,
    wallet: recurrence.wallet,
    broker: recurrence.broker,
    template: recurrence.template_code,
    settings: recurrence.settings,
    owner: recurrence.owner,
    created_at: recurrence.created_at.toISOString(),
    standing_approval:
      approval_hash === null
        ? null
        : {
            by: recurrence.approver,
            at: approved_at!.toISOString(),
            ceiling: approval_ceiling!,
            until: recurrence.approval_until,
            void: standingApprovalFlaw(recurrence, now) ?? null,
          },
    last,
  }
}

/** Newest first. */
export async function occurrencesOf(sql: Sql, recurrenceId: string, limit: number): Promise<OccurrenceView[]> {
  const { rows } = await sql.query<Omit<OccurrenceView, 'at'> & { at: Date }>(
    `SELECT o.at, o.status, o.file, c.agendamento_id AS campaign, c.status AS campaign_status, o.reason
     FROM "Occurrence" o LEFT JOIN "Campaign" c ON c.id = o.campaign_id
     WHERE o.recurrence_id = $1 ORDER BY o.at DESC LIMIT $2`,
    [recurrenceId, limit],
  )
  return rows.map(row => ({ ...row, at: row.at.toISOString() }))
}
