import { adapterOf } from '../../broker/registry.ts'
import { budgetPosition, type Present } from '../../budget/budget.ts'
import { formatMoney, moneyOf } from '../../budget/money.ts'
import { formatMonth } from '../../budget/month.ts'
import { LOCK_EXCEPTIONS, locking } from '../../database/lock-order.ts'
import { type Tx, transaction } from '../../database/pool.ts'
import { CampError } from '../../errors.ts'
import { isLegal } from '../../lifecycle/campaign-status.ts'
import { makeMove } from '../../lifecycle/make-move.ts'
import { refusedTransition } from '../../lifecycle/refused-transition.ts'
import { assertCredential } from '../../security/credentials.ts'
import type { Via } from '../../security/via.ts'
import { type CampaignHeader, lockCampaign } from '../campaign-header.ts'
import type { MoveDeps } from '../deps.ts'
import { approvalHash } from './approval-hash.ts'
import { payingMonth } from './budget-check.ts'
import { assertFourEyes, handsOn } from './four-eyes.ts'

export interface ApproveOptions {
  timezone: string
  /** The user behind the approver's password or token (src/security/via.ts). */
  via?: Pick<Via, 'id'> | null
}

/** @throws CampError STATE, AUTH (four eyes), BUDGET with the figures, DATA (free text where a template is needed) */
export async function approveCampaign(
  deps: MoveDeps,
  id: string,
  userId: string,
  options: ApproveOptions,
): Promise<void> {
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
  // Locked until the commit: two concurrent approvals must not both count on the same money.
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
