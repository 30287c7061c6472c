import { addToBlocklist } from '../blocklist/blocklist.ts'
import type { Sql, Tx } from '../database/pool.ts'
import { additionOf, blocks, phonesOf } from '../inbound/effect.ts'
import { type Judgement, judge } from '../inbound/judge.ts'
import { type StoredReply, storedReply } from '../inbound/reply.ts'
import { canonicalPhone } from '../recipient/phone.ts'
import { recordAudit } from '../security/audit-log.ts'
import type { InboxEvent } from './waiting.ts'

/** A reply with the lead that it is about, and its meaning. */
interface JudgedReply extends Judgement {
  event: InboxEvent
  reply: StoredReply
  phone: string | null
  lead: FoundLead | undefined
  phones: (string | null | undefined)[]
}

interface FoundLead {
  n: number
  id: string
  campaign_id: string
  /** "erased" where its personal data was replaced. */
  phone: string
  nome: string | null
}

/**
 * Stores replies, each once, and blocks who asked for no more messages or is not the debtor. A reply that comes again has no effect: a user
 * may have corrected the first by then. What blocks no phone waits for a user (camp inbox).
 * @returns those that it could read: another may be a newer camp's, which stores it
 */
export async function applyReplies(tx: Tx, events: readonly InboxEvent[], now: Date): Promise<InboxEvent[]> {
  const replies = events.flatMap(event => {
    const { success, data } = storedReply.safeParse(event.reply)
    return success ? [{ event, reply: data, phone: phoneOf(event) }] : []
  })
  if (replies.length === 0) return []
  const leads = await leadsOf(tx, replies)
  const judged = replies.map((one, n): JudgedReply => {
    const lead = leads.get(n)
    return { ...one, lead, phones: [one.phone, lead?.phone], ...judgementOf(one.reply, lead?.nome ?? null) }
  })
  await blockSenders(tx, await storeNew(tx, judged, now))
  return replies.map(({ event }) => event)
}

function phoneOf({ phone }: InboxEvent): string | null {
  // A WhatsApp id may lack the ninth digit of the same person's phone.
  return phone === null ? null : (canonicalPhone(phone).phone ?? phone)
}

/** A broker that has unsubscribed the person knows better than the rules; one that has subscribed them again asks for a user's decision. */
function judgementOf({ text, payload, request }: StoredReply, name: string | null): Judgement {
  if (request === 'STOP') return { verdict: 'OPT_OUT', words: 'STOP' }
  if (request === 'START') return { verdict: 'OTHER', words: '' }
  return judge({ text, payload, name })
}

/** The lead of the message that a reply answers; else the last lead of its broker with its phone. */
async function leadsOf(
  sql: Sql,
  replies: readonly Pick<JudgedReply, 'event' | 'phone'>[],
): Promise<Map<number, FoundLead>> {
  const { rows } = await sql.query<FoundLead>(
    `SELECT r.n::int, l.id, l.campaign_id, l.phone, l.nome
     FROM unnest($1::uuid[], $2::uuid[], $3::text[]) WITH ORDINALITY AS r(broker_id, lead_id, phone, n)
     JOIN LATERAL (
       (SELECT a.id, a.campaign_id, a.phone, a.nome FROM "CampaignLead" a WHERE a.id = r.lead_id)
       UNION ALL
       (SELECT b.id, b.campaign_id, b.phone, b.nome FROM "CampaignLead" b JOIN "Campaign" c ON c.id = b.campaign_id
        WHERE r.lead_id IS NULL AND b.phone = r.phone AND c.broker_id = r.broker_id
        ORDER BY b.sent_at DESC NULLS LAST, b.id DESC LIMIT 1)
     ) l ON true`,
    [
      replies.map(({ event }) => event.broker_id),
      replies.map(({ event }) => event.lead_id),
      replies.map(({ phone }) => phone),
    ],
  )
  return new Map(rows.map(lead => [lead.n - 1, lead]))
}

/** @returns those that were not stored before */
async function storeNew(tx: Tx, replies: readonly JudgedReply[], now: Date): Promise<JudgedReply[]> {
  const { rows } = await tx.query<{ broker_id: string; provider_id: string }>(
    `INSERT INTO "InboundMessage" (broker_id, provider_id, campaign_id, lead_id, phone, sender, kind, text, payload, request, verdict,
                                   words, handled_at, occurred_at, received_at)
     SELECT r.broker_id, r.provider_id, r.campaign_id, r.lead_id, r.phone, r.sender, r.kind, r.text, r.payload, r.request,
            r.verdict::"ReplyVerdict", r.words, r.handled_at, r.occurred_at, r.received_at
     FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                 $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[]) WITH ORDINALITY
       AS r(broker_id, provider_id, campaign_id, lead_id, phone, sender, kind, text, payload, request, verdict, words, handled_at,
            occurred_at, received_at, n)
     ORDER BY r.n
     ON CONFLICT (broker_id, provider_id) DO NOTHING
     RETURNING broker_id, provider_id`,
    [
      replies.map(({ event }) => event.broker_id),
      replies.map(({ reply }) => reply.id),
      replies.map(({ lead }) => lead?.campaign_id ?? null),
      replies.map(({ lead }) => lead?.id ?? null),
      replies.map(({ phone }) => phone),
      replies.map(({ reply }) => reply.sender),
      replies.map(({ reply }) => reply.kind),
      replies.map(({ reply }) => reply.text),
      replies.map(({ reply }) => reply.payload),
      replies.map(({ reply }) => reply.request),
      replies.map(({ verdict }) => verdict),
      replies.map(({ words }) => words),
      replies.map(one => (blocksNow(one) ? now : null)),
      replies.map(({ event }) => event.occurred_at),
      replies.map(({ event }) => event.received_at),
    ],
  )
  const fresh = new Set(rows.map(({ broker_id, provider_id }) => `${broker_id} ${provider_id}`))
  // Of two that came together the first is stored.
  return replies.filter(({ event, reply }) => fresh.delete(`${event.broker_id} ${reply.id}`))
}

function blocksNow(reply: JudgedReply): boolean {
  return blocks(reply.verdict) && phonesOf(reply.phones).length > 0
}

/**
 * A phone that no campaign of the broker has gets a source of its own, as an opt-out of an unknown phone does (opt-outs.ts): any caller
 * who knows the callback URL could have sent it.
 */
async function blockSenders(tx: Tx, replies: readonly JudgedReply[]): Promise<void> {
  const same = new Map<string, JudgedReply[]>()
  for (const one of replies.filter(blocksNow)) {
    const key = `${one.event.broker} ${one.lead !== undefined} ${one.verdict}`
    same.set(key, [...(same.get(key) ?? []), one])
  }
  // In a fixed order, so that two transactions that block the same people seldom deadlock.
  for (const key of [...same.keys()].sort()) {
    const [{ event, verdict, lead }] = same.get(key) as [JudgedReply]
    const phones = phonesOf(same.get(key)!.flatMap(one => one.phones))
    const addition = additionOf({ broker: event.broker, verdict, isKnown: lead !== undefined }, phones)
    const added = await addToBlocklist(tx, addition)
    if (lead || added === 0) continue
    await recordAudit(tx, {
      userId: null,
      action: 'blocklist.optout',
      subject: 'Broker',
      subjectId: event.broker_id,
      detail: { source: addition.source, added, phones: phones.slice(0, NAMED_IN_AUDIT) },
    })
  }
}

const NAMED_IN_AUDIT = 100
