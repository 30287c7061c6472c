import { adapterOf } from '../../broker/registry.ts'
import type { Sql } from '../../database/pool.ts'
import type { LeadEventKind } from '../../dispatch/record/lead-events.ts'
import { ACCEPTED_LEAD } from '../../lifecycle/accepted-lead.ts'
import type { LeadStatus } from '../../lifecycle/lead-status.ts'
import { IMPORT_CODES } from '../../lifecycle/refusal-codes.ts'
import { DONE_BY } from '../../security/audit-log.ts'
import { callbackUrlInUse } from './workers.ts'

export interface CampaignReport {
  /** Every lead is in exactly one of these. */
  outcomes: { status: LeadStatus; error_code: string | null; leads: number; fish: number }[]
  /** Without fish. `delivered` includes messages that were read. */
  rates: { accepted: number; delivered: number; read: number; failed_after_acceptance: number }
  /** The rows of the file by what became of them, without fish. */
  funnel: Funnel
  /** Of the fish; `delivered` includes what was read. */
  fish_outcomes: { added: number; accepted: number; delivered: number }
  /** Whether deliveries are reported. If not, `rates.delivered` 0 is not a fact, and `reason` says why. */
  callbacks: { known: true; reason: null } | { known: false; reason: 'NOT_SUPPORTED' | 'NOT_SET_UP' | 'NONE_YET' }
  /** Who started it first: an e-mail address; null: it was not started, or camp did by its schedule. */
  started_by: string | null
  /** Outcomes of all attempts to send, including those that were followed by another attempt; fish count. */
  attempts: { kind: LeadEventKind; code: string | null; leads: number }[]
}

/** rows = not_taken_over + to_send; to_send is the sum of the rest, and accepted of delivered, undeliverable and no_word. */
interface Funnel {
  rows: number
  /** Refused by the checks of the import, or on the blocklist by the time of sending. */
  not_taken_over: Reason[]
  to_send: number
  accepted: number
  /** Includes what was read. */
  delivered: number
  read: number
  /** The broker took it and then reported a failure. */
  undeliverable: Reason[]
  /** Accepted, and no callback since. */
  no_word: number
  refused_by_broker: Reason[]
  /** By the frequency cap. */
  held_back: Reason[]
  /** Not sent, because the campaign ended first. */
  cancelled: number
  /** Were in doubt and found not sent. */
  found_not_sent: number
  in_doubt: number
  /** Not sent yet, or a request is on its way. */
  open: number
}

export interface Reason {
  code: string
  /** The most frequent message to this code, if it has one. */
  message: string | null
  rows: number
}

interface Outcome {
  status: LeadStatus
  error_code: string | null
  is_accepted: boolean
  leads: number
  fish: number
  message: string | null
}

/** @throws nothing for a campaign without leads: all of it is 0 */
export async function campaignReport(sql: Sql, campaignId: string): Promise<CampaignReport> {
  const { rows } = await sql.query<Outcome>(
    `SELECT status, error_code, coalesce(${ACCEPTED_LEAD}, false) AS is_accepted, count(*)::int AS leads,
            count(*) FILTER (WHERE is_fish)::int AS fish,
            CASE WHEN status = 'ERROR' THEN mode() WITHIN GROUP (ORDER BY error_message) END AS message
     FROM "CampaignLead" WHERE campaign_id = $1 GROUP BY 1, 2, 3 ORDER BY 1, 4 DESC`,
    [campaignId],
  )
  const funnel = funnelOf(rows)
  const failed = sum(funnel.undeliverable.map(reason => reason.rows))
  const { accepted, delivered, read } = funnel
  const fish = (of: (row: Outcome) => boolean) => sum(rows.filter(of).map(row => row.fish))
  return {
    outcomes: outcomesOf(rows),
    rates: { accepted, delivered, read, failed_after_acceptance: failed },
    funnel,
    fish_outcomes: { added: fish(() => true), accepted: fish(row => row.is_accepted), delivered: fish(isDelivered) },
    callbacks: await callbacksOf(sql, campaignId, delivered + failed + fish(isDelivered) > 0),
    started_by: await starterOf(sql, campaignId),
    attempts: await attemptsOf(sql, campaignId),
  }
}

function funnelOf(outcomes: readonly Outcome[]): Funnel {
  const rows = outcomes.map(outcome => ({ ...outcome, leads: outcome.leads - outcome.fish }))
  const count = (of: (row: Outcome) => boolean) => sum(rows.filter(of).map(row => row.leads))
  const reasons = (of: (row: Outcome) => boolean): Reason[] =>
    rows
      .filter(row => of(row) && row.leads > 0)
      .map(({ error_code, message, leads }) => ({ code: error_code ?? 'UNKNOWN', message, rows: leads }))
      .sort((a, b) => b.rows - a.rows)
  const fails = (row: Outcome) => row.status === 'ERROR' && !row.is_accepted
  const isImport = (row: Outcome) => fails(row) && (IMPORT_CODES as readonly (string | null)[]).includes(row.error_code)
  const has = (code: string) => (row: Outcome) => fails(row) && row.error_code === code
  const [isHeld, isCancelled, isNotSent] = [has('FREQUENCY_CAP'), has('CANCELLED'), has('NOT_SENT')]
  const isOther = (row: Outcome) => fails(row) && ![isImport, isHeld, isCancelled, isNotSent].some(is => is(row))
  return {
    rows: count(() => true),
    not_taken_over: reasons(isImport),
    to_send: count(row => !isImport(row)),
    accepted: count(row => row.is_accepted),
    delivered: count(isDelivered),
    read: count(row => row.status === 'READ'),
    undeliverable: reasons(row => row.status === 'ERROR' && row.is_accepted),
    no_word: count(row => row.status === 'SENT'),
    refused_by_broker: reasons(isOther),
    held_back: reasons(isHeld),
    cancelled: count(isCancelled),
    found_not_sent: count(isNotSent),
    in_doubt: count(row => row.status === 'IN_DOUBT'),
    open: count(row => row.status === 'PENDING' || row.status === 'SENDING'),
  }
}

function isDelivered({ status }: Outcome): boolean {
  return status === 'DELIVERED' || status === 'READ'
}

function outcomesOf(rows: readonly Outcome[]): CampaignReport['outcomes'] {
  const merged = new Map<string, CampaignReport['outcomes'][number]>()
  for (const { status, error_code, leads, fish } of rows) {
    const known = merged.get(`${status} ${error_code}`) ?? { status, error_code, leads: 0, fish: 0 }
    merged.set(`${status} ${error_code}`, { ...known, leads: known.leads + leads, fish: known.fish + fish })
  }
  return [...merged.values()]
}

/** Without any callback so far, 0 deliveries are no fact, whether or not callbacks can come. */
async function callbacksOf(sql: Sql, campaignId: string, hasCome: boolean): Promise<CampaignReport['callbacks']> {
  if (hasCome) return { known: true, reason: null }
  const { rows } = await sql.query<{ adapter: string }>(
    `SELECT b.adapter FROM "Campaign" c JOIN "Broker" b ON b.id = c.broker_id WHERE c.id = $1`,
    [campaignId],
  )
  // An unknown adapter belongs to a newer camp.
  const adapter = rows[0] && (await adapterOf(rows[0].adapter).catch(() => undefined))
  if (adapter && !adapter.callback) return { known: false, reason: 'NOT_SUPPORTED' }
  const isSetUp = (await callbackUrlInUse(sql)) !== undefined
  return { known: false, reason: isSetUp ? 'NONE_YET' : 'NOT_SET_UP' }
}

async function starterOf(sql: Sql, campaignId: string): Promise<string | null> {
  const { rows } = await sql.query<{ by: string | null }>(
    `SELECT ${DONE_BY} AS by FROM "AuditEvent" e LEFT JOIN "User" u ON u.id = e.user_id
     WHERE e.subject = 'Campaign' AND e.subject_id = $1 AND e.action = 'campaign.run' ORDER BY e.at, e.id LIMIT 1`,
    [campaignId],
  )
  return rows[0]?.by ?? null
}

async function attemptsOf(sql: Sql, campaignId: string): Promise<CampaignReport['attempts']> {
  const { rows } = await sql.query<CampaignReport['attempts'][number]>(
    `SELECT kind, code, sum((SELECT sum(upper(r) - lower(r)) FROM unnest(seqs) AS r))::int AS leads
     FROM "LeadEvent" WHERE campaign_id = $1 GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2`,
    [campaignId],
  )
  return rows
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0)
}
