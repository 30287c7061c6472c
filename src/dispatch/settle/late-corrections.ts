import { type CostCorrection, correctCosts } from '../../budget/ledger.ts'
import { locking } from '../../database/lock-order.ts'
import type { Sql, Tx } from '../../database/pool.ts'
import type { BatchStatus } from '../../lifecycle/batch-status.ts'
import { type BatchCorrection, correctFigures } from '../../lifecycle/batch-writes.ts'

/** The batch that sent a lead. */
export interface OwningBatch {
  id: string
  budget_id: string | null
  claimed_at: Date | null
}

/** What callbacks or a person report after a settle, and what changes a batch's figures and its cost. */
export type LedgerCorrection = BatchCorrection & CostCorrection

export function noCorrection(batchId: string, reason: string): LedgerCorrection {
  return { batchId, resolved: 0, released: 0, reason, bookedAgain: 0 }
}

/** @returns by lead, the batch that claimed it last */
export async function owningBatches(sql: Sql, leadIds: readonly string[]): Promise<Map<string, OwningBatch>> {
  if (leadIds.length === 0) return new Map()
  const { rows } = await sql.query<OwningBatch & { lead_id: string }>(
    `SELECT l.id AS lead_id, b.id, b.budget_id, b.claimed_at
     FROM "CampaignLead" l JOIN "Batch" b ON b.campaign_id = l.campaign_id AND b.number = l.batch_number
     WHERE l.id = ANY($1::uuid[])`,
    [leadIds],
  )
  return new Map(rows.map(row => [row.lead_id, row]))
}

/** Locks batches. To be called before any lead is locked: batches come first in the lock order. @returns their status, by id */
export async function lockBatches(tx: Tx, ids: readonly string[]): Promise<Map<string, BatchStatus>> {
  if (ids.length === 0) return new Map()
  const { rows } = await locking(tx, 'Batch').query<{ id: string; status: BatchStatus }>(
    `SELECT id, status FROM "Batch" WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    [ids],
  )
  return new Map(rows.map(({ id, status }) => [id, status]))
}

/**
 * Writes corrections to their batches, which the caller has locked, to the ledger and to the budgets.
 * @param userId who decided; null: the broker reported it
 */
export async function correctBatches(
  tx: Tx,
  corrections: readonly LedgerCorrection[],
  userId: string | null,
  now: Date,
): Promise<void> {
  if (corrections.length === 0) return
  await correctFigures(tx, corrections)
  await correctCosts(tx, corrections, userId, now)
}
