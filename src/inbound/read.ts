import type { Sql } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { masked } from '../mask.ts'
import type { Verdict } from './judge.ts'

/** A reply as `camp inbox show --json` prints it. Times are ISO 8601. */
export interface ReplyView {
  /** A decimal number: it may exceed what a JSON number holds exactly. */
  id: string
  /** null: the broker did not tell it. */
  phone: string | null
  /** How the broker names a sender whose phone it does not tell. */
  sender: string | null
  kind: string
  text: string | null
  payload: string | null
  /** What the broker itself made of it: STOP, START, HELP. */
  request: string | null
  /** A user's decision, or else that of the rules. */
  verdict: Verdict
  /** By the rules, and the words that decided. */
  judged: Verdict
  words: string
  broker: string
  /** Of the lead that it is about; null: none was found. */
  wallet: string | null
  campaign: string | null
  reason: string | null
  /** null: it waits for a user. */
  handled_at: Date | null
  /** null: the rules, or no user yet. */
  handled_by: string | null
  occurred_at: Date
  received_at: Date
}

interface ReplyFilter {
  walletId?: string | undefined
  brokerId?: string | undefined
  verdict?: Verdict | undefined
  /** Inclusive. */
  since?: Date | undefined
  /** Also those that no user has to handle. */
  all: boolean
}

const VIEW = `SELECT m.id::text AS id, m.phone, m.sender, m.kind, m.text, m.payload, m.request, coalesce(m.decided, m.verdict) AS verdict,
       m.verdict AS judged, m.words, r.name AS broker, w.name AS wallet, c.agendamento_id AS campaign, m.reason, m.handled_at,
       u.email AS handled_by, m.occurred_at, m.received_at
     FROM "InboundMessage" m
     JOIN "Broker" r ON r.id = m.broker_id
     LEFT JOIN "Campaign" c ON c.id = m.campaign_id
     LEFT JOIN "Wallet" w ON w.id = c.wallet_id
     LEFT JOIN "User" u ON u.id = m.handled_by`

/**
 * Replies, newest first. Phones and documents are masked, also within texts: a look at the list does not need them (decision 67).
 * @param after the id of the last reply of the page before
 */
export async function listReplies(
  sql: Sql,
  { walletId, brokerId, verdict, since, all }: ReplyFilter,
  { limit, after }: { limit: number; after: string | undefined },
): Promise<{ replies: ReplyView[]; next: string | null }> {
  const { rows } = await sql.query<ReplyView>(
    `${VIEW}
     WHERE ($1::uuid IS NULL OR c.wallet_id = $1) AND ($2::uuid IS NULL OR m.broker_id = $2)
       AND ($3::text IS NULL OR coalesce(m.decided, m.verdict)::text = $3) AND ($4::timestamptz IS NULL OR m.received_at >= $4)
       AND ($5 OR m.handled_at IS NULL) AND ($6::bigint IS NULL OR m.id < $6)
     ORDER BY m.id DESC LIMIT $7`,
    [walletId ?? null, brokerId ?? null, verdict ?? null, since ?? null, all, after ?? null, limit + 1],
  )
  const replies = rows.slice(0, limit).map(withoutNumbers)
  return { replies, next: rows.length > limit ? replies.at(-1)!.id : null }
}

function withoutNumbers(reply: ReplyView): ReplyView {
  const hidden = (text: string | null) => masked(text) as string | null
  const { phone, sender, text, payload, reason } = reply
  return {
    ...reply,
    phone: hidden(phone),
    sender: hidden(sender),
    text: hidden(text),
    payload: hidden(payload),
    reason: hidden(reason),
    words: hidden(reply.words)!,
  }
}

/** With its numbers. @throws CampError REPLY_NOT_FOUND */
export async function findReply(sql: Sql, id: string): Promise<ReplyView> {
  const { rows } = await sql.query<ReplyView>(`${VIEW} WHERE m.id = $1::bigint`, [id])
  if (rows[0]) return rows[0]
  throw noReply(id)
}

export function noReply(id: string): CampError {
  return new CampError('REPLY_NOT_FOUND', t`there is no reply ${id}`, { hint: t`See: camp inbox list --all` })
}
