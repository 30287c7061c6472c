import type { Present } from '../../budget/budget.ts'
import { moneyOf } from '../../budget/money.ts'
import { LOCK_EXCEPTIONS, locking } from '../../database/lock-order.ts'
import { type Tx, transaction } from '../../database/pool.ts'
import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import { isLegal } from '../../lifecycle/campaign-status.ts'
import { makeMove } from '../../lifecycle/make-move.ts'
import { refusedTransition } from '../../lifecycle/refused-transition.ts'
import { assertCredential } from '../../security/credentials.ts'
import type { Via } from '../../security/via.ts'
import { type CampaignHeader, lockCampaign } from '../campaign-header.ts'
import type { MoveDeps } from '../deps.ts'
import { approvalHash } from './approval-hash.ts'
import { budgetRefusal, checkBudget, leftAfter, payingMonth } from './budget-check.ts'
import { assertContent, contentOf, type ShownContent } from './content.ts'
import { assertFourEyes, handsOn } from './four-eyes.ts'

export interface ApproveOptions {
  timezone: string
  /** The user behind the approver's password or token (src/security/via.ts). */
  via?: Pick<Via, 'id'> | null
  /** What the approver was shown; undefined: the campaign as it is now. */
  shown?: ShownContent | undefined
}

/**
 * @returns what was approved
 * @throws CampError STATE (also if it has changed since it was shown), AUTH (four eyes), BUDGET with the figures, DATA (free text
 *   where a template is needed)
 */
export async function approveCampaign(
  deps: MoveDeps,
  id: string,
  userId: string,
  options: ApproveOptions,
): Promise<Granted> {
  return transaction(deps.pool, async tx => {
    const campaign = await lockCampaign(tx, id)
    if (!isLegal('approve', campaign.status)) throw refusedTransition('approve', campaign)
    const own = await assertFourEyes(tx, await handsOn(tx, campaign), { id: userId, via: options.via ?? null })
    await assertAdmin(tx, userId)
    if (options.shown) await assertAsShown(tx, campaign, options.shown)
    const now = deps.clock.now()
    const detail = own === null ? {} : { self_approval: own }
    return grantApproval(tx, campaign, {
      approverId: userId,
      actorId: userId,
      now,
      timezone: options.timezone,
      detail,
    })
  })
}

/** Now, and not when the approver was shown it: a question may stand for hours. */
async function assertAdmin(tx: Tx, userId: string): Promise<void> {
  const { rows } = await tx.query<{ email: string; is_admin: boolean }>(
    `SELECT email, role = 'ADMIN' AND disabled_at IS NULL AS is_admin FROM "User" WHERE id = $1`,
    [userId],
  )
  if (rows[0]?.is_admin) return
  throw new CampError('ADMIN_REQUIRED', t`${rows[0]?.email ?? userId} is not an ADMIN any more: nothing was approved`)
}

async function assertAsShown(tx: Tx, campaign: CampaignHeader, shown: ShownContent): Promise<void> {
  const { leads, hash } = await contentOf(tx, campaign)
  if (hash === shown.hash && leads === shown.leads) return
  throw new CampError('CHANGED_SINCE_SHOWN', t`${campaign.agendamento_id} has changed since it was shown`, {
    hint: t`Look at it again: camp campaign show ${campaign.agendamento_id}`,
  })
}

export interface Grant {
  approverId: string
  /** The user who acts: the approver; null for a standing approval. */
  actorId: string | null
  now: Date
  timezone: string
  /** Recorded in the audit with the figures. */
  detail?: Readonly<Record<string, string>>
}

/**
 * Approves a campaign that waits for approval and is locked. The caller has checked that the approver may approve it. Throws
 * before it writes anything.
 * @throws CampError BUDGET with the figures, DATA (free text where a template is needed), STATE (the wallet has no credential)
 */
export async function grantApproval(tx: Tx, campaign: CampaignHeader, grant: Grant): Promise<Granted> {
  const { approverId, actorId, now, timezone } = grant
  await assertContent(campaign)
  const granted = await assertBudget(tx, campaign, { now, timezone })
  await assertCredential(tx, campaign)
  await tx.query(
    `UPDATE "Campaign" SET unit_cost = $2, approved_by = $3, approved_at = $4, approval_hash = $5 WHERE id = $1`,
    [campaign.id, campaign.cost_per_message, approverId, now, approvalHash(campaign)],
  )
  const { cost_per_message: unit_cost, rows, lead_count: leads, fish, purpose, no_cap } = campaign
  const detail = { unit_cost, rows, leads, fish, purpose, no_cap, ...grant.detail }
  await makeMove(tx, 'approve', campaign, { userId: actorId, now, reason: null, detail })
  return granted
}

/** What an approval covers, and what it leaves of the budget. */
export interface Granted {
  /** Leads to send, fish included. */
  leads: number
  fish: number
  /** At most; a decimal string. */
  cost: string
  /** YYYY-MM. */
  month: string
  /** Of the month's budget, after this approval; a decimal string. null: it costs nothing, and the wallet has no budget. */
  left: string | null
}

async function assertBudget(tx: Tx, campaign: CampaignHeader, present: Present): Promise<Granted> {
  if (moneyOf(campaign.cost_per_message) !== 0n) {
    const { year, month } = payingMonth(campaign.scheduled_at, present)
    // Locked until the commit: two concurrent approvals must not both count on the same money.
    await locking(tx, 'Budget', LOCK_EXCEPTIONS.APPROVAL).query(
      `SELECT 1 FROM "Budget" WHERE wallet_id = $1 AND year = $2 AND month = $3 FOR NO KEY UPDATE`,
      [campaign.wallet_id, year, month],
    )
  }
  const { leads, fish, cost } = await contentOf(tx, campaign)
  const check = await checkBudget(tx, campaign.wallet_id, cost, campaign.scheduled_at, present)
  const refusal = budgetRefusal(campaign, { leads, cost }, check)
  if (refusal) throw refusal
  return { leads, fish, cost, month: check.month, left: leftAfter(cost, check) }
}
