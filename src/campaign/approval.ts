import { createHash } from 'node:crypto'
import { lawOf } from '../calendar/laws.ts'
import { locking } from '../database/lock-order.ts'
import type { Sql, Tx } from '../database/pool.ts'
import type { CampaignStatus } from '../lifecycle/campaign-status.ts'
import { canonicalJson } from '../security/canonical.ts'

/** A campaign's header, locked, with everything that an approval covers. */
export interface CampaignHeader {
  id: string
  agendamento_id: string
  name: string
  status: CampaignStatus
  user_id: string
  wallet_id: string
  wallet: string
  broker_id: string
  broker: string
  adapter: string
  cost_per_message: string
  rate_limit: string | null
  max_batch: number | null
  unit_cost: string | null
  approval_hash: string | null
  base_message: string | null
  template_id: string | null
  template_code: string | null
  template_content: string | null
  template_vars: unknown
  throttling_type: string
  throttling_config: unknown
  hours_from: number
  hours_to: number
  days: number
  allow_holidays: boolean
  state_laws: string[]
  no_cap: boolean
  purpose: string | null
  source_sha256: string
  rows: number
  lead_count: number
  fish: number
  batch_size: number | null
  scheduled_at: Date | null
  start_before: number
}

/** Locks the campaign's row until the transaction ends: of two moves at once the second sees the first one's state. */
export async function lockCampaign(tx: Tx, id: string): Promise<CampaignHeader> {
  const { rows } = await locking(tx, 'Campaign').query<CampaignHeader>(`${HEADER} WHERE c.id = $1 FOR UPDATE OF c`, [
    id,
  ])
  return known(rows[0], id)
}

/** What `lockCampaign` locks, as it is at this moment. */
export async function readCampaign(sql: Sql, id: string): Promise<CampaignHeader> {
  const { rows } = await sql.query<CampaignHeader>(`${HEADER} WHERE c.id = $1`, [id])
  return known(rows[0], id)
}

const HEADER = `SELECT c.*, w.name AS wallet, b.name AS broker, b.adapter, b.cost_per_message, b.rate_limit, b.max_batch,
       t.template_code, t.content AS template_content
     FROM "Campaign" c
     JOIN "Wallet" w ON w.id = c.wallet_id
     JOIN "Broker" b ON b.id = c.broker_id
     LEFT JOIN "Template" t ON t.id = c.template_id`

function known(row: CampaignHeader | undefined, id: string): CampaignHeader {
  if (!row) throw new Error(`campaign ${id} vanished`)
  return row
}

/**
 * What an approval is bound to (docs/design.md#approval): who is sent what, by whom, at what price, when and how fast, and what
 * binds it. If any of it changes afterwards (a broker's price, a template's text), the hash does too, and the campaign must be
 * approved again.
 */
export function approvalHash(campaign: CampaignHeader): string {
  const covered = [
    campaign.source_sha256,
    campaign.lead_count,
    campaign.fish,
    campaign.base_message,
    campaign.template_code,
    campaign.template_content,
    campaign.template_vars,
    campaign.wallet_id,
    campaign.broker_id,
    campaign.cost_per_message,
    campaign.hours_from,
    campaign.hours_to,
    campaign.days,
    campaign.allow_holidays,
    campaign.no_cap,
    campaign.purpose,
    campaign.throttling_type,
    campaign.throttling_config,
    // As camp knew them then. Without any, nothing is added: what was approved before there were laws stays approved.
    ...(campaign.state_laws.length > 0 ? [{ state_laws: campaign.state_laws.map(lawCovered) }] : []),
  ]
  return hashOf(covered)
}

/** One hash over anything that JSON can hold. */
export function hashOf(covered: readonly unknown[]): string {
  return createHash('sha256').update(canonicalJson(covered)).digest('hex')
}

function lawCovered(state: string) {
  return { state, week: lawOf(state)?.week ?? null }
}
