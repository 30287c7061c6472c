import type { Sql } from '../../database/pool.ts'
import type { LeadEventKind } from '../../dispatch/record/lead-events.ts'
import { ACCEPTED_LEAD } from '../../lifecycle/accepted-lead.ts'
import type { LeadStatus } from '../../lifecycle/lead-status.ts'

export interface CampaignReport {
  /** Every lead is in exactly one of these. */
  outcomes: { status: LeadStatus; error_code: string | null; leads: number; fish: number }[]
  /** Without fish. `delivered` includes messages that were read. */
  rates: { accepted: number; delivered: number; read: number; failed_after_acceptance: number }
  /** Outcomes of all attempts to send, including those that were followed by another attempt; fish count. */
  attempts: { kind: LeadEventKind; code: string | null; leads: number }[]
}

export async function campaignReport(sql: Sql, campaignId: string): Promise<CampaignReport> {
  const { rows } = await sql.query<
    CampaignReport['outcomes'][number] & { accepted: number; delivered: number; read: number }
  >(
    `SELECT status, error_code, count(*)::int AS leads, count(*) FILTER (WHERE is_fish)::int AS fish,
            count(*) FILTER (WHERE NOT is_fish AND ${ACCEPTED_LEAD})::int AS accepted,
            count(*) FILTER (WHERE NOT is_fish AND status IN ('DELIVERED', 'READ'))::int AS delivered,
            count(*) FILTER (WHERE NOT is_fish AND status = 'READ')::int AS read
     FROM "CampaignLead" WHERE campaign_id = $1 GROUP BY 1, 2 ORDER BY 1, 3 DESC`,
    [campaignId],
  )
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0)
  return {
    outcomes: rows.map(({ status, error_code, leads, fish }) => ({ status, error_code, leads, fish })),
    rates: {
      accepted: sum(row => row.accepted),
      delivered: sum(row => row.delivered),
      read: sum(row => row.read),
      failed_after_acceptance: sum(row => (row.status === 'ERROR' ? row.accepted : 0)),
    },
    attempts: await attemptsOf(sql, campaignId),
  }
}

async function attemptsOf(sql: Sql, campaignId: string): Promise<CampaignReport['attempts']> {
  const { rows } = await sql.query<CampaignReport['attempts'][number]>(
    `SELECT kind, code, sum((SELECT sum(upper(r) - lower(r)) FROM unnest(seqs) AS r))::int AS leads
     FROM "LeadEvent" WHERE campaign_id = $1 GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2`,
    [campaignId],
  )
  return rows
}
