import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'
import type { SettledLeadStatus } from './lead-status.ts'
import type { LeadErrorCode, RefusalCodeBy } from './refusal-codes.ts'

/**
 * The statements that write a lead's status from its claim to its settle. Each names the transitions of lead-status.ts that it
 * makes. Later changes: lead-verdicts.ts; leads whose campaign is over: cancel-writes.ts.
 */

/** A lead that a rule refuses at the claim. */
export interface RefusedLead {
  seq: number
  code: RefusalCodeBy<'claim'>
  message: string
}

/** @transition lead.refuse */
export async function refuseLeads(tx: Tx, campaignId: string, refused: readonly RefusedLead[]): Promise<void> {
  await locking(tx, 'CampaignLead').query(
    `UPDATE "CampaignLead" l SET status = 'ERROR', error_code = r.code, error_message = r.message
     FROM unnest($2::int[], $3::text[], $4::text[]) AS r(seq, code, message)
     WHERE l.campaign_id = $1 AND l.seq = r.seq AND l.status = 'PENDING'`,
    [campaignId, refused.map(r => r.seq), refused.map(r => r.code), refused.map(r => r.message)],
  )
}

/** @param leads each with the batch that claims it @returns the seqs that were still PENDING @transition lead.take */
export async function takeLeads(
  tx: Tx,
  campaignId: string,
  leads: readonly { seq: number; batch_number: number }[],
): Promise<number[]> {
  const { rows } = await locking(tx, 'CampaignLead').query<{ seq: number }>(
    `UPDATE "CampaignLead" l SET status = 'SENDING', billed = true, batch_number = n.batch_number
     FROM unnest($2::int[], $3::int[]) AS n(seq, batch_number)
     WHERE l.campaign_id = $1 AND l.seq = n.seq AND l.status = 'PENDING'
     RETURNING l.seq`,
    [campaignId, leads.map(lead => lead.seq), leads.map(lead => lead.batch_number)],
  )
  return rows.map(row => row.seq)
}

/** The result of an attempt for one lead. */
export interface LeadResult {
  seq: number
  status: SettledLeadStatus
  providerId: string | null
  code: LeadErrorCode | null
  detail: string | null
  /** When its request was written. */
  writtenAt: Date
}

/**
 * Writes only leads that the claim left SENDING: a cancel, or a decision about it, may have come in between.
 * @transition lead.accept, lead.reject, lead.release, lead.doubt
 */
export async function settleLeads(tx: Tx, campaignId: string, results: readonly LeadResult[]): Promise<void> {
  if (results.length === 0) return
  const { base, offsets } = writtenMoments(results)
  await locking(tx, 'CampaignLead').query(
    `UPDATE "CampaignLead" l SET
       status = o.status::"LeadStatus",
       billed = o.status IN ('SENT', 'IN_DOUBT'),
       sent_at = CASE WHEN o.status IN ('SENT', 'IN_DOUBT') THEN $6::timestamptz + coalesce(o.written_ms, 0) * interval '1 millisecond'
                      WHEN o.status = 'PENDING' THEN l.sent_at END,
       provider_msg_id = o.provider_id, error_code = o.code, error_message = o.detail
     FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $7::text[], $8::int[])
       AS o(seq, status, provider_id, code, detail, written_ms)
     WHERE l.campaign_id = $1 AND l.seq = o.seq AND l.status = 'SENDING'`,
    [
      campaignId,
      results.map(result => result.seq),
      results.map(result => result.status),
      results.map(result => result.providerId),
      results.map(result => result.code),
      base,
      results.map(result => result.detail),
      offsets,
    ],
  )
}

/** The first lead's time and each lead's offset from it; no offsets if all were written at the same time. */
function writtenMoments(results: readonly LeadResult[]): { base: Date; offsets: number[] | null } {
  const base = results[0]!.writtenAt
  const offsets = results.map(({ writtenAt }) => writtenAt.getTime() - base.getTime())
  return { base, offsets: offsets.every(ms => ms === 0) ? null : offsets }
}

/**
 * Puts the leads of a batch in doubt whose lease expired (`expireBatch`): it is unknown whether they were sent.
 * @param detail what is known of them
 * @transition lead.doubt
 */
export async function doubtLeads(
  tx: Tx,
  batch: { campaign_id: string; from_seq: number; to_seq: number; claimed_at: Date; number: number },
  detail: string,
): Promise<{ seq: number; phone: string }[]> {
  // The time of the claim, since the request was not written earlier: when it was written is unknown without a report.
  const { rows } = await locking(tx, 'CampaignLead').query<{ seq: number; phone: string }>(
    `UPDATE "CampaignLead" SET status = 'IN_DOUBT', sent_at = $4, error_message = $6
     WHERE campaign_id = $1 AND seq BETWEEN $2 AND $3 AND batch_number = $5 AND status = 'SENDING' RETURNING seq, phone`,
    [batch.campaign_id, batch.from_seq, batch.to_seq, batch.claimed_at, batch.number, detail],
  )
  return rows
}
