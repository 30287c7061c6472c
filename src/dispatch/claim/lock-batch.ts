import type { Month } from '../../budget/month.ts'
import { OWN_HOLIDAYS_SQL } from '../../calendar/custom-holidays.ts'
import { columnsSql, type SettingColumns } from '../../campaign-settings/schema.ts'
import type { CampaignStatus } from '../../database/generated/enums.ts'
import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'

/** A batch's row on its way through the claim: locked, put off, opened. */
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
  agendamento_id: string
  template_code: string | null
  template_content: string | null
  unit_cost: string
  wallet_id: string
  idgis_ambiente: number
  broker_id: string
  broker: string
  adapter: string
  rate_limit: string | null
  max_batch: number | null
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
            c.id AS campaign_id, c.status AS campaign_status, c.agendamento_id, ${columnsSql('c')},
            (SELECT t.template_code FROM "Template" t WHERE t.id = c.template_id) AS template_code,
            (SELECT t.content FROM "Template" t WHERE t.id = c.template_id) AS template_content,
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

export interface Deferral {
  until: Date
  waiting_for_hours: boolean
  /** Why a closing waits; without it, the batch's error stays as it is. */
  error?: string | null
}

/** @returns the `enqueue_seq` of its next job */
export async function deferBatch(tx: Tx, batchId: string, deferral: Deferral, now: Date): Promise<number> {
  const { until, waiting_for_hours, error } = deferral
  const { rows } = await tx.query<{ enqueue_seq: number }>(
    `UPDATE "Batch" SET not_before = $2, due_at = $2, waiting_for_hours = $4, enqueue_seq = enqueue_seq + 1, enqueued_at = $3,
            error = CASE WHEN $5 THEN $6 ELSE error END
     WHERE id = $1 RETURNING enqueue_seq`,
    [batchId, until, now, waiting_for_hours, error !== undefined, error ?? null],
  )
  return rows[0]!.enqueue_seq
}

export interface BatchOpening {
  refused: number
  messages: number
  /** Of the wallet's budget that pays for it. */
  month: Month
  leaseUntil: Date
  now: Date
}

export interface Opened {
  /** The token that the settle must bring. */
  attempt: number
  /** The transaction's id: by it the server tells whether the claim was committed, where its answer was lost (unanswered-claim.ts). */
  xid: string
}

/** The budget that pays is named here and booked after it (reserve.ts): its row is locked for no longer than a commit. */
export async function openBatch(tx: Tx, header: BatchHeader, opening: BatchOpening): Promise<Opened> {
  const { refused, messages, month, leaseUntil, now } = opening
  const { rows } = await tx.query<Opened>(
    `UPDATE "Batch" SET status = 'SENDING', attempt = attempt + 1, lease_until = $2, claimed_at = $3, not_before = NULL,
            waiting_for_hours = false,
            budget_id = (SELECT id FROM "Budget" WHERE wallet_id = $7 AND year = $8 AND month = $9 AND $4::numeric > 0),
            unit_cost = $4, reserved = reserved + $4::numeric * $5, refused = refused + $6
     WHERE id = $1 RETURNING attempt, pg_current_xact_id()::text AS xid`,
    [header.id, leaseUntil, now, header.unit_cost, messages, refused, header.wallet_id, month.year, month.month],
  )
  return rows[0]!
}
