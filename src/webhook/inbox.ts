import type pg from 'pg'
import type { CallbackEvent } from '../broker/port.ts'
import { MOST } from '../broker/storable.ts'
import { isDataError } from '../database/faults.ts'
import { storableReply } from '../inbound/reply.ts'
import { storableText } from '../message/characters.ts'
import { isUuid } from '../uuid.ts'

/**
 * The inbox of callbacks. Callbacks that arrive while one INSERT commits are stored by the next: under load one commit serves
 * hundreds of POSTs, and a single POST does not wait for others.
 */
export interface Inbox {
  /**
   * Resolves when the events are committed.
   * @throws what PostgreSQL threw: then none of them is stored
   */
  store(brokerId: string, events: readonly CallbackEvent[]): Promise<void>
}

interface PendingStore {
  rows: Row[]
  stored: () => void
  failed: (error: unknown) => void
}

const EVENTS_PER_INSERT = 10_000

export function openInbox(pool: Pick<pg.Pool, 'query'>, options: { now: () => Date }): Inbox {
  let waiting: PendingStore[] = []
  let busy = false

  const flush = async () => {
    while (waiting.length > 0) {
      await storeGroup(takeGroup())
    }
    busy = false
  }
  const storeGroup = async (group: readonly PendingStore[]): Promise<void> => {
    try {
      await insertRows(
        pool,
        group.flatMap(({ rows }) => rows),
        options.now(),
      )
      for (const { stored } of group) stored()
    } catch (error) {
      // A callback that the database refuses (its broker was just removed) must not fail the others.
      if (group.length > 1 && isDataError(error)) for (const one of group) await storeGroup([one])
      else for (const { failed } of group) failed(error)
    }
  }
  const takeGroup = (): PendingStore[] => {
    let [size, events] = [0, 0]
    do events += waiting[size++]?.rows.length ?? 0
    while (size < waiting.length && events < EVENTS_PER_INSERT)
    const group = waiting.slice(0, size)
    waiting = waiting.slice(size)
    return group
  }
  return {
    store: (brokerId, events) =>
      new Promise((stored, failed) => {
        if (events.length === 0) return stored()
        // Built before it joins the group: an error here fails this callback only.
        const rows = events.map(event => rowOf(brokerId, event, options.now()))
        waiting.push({ rows, stored, failed })
        if (busy) return
        busy = true
        setImmediate(flush)
      }),
  }
}

async function insertRows(sql: Pick<pg.Pool, 'query'>, rows: readonly Row[], now: Date): Promise<void> {
  await sql.query(
    `INSERT INTO "WebhookEvent"
       (broker_id, event, lead_id, provider_msg_id, alias, phone, stops, template_code, code, detail, payload, reply, billable, occurred_at,
        received_at)
     SELECT e.broker_id, e.event::"WebhookStatus", e.lead_id, e.provider_msg_id, e.alias, e.phone, e.stops,
            e.template_code, e.code, e.detail, e.payload::jsonb, e.reply::jsonb, e.billable, e.occurred_at, $9
     FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
                 $10::text[], $11::text[], $12::bool[], $13::text[], $14::text[], $15::bool[])
       AS e(broker_id, event, lead_id, provider_msg_id, code, detail, payload, occurred_at, alias, phone, stops, template_code,
            reply, billable)`,
    [
      rows.map(row => row.brokerId),
      rows.map(row => row.event),
      rows.map(row => row.leadId),
      rows.map(row => row.providerMsgId),
      rows.map(row => row.code),
      rows.map(row => row.detail),
      rows.map(row => row.payload),
      rows.map(row => row.occurredAt),
      now,
      rows.map(row => row.alias),
      rows.map(row => row.phone),
      rows.map(row => row.stops),
      rows.map(row => row.template),
      rows.map(row => row.reply),
      rows.map(row => row.billable),
    ],
  )
}

export interface InboxFigures {
  applied: number
  /** Not applied yet: their leads are not settled or not known so far. */
  waiting: number
  /** Given up after a day: what the broker sent is kept in `payload`. */
  unknown: number
  /** Events of unknown messages, deleted because too many of them waited (MAX_UNKNOWN in waiting.ts). */
  dropped: number
}

/** How many of a broker's callbacks are in each state. */
export async function inboxFigures(sql: Pick<pg.Pool, 'query'>, brokerId: string): Promise<InboxFigures> {
  const { rows } = await sql.query<InboxFigures>(
    `SELECT count(*) FILTER (WHERE applied_at IS NOT NULL AND payload IS NULL)::int AS applied,
            count(*) FILTER (WHERE applied_at IS NULL)::int AS waiting,
            count(*) FILTER (WHERE applied_at IS NOT NULL AND payload IS NOT NULL)::int AS unknown,
            coalesce((SELECT dropped_callbacks FROM "Broker" WHERE id = $1), 0) AS dropped
     FROM "WebhookEvent" WHERE broker_id = $1`,
    [brokerId],
  )
  return rows[0]!
}

type Row = ReturnType<typeof rowOf>

/** One bad value would fail the INSERT of the whole group: every value is made storable here. */
function rowOf(brokerId: string, event: CallbackEvent, now: Date) {
  const leadId = event.leadId !== undefined && isUuid(event.leadId) ? event.leadId : null
  return {
    brokerId,
    event: event.event,
    leadId,
    providerMsgId: textOf(event.providerMsgId, MOST.id),
    alias: textOf(event.alias, MOST.id),
    phone: textOf(event.phone, MOST.phone),
    stops: event.stops ?? false,
    template: textOf(event.template, MOST.id),
    billable: event.billable ?? null,
    code: textOf(event.code, MOST.code),
    detail: textOf(event.detail, MOST.words),
    // With our own key nothing else is needed; without it, the original element is all that a person has to find the lead by. A reply
    // has its own columns.
    payload: leadId === null && !event.reply ? jsonbOf(event.payload) : null,
    reply: jsonbOf(storableReply(event) ?? undefined),
    occurredAt: isTime(event.occurredAt) ? event.occurredAt : now,
  }
}

/** Whether PostgreSQL can store it too: its first year is later than JavaScript's. */
function isTime(time: Date): boolean {
  return time.getUTCFullYear() >= 1970
}

function textOf(text: string | undefined, most: number): string | null {
  return text === undefined ? null : storableText(text, most)
}

/** JSON that jsonb accepts: escapes for NUL and for half a surrogate pair are replaced. */
export function jsonbOf(value: unknown): string | null {
  const json = JSON.stringify(value)
  if (json === undefined) return null
  return json.replace(/\\(u0000|ud[89a-f][0-9a-f]{2}|.)/g, (text, what: string) => (what.length > 1 ? '\ufffd' : text))
}
