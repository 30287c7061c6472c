import type pg from 'pg'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import { holdContacts, lockContacts, type Recipient } from '../dispatch/claim/frequency-cap.ts'
import { finishIfDone } from '../dispatch/finish/finish.ts'
import { replanQueued } from '../dispatch/plan/replan.ts'
import { recordLeadEvents } from '../dispatch/record/lead-events.ts'
import {
  correctBatches,
  type LedgerCorrection,
  lockBatches,
  owningBatches,
} from '../dispatch/settle/late-corrections.ts'
import { pauseForReview } from '../lifecycle/transition.ts'
import {
  type Change,
  type ChangedLead,
  changesOf,
  correctionsOf,
  countedBefore,
  gather,
  hasSettledLead,
  type LeadWork,
  type LockedOwner,
  lockLeads,
  type OpenEvent,
  recordsOf,
  writeLeads,
} from './changes.ts'
import { type CodeBooks, optOutsByCode, readCodeBooks, stopsByCodes } from './failure-codes.ts'
import { isTaken } from './fold-events.ts'
import { blockOptOuts } from './opt-outs.ts'
import { applyReplies } from './replies.ts'
import { campaignsOfStoppedTemplates } from './stopped-templates.ts'
import {
  type InboxEvent,
  inIndexOrder,
  markApplied,
  nextTry,
  putOff,
  takeDue,
  takeNew,
  takeReplies,
} from './waiting.ts'

/**
 * Applies callbacks from the inbox to their leads: status, costs, frequency cap, blocklist; stores and judges replies. One transaction, a
 * handful of statements for thousands of events.
 *
 * Any number of workers may do it at the same time. Inbox rows and leads that another transaction holds are skipped, not waited
 * for. So there can be no deadlock with a claim or a settle, whose lock order (batches, contacts, leads, budget, campaign) is
 * kept. An event stays in the inbox while its lead is unknown or not settled (a callback may arrive before the answer to its
 * request). It is retried after a delay that grows (waiting.ts). After a day it is given up as unknown: applied_at is set,
 * lead_id is null, and payload keeps what the broker sent.
 */
export interface Applied {
  /** Events that are finished, including duplicates and late ones. */
  applied: number
  /** Events whose lead is not settled yet, or locked by another transaction. */
  waiting: number
  /** Events without a lead, given up or not. */
  unknown: number
  /** How many events were read: at most in proportion to `limit`, regardless of the size of the inbox. */
  seen: number
  /** More events can be applied without a delay. */
  more: boolean
}

/** Events of unknown messages in one round: they are background work. */
const UNKNOWN_PER_ROUND = 500

/** Replies of each broker in one round: judging a thousand takes a fraction of a second, in which no status is applied. */
const REPLIES_PER_ROUND = 1_000

/**
 * One round: new events first; if they leave room, events that wait, those of known messages first.
 * @param options.limit new events of each broker; events that wait, in all
 */
export async function applyEvents(pool: pg.Pool, options: { limit: number; now: Date }): Promise<Applied> {
  const { limit, now } = options
  const books = await readCodeBooks(pool)
  return transaction(pool, async tx => {
    const { events, more } = await inIndexOrder(tx, () => takeRound(tx, limit, now))
    return { ...(await applyTaken(tx, books, events, now)), more }
  })
}

async function takeRound(tx: Tx, limit: number, now: Date): Promise<{ events: InboxEvent[]; more: boolean }> {
  const mostReplies = Math.min(limit, REPLIES_PER_ROUND)
  const replies = await takeReplies(tx, mostReplies)
  const fresh = [...replies, ...(await takeNew(tx, limit))]
  if (fresh.length - replies.length >= limit) return { events: fresh, more: true }
  const due = await takeDue(tx, { unknown: false, limit, now })
  const ofUnknown = await takeDue(tx, { unknown: true, limit: Math.min(limit, UNKNOWN_PER_ROUND), now })
  return { events: [...fresh, ...due, ...ofUnknown], more: due.length >= limit || replies.length >= mostReplies }
}

async function applyTaken(
  tx: Tx,
  books: CodeBooks,
  taken: readonly InboxEvent[],
  now: Date,
): Promise<Omit<Applied, 'more'>> {
  const replies = taken.filter(({ event }) => event === 'REPLY')
  const events = taken.filter(({ event }) => event !== 'REPLY')
  const open = events.filter(hasSettledLead)
  const holders = await lockOwners(tx, open.filter(needsBatch))
  await lockContacts(tx, await perhapsHeld(tx, open.filter(mayHold)))
  const leads = await lockLeads(tx, unique(open.map(event => event.lead_id)))
  const work = gather(open, leads)
  const changes = changesOf(work, holders, now)
  await holdContacts(tx, contactsOf(changes))
  await writeLeads(tx, changes)
  const counted = await countedBefore(tx, changes)
  await recordLeadEvents(tx, recordsOf(changes, work, now))
  await blockOptOuts(tx, [...events, ...optOutsByCode(books, events)])
  const stored = new Set(await applyReplies(tx, replies, now))
  const done = open.filter(event => work.has(event.lead_id))
  await keepAliases(tx, done)
  const corrections = correctionsOf(changes, holders, counted)
  await correctBatches(tx, corrections, null, now)
  const brokers = new Map(open.map(event => [event.lead_id, event.broker_id]))
  const stops = await stopsByCodes(tx, books, changes, brokers)
  await replan(tx, corrections, changes, holders)
  const stopped = [...(await campaignsOfStoppedTemplates(tx, events)), ...stoppedBy(done, work), ...stops]
  await pauseStopped(tx, new Map(stopped), now)
  await finishResolved(tx, changes, now)

  const others = events.filter(isAboutNoMessage)
  const left = [
    ...events.filter(event => !work.has(event.lead_id ?? '') && !isAboutNoMessage(event)),
    ...replies.filter(event => !stored.has(event)),
  ]
  await markApplied(tx, [...done, ...others, ...stored], now)
  await putOff(tx, left, now)
  const waiting = left.filter(event => event.lead_id !== null && nextTry(event, now) !== undefined)
  return {
    applied: done.length + others.length + stored.size,
    waiting: waiting.length,
    unknown: left.length - waiting.length,
    seen: taken.length,
  }
}

/** About a person, or about a template. */
function isAboutNoMessage({ event, phone, template_code, lead_id }: InboxEvent): boolean {
  return lead_id === null && ((event === 'OPT_OUT' && phone !== null) || template_code !== null)
}

/**
 * Whether the event may change the batch that sent the lead: end a doubt, override a decision, return a cost or reserve it again.
 */
function needsBatch(event: OpenEvent): boolean {
  return (
    ['IN_DOUBT', 'PENDING', 'ERROR'].includes(event.status ?? '') ||
    event.billed === false ||
    (event.billing === 'DELIVERED' && (event.event === 'FAILED' || event.billable === false))
  )
}

async function lockOwners(tx: Tx, events: readonly OpenEvent[]): Promise<Map<string, LockedOwner>> {
  const holders = await owningBatches(tx, unique(events.map(event => event.lead_id)))
  const statuses = await lockBatches(tx, unique([...holders.values()].map(batch => batch.id)))
  return new Map(
    [...holders].flatMap(([lead, batch]) => {
      const status = statuses.get(batch.id)
      return status ? [[lead, { ...batch, status }] as const] : []
    }),
  )
}

/** Whether the lead has released its slot in the frequency cap and may have to take it again. */
function mayHold({ status, batch_number }: OpenEvent): boolean {
  return batch_number !== null && (status === 'PENDING' || status === 'ERROR')
}

async function perhapsHeld(sql: Sql, events: readonly OpenEvent[]): Promise<Recipient[]> {
  if (events.length === 0) return []
  const { rows } = await sql.query<Recipient>(
    `SELECT id AS "leadId", phone, cpf_cnpj FROM "CampaignLead" WHERE id = ANY($1::uuid[]) AND NOT is_fish`,
    [unique(events.map(event => event.lead_id))],
  )
  return rows
}

function contactsOf(changes: readonly Change[]): (Recipient & { sentAt: Date })[] {
  return changes.flatMap(({ before, after: { id, phone, cpf_cnpj, is_fish, sent_at } }) =>
    isTaken(before) || is_fish ? [] : [{ leadId: id, phone, cpf_cnpj, sentAt: sent_at! }],
  )
}

/** Stores the broker's other id of a message: later callbacks may bring only that one. */
async function keepAliases(tx: Tx, events: readonly OpenEvent[]): Promise<void> {
  const known = events.filter(event => event.alias !== null)
  if (known.length === 0) return
  await tx.query(
    `INSERT INTO "ProviderMessage" (broker_id, provider_msg_id, lead_id)
     SELECT DISTINCT ON (1, 2) * FROM unnest($1::uuid[], $2::text[], $3::uuid[]) ORDER BY 1, 2
     ON CONFLICT DO NOTHING`,
    [known.map(event => event.broker_id), known.map(event => event.alias), known.map(event => event.lead_id)],
  )
}

/** A batch that holds a cost is not claimed again (src/dispatch/plan/replan.ts). */
async function replan(
  tx: Tx,
  corrections: readonly LedgerCorrection[],
  changes: readonly Change[],
  holders: ReadonlyMap<string, LockedOwner>,
): Promise<void> {
  const paying = new Set(
    corrections.filter(correction => correction.bookedAgain > 0).map(correction => correction.batchId),
  )
  const queued = new Map<string, string>()
  for (const { after } of changes) {
    const holder = holders.get(after.id)
    if (holder?.status === 'QUEUED' && paying.has(holder.id)) queued.set(holder.id, after.campaign_id)
  }
  for (const [id, campaignId] of queued) await replanQueued(tx, { id, campaignId })
}

/** Campaigns with a failure that concerns more than one message, and the reason. */
function stoppedBy(events: readonly OpenEvent[], work: ReadonlyMap<string, LeadWork>): Map<string, string> {
  const reasons = new Map<string, string>()
  for (const { stops, lead_id, detail, code } of events) {
    const campaign = stops ? work.get(lead_id)?.lead.campaign_id : undefined
    if (campaign !== undefined) reasons.set(campaign, `the broker reports: ${detail ?? code ?? 'it cannot go on'}`)
  }
  return reasons
}

/** Pauses campaigns that would waste their list if they continued. */
async function pauseStopped(tx: Tx, reasons: ReadonlyMap<string, string>, now: Date): Promise<void> {
  // In a fixed order, so that two transactions that pause the same campaigns cannot deadlock.
  for (const id of [...reasons.keys()].sort()) await pauseForReview(tx, id, reasons.get(id)!, now)
}

/** Finishes campaigns whose last lead to send turned out to be sent already. */
async function finishResolved(tx: Tx, changes: readonly Change[], now: Date): Promise<void> {
  const wasPending = ({ before }: { before: ChangedLead }) => before.status === 'PENDING'
  for (const id of unique(changes.filter(wasPending).map(({ after }) => after.campaign_id)).sort())
    await finishIfDone(tx, id, now)
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)]
}
