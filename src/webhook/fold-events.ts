import type { WebhookStatus } from '../database/generated/enums.ts'
import { failedAfterAcceptance } from '../lifecycle/accepted-lead.ts'
import type { HeardLeadStatus } from '../lifecycle/lead-status.ts'
import type { LeadErrorCode, RefusalCode } from '../lifecycle/refusal-codes.ts'

/**
 * Computes a lead's state from its callbacks. A pure function, independent of their order: events arrive twice, late and out of
 * order, and the same events must always give the same state. The table of states and events is in docs/reliability.md.
 */
export interface LeadState {
  status: HeardLeadStatus
  billed: boolean
  /** The batch that claimed it last; null: it was never claimed. */
  batch_number: number | null
  sent_at: Date | null
  delivered_at: Date | null
  read_at: Date | null
  error_code: LeadErrorCode | null
  error_message: string | null
  provider_msg_id: string | null
}

export interface StoredEvent {
  event: WebhookStatus
  provider_msg_id: string | null
  code: string | null
  detail: string | null
  /** false: the broker does not bill the message; null: it did not say. */
  billable?: boolean | null
  occurred_at: Date
}

/** The code of a failure that the broker reports without one. */
const NO_CODE: RefusalCode = 'FAILED'

/**
 * @param billing DELIVERED: a failure returns the cost, and a delivery that follows it reserves it again, unless the broker does not
 * bill it
 * @returns the lead after the events; the same object if they change nothing. A `sent_at` that is null stays null
 */
export function foldEvents<Lead extends LeadState>(
  lead: Lead,
  events: readonly StoredEvent[],
  billing: 'ACCEPTED' | 'DELIVERED',
): Lead {
  const taken = isTaken(lead)
  if (!taken && !proveTaken(lead, events)) return lead
  const hadFailed = taken && lead.status === 'ERROR'
  const first = (kind: StoredEvent['event']) => earliest(events.filter(({ event }) => event === kind))
  const read_at = sooner(lead.read_at, first('READ')?.occurred_at)
  // A message that was read had been delivered by then, even if the other callback gives a later time.
  const delivered_at = sooner(sooner(lead.delivered_at, first('DELIVERED')?.occurred_at), read_at ?? undefined)
  const failure = first('FAILED')
  const status = read_at ? 'READ' : delivered_at ? 'DELIVERED' : failure || hadFailed ? 'ERROR' : 'SENT'
  const failed = status === 'ERROR'
  const after: Lead = {
    ...lead,
    status,
    read_at,
    delivered_at,
    provider_msg_id:
      lead.provider_msg_id ?? events.find(event => event.provider_msg_id !== null)?.provider_msg_id ?? null,
    error_code: failed ? (hadFailed ? lead.error_code : (failure?.code ?? NO_CODE)) : null,
    error_message: failed ? (hadFailed ? lead.error_message : (failure?.detail ?? null)) : null,
    // If the broker bills what it accepted, a failure does not change the cost.
    billed: billing === 'DELIVERED' ? !failed && !isFree(lead, events) : hadFailed && failed ? lead.billed : true,
  }
  return sameState(lead, after) ? lead : after
}

/**
 * Only an event that proves the delivery says that it is free: then no failure follows that would hide it, and a delivered lead without
 * a cost keeps that in mind.
 */
function isFree({ status, billed }: LeadState, events: readonly StoredEvent[]): boolean {
  if ((status === 'DELIVERED' || status === 'READ') && !billed) return true
  return events.some(({ event, billable }) => billable === false && (event === 'DELIVERED' || event === 'READ'))
}

/** Whether the broker took the message, or may have: then every event can add to its state. */
export function isTaken(lead: LeadState): boolean {
  if (lead.status === 'PENDING') return false
  return lead.status !== 'ERROR' || failedAfterAcceptance(lead)
}

/**
 * Whether the events prove that the broker took a message that is recorded as not taken. For a message that was once in doubt any
 * event proves it. If the broker itself refused the message or reported its failure, its other events repeat that or are late:
 * only DELIVERED or READ proves the opposite. No event can be about a lead that was never claimed.
 */
function proveTaken(lead: LeadState, events: readonly StoredEvent[]): boolean {
  if (lead.batch_number === null) return false
  return events.some(({ event }) => lead.sent_at !== null || event === 'DELIVERED' || event === 'READ')
}

function earliest(events: readonly StoredEvent[]): StoredEvent | undefined {
  return events.reduce<StoredEvent | undefined>(
    (first, event) => (first && first.occurred_at <= event.occurred_at ? first : event),
    undefined,
  )
}

function sooner(known: Date | null, reported: Date | undefined): Date | null {
  return known && (!reported || known <= reported) ? known : (reported ?? null)
}

function sameState(a: LeadState, b: LeadState): boolean {
  return (
    a.status === b.status &&
    a.billed === b.billed &&
    a.read_at?.getTime() === b.read_at?.getTime() &&
    a.delivered_at?.getTime() === b.delivered_at?.getTime() &&
    a.provider_msg_id === b.provider_msg_id &&
    a.error_code === b.error_code &&
    a.error_message === b.error_message
  )
}
