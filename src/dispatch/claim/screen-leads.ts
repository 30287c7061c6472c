import { BLOCKED_LEAD } from '../../blocklist/blocked-lead.ts'
import type { Tx } from '../../database/pool.ts'
import { type RefusedLead, refuseLeads, takeLeads } from '../../lifecycle/lead-writes.ts'
import type { ClaimedLead } from '../model/claimed-batch.ts'
import { recordLeadEvents } from '../record/lead-events.ts'
import { type Recipient, releaseContacts, type Sending, takeContacts } from './frequency-cap.ts'
import type { BatchHeader } from './lock-batch.ts'

/**
 * Whether the inbox holds an unapplied event of lead `l`: then it is not sent until the event is applied. Only a lead that was
 * claimed before can have one; read through an index of the unapplied events.
 */
const REPORTED_LEAD = `CASE WHEN l.batch_number IS NOT NULL THEN coalesce(
              (SELECT true FROM "WebhookEvent" e WHERE e.lead_id = l.id AND e.applied_at IS NULL AND e.broker_id = c.broker_id LIMIT 1),
              false) ELSE false END`

/**
 * Applies the rules that may have changed since the import: blocklist, then the frequency cap. Fish skip both.
 * @returns reported: how many leads are left out because the inbox holds unapplied events of them. They stay PENDING; those that are
 * still PENDING after the events are applied, the sweeper plans again
 */
export async function screenLeads(
  tx: Tx,
  header: BatchHeader,
  most: number,
  sending: Sending,
): Promise<{ leads: ClaimedLead[]; refused: RefusedLead[]; left: number; reported: number }> {
  const { rows } = await tx.query<ClaimedLead & { blocked: boolean; reported: boolean }>(
    `SELECT l.id, l.seq, l.phone, l.nome, l.cpf_cnpj, l.idcob_contrato, l.custom_message, l.variables, l.is_fish,
            l.sent_at IS NOT NULL AS doubtful_before,
            ${BLOCKED_LEAD} AS blocked,
            ${REPORTED_LEAD} AS reported
     FROM "CampaignLead" l, (SELECT $4::text AS purpose, $5::uuid AS broker_id) c
     WHERE l.campaign_id = $1 AND l.seq BETWEEN $2 AND $3 AND l.status = 'PENDING'
     ORDER BY l.seq`,
    [header.campaign_id, header.from_seq, header.to_seq, header.purpose, header.broker_id],
  )
  const refused: RefusedLead[] = []
  const allowed: ClaimedLead[] = []
  let [left, withheld] = [0, 0]
  for (const { blocked, reported, ...lead } of rows) {
    if (reported) withheld++
    else if (blocked)
      refused.push({ seq: lead.seq, code: 'BLOCKLISTED', message: 'on the blocklist when it was about to be sent' })
    else if (allowed.length < most) allowed.push(lead)
    else left++
  }
  const people = allowed.filter(lead => !lead.is_fish).map(recipientOf)
  const free = await takeContacts(tx, people, sending, header.no_cap)
  const leads: ClaimedLead[] = []
  for (const lead of allowed) {
    if (lead.is_fish || free.has(lead.id)) leads.push(lead)
    else
      refused.push({
        seq: lead.seq,
        code: 'FREQUENCY_CAP',
        message: 'another message went to this phone or document within 24 hours',
      })
  }
  return { leads, refused, left, reported: withheld }
}

/** The fields of a lead that the frequency cap needs. */
export function recipientOf({ id, phone, cpf_cnpj }: ClaimedLead): Recipient {
  return { leadId: id, phone, cpf_cnpj }
}

/** Makes the leads that a rule refuses ERROR, and records it. */
export async function refuseScreened(
  tx: Tx,
  { campaign_id: campaignId, number }: BatchHeader,
  refused: readonly RefusedLead[],
  at: Date,
): Promise<void> {
  if (refused.length === 0) return
  await refuseLeads(tx, campaignId, refused)
  const codes = new Map(refused.map(r => [r.code, r.message]))
  await recordLeadEvents(
    tx,
    [...codes].map(([code, detail]) => {
      const seqs = refused.flatMap(r => (r.code === code ? [r.seq] : [])).sort((a, b) => a - b)
      return { campaignId, kind: 'REFUSED', at, seqs, batch: { number, attempt: null }, code, detail }
    }),
  )
}

/** @returns the leads that were still PENDING: a cancel may have come in between */
export async function takeScreened(tx: Tx, header: BatchHeader, leads: readonly ClaimedLead[]): Promise<ClaimedLead[]> {
  const seqs = await takeLeads(
    tx,
    header,
    leads.map(lead => lead.seq),
  )
  if (seqs.length === leads.length) return [...leads]
  const taken = new Set(seqs)
  await releaseContacts(tx, leads.filter(lead => !taken.has(lead.seq)).map(recipientOf))
  return leads.filter(lead => taken.has(lead.seq))
}
