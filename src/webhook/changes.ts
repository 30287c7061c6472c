import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'
import type { LeadEvent as LeadRecord } from '../dispatch/record/lead-events.ts'
import { type LedgerCorrection, noCorrection, type OwningBatch } from '../dispatch/settle/late-corrections.ts'
import type { BatchStatus } from '../lifecycle/batch-status.ts'
import { writeHeard } from '../lifecycle/lead-verdicts.ts'
import { foldEvents, isTaken, type LeadState, type StoredEvent } from './fold-events.ts'
import type { InboxEvent } from './waiting.ts'

/** What callbacks change of leads, and what follows from it for their batches and records. */
export interface ChangedLead extends LeadState {
  id: string
  campaign_id: string
  seq: number
  phone: string
  cpf_cnpj: string | null
  is_fish: boolean
}

export interface Change {
  before: ChangedLead
  after: ChangedLead
}

export interface LeadWork {
  lead: ChangedLead
  billing: 'ACCEPTED' | 'DELIVERED'
  events: StoredEvent[]
}

export type OpenEvent = InboxEvent & { lead_id: string }

/** The batch that holds a lead's cost, and what it is doing. */
export interface LockedOwner extends OwningBatch {
  status: BatchStatus
}

/** Whether callbacks about a lead can be applied: nothing is on its way, and it was claimed once or never will be. */
export function hasSettledLead(event: InboxEvent): event is OpenEvent {
  if (event.lead_id === null || event.status === 'SENDING') return false
  return event.status !== 'PENDING' || event.batch_number !== null
}

/** Those that no other transaction holds and that are still settled. */
export async function lockLeads(tx: Tx, ids: readonly string[]): Promise<Map<string, ChangedLead>> {
  const { rows } = await locking(tx, 'CampaignLead').query<ChangedLead>(
    `SELECT id, campaign_id, seq, batch_number, phone, cpf_cnpj, is_fish, status, billed, sent_at, delivered_at, read_at, error_code,
            error_message, provider_msg_id
     FROM "CampaignLead" WHERE id = ANY($1::uuid[]) AND status <> 'SENDING' AND (status <> 'PENDING' OR batch_number IS NOT NULL)
     ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`,
    [ids],
  )
  return new Map(rows.map(lead => [lead.id, lead]))
}

export function gather(events: readonly OpenEvent[], leads: ReadonlyMap<string, ChangedLead>): Map<string, LeadWork> {
  const work = new Map<string, LeadWork>()
  for (const event of events) {
    const lead = leads.get(event.lead_id)
    if (!lead) continue
    const known = work.get(lead.id) ?? { lead, billing: event.billing, events: [] }
    work.set(lead.id, known)
    if (!isOfEarlierMessage(event)) known.events.push(event)
  }
  return work
}

/** A failure that was told, and perhaps retried, before: the lead has had another message since. */
function isOfEarlierMessage({ event, earlier }: InboxEvent): boolean {
  return event === 'FAILED' && earlier
}

/**
 * A change that reaches into a batch needs that batch locked. Where the lead has moved since it was first looked at, and its
 * batch is not, it is taken out of the work, and looked at again. So is a cost that would be booked on a batch that is on its way:
 * its claim may have been in another month, at another price.
 */
export function changesOf(work: Map<string, LeadWork>, holders: ReadonlyMap<string, LockedOwner>, now: Date): Change[] {
  const changes: Change[] = []
  for (const [id, { lead, events, billing }] of work) {
    const after = foldEvents(lead, events, billing)
    if (after === lead) continue
    const holder = holders.get(id)
    const booksAgain = !lead.billed && after.billed
    const reachesBatch = !isTaken(lead) || lead.status === 'IN_DOUBT' || lead.billed !== after.billed
    if (reachesBatch && (!holder || (booksAgain && holder.status === 'SENDING'))) work.delete(id)
    else changes.push({ before: lead, after: { ...after, sent_at: after.sent_at ?? holder?.claimed_at ?? now } })
  }
  return changes
}

export async function writeLeads(tx: Tx, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return
  await writeHeard(
    tx,
    changes.map(change => change.after),
  )
}

/** What the lead's own columns do not keep: a failure, and that a callback has ended a doubt or contradicted a verdict. */
export function recordsOf(changes: readonly Change[], work: ReadonlyMap<string, LeadWork>, now: Date): LeadRecord[] {
  return changes.flatMap(({ before, after }) => {
    const of = { campaignId: after.campaign_id, seqs: [after.seq] }
    const batch = after.batch_number === null ? undefined : { number: after.batch_number, attempt: null }
    const resolved = {
      ...of,
      batch,
      kind: 'RESOLVED' as const,
      at: now,
      code: 'CALLBACK',
      detail: resolutionOf(before, after),
    }
    const told = work.get(after.id)?.events.find(({ event }) => event === 'FAILED')
    const failed = {
      ...{ ...of, batch, kind: 'FAILED' as const, at: told?.occurred_at ?? now },
      ...{ code: after.error_code, detail: after.error_message, providerMsgId: after.provider_msg_id },
    }
    const hadFailed = before.status === 'ERROR' && isTaken(before)
    return [...(isContradicted(before) ? [resolved] : []), ...(after.status === 'ERROR' && !hadFailed ? [failed] : [])]
  })
}

/** Whether a change of it ends a doubt, or a verdict: what is SENT or DELIVERED goes on as was to be expected. */
function isContradicted({ status }: ChangedLead): boolean {
  return status === 'IN_DOUBT' || status === 'PENDING' || status === 'ERROR'
}

function resolutionOf(before: ChangedLead, after: ChangedLead): string {
  if (before.status === 'IN_DOUBT') return after.status
  return `${after.status}; before: ${before.status === 'PENDING' ? 'to be sent again' : before.error_code}`
}

/**
 * Of leads whose message turns out taken: those whose batch has counted it before, since it failed then and was retried. Asked before
 * the changes are recorded.
 * @returns their ids
 */
export async function countedBefore(tx: Tx, changes: readonly Change[]): Promise<ReadonlySet<string>> {
  const ids = changes.flatMap(({ before }) => (isTaken(before) ? [] : [before.id]))
  if (ids.length === 0) return new Set()
  const { rows } = await tx.query<{ id: string }>(
    `SELECT l.id FROM "CampaignLead" l
     WHERE l.id = ANY($1::uuid[]) AND EXISTS (
       SELECT 1 FROM "LeadEvent" e
       WHERE e.campaign_id = l.campaign_id AND lower(e.seqs) <= l.seq AND e.seqs @> l.seq
         AND e.kind = 'FAILED' AND e.batch_number = l.batch_number)`,
    [ids],
  )
  return new Set(rows.map(row => row.id))
}

/**
 * What the changes mean for the batches that sent the leads.
 * @param counted leads that their batch has counted as accepted (`countedBefore`)
 */
export function correctionsOf(
  changes: readonly Change[],
  holders: ReadonlyMap<string, OwningBatch>,
  counted: ReadonlySet<string>,
): LedgerCorrection[] {
  const bookings = new Map<string, LedgerCorrection>()
  for (const { before, after } of changes) {
    const batch = holders.get(after.id)
    if (!batch) continue
    const booking = bookings.get(batch.id) ?? noCorrection(batch.id, 'not delivered')
    if (before.status === 'IN_DOUBT' || (!isTaken(before) && !counted.has(before.id))) booking.resolved++
    if (before.billed && !after.billed) booking.released++
    if (!before.billed && after.billed) booking.bookedAgain++
    bookings.set(batch.id, booking)
  }
  return [...bookings.values()]
}
