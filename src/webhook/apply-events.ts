import type pg from 'pg'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import { holdContacts, lockContacts, type Recipient } from '../dispatch/claim/frequency-cap.ts'
import { finishIfDone } from '../dispatch/finish/finish.ts'
import { replanQueued } from '../dispatch/plan/replan.ts'
import { recordLeadEvents } from '../dispatch/record/lead-events.ts'
import {
  correctBatches,
  type LedgerCorrection,
  lockBatches,
  owningBatches,
} from '../dispatch/settle/late-corrections.ts'
import { pauseForReview } from '../lifecycle/transition.ts'
import {
  type Change,
  type ChangedLead,
  changesOf,
  correctionsOf,
  countedBefore,
  gather,
  hasSettledLead,
  type LeadWork,
  type LockedOwner,
  lockLeads,
  type OpenEvent,
  recordsOf,
  writeLeads,
} from './changes.ts'
import { isTaken } from './fold-events.ts'
import { blockOptOuts } from './opt-outs.ts'
import { type InboxEvent, inIndexOrder, markApplied, nextTry, putOff, takeDue, takeNew } from './waiting.ts'

/**
 * Applies callbacks from the inbox to their leads: status, costs, frequency cap, blocklist. One transaction, a handful of statements
 * for thousands of events.
 *
 * Any number of workers may do it at once. Inbox rows and leads that somebody else holds are skipped, not waited for, so no
 * circle can close with a claim or a settle, whose order of locks (batches, contacts, leads, budget, campaign) is kept. An event stays
 * in the inbox while its lead is not settled (a callback may overtake the answer to its request), or not known, and is looked at
 * again after a while, which grows (waiting.ts); after a day it is left as unknown: applied_at set, lead_id null, what the broker sent
 * in payload.
 */
export interface Applied {
  /** Events that are done with, duplicates and latecomers included. */
  applied: number
  /** Events whose lead is not settled yet, or held by somebody. */
  waiting: number
  /** Events without a lead, given up or not. */
  unknown: number
  /** How many events were looked at: bounded by `limit`, whatever waits in the inbox. */
  seen: number
  /** There is more of what is not to wait. */
  more: boolean
}

/** Events of unknown messages in one round: as background work. */
const UNKNOWN_PER_ROUND = 500

/**
 * One round: new events, and only where they leave room those that wait, the ones of known messages first.
 * @param options.limit new events of each broker; events that wait, in all
 */
export async function applyEvents(pool: pg.Pool, options: { limit: number; now: Date }): Promise<Applied> {
  const { limit, now } = options
  return transaction(pool, async tx => {
    const { events, more } = await inIndexOrder(tx, () => takeRound(tx, limit, now))
    return { ...(await applyTaken(tx, events, now)), more }
  })
}

async function takeRound(tx: Tx, limit: number, now: Date): Promise<{ events: InboxEvent[]; more: boolean }> {
  const fresh = await takeNew(tx, limit)
  if (fresh.length >= limit) return { events: fresh, more: true }
  const due = await takeDue(tx, { unknown: false, limit, now })
  const strangers = await takeDue(tx, { unknown: true, limit: Math.min(limit, UNKNOWN_PER_ROUND), now })
  return { events: [...fresh, ...due, ...strangers], more: due.length >= limit }
}

async function applyTaken(tx: Tx, events: readonly InboxEvent[], now: Date): Promise<Omit<Applied, 'more'>> {
  const open = events.filter(hasSettledLead)
  const holders = await lockOwners(tx, open.filter(needsBatch))
  await lockContacts(tx, await perhapsHeld(tx, open.filter(mayHold)))
  const leads = await lockLeads(tx, unique(open.map(event => event.lead_id)))
  const work = gather(open, leads)
  const changes = changesOf(work, holders, now)
  await holdContacts(tx, contactsOf(changes))
  await writeLeads(tx, changes)
  const counted = await countedBefore(tx, changes)
  await recordLeadEvents(tx, recordsOf(changes, work, now))
  await blockOptOuts(tx, events)
  const done = open.filter(event => work.has(event.lead_id))
  await keepAliases(tx, done)
  const bookings = correctionsOf(changes, holders, counted)
  await correctBatches(tx, bookings, now)
  await replan(tx, bookings, changes, holders)
  await pauseStopped(tx, work, done, now)
  await finishResolved(tx, changes, now)

  const people = events.filter(isAboutPerson)
  const left = events.filter(event => !work.has(event.lead_id ?? '') && !isAboutPerson(event))
  await markApplied(tx, [...done, ...people], now)
  await putOff(tx, left, now)
  const waiting = left.filter(event => event.lead_id !== null && nextTry(event, now) !== undefined)
  return {
    applied: done.length + people.length,
    waiting: waiting.length,
    unknown: left.length - waiting.length,
    seen: events.length,
  }
}

function isAboutPerson({ event, phone, lead_id }: InboxEvent): boolean {
  return event === 'OPT_OUT' && phone !== null && lead_id === null
}

/** Whether the batch that sent the lead may change with it: a doubt or a verdict is ended, a cost given back or booked. */
function needsBatch(event: OpenEvent): boolean {
  return (
    ['IN_DOUBT', 'PENDING', 'ERROR'].includes(event.status ?? '') ||
    event.billed === false ||
    (event.billing === 'DELIVERED' && event.event === 'FAILED')
  )
}

async function lockOwners(tx: Tx, events: readonly OpenEvent[]): Promise<Map<string, LockedOwner>> {
  const holders = await owningBatches(tx, unique(events.map(event => event.lead_id)))
  const statuses = await lockBatches(tx, unique([...holders.values()].map(batch => batch.id)))
  return new Map(
    [...holders].flatMap(([lead, batch]) => {
      const status = statuses.get(batch.id)
      return status ? [[lead, { ...batch, status }] as const] : []
    }),
  )
}

/** Whether its lead has given its place in the frequency cap back, and may have to take it again. */
function mayHold({ status, batch_number }: OpenEvent): boolean {
  return batch_number !== null && (status === 'PENDING' || status === 'ERROR')
}

async function perhapsHeld(sql: Sql, events: readonly OpenEvent[]): Promise<Recipient[]> {
  if (events.length === 0) return []
  const { rows } = await sql.query<Recipient>(
    `SELECT id AS "leadId", phone, cpf_cnpj FROM "CampaignLead" WHERE id = ANY($1::uuid[]) AND NOT is_fish`,
    [unique(events.map(event => event.lead_id))],
  )
  return rows
}

function contactsOf(changes: readonly Change[]): (Recipient & { sentAt: Date })[] {
  return changes.flatMap(({ before, after: { id, phone, cpf_cnpj, is_fish, sent_at } }) =>
    isTaken(before) || is_fish ? [] : [{ leadId: id, phone, cpf_cnpj, sentAt: sent_at! }],
  )
}

/** Later callbacks may bring only the broker's other id. */
async function keepAliases(tx: Tx, events: readonly OpenEvent[]): Promise<void> {
  const known = events.filter(event => event.alias !== null)
  if (known.length === 0) return
  await tx.query(
    `INSERT INTO "ProviderMessage" (broker_id, provider_msg_id, lead_id)
     SELECT DISTINCT ON (1, 2) * FROM unnest($1::uuid[], $2::text[], $3::uuid[]) ORDER BY 1, 2
     ON CONFLICT DO NOTHING`,
    [known.map(event => event.broker_id), known.map(event => event.alias), known.map(event => event.lead_id)],
  )
}

/** A batch that holds a cost is not claimed again (plan.ts). */
async function replan(
  tx: Tx,
  bookings: readonly LedgerCorrection[],
  changes: readonly Change[],
  holders: ReadonlyMap<string, LockedOwner>,
): Promise<void> {
  const paying = new Set(bookings.filter(booking => booking.bookedAgain > 0).map(booking => booking.batchId))
  const queued = new Map<string, string>()
  for (const { after } of changes) {
    const holder = holders.get(after.id)
    if (holder?.status === 'QUEUED' && paying.has(holder.id)) queued.set(holder.id, after.campaign_id)
  }
  for (const [id, campaignId] of queued) await replanQueued(tx, { id, campaignId })
}

/** Failures that are not one message's alone: to go on would burn the list. */
async function pauseStopped(
  tx: Tx,
  work: ReadonlyMap<string, LeadWork>,
  events: readonly OpenEvent[],
  now: Date,
): Promise<void> {
  const reasons = new Map<string, string>()
  for (const { stops, lead_id, detail, code } of events) {
    const campaign = stops ? work.get(lead_id)?.lead.campaign_id : undefined
    if (campaign !== undefined) reasons.set(campaign, `the broker reports: ${detail ?? code ?? 'it cannot go on'}`)
  }
  for (const id of [...reasons.keys()].sort()) await pauseForReview(tx, id, reasons.get(id)!, now)
}

/** What was the last lead to be sent of its campaign is not to be sent any more. */
async function finishResolved(tx: Tx, changes: readonly Change[], now: Date): Promise<void> {
  const wasPending = ({ before }: { before: ChangedLead }) => before.status === 'PENDING'
  for (const id of unique(changes.filter(wasPending).map(({ after }) => after.campaign_id)).sort())
    await finishIfDone(tx, id, now)
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)]
}
