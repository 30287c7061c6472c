import type pg from 'pg'
import { addToBlocklist, optedOutAt } from '../blocklist/blocklist.ts'
import { type Sql, transaction } from '../database/pool.ts'
import { type Booking, bookBatches, type Holder, holdersOf, lockBatches, noBooking } from '../dispatch/books.ts'
import { pauseCampaign } from '../dispatch/finish.ts'
import { type LeadEvent as LeadRecord, recordLeadEvents } from '../dispatch/lead-events.ts'
import { canonicalPhone } from '../lead/phone.ts'
import { foldEvents, type LeadEvent, type LeadState } from './fold.ts'

/**
 * Applies callbacks from the inbox to their leads: status, costs, blocklist. One transaction, a handful of statements for
 * thousands of events.
 *
 * Any number of workers may do it at once. Inbox rows and leads that somebody else holds are skipped, not waited for, so no
 * circle can close with a claim or a settle, whose order of locks (batches, leads, budget) is kept. An event stays in the inbox
 * while its lead is not settled (a callback may overtake the answer to its request), or not known; after a day it is left as
 * unknown: applied_at set, lead_id null, what the broker sent in payload.
 */
export interface Applied {
  /** Events that are done with, duplicates and latecomers included. */
  applied: number
  /** Events whose lead is not settled yet, or held by somebody. */
  waiting: number
  /** Events without a lead, given up or not. */
  unknown: number
  /** How many events were looked at; fewer than the limit: there are no more behind `last`. */
  seen: number
  /** The last event looked at; null where there was none. */
  last: string | null
  /** The first event that waits and has come lately: its lead is likely to be settled soon. */
  firstWaiting: string | null
}

const GIVE_UP_AFTER_MS = 24 * 3_600_000
/** A settle comes within a request's timeout, or with the end of its lease. */
const LATELY_MS = 2 * 60_000

/** @param options.after look only at events behind this id (events that stay in the inbox would stand in the way) */
export async function applyEvents(
  pool: pg.Pool,
  options: { limit: number; now: Date; after?: string },
): Promise<Applied> {
  return transaction(pool, async sql => {
    const events = await takeEvents(sql, options.after ?? '0', options.limit)
    const open = events.filter(hasSettledLead)
    const holders = await holdersOf(sql, unique(open.filter(needsBatch).map(event => event.lead_id)))
    await lockBatches(sql, unique([...holders.values()].map(batch => batch.id)))
    const leads = await lockLeads(sql, unique(open.map(event => event.lead_id)))
    const work = gather(open, leads)
    const changes = changesOf(work, holders)
    await writeLeads(sql, changes)
    await recordLeadEvents(sql, recordsOf(changes, work, options.now))
    const people = events.filter(isAboutPerson)
    await blockOptOuts(sql, work, people)
    const done = open.filter(event => work.has(event.lead_id))
    await keepAliases(sql, done)
    await bookBatches(sql, bookingsOf(changes, holders), options.now)
    await pauseStopped(sql, work, done, options.now)

    const left = events.filter(event => !work.has(event.lead_id ?? '') && !isAboutPerson(event))
    const ageOf = (event: InboxEvent) => options.now.getTime() - event.received_at.getTime()
    const isStale = (event: InboxEvent) => ageOf(event) > GIVE_UP_AFTER_MS
    await markApplied(sql, [...done, ...people], options.now)
    await giveUp(sql, left.filter(isStale), options.now)
    const waiting = left.filter(event => event.lead_id !== null && !isStale(event))
    return {
      applied: done.length + people.length,
      waiting: waiting.length,
      unknown: left.length - waiting.length,
      seen: events.length,
      last: events.at(-1)?.id ?? null,
      firstWaiting: waiting.find(event => ageOf(event) < LATELY_MS)?.id ?? null,
    }
  })
}

interface InboxEvent extends LeadEvent {
  id: string
  received_at: Date
  broker_id: string
  broker: string
  billing: 'ACCEPTED' | 'DELIVERED'
  alias: string | null
  phone: string | null
  stops: boolean
  /** Null: no lead of this broker's campaigns. */
  lead_id: string | null
  status: string | null
  /** The broker calls the message by another name than the lead's: it speaks of one that was sent before. */
  earlier: boolean
}
type OpenEvent = InboxEvent & { lead_id: string }

interface Lead extends LeadState {
  id: string
  campaign_id: string
  seq: number
  batch_number: number | null
  phone: string
}

interface Change {
  before: Lead
  after: Lead
}

interface LeadWork {
  lead: Lead
  broker: string
  billing: 'ACCEPTED' | 'DELIVERED'
  events: LeadEvent[]
}

async function takeEvents(sql: Sql, after: string, limit: number): Promise<InboxEvent[]> {
  const { rows } = await sql.query<InboxEvent>(
    `WITH taken AS (
       SELECT id, broker_id, event, lead_id, provider_msg_id, alias, phone, stops, code, detail, occurred_at, received_at
       FROM "WebhookEvent" WHERE applied_at IS NULL AND id > $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
     )
     SELECT e.id, e.broker_id, e.event, e.provider_msg_id, e.alias, e.phone, e.stops, e.code, e.detail, e.occurred_at, e.received_at,
            r.name AS broker, r.billing, l.id AS lead_id, l.status,
            coalesce(e.lead_id = l.id AND e.provider_msg_id <> l.provider_msg_id, false) AS earlier
     FROM taken e
     JOIN "Broker" r ON r.id = e.broker_id
     LEFT JOIN "ProviderMessage" m
       ON e.lead_id IS NULL AND m.broker_id = e.broker_id AND m.provider_msg_id = e.provider_msg_id
     LEFT JOIN ("CampaignLead" l JOIN "Campaign" c ON c.id = l.campaign_id)
       ON l.id = coalesce(e.lead_id, m.lead_id) AND c.broker_id = e.broker_id
     ORDER BY e.id`,
    [after, limit],
  )
  return rows
}

function hasSettledLead(event: InboxEvent): event is OpenEvent {
  return event.lead_id !== null && event.status !== 'PENDING' && event.status !== 'SENDING'
}

function isAboutPerson({ event, phone, lead_id }: InboxEvent): boolean {
  return event === 'OPT_OUT' && phone !== null && lead_id === null
}

/** Whether the batch that sent the lead may change with it: what was in doubt is resolved, or a cost given back or booked. */
function needsBatch(event: OpenEvent): boolean {
  return (
    event.status === 'IN_DOUBT' ||
    (event.billing === 'DELIVERED' && (event.event === 'FAILED' || event.status === 'ERROR'))
  )
}

/** Those that nobody holds and that are still settled. */
async function lockLeads(sql: Sql, ids: readonly string[]): Promise<Map<string, Lead>> {
  const { rows } = await sql.query<Lead>(
    `SELECT id, campaign_id, seq, batch_number, phone, status, billed, sent_at, delivered_at, read_at, error_code, error_message, provider_msg_id
     FROM "CampaignLead" WHERE id = ANY($1::uuid[]) AND status NOT IN ('PENDING', 'SENDING')
     ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`,
    [ids],
  )
  return new Map(rows.map(lead => [lead.id, lead]))
}

function gather(events: readonly OpenEvent[], leads: ReadonlyMap<string, Lead>): Map<string, LeadWork> {
  const work = new Map<string, LeadWork>()
  for (const event of events) {
    const lead = leads.get(event.lead_id)
    if (!lead) continue
    const known = work.get(lead.id) ?? { lead, broker: event.broker, billing: event.billing, events: [] }
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
 * batch is not, it is taken out of the work: the next round knows better.
 */
function changesOf(work: Map<string, LeadWork>, holders: ReadonlyMap<string, Holder>): Change[] {
  const changes: Change[] = []
  for (const [id, { lead, events, billing }] of work) {
    const after = foldEvents(lead, events, billing)
    const reachesBatch = after !== lead && (lead.status === 'IN_DOUBT' || lead.billed !== after.billed)
    if (reachesBatch && !holders.has(id)) work.delete(id)
    else if (after !== lead) changes.push({ before: lead, after })
  }
  return changes
}

async function writeLeads(sql: Sql, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return
  const after = changes.map(change => change.after)
  await sql.query(
    `UPDATE "CampaignLead" l SET
       status = n.status::"LeadStatus", billed = n.billed, delivered_at = n.delivered_at, read_at = n.read_at,
       error_code = n.error_code, error_message = n.error_message, provider_msg_id = n.provider_msg_id
     FROM unnest($1::uuid[], $2::text[], $3::bool[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[], $8::text[])
       AS n(id, status, billed, delivered_at, read_at, error_code, error_message, provider_msg_id)
     WHERE l.id = n.id`,
    [
      after.map(lead => lead.id),
      after.map(lead => lead.status),
      after.map(lead => lead.billed),
      after.map(lead => lead.delivered_at),
      after.map(lead => lead.read_at),
      after.map(lead => lead.error_code),
      after.map(lead => lead.error_message),
      after.map(lead => lead.provider_msg_id),
    ],
  )
}

/** What the lead's own columns do not keep: a failure, and that a callback has ended a doubt. */
function recordsOf(changes: readonly Change[], work: ReadonlyMap<string, LeadWork>, now: Date): LeadRecord[] {
  return changes.flatMap(({ before, after }) => {
    const of = { campaignId: after.campaign_id, seqs: [after.seq] }
    const batch = after.batch_number === null ? undefined : { number: after.batch_number, attempt: null }
    const resolved = { ...of, batch, kind: 'RESOLVED' as const, at: now, code: 'CALLBACK', detail: after.status }
    const told = work.get(after.id)?.events.find(({ event }) => event === 'FAILED')
    const failed = {
      ...{ ...of, batch, kind: 'FAILED' as const, at: told?.occurred_at ?? now },
      ...{ code: after.error_code, detail: after.error_message, providerMsgId: after.provider_msg_id },
    }
    return [
      ...(before.status === 'IN_DOUBT' ? [resolved] : []),
      ...(before.status !== 'ERROR' && after.status === 'ERROR' ? [failed] : []),
    ]
  })
}

/** By message, or by phone where the broker speaks of a person. */
async function blockOptOuts(
  sql: Sql,
  work: ReadonlyMap<string, LeadWork>,
  people: readonly InboxEvent[],
): Promise<void> {
  const phones = new Map<string, string[]>()
  const add = (broker: string, phone: string) => phones.set(broker, [...(phones.get(broker) ?? []), phone])
  for (const { lead, broker, events } of work.values()) {
    if (events.some(({ event }) => event === 'OPT_OUT')) add(broker, lead.phone)
  }
  // A WhatsApp id may lack the ninth digit of the same person's phone.
  for (const { broker, phone } of people) if (phone !== null) add(broker, canonicalPhone(phone).phone ?? phone)
  // In one order, for two that block the same people at once.
  for (const broker of [...phones.keys()].sort())
    await addToBlocklist(sql, optedOutAt(broker, phones.get(broker) ?? []))
}

/** Later callbacks may bring only the broker's other id. */
async function keepAliases(sql: Sql, events: readonly OpenEvent[]): Promise<void> {
  const known = events.filter(event => event.alias !== null)
  if (known.length === 0) return
  await sql.query(
    `INSERT INTO "ProviderMessage" (broker_id, provider_msg_id, lead_id)
     SELECT DISTINCT ON (1, 2) * FROM unnest($1::uuid[], $2::text[], $3::uuid[]) ORDER BY 1, 2
     ON CONFLICT DO NOTHING`,
    [known.map(event => event.broker_id), known.map(event => event.alias), known.map(event => event.lead_id)],
  )
}

/** Failures that are not one message's alone: to go on would burn the list. */
async function pauseStopped(sql: Sql, work: ReadonlyMap<string, LeadWork>, events: readonly OpenEvent[], now: Date) {
  const reasons = new Map<string, string>()
  for (const { stops, lead_id, detail, code } of events) {
    const campaign = stops ? work.get(lead_id)?.lead.campaign_id : undefined
    if (campaign !== undefined) reasons.set(campaign, `the broker reports: ${detail ?? code ?? 'it cannot go on'}`)
  }
  for (const id of [...reasons.keys()].sort()) await pauseCampaign(sql, id, reasons.get(id)!, now)
}

/** What the changes mean for the batches that sent the leads. */
function bookingsOf(changes: readonly Change[], holders: ReadonlyMap<string, Holder>): Booking[] {
  const bookings = new Map<string, Booking>()
  for (const { before, after } of changes) {
    const batch = holders.get(after.id)
    if (!batch) continue
    const booking = bookings.get(batch.id) ?? noBooking(batch.id, 'not delivered')
    if (before.status === 'IN_DOUBT') booking.resolved++
    if (before.billed && !after.billed) booking.released++
    if (!before.billed && after.billed) booking.bookedAgain++
    bookings.set(batch.id, booking)
  }
  return [...bookings.values()]
}

async function markApplied(sql: Sql, events: readonly InboxEvent[], now: Date): Promise<void> {
  await sql.query(
    `UPDATE "WebhookEvent" e SET applied_at = $3, lead_id = d.lead_id, payload = NULL
     FROM unnest($1::bigint[], $2::uuid[]) AS d(id, lead_id) WHERE e.id = d.id`,
    [events.map(event => event.id), events.map(event => event.lead_id), now],
  )
}

async function giveUp(sql: Sql, events: readonly InboxEvent[], now: Date): Promise<void> {
  if (events.length === 0) return
  await sql.query(
    `UPDATE "WebhookEvent" SET applied_at = $2, lead_id = NULL,
            payload = coalesce(payload, jsonb_build_object('lead_id', lead_id, 'provider_msg_id', provider_msg_id))
     WHERE id = ANY($1::bigint[])`,
    [events.map(event => event.id), now],
  )
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)]
}
