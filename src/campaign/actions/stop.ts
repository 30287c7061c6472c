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

/** Leads that are still to be sent end as CANCELLED; those in flight end as the broker answers. */
export async function cancelCampaign(
  deps: MoveDeps,
  id: string,
  userId: string,
  reason: string | undefined,
): Promise<void> {
  await rejectOrCancel(deps, 'cancel', id, userId, reason ?? 'cancelled')
}

/**
 * Two transactions to avoid a deadlock: a claim locks its batch and then waits for the campaign's row, so the batches must not be
 * locked while that row is held. Between the two no new claim succeeds. If the second is lost, the sweeper does its work
 * (src/dispatch/sweep.ts).
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
