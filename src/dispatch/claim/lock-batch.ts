import { OWN_HOLIDAYS_SQL } from '../../calendar/custom-holidays.ts'
import { columnsSql, type SettingColumns } from '../../campaign-settings/schema.ts'
import type { CampaignStatus } from '../../database/generated/enums.ts'
import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'

/** A batch's locked row, with all columns that its claim needs. */
export interface BatchHeader extends SettingColumns {
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
  /** Its last start, while the broker has taken no message since. */
  unanswered_start: string | null
  agendamento_id: string
  template_code: string | null
  template_content: string | null
  unit_cost: string
  wallet_id: string
  idgis_ambiente: number
  broker_id: string
  broker: string
  adapter: string
  codes: unknown
  rate_limit: string | null
  max_batch: number | null
  concurrency: number | null
  credential_id: string
  sealed: unknown
  credential_updated_at: Date
  blocked_until: Date | null
  circuit_failures: number
  own_holidays: string[]
}

/**
 * Locks the batch if it is QUEUED and not locked by another transaction. The Campaign row is read without a lock: a pause may be
 * one batch late. Template and Wallet are read in subqueries: planning a join of all seven tables took PostgreSQL longer than the
 * rest of the statement.
 */
export async function lockBatch(tx: Tx, batchId: string): Promise<BatchHeader | undefined> {
  const { rows } = await locking(tx, 'Batch').query<BatchHeader>(
    `SELECT b.id, b.kind, b.number, b.from_seq, b.to_seq, b.size, b.zone, b.region, b.failures, b.not_before, b.waiting_for_hours,
            c.id AS campaign_id, c.status AS campaign_status, c.unanswered_start, c.agendamento_id, ${columnsSql('c')},
            (SELECT t.template_code FROM "Template" t WHERE t.id = c.template_id) AS template_code,
            (SELECT t.content FROM "Template" t WHERE t.id = c.template_id) AS template_content,
            coalesce(c.unit_cost, r.cost_per_message) AS unit_cost,
            c.wallet_id, (SELECT w.idgis_ambiente FROM "Wallet" w WHERE w.id = c.wallet_id) AS idgis_ambiente,
            r.id AS broker_id, r.name AS broker, r.adapter, r.codes, r.rate_limit, r.max_batch, r.concurrency,
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

/**
 * For a job whose batch another claim has taken: the next batch of its campaign that can be claimed in its place, so that each job
 * of a campaign serves until nothing of it is left. Only without throttling and a rate limit: a paced batch has a job of its own.
 */
export async function nextInstead(tx: Tx, batchId: string): Promise<string | undefined> {
  const { rows } = await locking(tx, 'Batch').query<{ id: string }>(
    `SELECT b.id FROM "Batch" taken
     JOIN "Campaign" c ON c.id = taken.campaign_id AND c.status = 'PROCESSING' AND c.throttling_type = 'none'
     JOIN "Broker" r ON r.id = c.broker_id AND r.rate_limit IS NULL
     JOIN "Batch" b ON b.campaign_id = taken.campaign_id AND b.number > taken.number
     WHERE taken.id = $1 AND taken.kind = 'SEND' AND b.kind = 'SEND' AND b.status = 'QUEUED' AND b.not_before IS NULL
     ORDER BY b.number LIMIT 1 FOR UPDATE OF b SKIP LOCKED`,
    [batchId],
  )
  return rows[0]?.id
}
