import { columnsSql, type SettingColumns } from '../campaign-settings/schema.ts'
import { locking } from '../database/lock-order.ts'
import type { Sql, Tx } from '../database/pool.ts'
import type { CampaignStatus } from '../lifecycle/campaign-status.ts'

/** A campaign's header, with everything that an approval covers. */
export interface CampaignHeader extends SettingColumns {
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
  template_id: string | null
  template_code: string | null
  template_content: string | null
  source_sha256: string
  rows: number
  lead_count: number
  fish: number
}

/** Locks the campaign's row until the transaction ends: of two concurrent transitions the second sees the first one's state. */
export async function lockCampaign(tx: Tx, id: string): Promise<CampaignHeader> {
  const { rows } = await locking(tx, 'Campaign').query<CampaignHeader>(
    `${HEADER} WHERE c.id = $1 FOR NO KEY UPDATE OF c`,
    [id],
  )
  return known(rows[0], id)
}

/** The current state of the same columns as `lockCampaign`, without a lock. */
export async function readCampaign(sql: Sql, id: string): Promise<CampaignHeader> {
  const { rows } = await sql.query<CampaignHeader>(`${HEADER} WHERE c.id = $1`, [id])
  return known(rows[0], id)
}

const HEADER = `SELECT c.id, c.agendamento_id, c.name, c.status, c.user_id, c.wallet_id, c.broker_id, c.unit_cost, c.approval_hash,
       c.template_id, c.source_sha256, c.rows, c.lead_count, c.fish, ${columnsSql('c')}, w.name AS wallet, b.name AS broker,
       b.adapter, b.cost_per_message, b.rate_limit, b.max_batch, t.template_code, t.content AS template_content
     FROM "Campaign" c
     JOIN "Wallet" w ON w.id = c.wallet_id
     JOIN "Broker" b ON b.id = c.broker_id
     LEFT JOIN "Template" t ON t.id = c.template_id`

function known(row: CampaignHeader | undefined, id: string): CampaignHeader {
  if (!row) throw new Error(`campaign ${id} no longer exists`)
  return row
}
