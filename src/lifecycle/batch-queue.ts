import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'

/** When a batch that is QUEUED, and stays so, is to be claimed. */
export interface Deferral {
  until: Date
  waiting_for_hours: boolean
  /** Why a closing waits; undefined: the batch's error stays as it is. */
  error?: string | null
}

/** Defers a batch. The caller has locked the row, QUEUED. @returns the `enqueue_seq` of its next job */
export async function deferBatch(tx: Tx, batchId: string, deferral: Deferral, now: Date): Promise<number> {
  const { until, waiting_for_hours, error } = deferral
  const { rows } = await tx.query<{ enqueue_seq: number }>(
    `UPDATE "Batch" SET not_before = $2, due_at = $2, waiting_for_hours = $4, enqueue_seq = enqueue_seq + 1, enqueued_at = $3,
            error = CASE WHEN $5 THEN $6 ELSE error END
     WHERE id = $1 RETURNING enqueue_seq`,
    [batchId, until, now, waiting_for_hours, error !== undefined, error ?? null],
  )
  return rows[0]!.enqueue_seq
}

/**
 * Takes a batch out of the queue without a time: what it waits for enqueues it again (`enqueueWindow`). The caller has locked the
 * row, QUEUED.
 */
export async function parkBatch(tx: Tx, batchId: string): Promise<void> {
  await tx.query(`UPDATE "Batch" SET enqueued_at = NULL, enqueue_seq = enqueue_seq + 1 WHERE id = $1`, [batchId])
}

/** Marks the batches that wait for contact hours as if the queue had lost their jobs long ago: the next sweep enqueues them. */
export async function enqueueThoseWaitingForHours(tx: Tx): Promise<void> {
  await locking(tx, 'Batch').query(
    `UPDATE "Batch" b SET not_before = NULL, enqueued_at = '-infinity', enqueue_seq = enqueue_seq + 1
     FROM (SELECT id FROM "Batch" WHERE status = 'QUEUED' AND waiting_for_hours ORDER BY id FOR NO KEY UPDATE) waiting
     WHERE b.id = waiting.id`,
  )
}
