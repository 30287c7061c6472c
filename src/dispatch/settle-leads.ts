import { addToBlocklist, optedOutAt } from '../blocklist/blocklist.ts'
import type { Outcome } from '../broker/port.ts'
import type { Sql } from '../database/pool.ts'
import type { ClaimedBatch } from './claim.ts'
import type { ClaimedLead } from './claim-leads.ts'

/** What became of a lead. */
export type Fate = { lead: ClaimedLead; outcome: Outcome }

/** Why the first of them is as it is. */
export function reasonOf(fates: readonly Fate[]): string | undefined {
  const outcome = fates[0]?.outcome
  return outcome && 'reason' in outcome ? outcome.reason : undefined
}

/** Only what the claim left SENDING: a cancel, or whoever decided about it, may have come between. */
export async function writeLeads(sql: Sql, batch: ClaimedBatch, fates: readonly Fate[], at: Date): Promise<void> {
  const status = { ACCEPTED: 'SENT', REJECTED: 'ERROR', NOT_ACCEPTED: 'PENDING', IN_DOUBT: 'IN_DOUBT' } as const
  await sql.query(
    `UPDATE "CampaignLead" l SET
       status = o.status::"LeadStatus",
       billed = o.status IN ('SENT', 'IN_DOUBT'),
       sent_at = CASE WHEN o.status IN ('SENT', 'IN_DOUBT') THEN $6::timestamptz ELSE l.sent_at END,
       provider_msg_id = o.provider_id, error_code = o.code, error_message = o.detail
     FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $7::text[]) AS o(seq, status, provider_id, code, detail)
     WHERE l.campaign_id = $1 AND l.seq = o.seq AND l.status = 'SENDING'`,
    [
      batch.campaign.id,
      fates.map(fate => fate.lead.seq),
      fates.map(fate => status[fate.outcome.kind]),
      fates.map(({ outcome }) => (outcome.kind === 'ACCEPTED' ? (outcome.providerId ?? null) : null)),
      fates.map(({ outcome }) => (outcome.kind === 'REJECTED' ? outcome.code : null)),
      at,
      fates.map(({ outcome }) => detailOf(outcome)),
    ],
  )
}

/** Who told the broker, and it us, that they want no more. */
export async function blockOptOuts(sql: Sql, batch: ClaimedBatch, refused: readonly Fate[]): Promise<void> {
  const phones = refused.flatMap(({ lead, outcome }) =>
    outcome.kind === 'REJECTED' && outcome.optOut ? [lead.phone] : [],
  )
  if (phones.length > 0) await addToBlocklist(sql, optedOutAt(batch.broker, phones))
}

function detailOf(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'REJECTED':
      return outcome.detail
    case 'IN_DOUBT':
      return outcome.reason
    default:
      return null
  }
}

/** What the broker calls them: its callbacks may know no other name. */
export async function writeProviderMessages(sql: Sql, batch: ClaimedBatch, accepted: readonly Fate[]): Promise<void> {
  const known = accepted.flatMap(({ lead, outcome }) =>
    outcome.kind === 'ACCEPTED' && outcome.providerId !== undefined ? [{ lead: lead.id, id: outcome.providerId }] : [],
  )
  if (known.length === 0) return
  // A broker that gives one id to two messages has made it useless for both: the first keeps it.
  await sql.query(
    `INSERT INTO "ProviderMessage" (broker_id, provider_msg_id, lead_id)
     SELECT $1, m.id, m.lead_id FROM unnest($2::text[], $3::uuid[]) AS m(id, lead_id)
     ON CONFLICT DO NOTHING`,
    [batch.campaign.brokerId, known.map(message => message.id), known.map(message => message.lead)],
  )
}
