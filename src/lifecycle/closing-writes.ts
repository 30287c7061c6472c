import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'

/** How a closing's row ends an attempt. Its broker_ref is what was seen before the run began: null until then. */

/** Locks the row. @returns false where it is no longer this attempt's: somebody else has decided about it */
export async function holdsClosing(
  tx: Tx,
  { id, attempt }: { id: string; attempt: number },
  status: 'SENDING' | 'IN_DOUBT',
): Promise<boolean> {
  const { rowCount } = await locking(tx, 'Batch').query(
    `SELECT 1 FROM "Batch" WHERE id = $1 AND attempt = $2 AND status = $3::"BatchStatus" FOR UPDATE`,
    [id, attempt, status],
  )
  return rowCount === 1
}

/** @param reference what the broker calls the run; what was seen stays where it says nothing */
export async function completeClosing(tx: Tx, id: string, at: Date, reference: string | undefined): Promise<void> {
  await tx.query(
    `UPDATE "Batch" SET status = 'DONE', settled_at = $2, lease_until = NULL, not_before = NULL, error = NULL,
            broker_ref = coalesce($3, broker_ref)
     WHERE id = $1`,
    [id, at, reference ?? null],
  )
}

export interface Requeue {
  at: Date
  until: Date | null
  failures: number
  error: string
}

/**
 * Nothing was run: it may be claimed again, unless its campaign was cancelled meanwhile.
 * @returns its ring; undefined where it is never run
 */
export async function requeueClosing(
  tx: Tx,
  id: string,
  { at, until, failures, error }: Requeue,
): Promise<number | undefined> {
  const { rows } = await tx.query<{ status: string; enqueue_seq: number }>(
    `UPDATE "Batch" b SET status = CASE WHEN c.status = 'CANCELLED' THEN 'DONE' ELSE 'QUEUED' END::"BatchStatus",
            claimed_at = CASE WHEN c.status = 'CANCELLED' THEN NULL ELSE claimed_at END, lease_until = NULL,
            not_before = $3, failures = $4, error = $5, broker_ref = NULL, enqueue_seq = enqueue_seq + 1, enqueued_at = $2
     FROM "Campaign" c WHERE c.id = b.campaign_id AND b.id = $1 RETURNING b.status, b.enqueue_seq`,
    [id, at, until, failures, error],
  )
  return rows[0]?.status === 'QUEUED' ? rows[0].enqueue_seq : undefined
}

/** It may have been run. @param lookAt when to look whether it was; null: only a person can */
export async function doubtClosing(
  tx: Tx,
  id: string,
  { at, error, lookAt }: { at: Date; error: string; lookAt: Date | null },
): Promise<void> {
  await tx.query(
    `UPDATE "Batch" SET status = 'IN_DOUBT', settled_at = $2, lease_until = NULL, error = $3, not_before = $4 WHERE id = $1`,
    [id, at, error, lookAt],
  )
}
