import type pg from 'pg'
import { adapterOf } from '../broker/registry.ts'
import { budgetPosition, type Present } from '../budget/budget.ts'
import { formatMoney, moneyOf } from '../budget/money.ts'
import { formatMonth } from '../budget/month.ts'
import type { Clock } from '../clock.ts'
import { LOCK_EXCEPTIONS, locking } from '../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import { cancelOpenLeads, finishIfDone } from '../dispatch/finish.ts'
import { planCampaign } from '../dispatch/plan.ts'
import { forgetRings, lockQueued, ringWindow } from '../dispatch/ring.ts'
import { CampError } from '../errors.ts'
import { assertNotHeld } from '../installation/not-held.ts'
import { isLegal, type TransitionName } from '../lifecycle/campaign-status.ts'
import { type TransitionBy, transition } from '../lifecycle/transition.ts'
import type { Queues } from '../queue/queues.ts'
import { assertCredential } from '../security/credentials.ts'
import type { Via } from '../security/via.ts'
import { payingMonth } from './affordable.ts'
import { approvalHash, type CampaignHeader, lockCampaign, readCampaign } from './approval.ts'
import { assertFourEyes, handsOn } from './four-eyes.ts'
import { refusedTransition } from './refused-transition.ts'

/** The moves of a campaign's life that a person (or the schedule) makes: each one transaction, with its audit. */
export interface MoveDeps {
  pool: pg.Pool
  clock: Clock
}

export interface ApproveOptions {
  timezone: string
  /** Who stands behind the approver (src/security/via.ts). */
  via?: Pick<Via, 'id'> | null
}

/** @throws CampError STATE, AUTH (four eyes), BUDGET with the figures, DATA (free text where a template is needed) */
export async function approve(deps: MoveDeps, id: string, userId: string, options: ApproveOptions): Promise<void> {
  await transaction(deps.pool, async tx => {
    const campaign = await lockCampaign(tx, id)
    if (!isLegal('approve', campaign.status)) throw refusedTransition('approve', campaign)
    const own = await assertFourEyes(tx, await handsOn(tx, campaign), { id: userId, via: options.via ?? null })
    const now = deps.clock.now()
    const detail = own === null ? {} : { self_approval: own }
    await grantApproval(tx, campaign, { approverId: userId, actorId: userId, now, timezone: options.timezone, detail })
  })
}

export interface Grant {
  approverId: string
  /** Who acts: the approver, or null where a standing approval speaks. */
  actorId: string | null
  now: Date
  timezone: string
  /** For the audit, beside the figures. */
  detail?: Readonly<Record<string, string>>
}

/**
 * Approves a campaign that waits for it and is locked, whoever may do so having been looked at. What it throws, it throws before
 * it writes.
 * @throws CampError BUDGET with the figures, DATA (free text where a template is needed), STATE (the wallet has no credential)
 */
export async function grantApproval(tx: Tx, campaign: CampaignHeader, grant: Grant): Promise<void> {
  const { approverId, actorId, now, timezone } = grant
  await assertContent(campaign)
  await assertBudget(tx, campaign, { now, timezone })
  await assertCredential(tx, campaign)
  await tx.query(
    `UPDATE "Campaign" SET unit_cost = $2, approved_by = $3, approved_at = $4, approval_hash = $5 WHERE id = $1`,
    [campaign.id, campaign.cost_per_message, approverId, now, approvalHash(campaign)],
  )
  const { cost_per_message: unit_cost, rows, lead_count: leads, fish, purpose, no_cap } = campaign
  const detail = { unit_cost, rows, leads, fish, purpose, no_cap, ...grant.detail }
  await makeMove(tx, 'approve', campaign, { userId: actorId, now, reason: null, detail })
}

/** Says why a campaign is as it is. */
export async function setReason(tx: Tx, id: string, reason: string, now: Date): Promise<void> {
  await tx.query(`UPDATE "Campaign" SET failure_reason = $2, updated_at = $3 WHERE id = $1`, [id, reason, now])
}

/** PENDING_APPROVAL → CANCELLED. */
export async function reject(deps: MoveDeps, id: string, userId: string, reason: string | undefined): Promise<void> {
  await close(deps, 'reject', id, userId, reason ?? 'rejected')
}

/** What is still to be sent ends as CANCELLED; what is on its way ends as the broker answers. */
export async function cancel(deps: MoveDeps, id: string, userId: string, reason: string | undefined): Promise<void> {
  await close(deps, 'cancel', id, userId, reason ?? 'cancelled')
}

/**
 * Two transactions: a claim that waits for the campaign's row must not be waited for by whoever holds it. Between them no new
 * claim succeeds; the sweeper does the second one's work if it never comes (sweep.ts).
 */
async function close(
  deps: MoveDeps,
  move: 'reject' | 'cancel',
  id: string,
  userId: string,
  reason: string,
): Promise<void> {
  await transaction(deps.pool, async tx => {
    const campaign = await lockCampaign(tx, id)
    await makeMove(tx, move, campaign, { userId, now: deps.clock.now(), reason })
  })
  await transaction(deps.pool, tx => cancelOpenLeads(tx, id, deps.clock.now()))
}

export async function pause(deps: MoveDeps, id: string, userId: string, reason: string | null = null): Promise<void> {
  await transaction(deps.pool, async tx => {
    await makeMove(tx, 'pause', await lockCampaign(tx, id), { userId, now: deps.clock.now(), reason })
  })
}

/**
 * APPROVED → PROCESSING: checks that the approval still holds, plans, commits, rings. Two at once start it once.
 * @param userId null: the schedule
 * @throws CampError STATE: not approved, the approval was voided by a change, or the database waits for a person
 */
export async function run(deps: MoveDeps & { queues: Queues }, id: string, userId: string | null): Promise<void> {
  const started = await transaction(deps.pool, async tx => {
    const campaign = await lockToBegin(tx, 'run', id)
    await assertNotHeld(tx)
    return (await approvalHolds(tx, campaign, deps.clock.now())) ? begin(deps, tx, 'run', campaign, userId) : undefined
  })
  if (!started) throw await approvalVoid(deps.pool, id)
  await ringFirst(deps, started)
}

/** PAUSED or FAILED → PROCESSING. */
export async function resume(deps: MoveDeps & { queues: Queues }, id: string, userId: string): Promise<void> {
  const resumed = await transaction(deps.pool, async tx => {
    const campaign = await lockToBegin(tx, 'resume', id)
    await assertNotHeld(tx)
    return (await approvalHolds(tx, campaign, deps.clock.now()))
      ? begin(deps, tx, 'resume', campaign, userId)
      : undefined
  })
  if (!resumed) throw await approvalVoid(deps.pool, id)
  await ringFirst(deps, resumed)
}

/** The batches of a campaign that runs are not locked: a claim passes over one that is, and its ring would be lost. */
async function lockToBegin(tx: Tx, move: 'run' | 'resume', id: string): Promise<CampaignHeader> {
  const before = await readCampaign(tx, id)
  if (!isLegal(move, before.status)) throw refusedTransition(move, before)
  await lockQueued(tx, id)
  const campaign = await lockCampaign(tx, id)
  if (!isLegal(move, campaign.status)) throw refusedTransition(move, campaign)
  return campaign
}

async function begin(
  { clock }: MoveDeps,
  tx: Tx,
  move: 'run' | 'resume',
  campaign: CampaignHeader,
  userId: string | null,
): Promise<CampaignHeader> {
  const now = clock.now()
  await makeMove(tx, move, campaign, { userId, now, reason: null })
  await forgetRings(tx, campaign.id)
  await planCampaign(tx, campaign)
  // A campaign without a lead to send is done before it begins.
  await finishIfDone(tx, campaign.id, now)
  return campaign
}

// Below this the statistics are near enough whatever they say.
const MANY_LEADS = 5_000

/**
 * After the commit: a ring that is lost here is rung by the sweeper. A table that an import has just filled has no statistics
 * until autovacuum comes round a minute later, and until then its ranges are read by the wrong plan: a million leads went out
 * at 3,500 a second for the first minute, and at 22,000 from then on. Only the columns that ranges are read by: all of them take
 * four times as long.
 */
export async function ringFirst(
  { pool, queues, clock }: MoveDeps & { queues: Queues },
  campaign: CampaignHeader,
): Promise<void> {
  if (campaign.lead_count >= MANY_LEADS) await pool.query(`ANALYZE "CampaignLead" (campaign_id, seq, status), "Batch"`)
  const paced = campaign.throttling_type !== 'none' || campaign.rate_limit !== null
  await ringWindow(pool, queues, { id: campaign.id, brokerId: campaign.broker_id, paced }, clock.now())
}

/** @throws CampError TRANSITION_REFUSED, and nothing is written */
export async function makeMove(
  tx: Tx,
  name: TransitionName,
  campaign: CampaignHeader,
  by: TransitionBy,
): Promise<void> {
  if (!(await transition(tx, name, campaign.id, by))) throw refusedTransition(name, campaign)
}

async function assertContent(campaign: CampaignHeader): Promise<void> {
  const { content } = await adapterOf(campaign.adapter)
  const wrong =
    content === 'TEMPLATE' && campaign.template_id === null
      ? 'sends approved templates only, and this campaign has free text'
      : content === 'TEXT' && campaign.template_id !== null
        ? 'sends free text only, and this campaign has a template'
        : undefined
  if (wrong === undefined) return
  throw new CampError('MESSAGE_KIND_REFUSED', `broker ${campaign.broker} ${wrong}`, {
    hint: content === 'TEMPLATE' ? 'Import it again with --template CODE.' : 'Import it again with --message TEXT.',
  })
}

async function assertBudget(tx: Tx, campaign: CampaignHeader, present: Present): Promise<void> {
  const unit = moneyOf(campaign.cost_per_message)
  if (unit === 0n) return
  const { year, month } = payingMonth(campaign.scheduled_at, present)
  // Held until the commit: two approvals at once may not both count on the same money.
  await locking(tx, 'Budget', LOCK_EXCEPTIONS.APPROVAL).query(
    `SELECT 1 FROM "Budget" WHERE wallet_id = $1 AND year = $2 AND month = $3 FOR UPDATE`,
    [campaign.wallet_id, year, month],
  )
  const position = await budgetPosition(tx, campaign.wallet_id, year, month, present)
  const period = formatMonth({ year, month })
  if (!position) {
    throw new CampError('BUDGET_MISSING', `wallet ${campaign.wallet} has no budget for ${period}`, {
      hint: `Run: camp budget set "${campaign.wallet}" ${period} AMOUNT`,
    })
  }
  const { rows } = await tx.query<{ pending: number }>(
    `SELECT count(*)::int AS pending FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'PENDING'`,
    [campaign.id],
  )
  const cost = unit * BigInt(rows[0]!.pending)
  if (cost <= moneyOf(position.available)) return
  throw new CampError(
    'BUDGET_EXCEEDED',
    `${campaign.agendamento_id} may cost ${formatMoney(cost)} (${rows[0]!.pending} messages of ${formatMoney(unit)}), ` +
      `and wallet ${campaign.wallet} has ${position.available} available in ${period}: ` +
      `limit ${position.budget}, used ${position.used}, committed to other campaigns ${position.committed}`,
    { hint: `Raise it: camp budget set "${campaign.wallet}" ${period} AMOUNT` },
  )
}

/** @returns false where it was voided: the campaign waits for approval again, and that must be committed */
async function approvalHolds(tx: Tx, campaign: CampaignHeader, now: Date): Promise<boolean> {
  if (campaign.approval_hash === approvalHash(campaign)) return true
  const reason = 'something that was approved has changed since (price, template, …)'
  await makeMove(tx, 'void', campaign, { userId: null, now, reason })
  return false
}

async function approvalVoid(sql: Sql, id: string): Promise<CampError> {
  const { agendamento_id: handle } = await readCampaign(sql, id)
  return new CampError(
    'APPROVAL_VOID',
    `${handle} must be approved again: its price, template or settings have changed since`,
    {
      hint: `An ADMIN approves it: camp campaign approve ${handle}`,
    },
  )
}
