import type pg from 'pg'
import type { LeadStatus } from '../database/generated/enums.ts'
import { locking } from '../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import type { StoredEvent } from './fold-events.ts'

/**
 * The inbox as a queue: new events first, one broker at a time. Events that could not be applied wait, longer each time, and
 * events of unknown messages wait behind all others. Each read takes a bounded number of rows by an index, regardless of the size
 * of the inbox.
 */
export interface InboxEvent extends StoredEvent {
  id: string
  received_at: Date
  tries: number
  broker_id: string
  broker: string
  billing: 'ACCEPTED' | 'DELIVERED'
  alias: string | null
  phone: string | null
  /** Of a REPLY: src/inbound/reply.ts. */
  reply: unknown
  stops: boolean
  /** The broker has stopped this template; the event is about no message. */
  template_code: string | null
  /** null: no lead of this broker's campaigns. */
  lead_id: string | null
  status: LeadStatus | null
  billed: boolean | null
  batch_number: number | null
  lead_phone: string | null
  /** The broker's message id is not the lead's: the event is about a message that was sent earlier. */
  earlier: boolean
}

const COLUMNS = `e.id, e.broker_id, e.event, e.lead_id, e.provider_msg_id, e.alias, e.phone, e.stops, e.template_code, e.code,
       e.detail, e.reply, e.billable, e.occurred_at, e.received_at, e.tries`

/**
 * Runs a read of the inbox that follows an index in its order and stops at its limit. Right after a flood PostgreSQL has no
 * statistics of the inbox and would read and sort all of it, so bitmap scans and sorts are disabled.
 */
export async function inIndexOrder<T>(tx: Tx, take: () => Promise<T>): Promise<T> {
  await tx.query('SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off')
  const taken = await take()
  await tx.query('SET LOCAL enable_bitmapscan TO DEFAULT; SET LOCAL enable_sort TO DEFAULT')
  return taken
}

/**
 * Events that were never tried, but for replies, up to `limit` of each broker: a broker that sends too many does not delay the others.
 */
export async function takeNew(tx: Tx, limit: number): Promise<InboxEvent[]> {
  return withLeads(
    locking(tx, 'WebhookEvent'),
    `SELECT ${COLUMNS} FROM "Broker" r CROSS JOIN LATERAL (
       SELECT * FROM "WebhookEvent" w WHERE w.broker_id = r.id AND w.applied_at IS NULL AND w.next_try_at IS NULL
         AND w.event <> 'REPLY'
       ORDER BY (w.event <> 'OPT_OUT'), w.id LIMIT $1 FOR UPDATE SKIP LOCKED
     ) e`,
    [limit],
  )
}

/** New replies, up to `limit` of each broker, by an index of their own: a flood of them delays no status, and the other way round. */
export async function takeReplies(tx: Tx, limit: number): Promise<InboxEvent[]> {
  return withLeads(
    locking(tx, 'WebhookEvent'),
    `SELECT ${COLUMNS} FROM "Broker" r CROSS JOIN LATERAL (
       SELECT * FROM "WebhookEvent" w WHERE w.broker_id = r.id AND w.applied_at IS NULL AND w.next_try_at IS NULL
         AND w.event = 'REPLY'
       ORDER BY w.id LIMIT $1 FOR UPDATE SKIP LOCKED
     ) e`,
    [limit],
  )
}

/** Events whose next try is due, of known messages or of unknown ones. */
export async function takeDue(
  tx: Tx,
  { unknown, limit, now }: { unknown: boolean; limit: number; now: Date },
): Promise<InboxEvent[]> {
  return withLeads(
    locking(tx, 'WebhookEvent'),
    `SELECT ${COLUMNS} FROM "WebhookEvent" e
     WHERE e.applied_at IS NULL AND e.unknown = $1 AND e.next_try_at <= $2 ORDER BY e.next_try_at LIMIT $3 FOR UPDATE SKIP LOCKED`,
    [unknown, now, limit],
  )
}

async function withLeads(sql: Sql, taken: string, params: unknown[]): Promise<InboxEvent[]> {
  const { rows } = await sql.query<InboxEvent>(
    `WITH taken AS MATERIALIZED (${taken})
     SELECT e.id, e.broker_id, e.event, e.provider_msg_id, e.alias, e.phone, e.stops, e.template_code, e.code, e.detail, e.reply,
            e.billable, e.occurred_at, e.received_at, e.tries, r.name AS broker, r.billing, l.id AS lead_id, l.status, l.billed,
            l.batch_number, l.phone AS lead_phone,
            coalesce(e.lead_id = l.id AND e.provider_msg_id <> l.provider_msg_id, false) AS earlier
     FROM taken e
     JOIN "Broker" r ON r.id = e.broker_id
     LEFT JOIN "ProviderMessage" m
       ON e.lead_id IS NULL AND m.broker_id = e.broker_id AND m.provider_msg_id = e.provider_msg_id
     LEFT JOIN ("CampaignLead" l JOIN "Campaign" c ON c.id = l.campaign_id)
       ON l.id = coalesce(e.lead_id, m.lead_id) AND c.broker_id = e.broker_id
     ORDER BY e.id`,
    params,
  )
  return rows
}

export async function markApplied(tx: Tx, events: readonly InboxEvent[], now: Date): Promise<void> {
  if (events.length === 0) return
  await tx.query(
    `UPDATE "WebhookEvent" e SET applied_at = $3, lead_id = d.lead_id, payload = NULL, reply = NULL
     FROM unnest($1::bigint[], $2::uuid[]) AS d(id, lead_id) WHERE e.id = d.id`,
    [events.map(event => event.id), events.map(event => event.lead_id), now],
  )
}

const GIVE_UP_AFTER_MS = 24 * 3_600_000
/** A settle happens within a request's timeout, or when its lease ends. */
const KNOWN = { firstMs: 500, factor: 2, mostMs: 30_000 }
/** A message becomes known with the settle of its batch, or with a callback that has both of its ids. */
const UNKNOWN = { firstMs: 2_000, factor: 4, mostMs: 3_600_000 }

/** When an event that could not be applied is tried next; undefined: it has waited for a day and is given up. */
export function nextTry(
  { lead_id, tries, received_at }: Pick<InboxEvent, 'lead_id' | 'tries' | 'received_at'>,
  now: Date,
): Date | undefined {
  if (now.getTime() - received_at.getTime() > GIVE_UP_AFTER_MS) return undefined
  const { firstMs, factor, mostMs } = lead_id === null ? UNKNOWN : KNOWN
  return new Date(now.getTime() + Math.min(firstMs * factor ** tries, mostMs))
}

/** Schedules the next try of events that could not be applied; gives up those that have waited for a day. */
export async function putOff(tx: Tx, events: readonly InboxEvent[], now: Date): Promise<void> {
  const next = events.map(event => ({ event, at: nextTry(event, now) }))
  await giveUp(
    tx,
    next.filter(({ at }) => at === undefined).map(({ event }) => event.id),
    now,
  )
  const later = next.filter(({ at }) => at !== undefined)
  if (later.length === 0) return
  await tx.query(
    `UPDATE "WebhookEvent" e SET tries = e.tries + 1, next_try_at = d.at, unknown = d.unknown
     FROM unnest($1::bigint[], $2::timestamptz[], $3::bool[]) AS d(id, at, unknown) WHERE e.id = d.id`,
    [later.map(({ event }) => event.id), later.map(({ at }) => at), later.map(({ event }) => event.lead_id === null)],
  )
}

async function giveUp(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await tx.query(
    `UPDATE "WebhookEvent" SET applied_at = $2, lead_id = NULL,
            payload = coalesce(payload, jsonb_build_object('lead_id', lead_id, 'provider_msg_id', provider_msg_id))
     WHERE id = ANY($1::bigint[])`,
    [ids, now],
  )
}

/** @returns when the next waiting event is due; undefined if none waits */
export async function nextDue(sql: Sql): Promise<Date | undefined> {
  const { rows } = await sql.query<{ at: Date | null }>(
    `SELECT least(
       (SELECT next_try_at FROM "WebhookEvent" WHERE applied_at IS NULL AND next_try_at IS NOT NULL
         AND unknown = false ORDER BY next_try_at LIMIT 1),
       (SELECT next_try_at FROM "WebhookEvent" WHERE applied_at IS NULL AND next_try_at IS NOT NULL AND unknown = true
         ORDER BY next_try_at LIMIT 1)
     ) AS at`,
  )
  return rows[0]?.at ?? undefined
}

/**
 * How many callbacks of unknown messages may wait for each broker: more than that are probably about another system's messages.
 */
const MAX_UNKNOWN = 100_000
const DROPPED_AT_ONCE = 50_000

/**
 * Deletes the oldest callbacks of unknown messages beyond `most` for each broker, and counts them in its dropped_callbacks.
 * @returns the brokers, and how many of each were deleted
 */
export async function dropUnknown(pool: pg.Pool, most = MAX_UNKNOWN): Promise<{ broker: string; dropped: number }[]> {
  return transaction(pool, tx => inIndexOrder(tx, () => deleteOldest(tx, most)))
}

async function deleteOldest(tx: Tx, most: number): Promise<{ broker: string; dropped: number }[]> {
  const { rows } = await locking(tx, 'WebhookEvent').query<{ broker: string; dropped: number }>(
    `WITH gone AS (
       DELETE FROM "WebhookEvent" WHERE id IN (
         SELECT e.id FROM "Broker" r CROSS JOIN LATERAL (
           SELECT w.id FROM "WebhookEvent" w WHERE w.broker_id = r.id AND w.applied_at IS NULL AND w.unknown
           ORDER BY w.id DESC OFFSET $1 LIMIT $2
         ) e
       ) RETURNING broker_id
     ), counted AS (
       SELECT broker_id, count(*)::int AS dropped FROM gone GROUP BY 1
     )
     UPDATE "Broker" b SET dropped_callbacks = dropped_callbacks + c.dropped FROM counted c WHERE b.id = c.broker_id
     RETURNING b.name AS broker, c.dropped`,
    [most, DROPPED_AT_ONCE],
  )
  return rows
}
