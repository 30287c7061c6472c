import type { Tx } from '../../database/pool.ts'
import { cancelPendingLeads, cancelQueuedBatches } from '../../lifecycle/cancel-writes.ts'

/**
 * What a cancelled campaign had still to send: its leads end with that reason, its batches are closed. In the order of the
 * claim's locks, batches first: one that is being claimed at this moment is waited for, and what it took is its settle's to end.
 */
export async function cancelOpenLeads(tx: Tx, campaignId: string, now: Date): Promise<void> {
  await cancelQueuedBatches(tx, campaignId, now)
  await cancelPendingLeads(tx, campaignId)
}
