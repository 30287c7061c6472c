import type { Tx } from '../../database/pool.ts'
import { cancelPendingLeads, cancelQueuedBatches } from '../../lifecycle/cancel-writes.ts'

/**
 * Ends what a cancelled campaign had still to send: its leads end as ERROR CANCELLED, its batches are closed. Batches are locked
 * first, in the claim's order: a batch that is being claimed is waited for, and the settle of that claim ends the leads that it
 * took.
 */
export async function cancelOpenLeads(tx: Tx, campaignId: string, now: Date): Promise<void> {
  await cancelQueuedBatches(tx, campaignId, now)
  await cancelPendingLeads(tx, campaignId)
}
