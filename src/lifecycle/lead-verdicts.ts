import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'
import type { HeardLeadStatus, ResolvedLeadStatus } from './lead-status.ts'
import { IMPORT_CODES, type LeadErrorCode, type RefusalCode } from './refusal-codes.ts'

/**
 * The statements that write a lead's status after its settle: its worker reports late, a person decides, a callback reports, or
 * it is to be sent again. Each names the transitions of lead-status.ts that it makes.
 */

const NOT_SENT: RefusalCode = 'NOT_SENT'

/**
 * A person's decision about a lead (or a closing) in doubt. SENT: the broker had taken it, and its cost stays. NOT_SENT: it had
 * not; the lead ends as ERROR NOT_SENT, and its cost and its frequency cap are released. RESEND: it had not, or the user takes
 * the risk: PENDING again.
 */
export type Resolution = 'SENT' | 'NOT_SENT' | 'RESEND'

/**
 * sent_at stays: if a broker answers "repeated" to a second request, it is known to have taken the first. The caller has locked
 * the rows, IN_DOUBT.
 * @transition lead.resolveSent, lead.resolveFailed, lead.resend
 */
export async function writeVerdict(tx: Tx, leadIds: readonly string[], verdict: Resolution): Promise<void> {
  await tx.query(
    `UPDATE "CampaignLead" SET
       status = (CASE $2 WHEN 'SENT' THEN 'SENT' WHEN 'NOT_SENT' THEN 'ERROR' ELSE 'PENDING' END)::"LeadStatus",
       billed = billed AND $2 = 'SENT',
       error_code = CASE WHEN $2 = 'NOT_SENT' THEN '${NOT_SENT}' END,
       error_message = CASE WHEN $2 = 'NOT_SENT' THEN 'a person found that it was not sent' END
     WHERE id = ANY($1::uuid[])`,
    [leadIds, verdict],
  )
}

/** What a worker reports about a lead after its lease. */
export interface LateResult {
  leadId: string
  status: ResolvedLeadStatus
  providerId: string | null
  code: LeadErrorCode | null
  detail: string | null
  writtenAt: Date | null
}

/** The caller has locked the rows, IN_DOUBT and of its batch. @transition lead.resolveSent, lead.resolveFailed, lead.resend */
export async function settleLeadsLate(tx: Tx, results: readonly LateResult[]): Promise<void> {
  await tx.query(
    `UPDATE "CampaignLead" l SET
       status = o.status::"LeadStatus", billed = o.status = 'SENT', provider_msg_id = o.provider_id, error_code = o.code,
       error_message = o.detail,
       sent_at = CASE WHEN o.status = 'SENT' THEN coalesce(o.written_at, l.sent_at) END
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
       AS o(id, status, provider_id, code, detail, written_at)
     WHERE l.id = o.id`,
    [
      results.map(result => result.leadId),
      results.map(result => result.status),
      results.map(result => result.providerId),
      results.map(result => result.code),
      results.map(result => result.detail),
      results.map(result => result.writtenAt),
    ],
  )
}

/** A lead after its callbacks were applied (src/webhook/fold-events.ts). */
export interface HeardLead {
  id: string
  status: HeardLeadStatus
  billed: boolean
  delivered_at: Date | null
  read_at: Date | null
  error_code: LeadErrorCode | null
  error_message: string | null
  provider_msg_id: string | null
  sent_at: Date | null
}

/**
 * The caller has locked the rows, none of them SENDING, and `foldEvents` has computed each from the row as it was locked.
 * @transition lead.hearSent, lead.hearDelivered, lead.hearRead, lead.hearFailed
 */
export async function writeHeard(tx: Tx, leads: readonly HeardLead[]): Promise<void> {
  await tx.query(
    `UPDATE "CampaignLead" l SET
       status = n.status::"LeadStatus", billed = n.billed, delivered_at = n.delivered_at, read_at = n.read_at,
       error_code = n.error_code, error_message = n.error_message, provider_msg_id = n.provider_msg_id, sent_at = n.sent_at
     FROM unnest($1::uuid[], $2::text[], $3::bool[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[],
       $8::text[], $9::timestamptz[])
       AS n(id, status, billed, delivered_at, read_at, error_code, error_message, provider_msg_id, sent_at)
     WHERE l.id = n.id`,
    [
      leads.map(lead => lead.id),
      leads.map(lead => lead.status),
      leads.map(lead => lead.billed),
      leads.map(lead => lead.delivered_at),
      leads.map(lead => lead.read_at),
      leads.map(lead => lead.error_code),
      leads.map(lead => lead.error_message),
      leads.map(lead => lead.provider_msg_id),
      leads.map(lead => lead.sent_at),
    ],
  )
}

export interface Retry {
  campaignId: string
  userId: string
  now: Date
  /** Only leads with these error codes; undefined: all. */
  codes: readonly string[] | undefined
  /** Leads that are left as they are. */
  except: readonly number[]
}

/**
 * Makes leads PENDING again, with their record, that failed, were not billed and were not refused by the import. They are locked,
 * ERROR, by the same statement, which writes LeadEvent and ProviderMessage from these rows. The broker's id of a failed message
 * is deleted: later callbacks about it must not fail the next message.
 * @returns how many
 * @transition lead.retry
 */
export async function retryAndRecordLeads(tx: Tx, { campaignId, userId, now, codes, except }: Retry): Promise<number> {
  const { rowCount } = await locking(tx, 'CampaignLead').query(
    `WITH failed AS (
       SELECT l.id, l.seq, l.batch_number, l.error_code, l.error_message, l.provider_msg_id, c.broker_id
         FROM "CampaignLead" l JOIN "Campaign" c ON c.id = l.campaign_id
       WHERE l.campaign_id = $1 AND l.status = 'ERROR' AND NOT l.billed AND l.erased_at IS NULL
         AND l.error_code <> ALL($2)
         AND ($3::text[] IS NULL OR l.error_code = ANY($3))
         AND NOT EXISTS (SELECT FROM unnest($6::int[]) AS x(seq) WHERE x.seq = l.seq)
       FOR NO KEY UPDATE OF l
     ), forgotten AS (
       DELETE FROM "ProviderMessage" m USING failed f
       WHERE m.broker_id = f.broker_id AND m.provider_msg_id = f.provider_msg_id
     ), recorded AS (
       INSERT INTO "LeadEvent" (campaign_id, kind, at, seqs, batch_number, code, detail, user_id)
       SELECT $1, 'RETRIED', $4, range_agg(int4range(seq, seq, '[]')), batch_number, error_code, error_message, $5
       FROM failed GROUP BY batch_number, error_code, error_message
     )
     UPDATE "CampaignLead" l
     SET status = 'PENDING', error_code = NULL, error_message = NULL, provider_msg_id = NULL, sent_at = NULL
     FROM failed f WHERE l.id = f.id`,
    [campaignId, IMPORT_CODES, codes ?? null, now, userId, except],
  )
  return rowCount ?? 0
}

export interface TakeBack {
  campaignId: string
  code: string
  batchNumbers: readonly number[]
  now: Date
}

/**
 * Makes leads PENDING again, with their record, that these batches wrote as refused with the code: it turned out to concern the
 * campaign. They are locked, ERROR, by the same statement. Their cost and their frequency cap were released when they were refused.
 * @transition lead.retry
 */
export async function takeBackRefused(tx: Tx, { campaignId, code, batchNumbers, now }: TakeBack): Promise<void> {
  await locking(tx, 'CampaignLead').query(
    `WITH refused AS (
       SELECT l.id, l.seq, l.batch_number, l.error_message
       FROM "Batch" b JOIN "CampaignLead" l ON l.campaign_id = b.campaign_id AND l.seq BETWEEN b.from_seq AND b.to_seq
       WHERE b.campaign_id = $1 AND b.number = ANY($3::int[]) AND l.batch_number = b.number
         AND l.status = 'ERROR' AND NOT l.billed AND l.sent_at IS NULL AND l.erased_at IS NULL AND l.error_code = $2
       ORDER BY l.id FOR NO KEY UPDATE OF l
     ), recorded AS (
       INSERT INTO "LeadEvent" (campaign_id, kind, at, seqs, batch_number, code, detail)
       SELECT $1, 'RETRIED', $4, range_agg(int4range(seq, seq, '[]')), batch_number, $2, error_message
       FROM refused GROUP BY batch_number, error_message
     )
     UPDATE "CampaignLead" l SET status = 'PENDING', error_code = NULL, error_message = NULL, provider_msg_id = NULL
     FROM refused r WHERE l.id = r.id`,
    [campaignId, code, batchNumbers, now],
  )
}
