import { BLOCKED_LEAD } from '../../blocklist/blocked-lead.ts'
import type { Tx } from '../../database/pool.ts'
import { type RefusedLead, refuseLeads, takeLeads } from '../../lifecycle/lead-writes.ts'
import type { ClaimedLead } from '../model/claimed-batch.ts'
import { type LeadEvent, recordLeadEvents } from '../record/lead-events.ts'
import { type Recipient, releaseContacts, type Sending, takeContacts } from './frequency-cap.ts'
import type { Room } from './group.ts'
import type { BatchHeader } from './lock-batch.ts'

/**
 * Whether the inbox holds an unapplied event of lead `l`: then it is not sent until the event is applied. Only a lead that was
 * claimed before can have one; read through an index of the unapplied events.
 */
const REPORTED_LEAD = `CASE WHEN l.batch_number IS NOT NULL THEN coalesce(
              (SELECT true FROM "WebhookEvent" e WHERE e.lead_id = l.id AND e.applied_at IS NULL AND e.broker_id = c.broker_id LIMIT 1),
              false) ELSE false END`

/** A screened batch. */
export interface Screened extends Pick<Room, 'row' | 'window'> {
  /** The leads that may be sent. */
  leads: ClaimedLead[]
  refused: RefusedLead[]
  /** How many were left over, for lack of room. */
  left: number
  /**
   * How many are left out because the inbox holds unapplied events of them. They stay PENDING; those that are still PENDING after
   * the events are applied, the sweeper plans again.
   */
  reported: number
}

type ScreenedLead = ClaimedLead & { n: string; blocked: boolean; reported: boolean }

/** Applies the rules that may have changed since the import: blocklist, then the frequency cap. Fish skip both. */
export async function screenLeads(
  tx: Tx,
  header: BatchHeader,
  rooms: readonly Room[],
  sending: Sending,
): Promise<Screened[]> {
  const { rows } = await tx.query<ScreenedLead>(
    `SELECT r.n, l.id, l.seq, l.phone, l.nome, l.cpf_cnpj, l.idcob_contrato, l.custom_message, l.variables, l.is_fish,
            l.sent_at IS NOT NULL AS doubtful_before,
            ${BLOCKED_LEAD} AS blocked,
            ${REPORTED_LEAD} AS reported
     FROM unnest($2::int[], $3::int[]) WITH ORDINALITY AS r(from_seq, to_seq, n)
     JOIN "CampaignLead" l ON l.campaign_id = $1 AND l.seq BETWEEN r.from_seq AND r.to_seq AND l.status = 'PENDING'
     CROSS JOIN (SELECT $4::text AS purpose, $5::uuid AS broker_id) c
     ORDER BY r.n, l.seq`,
    [
      header.campaign_id,
      rooms.map(({ row }) => row.from_seq),
      rooms.map(({ row }) => row.to_seq),
      header.purpose,
      header.broker_id,
    ],
  )
  const screened = rooms.map(
    ({ row, window }): Screened => ({ row, window, leads: [], refused: [], left: 0, reported: 0 }),
  )
  const seen = new Set<string>()
  for (const { n, blocked, reported, ...lead } of rows) {
    // Ranges do not overlap (plan.ts). If two did, the lead is the first batch's.
    if (seen.has(lead.id)) continue
    seen.add(lead.id)
    const [batch, { most }] = [screened[Number(n) - 1]!, rooms[Number(n) - 1]!]
    if (reported) batch.reported++
    else if (blocked)
      batch.refused.push({
        seq: lead.seq,
        code: 'BLOCKLISTED',
        message: 'on the blocklist when it was about to be sent',
      })
    else if (batch.leads.length < most) batch.leads.push(lead)
    else batch.left++
  }
  const people = screened.flatMap(({ leads }) => leads.filter(lead => !lead.is_fish).map(recipientOf))
  const free = await takeContacts(tx, people, sending, header.no_cap)
  return screened.map(batch => {
    const isFree = (lead: ClaimedLead) => lead.is_fish || free.has(lead.id)
    const capped = batch.leads.filter(lead => !isFree(lead)).map(({ seq }): RefusedLead => ({ seq, ...CAPPED }))
    return { ...batch, leads: batch.leads.filter(isFree), refused: [...batch.refused, ...capped] }
  })
}

const CAPPED = {
  code: 'FREQUENCY_CAP',
  message: 'another message went to this phone or document within 24 hours',
} as const

/** The fields of a lead that the frequency cap needs. */
export function recipientOf({ id, phone, cpf_cnpj }: ClaimedLead): Recipient {
  return { leadId: id, phone, cpf_cnpj }
}

/** Makes the leads that a rule refuses ERROR, and records it. */
export async function refuseScreened(
  tx: Tx,
  { campaign_id: campaignId }: BatchHeader,
  screened: readonly Screened[],
  at: Date,
): Promise<void> {
  const refused = screened.flatMap(batch => batch.refused)
  if (refused.length === 0) return
  await refuseLeads(tx, campaignId, refused)
  const events = screened.flatMap(({ row: { number }, refused }): LeadEvent[] => {
    const codes = new Map(refused.map(r => [r.code, r.message]))
    return [...codes].map(([code, detail]) => {
      const seqs = refused.flatMap(r => (r.code === code ? [r.seq] : [])).sort((a, b) => a - b)
      return { campaignId, kind: 'REFUSED', at, seqs, batch: { number, attempt: null }, code, detail }
    })
  })
  await recordLeadEvents(tx, events)
}

/** Makes the leads SENDING. @returns the batches with the leads that were still PENDING: a cancel may have come in between */
export async function takeScreened(tx: Tx, header: BatchHeader, screened: readonly Screened[]): Promise<Screened[]> {
  const wanted = screened.flatMap(({ row, leads }) => leads.map(({ seq }) => ({ seq, batch_number: row.number })))
  const seqs = await takeLeads(tx, header.campaign_id, wanted)
  if (seqs.length === wanted.length) return [...screened]
  const taken = new Set(seqs)
  const lost = screened.flatMap(({ leads }) => leads.filter(lead => !taken.has(lead.seq)))
  await releaseContacts(tx, lost.map(recipientOf))
  return screened.map(batch => ({ ...batch, leads: batch.leads.filter(lead => taken.has(lead.seq)) }))
}
