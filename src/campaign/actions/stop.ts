import { transaction } from '../../database/pool.ts'
import { cancelOpenLeads } from '../../dispatch/finish/cancel-pending.ts'
import { makeMove } from '../../lifecycle/make-move.ts'
import { lockCampaign } from '../campaign-header.ts'
import type { MoveDeps } from '../deps.ts'

/** PENDING_APPROVAL → CANCELLED. */
export async function rejectCampaign(
  deps: MoveDeps,
  id: string,
  userId: string,
  reason: string | undefined,
): Promise<void> {
  await rejectOrCancel(deps, 'reject', id, userId, reason ?? 'rejected')
}

/** What is still to be sent ends as CANCELLED; what is on its way ends as the broker answers. */
export async function cancelCampaign(
  deps: MoveDeps,
  id: string,
  userId: string,
  reason: string | undefined,
): Promise<void> {
  await rejectOrCancel(deps, 'cancel', id, userId, reason ?? 'cancelled')
}

/**
 * Two transactions: a claim that waits for the campaign's row must not be waited for by whoever holds it. Between them no new
 * claim succeeds; the sweeper does the second one's work if it never comes (sweep.ts).
 */
async function rejectOrCancel(
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

export async function pauseCampaign(
  deps: MoveDeps,
  id: string,
  userId: string,
  reason: string | null = null,
): Promise<void> {
  await transaction(deps.pool, async tx => {
    await makeMove(tx, 'pause', await lockCampaign(tx, id), { userId, now: deps.clock.now(), reason })
  })
}
