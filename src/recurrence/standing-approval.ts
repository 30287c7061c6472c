import type pg from 'pg'
import { formatMoney, moneyOf } from '../budget/money.ts'
import { setReason } from '../campaign/actions/start.ts'
import { grantApproval } from '../campaign/approval/approve.ts'
import { assertFourEyes, handsOnRecurrence } from '../campaign/approval/four-eyes.ts'
import { type CampaignHeader, lockCampaign } from '../campaign/campaign-header.ts'
import { locking } from '../database/lock-order.ts'
import { type Tx, transaction } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { assertCredential } from '../security/credentials.ts'
import type { Via } from '../security/via.ts'
import { dayIn } from '../time/day.ts'
import { auditRecurrence, type Recurrence, standingHash } from './recurrence.ts'

/**
 * A standing approval: an ADMIN approves once the campaigns that a recurrence opens, while the covered data does not change, each
 * campaign costs at most the ceiling, and the last day has not passed. Each campaign still gets its own approval hash and budget check;
 * if one fails, the campaign waits for an approver with the reason.
 */
export interface StandingOrder {
  approverId: string
  /** The user behind the approver (src/security/via.ts). */
  via?: Pick<Via, 'id'> | null
  /** Maximum cost of one campaign, a decimal string. */
  ceiling: string
  /** Last day, YYYY-MM-DD; null: until revoked. */
  until: string | null
  now: Date
}

/** @throws CampError AUTH (four eyes), STATE (removed, or the wallet has no credential) */
export function giveStandingApproval(pool: pg.Pool, recurrence: Recurrence, order: StandingOrder): Promise<void> {
  return transaction(pool, tx => writeStandingApproval(tx, recurrence, order))
}

async function writeStandingApproval(tx: Tx, recurrence: Recurrence, order: StandingOrder): Promise<void> {
  const { id, handle, status } = recurrence
  if (status === 'REMOVED') throw new CampError('RECURRENCE_REMOVED', t`${handle} is removed`)
  const approver = { id: order.approverId, via: order.via ?? null }
  const own = await assertFourEyes(tx, await handsOnRecurrence(tx, recurrence), approver)
  await assertCredential(tx, recurrence)
  await locking(tx, 'Recurrence').query(
    `UPDATE "Recurrence" SET approved_by = $2, approved_at = $3, approval_hash = $4, approval_ceiling = $5, approval_until = $6,
            updated_at = $3 WHERE id = $1`,
    [id, order.approverId, order.now, standingHash(recurrence), order.ceiling, order.until],
  )
  const { ceiling, until } = order
  await auditRecurrence(tx, 'approve', id, order.approverId, {
    ceiling,
    until,
    unit_cost: recurrence.cost_per_message,
    ...(own !== null && { self_approval: own }),
  })
}

/** @throws CampError STATE: there is none */
export async function revokeStandingApproval(
  pool: pg.Pool,
  { id, handle }: Recurrence,
  userId: string,
  now: Date,
): Promise<void> {
  await transaction(pool, async tx => {
    const { rowCount } = await locking(tx, 'Recurrence').query(
      `UPDATE "Recurrence" SET approved_by = NULL, approved_at = NULL, approval_hash = NULL, approval_ceiling = NULL,
              approval_until = NULL, updated_at = $2 WHERE id = $1 AND approval_hash IS NOT NULL`,
      [id, now],
    )
    if (rowCount === 0) throw new CampError('STANDING_APPROVAL_MISSING', t`${handle} has no standing approval`)
    await auditRecurrence(tx, 'revoke', id, userId)
  })
}

/** @returns why a standing approval does not hold at a time; null: it holds; undefined: there is none */
export function standingApprovalFlaw(recurrence: Recurrence, at: Date): string | null | undefined {
  const { approval_hash, approval_until, approver, approver_stands, timezone } = recurrence
  if (approval_hash === null) return undefined
  if (approval_hash !== standingHash(recurrence))
    return 'the price, the template or a setting has changed since the approval'
  if (!approver_stands) return approver ? `${approver} is no longer an ADMIN` : 'its approver is no longer an ADMIN'
  const isOver = approval_until !== null && dayIn(timezone, at) > Date.parse(approval_until) / 86_400_000
  return isOver ? `it ended on ${approval_until}` : null
}

/**
 * Approves a campaign in the transaction that opens it.
 * @returns why it waits for an approver; null: approved
 */
export async function applyStandingApproval(
  tx: Tx,
  recurrence: Recurrence,
  campaignId: string,
  { at, now }: { at: Date; now: Date },
): Promise<string | null> {
  if (recurrence.approval_hash === null) return 'it has no standing approval'
  // Current price and text: the import may have taken long.
  const campaign = await lockCampaign(tx, campaignId)
  const { cost_per_message, template_id } = campaign
  const text = template_id === null ? recurrence.template_content : campaign.template_content
  const current = { ...recurrence, cost_per_message, template_content: text }
  const why = standingApprovalFlaw(current, at) ?? (await refusalOf(tx, current, campaign, now))
  if (why === null) return null
  const reason = `not approved by the standing approval of ${recurrence.handle}: ${why}`
  await setReason(tx, campaignId, reason, now)
  return reason
}

async function refusalOf(tx: Tx, recurrence: Recurrence, campaign: CampaignHeader, now: Date): Promise<string | null> {
  const { handle, approved_by, approval_ceiling, timezone, cost_per_message } = recurrence
  const { rows } = await tx.query<{ pending: number }>(
    `SELECT count(*)::int AS pending FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'PENDING'`,
    [campaign.id],
  )
  const cost = moneyOf(cost_per_message) * BigInt(rows[0]!.pending)
  if (cost > moneyOf(approval_ceiling!)) {
    return `it may cost ${formatMoney(cost)}, over the ceiling of ${approval_ceiling} for one campaign`
  }
  try {
    const detail = { standing: handle, approved_by: approved_by! }
    await grantApproval(tx, campaign, { approverId: approved_by!, actorId: null, now, timezone, detail })
    return null
  } catch (error) {
    // Budget, or content that the broker does not take: nothing was written.
    if (error instanceof CampError) return error.message
    throw error
  }
}
