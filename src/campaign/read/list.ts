import type { Sql } from '../../database/pool.ts'
import { ACCEPTED_LEAD } from '../../lifecycle/accepted-lead.ts'
import type { CampaignStatus } from '../../lifecycle/campaign-status.ts'

export interface CampaignRow {
  id: string
  agendamento_id: string
  name: string
  status: CampaignStatus
  wallet: string
  broker: string
  rows: number
  fish: number
  scheduled_at: Date | null
  created_at: Date
  failure_reason: string | null
  /** Its scheduled start was missed by more than start_before: it waits for a person. */
  start_missed: boolean
  /** Leads accepted by the broker so far: the sum of the batches' counters, or a count of the leads if some were sent again. */
  accepted: number
}

export interface ListFilter {
  status?: CampaignStatus | undefined
  walletId?: string | undefined
  limit: number
  now: Date
}

/** Newest first. */
export async function listCampaigns(sql: Sql, filter: ListFilter): Promise<CampaignRow[]> {
  const { rows } = await sql.query<CampaignRow>(
    `SELECT c.id, c.agendamento_id, c.name, c.status, w.name AS wallet, b.name AS broker, c.rows, c.fish, c.scheduled_at,
            c.created_at, c.failure_reason,
            coalesce(c.status = 'APPROVED' AND c.scheduled_at + c.start_before * interval '1 minute' < $4, false) AS start_missed,
            CASE WHEN EXISTS (
              SELECT 1 FROM "AuditEvent" WHERE subject = 'Campaign' AND subject_id = c.id::text AND action = 'campaign.retry'
            ) THEN (SELECT count(*)::int FROM "CampaignLead" WHERE campaign_id = c.id AND ${ACCEPTED_LEAD})
            ELSE (SELECT coalesce(sum(accepted), 0)::int FROM "Batch" WHERE campaign_id = c.id) END AS accepted
     FROM "Campaign" c JOIN "Wallet" w ON w.id = c.wallet_id JOIN "Broker" b ON b.id = c.broker_id
     WHERE ($1::text IS NULL OR c.status::text = $1) AND ($2::uuid IS NULL OR c.wallet_id = $2)
     ORDER BY c.created_at DESC, c.id DESC LIMIT $3`,
    [filter.status ?? null, filter.walletId ?? null, filter.limit, filter.now],
  )
  return rows
}
