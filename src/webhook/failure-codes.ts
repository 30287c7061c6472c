import type pg from 'pg'
import { type CodeBook, ruleOf, stopReason } from '../broker/classify-code.ts'
import { readableOverrides } from '../broker/code-overrides.ts'
import type { CodeRule } from '../broker/codes.ts'
import { adapterOf } from '../broker/registry.ts'
import type { Sql, Tx } from '../database/pool.ts'
import { lastStarts } from '../lifecycle/last-start.ts'
import { type Change, isNewFailure } from './changes.ts'
import { judgeReports, type Report } from './report-share.ts'
import type { InboxEvent } from './waiting.ts'

/**
 * The codes of each broker, by its id. A broker whose adapter or classes a newer camp has added is missing: its failures are
 * their leads' alone.
 */
export type CodeBooks = ReadonlyMap<string, CodeBook>

/** Read before the transaction that applies the events. */
export async function readCodeBooks(pool: Pick<pg.Pool, 'query'>): Promise<CodeBooks> {
  const { rows } = await pool.query<{ id: string; adapter: string; codes: unknown }>(
    `SELECT id, adapter, codes FROM "Broker"`,
  )
  const books = new Map<string, CodeBook>()
  for (const { id, adapter, codes } of rows) {
    const known = await adapterOf(adapter).catch(() => undefined)
    const overrides = known && readableOverrides(codes)
    if (overrides) books.set(id, { table: known.codes, overrides })
  }
  return books
}

/** The events with those failures as opt-outs whose code says that the recipient asked not to be contacted. */
export function optOutsByCode(books: CodeBooks, events: readonly InboxEvent[]): InboxEvent[] {
  return events.flatMap(event => {
    const book = event.event === 'FAILED' && event.lead_id !== null ? books.get(event.broker_id) : undefined
    const isOptOut = book && event.code !== null && ruleOf(book, event.code).class === 'opt-out'
    return isOptOut ? [{ ...event, event: 'OPT_OUT' as const }] : []
  })
}

interface Stopping {
  /** CREDENTIAL: every campaign that sends with the same one. */
  scope: 'CAMPAIGN' | 'CREDENTIAL'
  reason: string
}

/**
 * Finds the campaigns to pause: their messages failed after they were accepted, with a code that concerns more than their
 * recipient. Only messages count that were sent since their campaign last began to send: after the cure, earlier ones may still
 * fail.
 * @param brokers each lead's broker
 * @returns by campaign, why
 */
export async function stopsByCodes(
  tx: Tx,
  books: CodeBooks,
  changes: readonly Change[],
  brokers: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const told = changes.filter(change => isNewFailure(change) || isNewDelivery(change))
  if (told.length === 0) return new Map()
  // In a fixed order, so that two transactions that count for the same campaigns cannot deadlock.
  const campaigns = [...new Set(told.map(({ after }) => after.campaign_id))].sort()
  const starts = await lastStarts(tx, campaigns)
  const stops = new Map<string, Stopping>()
  const reports = new Map<string, Report[]>()
  for (const { after } of told) {
    const { campaign_id: campaign, sent_at, status, error_code: code, error_message: detail } = after
    const book = books.get(brokers.get(after.id) ?? '')
    const since = starts.get(campaign)
    if (!book || (since && sent_at! < since)) continue
    const rule = status === 'ERROR' ? ruleOf(book, code ?? undefined) : undefined
    const stop = rule && stoppingOf(code ?? '', rule, detail)
    if (stop && stops.get(campaign)?.scope !== 'CREDENTIAL') stops.set(campaign, stop)
    const report = { code: rule ? (code ?? '') : '', rule, detail }
    reports.set(campaign, reports.get(campaign) ?? [])
    reports.get(campaign)!.push(report)
  }
  for (const campaign of campaigns) {
    const since = starts.get(campaign) ?? EVER
    const reason = await judgeReports(tx, campaign, since, reports.get(campaign) ?? [])
    if (reason !== undefined && !stops.has(campaign)) stops.set(campaign, { scope: 'CAMPAIGN', reason })
  }
  return reasonsOf(tx, stops)
}

const EVER = new Date(0)

function isNewDelivery({ before, after }: Change): boolean {
  return before.delivered_at === null && after.delivered_at !== null
}

function stoppingOf(code: string, rule: CodeRule, detail: string | null): Stopping | undefined {
  const reason = () => stopReason(code, rule, detail ?? undefined)
  if (rule.class === 'stop') return { scope: 'CAMPAIGN', reason: reason() }
  return rule.class === 'fatal' ? { scope: 'CREDENTIAL', reason: reason() } : undefined
}

async function reasonsOf(sql: Sql, stops: ReadonlyMap<string, Stopping>): Promise<Map<string, string>> {
  const reasons = new Map<string, string>()
  for (const [campaign, { scope, reason }] of stops) {
    reasons.set(campaign, reason)
    if (scope === 'CAMPAIGN') continue
    for (const id of await runningWithCredentialOf(sql, campaign)) reasons.set(id, reason)
  }
  return reasons
}

async function runningWithCredentialOf(sql: Sql, campaignId: string): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT o.id FROM "Campaign" c JOIN "Campaign" o ON o.wallet_id = c.wallet_id AND o.broker_id = c.broker_id
     WHERE c.id = $1 AND o.status = 'PROCESSING'`,
    [campaignId],
  )
  return rows.map(({ id }) => id)
}
