import { locking } from '../../database/lock-order.ts'
import type { Tx } from '../../database/pool.ts'

/**
 * The frequency cap (docs/design.md#frequency-cap): one message per phone, and per document, in any 24 hours, across all
 * campaigns. Contact holds one row for each; a send takes all of its rows or none, and a refused send releases them.
 */
export interface Recipient {
  leadId: string
  phone: string
  cpf_cnpj: string | null
}

/** How long a message holds its phone and its document. */
export const FREQUENCY_CAP_MS = 24 * 3_600_000

/** The same in SQL. */
export const FREQUENCY_CAP_SQL = `interval '${FREQUENCY_CAP_MS} milliseconds'`

/** When the first and the last request of a claim start. */
export interface Sending {
  from: Date
  to: Date
}

/**
 * Takes the Contact rows of `recipients`, earlier recipients first; rows are locked in the order of their keys, so that two
 * claims do not deadlock. Between the latest time of one send and the earliest of the next are 24 hours.
 * @param lifted the campaign has no cap: its sends are still recorded, for the other campaigns
 * @returns the leads that may be sent to
 */
export async function takeContacts(
  tx: Tx,
  recipients: readonly Recipient[],
  sending: Sending,
  lifted: boolean,
): Promise<Set<string>> {
  const winners = new Set<string>()
  let contenders = recipients
  while (contenders.length > 0) {
    const { holders, deferred } = firstOfEachKey(contenders)
    const lost = await takeKeys(tx, holders, sending, lifted)
    const losers = new Set<string>()
    for (const { leadId, phone, cpf_cnpj } of contenders) {
      if (deferred.has(leadId)) continue
      if (lost.size > 0 && contactKeys({ phone, cpf_cnpj }).some(key => lost.has(key))) losers.add(leadId)
      else winners.add(leadId)
    }
    const inVain = [...holders].flatMap(([key, leadId]) => (losers.has(leadId) && !lost.has(key) ? [key] : []))
    await releaseKeys(tx, inVain, [...losers])
    // Leads that share a key with an earlier lead of this batch: they lose to a winner, unless there is no cap, and try again
    // after a loser.
    contenders = contenders.filter(
      ({ leadId, phone, cpf_cnpj }) =>
        deferred.has(leadId) &&
        (lifted || !contactKeys({ phone, cpf_cnpj }).some(key => winners.has(holders.get(key) ?? ''))),
    )
  }
  return winners
}

/**
 * Releases the rows of refused leads. A row that had been held for an earlier message is held for it again, until its original
 * time.
 */
export async function releaseContacts(tx: Tx, recipients: readonly Recipient[]): Promise<void> {
  await releaseKeys(
    tx,
    recipients.flatMap(contactKeys),
    recipients.map(recipient => recipient.leadId),
  )
}

/** Locks the recipients' Contact rows. To be called before any lead is locked: contacts come first in the lock order. */
export async function lockContacts(tx: Tx, recipients: readonly Recipient[]): Promise<void> {
  if (recipients.length === 0) return
  await locking(tx, 'Contact').query(
    `SELECT 1 FROM "Contact" WHERE key = ANY($1::text[]) ORDER BY key COLLATE "C" FOR UPDATE`,
    [recipients.flatMap(contactKeys)],
  )
}

/**
 * Takes rows back that were released in error: the message had been sent, at `sentAt`. A lead that has taken a row since keeps
 * it; once it is released, the row is held for this message. The caller has locked the rows (lockContacts).
 */
export async function holdContacts(tx: Tx, sent: readonly (Recipient & { sentAt: Date })[]): Promise<void> {
  if (sent.length === 0) return
  const rows = sent.flatMap(({ leadId, sentAt, ...person }) =>
    contactKeys(person).map(key => ({ key, leadId, sentAt })),
  )
  await tx.query(
    `INSERT INTO "Contact" AS c (key, last_sent_at, lead_id)
     SELECT DISTINCT ON (k.key COLLATE "C") k.key, k.sent_at, k.lead_id
     FROM unnest($1::text[], $2::timestamptz[], $3::uuid[]) AS k(key, sent_at, lead_id)
     ORDER BY k.key COLLATE "C", k.sent_at DESC
     ON CONFLICT (key) DO UPDATE SET
       last_sent_at = greatest(c.last_sent_at, excluded.last_sent_at),
       lead_id = CASE WHEN c.last_sent_at < excluded.last_sent_at THEN excluded.lead_id ELSE c.lead_id END,
       held_before = CASE WHEN c.lead_id = excluded.lead_id THEN c.held_before
         ELSE nullif(greatest(c.held_before, least(c.last_sent_at, excluded.last_sent_at)), '-infinity') END`,
    [rows.map(row => row.key), rows.map(row => row.sentAt), rows.map(row => row.leadId)],
  )
}

/** The keys of the rows of "Contact" that a send takes. */
export function contactKeys({ phone, cpf_cnpj }: { phone: string; cpf_cnpj: string | null }): string[] {
  return cpf_cnpj ? [`p:${phone}`, `d:${cpf_cnpj}`] : [`p:${phone}`]
}

function firstOfEachKey(recipients: readonly Recipient[]) {
  const holders = new Map<string, string>()
  const deferred = new Set<string>()
  for (const recipient of recipients) {
    const keys = contactKeys(recipient)
    if (keys.some(key => holders.has(key))) deferred.add(recipient.leadId)
    else for (const key of keys) holders.set(key, recipient.leadId)
  }
  return { holders, deferred }
}

/** @returns the keys that other leads hold */
async function takeKeys(
  tx: Tx,
  holders: ReadonlyMap<string, string>,
  sending: Sending,
  lifted: boolean,
): Promise<ReadonlySet<string>> {
  const [keys, leadIds] = [[...holders.keys()], [...holders.values()]]
  const { rowCount } = await locking(tx, 'Contact').query(
    `INSERT INTO "Contact" (key, last_sent_at, lead_id)
     SELECT k.key, $3, k.lead_id FROM unnest($1::text[], $2::uuid[]) AS k(key, lead_id) ORDER BY k.key COLLATE "C"
     ON CONFLICT (key) DO UPDATE SET last_sent_at = excluded.last_sent_at, lead_id = excluded.lead_id,
       held_before = CASE WHEN "Contact".last_sent_at > $5::timestamptz - ${FREQUENCY_CAP_SQL} THEN "Contact".last_sent_at END
     WHERE $4 OR "Contact".last_sent_at <= $5::timestamptz - ${FREQUENCY_CAP_SQL} OR "Contact".lead_id = excluded.lead_id`,
    [keys, leadIds, sending.to, lifted, sending.from],
  )
  // Usually all keys were free: then a thousand of them need not be returned.
  if (rowCount === keys.length) return new Set()
  const { rows } = await tx.query<{ key: string; lead_id: string }>(
    `SELECT key, lead_id FROM "Contact" WHERE key = ANY($1::text[])`,
    [keys],
  )
  return new Set(rows.filter(row => row.lead_id !== holders.get(row.key)).map(row => row.key))
}

async function releaseKeys(tx: Tx, keys: readonly string[], leadIds: readonly string[]): Promise<void> {
  if (keys.length === 0) return
  await tx.query(
    `WITH held AS (
       SELECT key FROM "Contact" WHERE key = ANY($1::text[]) AND lead_id = ANY($2::uuid[]) ORDER BY key COLLATE "C" FOR UPDATE
     )
     UPDATE "Contact" c SET last_sent_at = coalesce(c.held_before, '-infinity'), held_before = NULL
     FROM held WHERE c.key = held.key`,
    [keys, leadIds],
  )
}
