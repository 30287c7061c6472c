import { addToBlocklist, optedOutAt } from '../../blocklist/blocklist.ts'
import type { Adapter } from '../../broker/port.ts'
import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'
import { unreachable } from '../../errors.ts'
import { type LeadResult, settleLeads } from '../../lifecycle/lead-writes.ts'
import { releaseContacts } from '../claim/frequency-cap.ts'
import { recipientOf } from '../claim/screen-leads.ts'
import type { LeadOutcome } from '../model/batch-outcome.ts'
import type { ClaimedBatch, ClaimedLead } from '../model/claimed-batch.ts'
import { type LeadEvent, type LeadEventKind, recordLeadEvents } from '../record/lead-events.ts'
import { recipientsHash } from '../record/recipients-hash.ts'

/** A lead and its outcome. */
export type SettledLead = { lead: ClaimedLead; outcome: LeadOutcome }

/** The reason of the first one's outcome, if it has one. */
export function reasonOf(settledLeads: readonly SettledLead[]): string | undefined {
  const outcome = settledLeads[0]?.outcome
  return outcome && 'reason' in outcome ? outcome.reason : undefined
}

/** Outcomes of a batch. */
export interface BatchLeads {
  batch: ClaimedBatch
  settledLeads: readonly SettledLead[]
}

/**
 * Writes what an attempt's outcomes change, apart from its batch and its budget, in the lock order.
 * @param batches of one campaign
 */
export async function writeOutcomes(
  tx: Tx,
  batches: readonly BatchLeads[],
  adapter: Pick<Adapter, 'correlatesByProviderId'>,
  at: Date,
): Promise<void> {
  const { batch } = batches[0]!
  const settledLeads = batches.flatMap(one => one.settledLeads)
  const unsent = settledLeads.filter(({ outcome }) => outcome.kind === 'REJECTED' || outcome.kind === 'NOT_ACCEPTED')
  await releaseContacts(
    locking(tx, 'Contact'),
    unsent.flatMap(({ lead }) => (lead.is_fish ? [] : [recipientOf(lead)])),
  )
  await settleLeads(
    tx,
    batch.campaign.id,
    settledLeads.map(settledLead => resultOf(settledLead, at)),
  )
  await recordLeadEvents(
    tx,
    batches.flatMap(one => eventsOf(one.batch, one.settledLeads, at)),
  )
  await blockOptOuts(tx, batch, unsent)
  if (adapter.correlatesByProviderId) await writeProviderMessages(tx, batch, settledLeads)
}

const STATUS = { ACCEPTED: 'SENT', REJECTED: 'ERROR', NOT_ACCEPTED: 'PENDING', IN_DOUBT: 'IN_DOUBT' } as const

/** @param at stands for the time at which its request was written, if that is unknown */
function resultOf({ lead, outcome }: SettledLead, at: Date): LeadResult {
  return {
    seq: lead.seq,
    status: STATUS[outcome.kind],
    providerId: outcome.kind === 'ACCEPTED' ? (outcome.providerId ?? null) : null,
    code: outcome.kind === 'REJECTED' ? outcome.code : null,
    detail: detailOf(outcome),
    writtenAt: outcome.writtenAt ?? at,
  }
}

/** One event for all leads with the same outcome. */
export function eventsOf(batch: ClaimedBatch, settledLeads: readonly SettledLead[], at: Date): LeadEvent[] {
  const groups = new Map<string, { event: LeadEvent; leads: ClaimedLead[]; written: Date[] }>()
  for (const { lead, outcome } of settledLeads) {
    const kind = eventKindOf(outcome)
    // NOT_ACCEPTED with a code: a refusal that was judged by share (share.ts).
    const code = outcome.kind === 'REJECTED' || outcome.kind === 'NOT_ACCEPTED' ? (outcome.code ?? null) : null
    const detail = 'reason' in outcome ? outcome.reason : detailOf(outcome)
    const key = `${kind} ${code} ${detail}`
    let group = groups.get(key)
    if (!group) {
      const { id: campaignId } = batch.campaign
      const { number, attempt, claimedAt } = batch
      const event = { campaignId, kind, at, seqs: [], batch: { number, attempt }, claimedAt, code, detail }
      group = { event, leads: [], written: [] }
      groups.set(key, group)
    }
    group.leads.push(lead)
    if (outcome.writtenAt) group.written.push(outcome.writtenAt)
  }
  return [...groups.values()].map(({ event, leads, written }) => ({
    ...event,
    seqs: leads.map(lead => lead.seq),
    // Some of a group may have been written and others not, if the adapter itself refuses a message.
    writtenAt: written.length === leads.length ? written : written.slice(0, 1),
    recipients: MAY_HAVE_IT.includes(event.kind) ? recipientsHash(leads) : undefined,
  }))
}

const MAY_HAVE_IT: readonly LeadEventKind[] = ['ACCEPTED', 'IN_DOUBT']

function eventKindOf(outcome: LeadOutcome): LeadEventKind {
  switch (outcome.kind) {
    case 'REJECTED':
      return 'REFUSED'
    case 'NOT_ACCEPTED':
      return outcome.isWithheld ? 'WITHHELD' : 'NOT_TAKEN'
    case 'ACCEPTED':
    case 'IN_DOUBT':
      return outcome.kind
    default:
      return unreachable(outcome)
  }
}

/** Adds to the blocklist the people who opted out at the broker, as its refusal reports. */
async function blockOptOuts(tx: Tx, batch: ClaimedBatch, settledLeads: readonly SettledLead[]): Promise<void> {
  const phones = settledLeads.flatMap(({ lead, outcome }) =>
    outcome.kind === 'REJECTED' && outcome.optOut ? [lead.phone] : [],
  )
  if (phones.length > 0) await addToBlocklist(tx, optedOutAt(batch.broker, phones))
}

function detailOf(outcome: LeadOutcome): string | null {
  switch (outcome.kind) {
    case 'REJECTED':
      return outcome.detail
    case 'IN_DOUBT':
      return outcome.reason
    case 'ACCEPTED':
    case 'NOT_ACCEPTED':
      return null
    default:
      return unreachable(outcome)
  }
}

/** Stores the broker's message ids: its callbacks may contain no other id. */
export async function writeProviderMessages(
  tx: Tx,
  batch: ClaimedBatch,
  settledLeads: readonly SettledLead[],
): Promise<void> {
  const known = settledLeads.flatMap(({ lead, outcome }) =>
    outcome.kind === 'ACCEPTED' && outcome.providerId !== undefined ? [{ lead: lead.id, id: outcome.providerId }] : [],
  )
  if (known.length === 0) return
  // If a broker gives two messages one id, the id cannot tell them apart: the first keeps it.
  await tx.query(
    `INSERT INTO "ProviderMessage" (broker_id, provider_msg_id, lead_id)
     SELECT $1, m.id, m.lead_id FROM unnest($2::text[], $3::uuid[]) AS m(id, lead_id)
     ON CONFLICT DO NOTHING`,
    [batch.campaign.brokerId, known.map(message => message.id), known.map(message => message.lead)],
  )
}
