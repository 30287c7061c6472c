import type { HoursColumns } from '../../calendar/contact-hours.ts'
import { OWN_HOLIDAYS_SQL } from '../../calendar/custom-holidays.ts'
import type { CampaignStatus } from '../../database/generated/enums.ts'
import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'

/** A batch's row, locked for its claim, with all that the claim asks about. */
export interface BatchHeader extends HoursColumns {
  id: string
  kind: 'SEND' | 'CLOSING'
  number: number
  from_seq: number
  to_seq: number
  size: number
  zone: string
  region: string
  failures: number
  not_before: Date | null
  waiting_for_hours: boolean
  campaign_id: string
  campaign_status: CampaignStatus
  agendamento_id: string
  base_message: string | null
  template_vars: unknown
  template_code: string | null
  template_content: string | null
  throttling_type: string
  throttling_config: unknown
  no_cap: boolean
  purpose: string | null
  unit_cost: string
  wallet_id: string
  idgis_ambiente: number
  broker_id: string
  broker: string
  adapter: string
  rate_limit: string | null
  max_batch: number | null
  batch_size: number | null
  credential_id: string
  sealed: unknown
  credential_updated_at: Date
  blocked_until: Date | null
  circuit_failures: number
  own_holidays: string[]
}

/**
 * Locks the batch if it is QUEUED and nobody else has it. The campaign is only read: a pause may be one batch late. Two of its
 * tables are asked beside the join: to put seven in order took PostgreSQL longer than all the rest of it.
 */
export async function lockBatch(tx: Tx, batchId: string): Promise<BatchHeader | undefined> {
  const { rows } = await locking(tx, 'Batch').query<BatchHeader>(
    `SELECT b.id, b.kind, b.number, b.from_seq, b.to_seq, b.size, b.zone, b.region, b.failures, b.not_before, b.waiting_for_hours,
            c.id AS campaign_id, c.status AS campaign_status, c.agendamento_id, c.base_message, c.template_vars,
            (SELECT t.template_code FROM "Template" t WHERE t.id = c.template_id) AS template_code,
            (SELECT t.content FROM "Template" t WHERE t.id = c.template_id) AS template_content,
            c.throttling_type, c.throttling_config, c.hours_from, c.hours_to, c.days, c.allow_holidays, c.state_laws, c.no_cap, c.purpose,
            c.batch_size,
            coalesce(c.unit_cost, r.cost_per_message) AS unit_cost,
            c.wallet_id, (SELECT w.idgis_ambiente FROM "Wallet" w WHERE w.id = c.wallet_id) AS idgis_ambiente,
            r.id AS broker_id, r.name AS broker, r.adapter, r.rate_limit, r.max_batch,
            k.id AS credential_id, k.config AS sealed, k.updated_at AS credential_updated_at, s.blocked_until,
            coalesce(s.failures, 0) AS circuit_failures, ${OWN_HOLIDAYS_SQL} AS own_holidays
     FROM "Batch" b
     JOIN "Campaign" c ON c.id = b.campaign_id
     JOIN "Broker" r ON r.id = c.broker_id
     LEFT JOIN "Credential" k ON k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id
     LEFT JOIN "SendSlot" s ON s.id = k.id
     WHERE b.id = $1 AND b.status = 'QUEUED'
     FOR UPDATE OF b SKIP LOCKED`,
    [batchId],
  )
  return rows[0]
}
