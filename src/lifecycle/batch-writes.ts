import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'
import type { SettledBatchStatus } from './batch-status.ts'

/**
 * The statements that write a batch's status, except for a cancel (cancel-writes.ts) and a closing (closing-writes.ts). Each
 * names the transitions of batch-status.ts that it makes. If its WHERE has no status, its caller has locked the row and checked
 * the status.
 */

export interface BatchOpening {
  refused: number
  messages: number
  /** The month of the wallet's budget that pays for it. */
  month: { year: number; month: number }
  /** The start for which it goes alone (first-batch.ts); null: it goes beside others. */
  firstOf: string | null
  leaseUntil: Date
  now: Date
}

export interface Opened {
  /** The token that the settle must present. */
  attempt: number
  /**
   * The transaction's id: if the answer to the commit is lost, the server reports by it whether the claim was committed
   * (unanswered-claim.ts).
   */
  xid: string
}

/**
 * Makes a batch SENDING and names the budget that pays. The cost is reserved afterwards (reserve.ts), so that the Budget row is
 * locked only until the commit. The caller has locked the row, QUEUED (`lockBatch`).
 * @transition batch.claim
 */
export async function openBatch(
  tx: Tx,
  batch: { id: string; unit_cost: string; wallet_id: string },
  opening: BatchOpening,
): Promise<Opened> {
  const { refused, messages, month, firstOf, leaseUntil, now } = opening
  const { rows } = await tx.query<Opened>(
    `UPDATE "Batch" SET status = 'SENDING', attempt = attempt + 1, lease_until = $2, claimed_at = $3, not_before = NULL,
            waiting_for_hours = false,
            budget_id = (SELECT id FROM "Budget" WHERE wallet_id = $7 AND year = $8 AND month = $9 AND $4::numeric > 0),
            unit_cost = $4, reserved = reserved + $4::numeric * $5, refused = refused + $6, first_of = $10
     WHERE id = $1 RETURNING attempt, pg_current_xact_id()::text AS xid`,
    [batch.id, leaseUntil, now, batch.unit_cost, messages, refused, batch.wallet_id, month.year, month.month, firstOf],
  )
  return rows[0]!
}

/**
 * Closes a batch whose claim refused all of its leads, or found none. The caller has locked the row, QUEUED (`lockBatch`).
 * @transition batch.empty
 */
export async function closeEmptyBatch(tx: Tx, id: string, refused: number, now: Date): Promise<void> {
  await tx.query(
    `UPDATE "Batch" SET status = 'DONE', attempt = attempt + 1, refused = refused + $2, claimed_at = $3, settled_at = $3 WHERE id = $1`,
    [id, refused, now],
  )
}

export interface BatchResult {
  status: SettledBatchStatus
  accepted: number
  refused: number
  unspent: number
  failures: number
  notBefore: Date | null
  reference: string | undefined
  error: string | null
  at: Date
}

/**
 * Ends an attempt. A batch that is claimed again (the broker took none of it, but named its request) has a reference for each
 * request. The caller has locked the row, SENDING and of its attempt (`lockAttempt`).
 * @returns the `enqueue_seq` of a batch that is QUEUED again
 * @transition batch.settle, batch.requeue, batch.doubt
 */
export async function completeBatch(tx: Tx, id: string, result: BatchResult): Promise<number> {
  const { rows } = await tx.query<{ enqueue_seq: number }>(
    `UPDATE "Batch" SET status = $2::"BatchStatus", lease_until = NULL, settled_at = $3,
            accepted = accepted + $4, refused = refused + $5, reserved = reserved - unit_cost * $6::int,
            failures = $7, not_before = $8, broker_ref = nullif(concat_ws(E'\\n', broker_ref, $9::text), ''),
            error = $10, enqueue_seq = enqueue_seq + 1, enqueued_at = $3
     WHERE id = $1 RETURNING enqueue_seq`,
    [
      id,
      result.status,
      result.at,
      result.accepted,
      result.refused,
      result.unspent,
      result.failures,
      result.notBefore,
      result.reference ?? null,
      result.error,
    ],
  )
  return rows[0]!.enqueue_seq
}

export interface ExpiredBatch {
  id: string
  campaign_id: string
  number: number
  from_seq: number
  to_seq: number
  attempt: number
  claimed_at: Date
}

/**
 * Puts one batch in doubt whose lease expired. Batches that another transaction has locked are skipped.
 * @param error what is known of it
 * @returns undefined if there is none
 * @transition batch.doubt
 */
export async function expireBatch(tx: Tx, now: Date, error: string): Promise<ExpiredBatch | undefined> {
  const { rows } = await locking(tx, 'Batch').query<ExpiredBatch>(
    `UPDATE "Batch" SET status = 'IN_DOUBT', settled_at = $1, error = $2
     WHERE id = (SELECT id FROM "Batch" WHERE status = 'SENDING' AND lease_until < $1 LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
     RETURNING id, campaign_id, number, from_seq, to_seq, attempt, claimed_at`,
    [now, error],
  )
  return rows[0]
}

/**
 * Closes a QUEUED batch that holds a cost.
 * @returns its failures and its wait; undefined if it is not QUEUED, or holds no cost
 * @transition batch.replan
 */
export async function closeForReplan(
  tx: Tx,
  id: string,
): Promise<{ failures: number; not_before: Date | null } | undefined> {
  const { rows } = await tx.query<{ failures: number; not_before: Date | null }>(
    `UPDATE "Batch" SET status = 'DONE' WHERE id = $1 AND status = 'QUEUED' AND claimed_at IS NOT NULL RETURNING failures, not_before`,
    [id],
  )
  return rows[0]
}

/** A correction of a batch's figures after its settle. */
export interface BatchCorrection {
  batchId: string
  /** Leads that were in doubt, or thought not taken, and had been accepted. */
  resolved: number
  /** Messages whose cost is released. */
  released: number
  /** Messages whose cost is reserved again. */
  bookedAgain: number
}

/**
 * Writes the figures of batches whose leads have changed. A batch that was IN_DOUBT and has no lead in doubt any longer is DONE.
 * The caller has locked the rows (`lockBatches`), and the statement itself checks their status.
 * @transition batch.resolve
 */
export async function correctFigures(tx: Tx, corrections: readonly BatchCorrection[]): Promise<void> {
  await tx.query(
    `UPDATE "Batch" b SET
       accepted = accepted + n.resolved,
       reserved = reserved + unit_cost * n.messages,
       status = CASE WHEN b.status = 'IN_DOUBT' AND NOT EXISTS (
         SELECT 1 FROM "CampaignLead" l
         WHERE l.campaign_id = b.campaign_id AND l.seq BETWEEN b.from_seq AND b.to_seq AND l.batch_number = b.number
           AND l.status = 'IN_DOUBT'
       ) THEN 'DONE' ELSE b.status END
     FROM unnest($1::uuid[], $2::int[], $3::int[]) AS n(id, resolved, messages) WHERE b.id = n.id`,
    [
      corrections.map(correction => correction.batchId),
      corrections.map(correction => correction.resolved),
      corrections.map(correction => correction.bookedAgain - correction.released),
    ],
  )
}
