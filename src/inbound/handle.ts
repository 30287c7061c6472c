import type pg from 'pg'
import { type Addition, addToBlocklist } from '../blocklist/blocklist.ts'
import { locking } from '../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import type { Actor } from '../security/actor.ts'
import { recordAudit } from '../security/audit-log.ts'
import { additionOf, blocks, phonesOf } from './effect.ts'
import type { Verdict } from './judge.ts'
import { noReply } from './read.ts'

export interface Handled {
  id: string
  verdict: Verdict
  /** Before it was handled. */
  was: Verdict
  /** Phones that were blocked now, and were not before by a reply. */
  blocked: number
  /** It was an opt-out or a wrong person and is none now: its phones stay blocked until an ADMIN removes them. */
  stays_blocked: boolean
  /** Its phone should be blocked, and the broker did not tell it. */
  no_phone: boolean
}

interface Row {
  id: string
  phone: string | null
  lead_phone: string | null
  lead_id: string | null
  broker: string
  was: Verdict
}

/**
 * Records a user's decision on replies, all or none, each audited. A decision that they ask for no more messages, or that the person is
 * wrong, blocks the phone as the rules would have; no decision unblocks.
 * @param as undefined: the verdict stands @throws CampError REPLY_NOT_FOUND
 */
export function handleReplies(
  pool: pg.Pool,
  by: Pick<Actor, 'id'>,
  ids: readonly string[],
  { as, reason, now }: { as: Verdict | undefined; reason: string | null; now: Date },
): Promise<Handled[]> {
  return transaction(pool, async tx => {
    const handled: Handled[] = []
    // In the order of their ids, so that two users who handle the same replies cannot deadlock.
    for (const id of [...new Set(ids)].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)))
      handled.push(await handleOne(tx, by, id, { as, reason, now }))
    return handled
  })
}

async function handleOne(
  tx: Tx,
  by: Pick<Actor, 'id'>,
  id: string,
  { as, reason, now }: { as: Verdict | undefined; reason: string | null; now: Date },
): Promise<Handled> {
  const { rows } = await locking(tx, 'InboundMessage').query<Row>(
    `WITH before AS (
       SELECT id, coalesce(decided, verdict) AS was FROM "InboundMessage" WHERE id = $1::bigint FOR NO KEY UPDATE
     )
     UPDATE "InboundMessage" m
     SET decided = coalesce($2::"ReplyVerdict", m.decided), reason = coalesce($3, m.reason), handled_at = $4, handled_by = $5
     FROM before b, "Broker" r
     WHERE m.id = b.id AND r.id = m.broker_id
     RETURNING m.id::text AS id, m.phone, m.lead_id, r.name AS broker, b.was,
               (SELECT l.phone FROM "CampaignLead" l WHERE l.id = m.lead_id) AS lead_phone`,
    [id, as ?? null, reason, now, by.id],
  )
  const row = rows[0]
  if (!row) throw noReply(id)
  const verdict = as ?? row.was
  const phones = blocks(verdict) ? phonesOf([row.phone, row.lead_phone]) : []
  const addition = blocks(verdict) && additionOf({ broker: row.broker, verdict, isKnown: row.lead_id !== null }, phones)
  const replaced = addition ? await otherReasons(tx, addition) : []
  const blocked = addition && phones.length > 0 ? await addToBlocklist(tx, addition) : 0
  await recordAudit(tx, {
    userId: by.id,
    action: 'inbox.handle',
    subject: 'InboundMessage',
    subjectId: id,
    detail: { was: row.was, verdict, reason, blocked, ...(replaced.length > 0 && { replaced }) },
  })
  const no_phone = blocks(verdict) && phones.length === 0
  return { id, verdict, was: row.was, blocked, stays_blocked: blocks(row.was) && !blocks(verdict), no_phone }
}

/** The reasons of entries of the same source that the addition replaces: the entry keeps only the new one, the audit both. */
async function otherReasons(sql: Sql, { phones, source, reason }: Addition): Promise<string[]> {
  const { rows } = await sql.query<{ reason: string }>(
    `SELECT DISTINCT reason FROM "Blocklist" WHERE phone = ANY($1::text[]) AND source = $2 AND reason IS DISTINCT FROM $3
       AND reason IS NOT NULL ORDER BY 1`,
    [phones, source, reason],
  )
  return rows.map(row => row.reason)
}
