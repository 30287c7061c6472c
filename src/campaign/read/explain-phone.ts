import { z } from 'zod'
import { type Entry, entriesFor } from '../../blocklist/blocklist.ts'
import type { Sql } from '../../database/pool.ts'
import { FREQUENCY_CAP_SQL } from '../../dispatch/claim/frequency-cap.ts'
import { CampError, unreachable } from '../../errors.ts'
import { storedOrNull } from '../../language/stored/stored-text.ts'
import { t } from '../../language/text.ts'
import type { CampaignStatus } from '../../lifecycle/campaign-status.ts'
import type { LeadStatus } from '../../lifecycle/lead-status.ts'
import { DONE_BY } from '../../security/audit-log.ts'
import type { Keys } from '../../security/keys.ts'
import { personHash } from '../../security/person-hash.ts'
import { historyOf, type Step, stepAt } from './lead-history.ts'
import { findLeads, type Match } from './lead-search.ts'
import { leadText, type TextColumns } from './lead-text.ts'
import { type ReplyCounts, repliesOfPerson } from './replies.ts'

/** All messages to one person. */
export interface LeadStory {
  /** Canonical; the text of the query if it is not a phone. */
  phone: string
  /** How the value was read, and how many leads each reading matched. */
  matches: Match[]
  /** Every blocklist entry with this phone or document. */
  blocked: Entry[]
  /** What the person answered. */
  replies: ReplyCounts
  /** When the frequency cap of 24 hours after the last message ends; null if it does not apply now. */
  next_message_after: string | null
  /** When data of this phone or document was erased, newest first, and from how many leads. */
  erased: { at: string; leads: number }[]
  /** Campaigns whose leads were pruned (camp prune): messages of theirs are not found any more. */
  pruned_campaigns: number
  /** Newest campaign first. */
  messages: ExplainedMessage[]
}

export interface ExplainedMessage {
  campaign: string
  name: string
  wallet: string
  broker: string
  campaign_status: CampaignStatus
  status: LeadStatus
  error_code: string | null
  /** Why it has its status, or what it waits for, in one sentence. */
  reason: string
  nome: string | null
  source_file: string
  /** null for fish. */
  source_line: number | null
  is_fish: boolean
  /** The number of the batch that claimed it last. */
  batch: number | null
  provider_msg_id: string | null
  /**
   * The text as the person reads it, from the campaign's text and the row; null if only the broker has the text, or if a value is
   * missing.
   */
  text: string | null
  /** Its history, oldest first: each attempt to send it, and the transitions of its campaign. */
  steps: Step[]
}

/**
 * All that camp has about a person: every row of every file with them, the outcome of each attempt to send it, and why.
 * @param text a phone, a CPF or CNPJ, or a contract, in any spelling; also the original text of a value that could not be read
 * @throws CampError NOT_FOUND: it is in no campaign and on no blocklist
 */
export async function explainPhone(
  sql: Sql,
  text: string,
  { now, keys }: { now: Date; keys: Pick<Keys, 'records'> },
): Promise<LeadStory> {
  const { leadIds, matches } = await findLeads(sql, text)
  const [phone, document] = [matches[0]!.value, matches[1]!.value]
  const leads = await leadsOf(sql, leadIds)
  const blocked = await entriesFor(sql, {
    phones: [...new Set([phone, ...leads.map(lead => lead.phone)])],
    documents: [...new Set([document, ...leads.flatMap(lead => lead.cpf_cnpj ?? [])])],
  })
  const erased = await erasuresOf(sql, [personHash(keys, 'phone', phone), personHash(keys, 'document', document)])
  const replies = await repliesOfPerson(sql, { phones: [phone, ...leads.map(lead => lead.phone)], leadIds })
  const pruned = await countPruned(sql)
  if (leads.length === 0 && blocked.length === 0 && erased.length === 0 && replies.total === 0) {
    throw new CampError(
      'LEAD_NOT_FOUND',
      t`no campaign has a row with the phone, document or contract ${text.trim()}`,
      {
        hint: [
          t`A value that could not be read is found only if written exactly as in the file; a document that was left out
            with a warning is not kept.`,
          ...(pruned > 0 ? [t`The data of ${pruned} older campaigns was pruned (camp prune).`] : []),
        ].join(' '),
      },
    )
  }
  const [moves, history] = [await movesOf(sql, leads), await historyOf(sql, leadIds)]
  const heldUntil = await capOf(sql, [`p:${phone}`, `d:${document}`])
  return {
    phone,
    matches,
    blocked,
    replies,
    next_message_after: heldUntil && heldUntil > now ? heldUntil.toISOString() : null,
    erased,
    pruned_campaigns: pruned,
    messages: leads.map(lead => messageOf(lead, moves.get(lead.campaign_id) ?? [], history.get(lead.id) ?? [])),
  }
}

interface Lead extends TextColumns {
  id: string
  campaign_id: string
  campaign: string
  name: string
  wallet: string
  broker: string
  campaign_status: CampaignStatus
  failure_reason: string | null
  scheduled_at: Date | null
  status: LeadStatus
  error_code: string | null
  error_message: string | null
  nome: string | null
  source_file: string
  source_line: number | null
  is_fish: boolean
  provider_msg_id: string | null
  batch: number | null
  claimed_at: Date | null
  sent_at: Date | null
  delivered_at: Date | null
  read_at: Date | null
  /** The open batch that contains it while it is PENDING. */
  waiting_batch: number | null
  not_before: Date | null
}

async function leadsOf(sql: Sql, ids: readonly string[]): Promise<Lead[]> {
  const { rows } = await sql.query<Lead>(
    `SELECT l.id, l.campaign_id, c.agendamento_id AS campaign, c.name, w.name AS wallet, r.name AS broker, c.status AS campaign_status,
            c.failure_reason, c.scheduled_at, l.status, l.error_code, l.error_message, l.nome, c.source_file, l.source_line, l.is_fish,
            l.phone, l.cpf_cnpj, l.idcob_contrato, l.variables, l.custom_message, c.base_message, c.template_vars,
            (SELECT t.content FROM "Template" t WHERE t.id = c.template_id) AS template,
            l.provider_msg_id, l.batch_number AS batch, b.claimed_at, l.sent_at, l.delivered_at, l.read_at,
            o.number AS waiting_batch, o.not_before
     FROM "CampaignLead" l
     JOIN "Campaign" c ON c.id = l.campaign_id
     JOIN "Wallet" w ON w.id = c.wallet_id
     JOIN "Broker" r ON r.id = c.broker_id
     LEFT JOIN "Batch" b ON b.campaign_id = l.campaign_id AND b.number = l.batch_number
     LEFT JOIN "Batch" o ON l.status = 'PENDING' AND o.campaign_id = l.campaign_id AND o.kind = 'SEND' AND o.status = 'QUEUED'
       AND l.seq BETWEEN o.from_seq AND o.to_seq
     WHERE l.id = ANY($1::uuid[])
     ORDER BY c.created_at DESC, l.seq`,
    [ids],
  )
  return rows
}

/** When the 24 hours after the last message end. */
async function capOf(sql: Sql, keys: readonly string[]): Promise<Date | undefined> {
  const { rows } = await sql.query<{ until: Date | null }>(
    `SELECT max(last_sent_at) + ${FREQUENCY_CAP_SQL} AS until FROM "Contact" WHERE key = ANY($1) AND last_sent_at > '-infinity'`,
    [keys],
  )
  return rows[0]?.until ?? undefined
}

async function erasuresOf(sql: Sql, hashes: readonly string[]): Promise<LeadStory['erased']> {
  const { rows } = await sql.query<{ at: Date; leads: number | null }>(
    `SELECT at, (detail ->> 'leads')::int AS leads FROM "AuditEvent"
     WHERE subject = 'Person' AND action = 'data.erase' AND subject_id = ANY($1) ORDER BY at DESC`,
    [hashes],
  )
  return rows.map(({ at, leads }) => ({ at: at.toISOString(), leads: leads ?? 0 }))
}

async function countPruned(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ campaigns: number }>(
    `SELECT count(*)::int AS campaigns FROM "Campaign" WHERE pruned_at IS NOT NULL`,
  )
  return rows[0]!.campaigns
}

/** What was done to the leads' campaigns, oldest first, by campaign. */
async function movesOf(sql: Sql, leads: readonly Lead[]): Promise<Map<string, Step[]>> {
  const { rows } = await sql.query<{ campaign_id: string; at: Date; what: string; by: string | null; detail: unknown }>(
    `SELECT e.subject_id AS campaign_id, e.at, e.action AS what, ${DONE_BY} AS by, e.detail
     FROM "AuditEvent" e LEFT JOIN "User" u ON u.id = e.user_id
     WHERE e.subject = 'Campaign' AND e.subject_id = ANY($1)
     ORDER BY e.at, e.id`,
    [[...new Set(leads.map(lead => lead.campaign_id))]],
  )
  const moves = new Map<string, Step[]>()
  for (const { campaign_id, at, what, by, detail } of rows) {
    const step = { at: at.toISOString(), what, by, detail: noteIn(detail) }
    moves.set(campaign_id, [...(moves.get(campaign_id) ?? []), step])
  }
  return moves
}

const noted = z.object({ reason: z.string().nullish(), verdict: z.string().nullish() })

/** The reason or the decision; the rest of an audit's detail is about the whole campaign. */
function noteIn(detail: unknown): string | null {
  const read = noted.safeParse(detail)
  return read.success ? (read.data.verdict ?? read.data.reason ?? null) : null
}

function messageOf(lead: Lead, moves: readonly Step[], history: readonly Step[]): ExplainedMessage {
  // A lead from before attempts were recorded has its last attempt in its own columns only.
  const last = [
    ...stepAt(lead.claimed_at, t`claimed`, t`batch ${lead.batch ?? 0}`),
    ...stepAt(lead.sent_at, t`sent`, null),
  ]
  const isOnItsWay = lead.status === 'SENDING'
  const own = [
    ...(history.length === 0 || isOnItsWay ? last : []),
    ...history,
    ...stepAt(lead.delivered_at, t`delivered`, null),
    ...stepAt(lead.read_at, t`read`, null),
  ]
  return {
    campaign: lead.campaign,
    name: lead.name,
    wallet: lead.wallet,
    broker: lead.broker,
    campaign_status: lead.campaign_status,
    status: lead.status,
    error_code: lead.error_code,
    reason: reasonOf(lead),
    nome: lead.nome,
    source_file: lead.source_file,
    source_line: lead.source_line,
    is_fish: lead.is_fish,
    batch: lead.batch,
    provider_msg_id: lead.provider_msg_id,
    text: leadText(lead).text ?? null,
    // A decision about some of the campaign's leads is in the history of those leads; an erasure is about other people.
    steps: onceEach([...moves.filter(move => !['campaign.resolve', 'data.erase'].includes(move.what)), ...own]).sort(
      (a, b) => a.at.localeCompare(b.at),
    ),
  }
}

/** Removes duplicates: some steps of an attempt are recorded twice (its claim, if its outcome was corrected later). */
function onceEach(steps: readonly Step[]): Step[] {
  return [...new Map(steps.map(step => [JSON.stringify(step), step])).values()]
}

function reasonOf(lead: Lead): string {
  switch (lead.status) {
    case 'PENDING':
      return whyPending(lead)
    case 'SENDING':
      return t`its request is being sent`
    case 'SENT':
      return t`the broker accepted it, and has not reported more`
    case 'DELIVERED':
      return t`the broker reports that it was delivered`
    case 'READ':
      return t`the broker reports that it was read`
    case 'ERROR':
      return lead.error_message ?? lead.error_code ?? t`refused`
    case 'IN_DOUBT':
      return t`delivery unknown (${storedOrNull(lead.error_message) ?? t`no answer`}): decide with camp campaign resolve`
  }
}

function whyPending({ campaign_status, failure_reason, scheduled_at, waiting_batch, not_before }: Lead): string {
  switch (campaign_status) {
    case 'PENDING_APPROVAL':
      return t`its campaign is waiting for approval`
    case 'APPROVED':
      return scheduled_at
        ? t`its campaign starts at ${scheduled_at.toISOString()}`
        : t`its campaign is not started: camp campaign run`
    case 'PROCESSING':
      if (waiting_batch === null) return t`it will be put into a batch next`
      return not_before
        ? t`it is waiting in batch ${waiting_batch} until ${not_before.toISOString()}`
        : t`it is waiting in batch ${waiting_batch}`
    case 'PAUSED':
    case 'FAILED':
    case 'FINISHED':
    case 'CANCELLED':
    case 'ARCHIVED':
      return [t`its campaign is ${campaign_status}`, storedOrNull(failure_reason)].filter(Boolean).join(': ')
    default:
      return unreachable(campaign_status)
  }
}
