import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'
import { recordAudit } from '../security/audit-log.ts'
import { TRANSITIONS, type TransitionName } from './campaign-status.ts'

/**
 * Why a campaign FAILED, for scripts. BUDGET: the month's budget. BROKER: its broker, credential or key, which a person must fix.
 */
export type FailureCode = 'BUDGET' | 'BROKER'

export interface TransitionBy {
  /** null: camp itself. */
  userId: string | null
  now: Date
  reason: string | null
  /** Only for a failure. */
  code?: FailureCode
  /** For the audit, in addition to the reason. */
  detail?: Readonly<Record<string, unknown>>
}

/**
 * Writes a campaign's status and its AuditEvent; no other statement does. A FINISHED campaign keeps the reason of the pause in
 * which it finished.
 * @returns false if its status does not allow the transition, and then nothing is written
 */
export async function transition(tx: Tx, name: TransitionName, campaignId: string, by: TransitionBy): Promise<boolean> {
  const { rowCount } = await locking(tx, 'Campaign').query(
    `UPDATE "Campaign" SET status = $2::"CampaignStatus", updated_at = $5::timestamptz,
            failure_reason = CASE WHEN $2 = 'FINISHED' THEN failure_reason ELSE $3 END,
            failure_code = CASE WHEN $2 = 'FINISHED' THEN failure_code ELSE $4 END,
            started_at = CASE WHEN $2 = 'PROCESSING' THEN coalesce(started_at, $5::timestamptz) ELSE started_at END,
            unanswered_start = CASE WHEN $2 = 'PROCESSING' THEN gen_random_uuid() END,
            finished_at = CASE WHEN $2 IN ('FINISHED', 'CANCELLED', 'ARCHIVED') THEN $5::timestamptz END
     WHERE id = $1 AND status = ANY($6::"CampaignStatus"[])`,
    [campaignId, TRANSITIONS[name].to, by.reason, by.code ?? null, by.now, TRANSITIONS[name].from],
  )
  if (rowCount === 0) return false
  const detail = { ...(by.reason !== null && { reason: by.reason }), ...by.detail }
  await recordAudit(tx, {
    userId: by.userId,
    action: `campaign.${name}`,
    subject: 'Campaign',
    subjectId: campaignId,
    ...(Object.keys(detail).length > 0 && { detail }),
    // Camp's own transitions have the time of their transaction.
    ...(by.userId === null && { at: by.now }),
  })
  return true
}

/** PROCESSING → FAILED; a campaign in another status stays as it is. */
export async function failCampaign(
  tx: Tx,
  campaignId: string,
  reason: string,
  now: Date,
  code: FailureCode = 'BROKER',
): Promise<void> {
  await transition(tx, 'fail', campaignId, { userId: null, now, reason, code })
}

/** PROCESSING → PAUSED by camp itself: a person should check before it continues. */
export async function pauseForReview(tx: Tx, campaignId: string, reason: string, now: Date): Promise<void> {
  await transition(tx, 'pause', campaignId, { userId: null, now, reason })
}
