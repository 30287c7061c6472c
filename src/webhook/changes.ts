import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'
import type { LeadEvent as LeadRecord } from '../dispatch/record/lead-events.ts'
import { type LedgerCorrection, noCorrection, type OwningBatch } from '../dispatch/settle/late-corrections.ts'
import type { BatchStatus } from '../lifecycle/batch-status.ts'
import { writeHeard } from '../lifecycle/lead-verdicts.ts'
import { foldEvents, isTaken, type LeadState, type StoredEvent } from './fold-events.ts'
import type { InboxEvent } from './waiting.ts'

/** A lead that callbacks may change. This file computes the changes, and what follows for batches and records. */
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

/** The batch that holds a lead's cost, locked, with its status. */
export interface LockedOwner extends OwningBatch {
  status: BatchStatus
}

/**
 * Whether callbacks about the lead can be applied: no request for it is in flight, and it was claimed at least once or will not
 * be claimed.
 */
export function hasSettledLead(event: InboxEvent): event is OpenEvent {
  if (event.lead_id === null || event.status === 'SENDING') return false
  return event.status !== 'PENDING' || event.batch_number !== null
}

/** Locks the leads that no other transaction holds and that are still settled. */
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

/** A failure of an earlier message, which may have been reported and retried before: the lead has had another message since. */
function isOfEarlierMessage({ event, earlier }: InboxEvent): boolean {
  return event === 'FAILED' && earlier
}

/**
 * A change that affects a batch needs that batch locked. If the lead has moved to another status since it was first read and its
 * batch is not locked, it is removed from `work` and retried later. The same applies to a cost that would be reserved again on a
 * batch that is SENDING: its claim may have been in another month, at another price.
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

/** The reasons of a cost that is given back. */
const NOT_DELIVERED = 'not delivered'
const NOT_BILLED = 'not billed by the broker'

/**
 * Records what the lead's own columns do not keep: a failure, that a callback ended a doubt or contradicted a decision, and that the
 * broker does not bill a delivery, without which the books would call its lead wrong (src/budget/reconcile-leads.ts).
 */
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
    const failure = work.get(after.id)?.events.find(({ event }) => event === 'FAILED')
    const failed = {
      ...{ ...of, batch, kind: 'FAILED' as const, at: failure?.occurred_at ?? now },
      ...{ code: after.error_code, detail: after.error_message, providerMsgId: after.provider_msg_id },
    }
    const free = { ...of, batch, kind: 'RESOLVED' as const, at: now, code: 'NOT_BILLED', detail: NOT_BILLED }
    return [
      ...(isContradicted(before) ? [resolved] : []),
      ...(isNewFailure({ before, after }) ? [failed] : []),
      ...(isFreeDelivery(after) && !isFreeDelivery(before) ? [free] : []),
    ]
  })
}

function isFreeDelivery({ status, billed }: ChangedLead): boolean {
  return !billed && (status === 'DELIVERED' || status === 'READ')
}

/** Whether the callbacks report that its message failed, and none did before. */
export function isNewFailure({ before, after }: Change): boolean {
  return after.status === 'ERROR' && !(before.status === 'ERROR' && isTaken(before))
}

/** Whether a change of the lead ends a doubt or contradicts a decision. A lead that is SENT or DELIVERED advances as expected. */
function isContradicted({ status }: ChangedLead): boolean {
  return status === 'IN_DOUBT' || status === 'PENDING' || status === 'ERROR'
}

function resolutionOf(before: ChangedLead, after: ChangedLead): string {
  if (before.status === 'IN_DOUBT') return after.status
  return `${after.status}; before: ${before.status === 'PENDING' ? 'to be sent again' : before.error_code}`
}

/**
 * Among leads whose message turns out to be taken: those that their batch has already counted as accepted, because they failed
 * after that and were retried. Must be called before the changes are recorded.
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
 * The corrections of the batches that sent the leads.
 * @param counted leads that their batch has counted as accepted (`countedBefore`)
 */
export function correctionsOf(
  changes: readonly Change[],
  holders: ReadonlyMap<string, OwningBatch>,
  counted: ReadonlySet<string>,
): LedgerCorrection[] {
  const corrections = new Map<string, LedgerCorrection>()
  for (const { before, after } of changes) {
    const batch = holders.get(after.id)
    if (!batch) continue
    const correction = corrections.get(batch.id) ?? noCorrection(batch.id, NOT_DELIVERED)
    if (before.status === 'IN_DOUBT' || (!isTaken(before) && !counted.has(before.id))) correction.resolved++
    if (before.billed && !after.billed) {
      correction.released++
      // One entry of the ledger for a batch: it names the failure, if there is one.
      const isFree = after.status !== 'ERROR' && (correction.released === 1 || correction.reason === NOT_BILLED)
      correction.reason = isFree ? NOT_BILLED : NOT_DELIVERED
    }
    if (!before.billed && after.billed) correction.bookedAgain++
    corrections.set(batch.id, correction)
  }
  return [...corrections.values()]
}
