import { adapterOf } from '../../broker/registry.ts'
import { columnsSql, type SettingColumns } from '../../campaign-settings/schema.ts'
import type { Sql } from '../../database/pool.ts'
import { closingOwed } from '../../dispatch/finish/finish.ts'
import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import type { CampaignStatus } from '../../lifecycle/campaign-status.ts'
import type { LeadStatus } from '../../lifecycle/lead-status.ts'
import type { RefusalCode } from '../../lifecycle/refusal-codes.ts'
import type { FailureCode } from '../../lifecycle/transition.ts'
import { type ReplyCounts, repliesToCampaign } from './replies.ts'
import { type SettingsView, settingsView } from './settings-view.ts'
import { type StopView, stopView } from './stop-view.ts'

export type LeadCounts = Record<'total' | LeadStatus, number>

/** A campaign as `show --json` prints it. Money is a decimal string, times are ISO 8601; `counts` include the fish. */
export interface CampaignView extends SettingsView {
  id: string | null
  agendamento_id: string | null
  name: string
  status: CampaignStatus
  wallet: string
  broker: string
  rows: number
  fish: number
  counts: LeadCounts
  errors: Record<string, number>
  replies: ReplyCounts
  cost: { unit: string; ceiling: string; used: string }
  failure_reason: string | null
  /** Why it FAILED: the budget, or its broker (credential, key). */
  failure_code: FailureCode | null
  /** For a campaign that is stopped: what stopped it, when, and who. */
  stopped: StopView | null
  source_file: string
  created_by: string
  created_at: string
  approved_by: string | null
  approved_at: string | null
  started_at: string | null
  finished_at: string | null
  batches: Record<'QUEUED' | 'SENDING' | 'DONE' | 'IN_DOUBT', number>
  /** The earliest time at which a waiting batch may be sent, if none may be sent now. */
  waiting_until: string | null
  /** It waits for its contact hours to open. */
  waiting_for_hours: boolean
  /** The broker does not answer, or asked to wait: nothing is sent with this wallet's credential until then. */
  waiting_for_broker: { since: string; until: string; reason: string } | null
  /** The broker's last step, if it has one and it is planned. */
  closing: ClosingView | null
}

export interface ClosingView {
  /** NOT_RUN: the campaign was cancelled before it, and the broker keeps what it took. */
  status: 'QUEUED' | 'SENDING' | 'IN_DOUBT' | 'DONE' | 'NOT_RUN'
  not_before: string | null
  /** When it ended, or since when it is in doubt. */
  settled_at: string | null
  /** Why it waits or is in doubt; if it is never run, the consequence. */
  error: string | null
}

export const NO_COUNTS: LeadCounts = {
  total: 0,
  PENDING: 0,
  SENDING: 0,
  SENT: 0,
  DELIVERED: 0,
  READ: 0,
  ERROR: 0,
  IN_DOUBT: 0,
}
export const NO_ERRORS = { INVALID_PHONE: 0, DUPLICATE: 0, BLOCKLISTED: 0 } as const satisfies Partial<
  Record<RefusalCode, number>
>

/** @throws CampError NOT_FOUND */
export async function campaignView(sql: Sql, id: string): Promise<CampaignView> {
  const { rows } = await sql.query<HeaderRow>(
    `SELECT c.id, c.agendamento_id, c.name, c.status, ${columnsSql('c')}, c.rows, c.fish, c.failure_reason,
            c.failure_code, c.source_file, c.created_at, c.approved_at, c.started_at, c.finished_at, w.name AS wallet,
            b.name AS broker, b.adapter, t.template_code AS template, u.email AS created_by, a.email AS approver,
            coalesce(c.unit_cost, b.cost_per_message)::numeric(10, 4) AS unit
     FROM "Campaign" c
     JOIN "Wallet" w ON w.id = c.wallet_id
     JOIN "Broker" b ON b.id = c.broker_id
     JOIN "User" u ON u.id = c.user_id
     LEFT JOIN "User" a ON a.id = c.approved_by
     LEFT JOIN "Template" t ON t.id = c.template_id
     WHERE c.id = $1`,
    [id],
  )
  const header = rows[0]
  if (!header) throw new CampError('CAMPAIGN_NOT_FOUND', t`no campaign "${id}"`, { hint: t`See: camp campaign list` })
  const { counts, errors, cost } = await leadFigures(sql, id, header.unit)
  const batches = await batchFigures(sql, id)
  return {
    id: header.id,
    agendamento_id: header.agendamento_id,
    name: header.name,
    status: header.status,
    wallet: header.wallet,
    broker: header.broker,
    rows: header.rows,
    fish: header.fish,
    counts,
    errors,
    replies: await repliesToCampaign(sql, id),
    cost,
    failure_reason: header.failure_reason,
    failure_code: header.status === 'FAILED' ? header.failure_code : null,
    stopped: await stopView(sql, header),
    ...settingsView(header),
    source_file: header.source_file,
    created_by: header.created_by,
    created_at: header.created_at.toISOString(),
    approved_by: header.approver,
    approved_at: iso(header.approved_at),
    started_at: iso(header.started_at),
    finished_at: iso(header.finished_at),
    ...batches,
    waiting_for_broker: await brokerPause(sql, id),
    closing: await closingView(sql, header),
  }
}

async function brokerPause(sql: Sql, campaignId: string): Promise<CampaignView['waiting_for_broker']> {
  const { rows } = await sql.query<{ blocked_since: Date; blocked_until: Date; blocked_reason: string | null }>(
    `SELECT s.blocked_since, s.blocked_until, s.blocked_reason
     FROM "Campaign" c
     JOIN "Credential" k ON k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id
     JOIN "SendSlot" s ON s.id = k.id
     WHERE c.id = $1 AND c.status = 'PROCESSING' AND s.blocked_until > clock_timestamp() AND s.blocked_since IS NOT NULL`,
    [campaignId],
  )
  const row = rows[0]
  if (!row) return null
  const { blocked_since, blocked_until, blocked_reason } = row
  return { since: blocked_since.toISOString(), until: blocked_until.toISOString(), reason: blocked_reason ?? '' }
}

interface HeaderRow extends SettingColumns {
  id: string
  agendamento_id: string
  name: string
  status: CampaignStatus
  wallet: string
  broker: string
  adapter: string
  template: string | null
  rows: number
  fish: number
  unit: string
  failure_reason: string | null
  failure_code: FailureCode | null
  source_file: string
  created_by: string
  created_at: Date
  approver: string | null
  approved_at: Date | null
  started_at: Date | null
  finished_at: Date | null
}

/** The ceiling is what the campaign has cost and may still cost: leads that are billed, and leads that are PENDING. */
async function leadFigures(
  sql: Sql,
  id: string,
  unit: string,
): Promise<Pick<CampaignView, 'counts' | 'errors' | 'cost'>> {
  const { rows } = await sql.query<{ status: LeadStatus; error_code: string | null; n: number }>(
    `SELECT status, error_code, count(*)::int AS n FROM "CampaignLead" WHERE campaign_id = $1 GROUP BY 1, 2 ORDER BY 2`,
    [id],
  )
  const counts = { ...NO_COUNTS }
  const errors: Record<string, number> = { ...NO_ERRORS }
  for (const { status, error_code, n } of rows) {
    counts[status] += n
    counts.total += n
    const code = error_code ?? 'UNKNOWN'
    if (status === 'ERROR') errors[code] = (Object.hasOwn(errors, code) ? errors[code]! : 0) + n
  }
  const cost = await sql.query<{ used: string; ceiling: string }>(
    `SELECT sum(reserved)::numeric(14, 4) AS used, (sum(reserved) + $2 * $3::numeric)::numeric(14, 4) AS ceiling
     FROM (SELECT reserved FROM "Batch" WHERE campaign_id = $1 UNION ALL SELECT 0) b`,
    [id, counts.PENDING, unit],
  )
  return { counts, errors, cost: { unit, ...cost.rows[0]! } }
}

/** Of the waiting batches only enqueued ones are considered: in a paced campaign the others follow them. */
async function batchFigures(
  sql: Sql,
  id: string,
): Promise<Pick<CampaignView, 'batches' | 'waiting_until' | 'waiting_for_hours'>> {
  const { rows } = await sql.query<{
    status: keyof CampaignView['batches']
    n: number
    next: Date | null
    waiting_for_hours: boolean | null
  }>(
    `SELECT status, count(*)::int AS n,
            min(coalesce(not_before, '-infinity')) FILTER (WHERE status = 'QUEUED' AND enqueued_at IS NOT NULL) AS next,
            bool_and(waiting_for_hours) FILTER (WHERE enqueued_at IS NOT NULL) AS waiting_for_hours
     FROM "Batch" WHERE campaign_id = $1 GROUP BY 1`,
    [id],
  )
  const batches = { QUEUED: 0, SENDING: 0, DONE: 0, IN_DOUBT: 0 }
  for (const { status, n } of rows) batches[status] = n
  const queued = rows.find(row => row.status === 'QUEUED')
  const waits = queued?.next instanceof Date && batches.SENDING === 0 ? queued.next.toISOString() : null
  return { batches, waiting_until: waits, waiting_for_hours: waits !== null && queued!.waiting_for_hours === true }
}

async function closingView(sql: Sql, { id, status, adapter }: HeaderRow): Promise<ClosingView | null> {
  const { rows } = await sql.query<{
    status: Exclude<ClosingView['status'], 'NOT_RUN'>
    not_before: Date | null
    settled_at: Date | null
    error: string | null
  }>(
    `SELECT status, not_before, settled_at, error FROM "Batch" WHERE campaign_id = $1 AND kind = 'CLOSING'
     ORDER BY array_position(ARRAY['IN_DOUBT', 'SENDING', 'QUEUED', 'DONE'], status::text), error IS NULL, number DESC LIMIT 1`,
    [id],
  )
  const last = rows[0]
  const unrun = last?.status === 'DONE' && last.error !== null
  if (status === 'CANCELLED' && (!last || last.status === 'DONE')) {
    const { closing } = await adapterOf(adapter)
    const left = closing?.unrun !== undefined && (await closingOwed(sql, id)) ? closing.unrun : undefined
    if (left !== undefined) return { status: 'NOT_RUN', not_before: null, settled_at: null, error: left }
  }
  if (!last) return null
  if (unrun) return { status: 'NOT_RUN', not_before: null, settled_at: iso(last.settled_at), error: last.error }
  const settled = last.status === 'DONE' || last.status === 'IN_DOUBT' ? last.settled_at : null
  return {
    status: last.status,
    not_before: last.status === 'QUEUED' ? iso(last.not_before) : null,
    settled_at: iso(settled),
    error: last.error,
  }
}

function iso(date: Date | null): string | null {
  return date?.toISOString() ?? null
}
