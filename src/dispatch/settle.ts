import type pg from 'pg'
import type { Adapter, Outcome } from '../broker/port.ts'
import { formatMoney, moneyOf } from '../budget/money.ts'
import { type Sql, transaction } from '../database/pool.ts'
import type { ClaimedBatch } from './claim.ts'
import { recipientOf } from './claim-leads.ts'
import { releaseContacts } from './contacts.ts'
import { failCampaign, finishIfDone, pauseCampaign } from './finish.ts'
import { recordLeadEvents } from './lead-events.ts'
import { backoffMs, blockCredential, countAnswer, countFailure, giveProbeBack } from './pace.ts'
import { planRest, splitBatch } from './plan.ts'
import { blockOptOuts, eventsOf, reasonOf, writeLeads, writeProviderMessages } from './settle-leads.ts'

/** What became of a lead, and of its request. */
export type LeadOutcome = Outcome & {
  /** When its request was written; undefined: it was not, or it is not known. */
  writtenAt?: Date | undefined
  /** NOT_ACCEPTED because camp did not write it (permit.ts). */
  isWithheld?: boolean
}

/**
 * The settle (DESIGN 5): one transaction that writes what became of a claimed batch. It is fenced: only the attempt that
 * claimed the batch may settle it, and only once. Its locks are in the system's order: batch, slot, contacts, leads, budget,
 * campaign.
 */
export interface BatchOutcome {
  /** One for each claimed lead, in their order. */
  outcomes: LeadOutcome[]
  /** The broker's own name for what it took. */
  reference?: string | undefined
  /** The broker asked to wait this long. */
  retryAfterMs?: number | undefined
  /** The broker refused the request as a whole: its leads, NOT_ACCEPTED here, are to be sent in halves. */
  split?: boolean
  /** What was not accepted was never written, by camp's own decision (permit.ts): no failure of the broker's. */
  withheld?: boolean
  /** The key or the configuration is wrong: nothing more goes out. */
  fatal?: string | undefined
}

export interface Settled {
  kind: 'SETTLED'
  accepted: number
  refused: number
  inDoubt: number
  /** Leads that go out again, and when. */
  again: number
  /** The batches to ring for them. */
  rings: { batchId: string; ring: number; at: Date | null }[]
  /** The campaign's closing was planned: its next batch. */
  closing: boolean
}

export interface SettleDeps {
  pool: pg.Pool
  now: () => Date
  random: () => number
}

/** @returns FENCED when the batch is no longer this attempt's: its lease ran out, and somebody decided about it */
export async function settleBatch(
  { pool, now, random }: SettleDeps,
  batch: ClaimedBatch,
  adapter: Pick<Adapter, 'correlatesByProviderId'>,
  outcome: BatchOutcome,
): Promise<Settled | { kind: 'FENCED' }> {
  return transaction(pool, async sql => {
    const at = now()
    const row = await lockAttempt(sql, batch)
    if (!row) return { kind: 'FENCED' }
    const fates = batch.leads.map((lead, i) => ({ lead, outcome: outcome.outcomes[i]! }))
    const of = (kind: Outcome['kind']) => fates.filter(fate => fate.outcome.kind === kind)
    const [accepted, refused, notAccepted, inDoubt] = [
      of('ACCEPTED'),
      of('REJECTED'),
      of('NOT_ACCEPTED'),
      of('IN_DOUBT'),
    ]

    const failures = notAccepted.length > 0 && !outcome.split && !outcome.withheld ? row.failures + 1 : 0
    const waitMs = outcome.retryAfterMs ?? (failures > 0 ? backoffMs(failures - 1, random) : 0)
    const notBefore = waitMs > 0 ? new Date(at.getTime() + waitMs) : null
    const answered = accepted.length + refused.length > 0 || outcome.split === true || outcome.fatal !== undefined
    if (answered) await countAnswer(sql, batch.credential.id)
    else if (outcome.withheld && inDoubt.length === 0) {
      if (batch.probe) await giveProbeBack(sql, batch.credential.id, at)
    } else {
      const reason = reasonOf(notAccepted) ?? reasonOf(inDoubt) ?? 'the broker does not answer'
      await countFailure(sql, batch.credential.id, { now: at, reason, probe: batch.probe, random })
    }
    if (outcome.retryAfterMs !== undefined && notBefore) {
      await blockCredential(
        sql,
        batch.credential.id,
        notBefore,
        at,
        reasonOf(notAccepted) ?? 'the broker asked to wait',
      )
    }
    await releaseContacts(
      sql,
      [...refused, ...notAccepted].flatMap(({ lead }) => (lead.is_fish ? [] : [recipientOf(lead)])),
    )
    await writeLeads(sql, batch, fates, at)
    await recordLeadEvents(sql, eventsOf(batch, fates, at))
    await blockOptOuts(sql, batch, refused)
    if (adapter.correlatesByProviderId) await writeProviderMessages(sql, batch, accepted)

    const unspent = refused.length + notAccepted.length
    const split = outcome.split === true && notAccepted.length > 1
    const again = !split && batch.left + notAccepted.length > 0
    const keepsCost = accepted.length + inDoubt.length > 0
    const ring = await closeBatch(sql, batch, {
      status: again && !keepsCost ? 'QUEUED' : inDoubt.length > 0 ? 'IN_DOUBT' : 'DONE',
      accepted: accepted.length,
      refused: refused.length,
      unspent,
      failures,
      notBefore,
      reference: outcome.reference,
      error: outcome.fatal ?? reasonOf(notAccepted) ?? reasonOf(inDoubt) ?? null,
      at,
    })
    await release(sql, batch.id, row, unspent, at)

    const rings = split
      ? await splitBatch(
          sql,
          batch,
          notAccepted.map(fate => fate.lead),
          at,
        )
      : []
    if (again && !keepsCost) rings.push({ batchId: batch.id, ring, at: notBefore })
    if (again && keepsCost) {
      const rest = await planRest(
        sql,
        { id: batch.id, campaignId: batch.campaign.id },
        { failures, notBefore, rungAt: at },
      )
      if (rest) rings.push({ batchId: rest.id, ring: rest.ring, at: notBefore })
    }
    if (again || split) await dropIfCancelled(sql, batch, at)
    if (outcome.fatal !== undefined) await failCampaign(sql, batch.campaign.id, outcome.fatal, at)
    const closing = outcome.fatal === undefined && !again && !split && (await finishIfDone(sql, batch.campaign.id, at))
    if (refused.length > 0 && accepted.length === 0) await pauseIfAllAreRefused(sql, batch.campaign.id, at)
    return {
      kind: 'SETTLED',
      accepted: accepted.length,
      refused: refused.length,
      inDoubt: inDoubt.length,
      again: notAccepted.length,
      rings,
      closing,
    }
  })
}

interface Attempt {
  failures: number
  budget_id: string | null
  unit_cost: string
}

async function lockAttempt(sql: Sql, { id, attempt }: ClaimedBatch): Promise<Attempt | undefined> {
  const { rows } = await sql.query<Attempt>(
    `SELECT failures, budget_id, unit_cost FROM "Batch" WHERE id = $1 AND attempt = $2 AND status = 'SENDING' FOR UPDATE`,
    [id, attempt],
  )
  return rows[0]
}

interface Closing {
  status: 'QUEUED' | 'IN_DOUBT' | 'DONE'
  accepted: number
  refused: number
  unspent: number
  failures: number
  notBefore: Date | null
  reference: string | undefined
  error: string | null
  at: Date
}

/**
 * A batch that is claimed again (the broker took none of it, and named its request all the same) has a reference for each.
 * @returns the ring under which a batch that is QUEUED again is to be called
 */
async function closeBatch(sql: Sql, batch: ClaimedBatch, closing: Closing): Promise<number> {
  const { rows } = await sql.query<{ ring: number }>(
    `UPDATE "Batch" SET status = $2::"BatchStatus", lease_until = NULL, settled_at = $3,
            accepted = accepted + $4, refused = refused + $5, reserved = reserved - unit_cost * $6::int,
            failures = $7, not_before = $8, broker_ref = nullif(concat_ws(E'\\n', broker_ref, $9::text), ''), error = $10, ring = ring + 1, rung_at = $3
     WHERE id = $1 RETURNING ring`,
    [
      batch.id,
      closing.status,
      closing.at,
      closing.accepted,
      closing.refused,
      closing.unspent,
      closing.failures,
      closing.notBefore,
      closing.reference ?? null,
      closing.error,
    ],
  )
  return rows[0]!.ring
}

/** What was reserved for messages that the broker certainly did not take goes back. */
async function release(
  sql: Sql,
  batchId: string,
  { budget_id, unit_cost }: Attempt,
  messages: number,
  at: Date,
): Promise<void> {
  if (budget_id === null || messages === 0) return
  const amount = formatMoney(moneyOf(unit_cost) * BigInt(messages))
  await sql.query(
    `WITH entry AS (
       INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, messages, batch_id, created_at)
       VALUES (gen_random_uuid(), $1, 'RELEASE', -$2::numeric, -$3::int, $4, $5)
     )
     UPDATE "Budget" SET used_budget = used_budget - $2::numeric, updated_at = $5 WHERE id = $1`,
    [budget_id, amount, messages, batchId, at],
  )
}

/**
 * Leads that stay PENDING in a campaign that was cancelled meanwhile end there. The campaign's row is held, so that a cancel at
 * this very moment either was before (and is seen here) or comes after (and finds this batch QUEUED).
 */
async function dropIfCancelled(sql: Sql, batch: ClaimedBatch, at: Date): Promise<void> {
  const { rows } = await sql.query<{ status: string }>(`SELECT status FROM "Campaign" WHERE id = $1 FOR SHARE`, [
    batch.campaign.id,
  ])
  if (rows[0]?.status !== 'CANCELLED') return
  await sql.query(
    `WITH mine AS (
       UPDATE "Batch" SET status = 'DONE', settled_at = $2 WHERE (id = $1 OR parent_id = $1) AND status = 'QUEUED'
       RETURNING campaign_id, from_seq, to_seq
     )
     UPDATE "CampaignLead" l SET status = 'ERROR', error_code = 'CANCELLED', error_message = 'the campaign was cancelled'
     FROM mine m WHERE l.campaign_id = m.campaign_id AND l.seq BETWEEN m.from_seq AND m.to_seq AND l.status = 'PENDING'`,
    [batch.id, at],
  )
}

/**
 * Where the last messages were all refused, one after another, the list is being burnt: a wrong template, a broker gone mad
 * (DESIGN 4.14).
 */
const REFUSALS_IN_A_ROW = 50

async function pauseIfAllAreRefused(sql: Sql, campaignId: string, at: Date): Promise<void> {
  const { rows } = await sql.query<{ refused: number }>(
    `SELECT coalesce(sum(refused), 0)::int AS refused FROM (
       SELECT refused, sum(accepted) OVER (ORDER BY settled_at DESC, number DESC) AS accepted_since
       FROM (SELECT * FROM "Batch" WHERE campaign_id = $1 AND settled_at IS NOT NULL ORDER BY settled_at DESC, number DESC LIMIT $2) b
     ) streak WHERE accepted_since = 0`,
    [campaignId, REFUSALS_IN_A_ROW],
  )
  const refused = rows[0]!.refused
  if (refused < REFUSALS_IN_A_ROW) return
  await pauseCampaign(
    sql,
    campaignId,
    `the last ${refused} messages were all refused: see camp campaign leads --status ERROR`,
    at,
  )
}
