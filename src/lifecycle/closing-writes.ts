import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'
import type { Resolution } from './lead-verdicts.ts'

/**
 * The statements that write the status of a closing's batch. Each names the transitions of batch-status.ts that it makes. If its
 * WHERE has no status, its caller has locked the row and checked the status. broker_ref is the mark that was seen before the run
 * started; null until then.
 */

/**
 * Makes a closing SENDING. Without broker_ref its run has not started: if the worker dies now, nothing was done
 * (`requeueUnbegun`). The caller has locked the row, QUEUED (`lockClosing`).
 * @returns the attempt
 * @transition batch.claim
 */
export async function openClosing(
  tx: Tx,
  id: string,
  { lockKey, now, leaseUntil }: { lockKey: string | null; now: Date; leaseUntil: Date },
): Promise<number> {
  const { rows } = await tx.query<{ attempt: number }>(
    `UPDATE "Batch" SET status = 'SENDING', attempt = attempt + 1, lease_until = $2, claimed_at = $3, not_before = NULL,
            waiting_for_hours = false,
            lock_key = $4, broker_ref = NULL, error = NULL
     WHERE id = $1 RETURNING attempt`,
    [id, leaseUntil, now, lockKey],
  )
  return rows[0]!.attempt
}

/** Locks the row. @returns false if it is no longer this attempt's: another process, or a person, has decided about it */
export async function holdsClosing(
  tx: Tx,
  { id, attempt }: { id: string; attempt: number },
  status: 'SENDING' | 'IN_DOUBT',
): Promise<boolean> {
  const { rowCount } = await locking(tx, 'Batch').query(
    `SELECT 1 FROM "Batch" WHERE id = $1 AND attempt = $2 AND status = $3::"BatchStatus" FOR NO KEY UPDATE`,
    [id, attempt, status],
  )
  return rowCount === 1
}

/**
 * The broker took the run: the closing stays SENDING until a look shows its end. Without a lease no sweep puts it in doubt, and no
 * worker runs it again after another has died. settled_at is when it was taken. The caller has locked the row, SENDING (`holdsClosing`).
 */
export async function watchClosing(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.query(`UPDATE "Batch" SET lease_until = NULL, settled_at = $2, not_before = $2 WHERE id = $1`, [id, at])
}

/**
 * The closing has run, or there is nothing to run. The caller has locked the row (`lockClosing`, `holdsClosing`), in any of the
 * three statuses.
 * @param reference the broker's name for the run; undefined: broker_ref is kept
 * @transition batch.settle, batch.resolve, batch.empty
 */
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
 * Nothing was run: the closing may be claimed again, unless its campaign was cancelled meanwhile. The caller has locked the row,
 * SENDING or IN_DOUBT (`holdsClosing`).
 * @returns the `enqueue_seq` of its next job; undefined if it is never run
 * @transition batch.requeue, batch.runAgain, batch.cancelUnrun
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

/**
 * The closing may have been run. The caller has locked the row, SENDING (`holdsClosing`).
 * @param lookAt when to look whether it was; null: only a person can
 * @transition batch.doubt
 */
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

/**
 * For a batch that an expired lease has just put in doubt (`expireBatch`; the row is IN_DOUBT and locked). A closing whose run
 * had not started has done nothing, and is claimed again; one whose run had started is checked at `now`
 * (src/dispatch/closing/reconcile.ts). A batch of leads is left as it is.
 * @transition batch.runAgain
 */
export async function requeueUnbegun(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.query(
    `UPDATE "Batch" SET status = CASE WHEN broker_ref IS NULL THEN 'QUEUED'::"BatchStatus" ELSE status END,
            not_before = CASE WHEN broker_ref IS NULL THEN NULL ELSE $2::timestamptz END,
            enqueue_seq = enqueue_seq + 1, enqueued_at = NULL
     WHERE id = $1 AND kind = 'CLOSING'`,
    [id, now],
  )
}

/**
 * A person's decision about a campaign's closing in doubt.
 * @returns false if none is in doubt
 * @transition batch.resolve, batch.runAgain
 */
export async function resolveClosings(tx: Tx, campaignId: string, verdict: Resolution, now: Date): Promise<boolean> {
  const { rowCount } = await locking(tx, 'Batch').query(
    `UPDATE "Batch" SET
       status = (CASE $2 WHEN 'RESEND' THEN 'QUEUED' ELSE 'DONE' END)::"BatchStatus",
       broker_ref = CASE WHEN $2 = 'RESEND' THEN NULL ELSE broker_ref END,
       error = CASE WHEN $2 = 'NOT_SENT' THEN 'a person found that it did not run' END,
       not_before = NULL, enqueue_seq = enqueue_seq + 1, enqueued_at = NULL, settled_at = $3
     WHERE campaign_id = $1 AND kind = 'CLOSING' AND status = 'IN_DOUBT'`,
    [campaignId, verdict, now],
  )
  return rowCount !== 0
}
