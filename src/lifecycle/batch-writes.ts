import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'
import type { SettledBatchStatus } from './batch-status.ts'

/**
 * The statements that write a batch's status, but for a cancel (cancel-writes.ts) and a closing (closing-writes.ts). Each says which
 * transitions of batch-status.ts it makes; where its WHERE has no status, its caller has locked the row and seen the status.
 */

export interface BatchOpening {
  refused: number
  messages: number
  /** Of the wallet's budget that pays for it. */
  month: { year: number; month: number }
  leaseUntil: Date
  now: Date
}

export interface Opened {
  /** The token that the settle must bring. */
  attempt: number
  /** The transaction's id: by it the server tells whether the claim was committed, where its answer was lost (unanswered-claim.ts). */
  xid: string
}

/**
 * The budget that pays is named here and booked after it (reserve.ts): its row is locked for no longer than a commit. The caller has
 * locked the row, QUEUED (`lockBatch`).
 * @transition batch.claim
 */
export async function openBatch(
  tx: Tx,
  batch: { id: string; unit_cost: string; wallet_id: string },
  opening: BatchOpening,
): Promise<Opened> {
  const { refused, messages, month, leaseUntil, now } = opening
  const { rows } = await tx.query<Opened>(
    `UPDATE "Batch" SET status = 'SENDING', attempt = attempt + 1, lease_until = $2, claimed_at = $3, not_before = NULL,
            waiting_for_hours = false,
            budget_id = (SELECT id FROM "Budget" WHERE wallet_id = $7 AND year = $8 AND month = $9 AND $4::numeric > 0),
            unit_cost = $4, reserved = reserved + $4::numeric * $5, refused = refused + $6
     WHERE id = $1 RETURNING attempt, pg_current_xact_id()::text AS xid`,
    [batch.id, leaseUntil, now, batch.unit_cost, messages, refused, batch.wallet_id, month.year, month.month],
  )
  return rows[0]!
}

/**
 * A batch whose claim refused all of its leads, or found none. The caller has locked the row, QUEUED (`lockBatch`).
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
 * A batch that is claimed again (the broker took none of it, and named its request all the same) has a reference for each. The caller
 * has locked the row, SENDING and of its attempt (`lockAttempt`).
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
 * Puts one batch in doubt whose lease ran out. Those that another transaction holds are passed over.
 * @param error what is known of it
 * @returns undefined where there is none
 * @transition batch.doubt
 */
export async function expireBatch(tx: Tx, now: Date, error: string): Promise<ExpiredBatch | undefined> {
  const { rows } = await locking(tx, 'Batch').query<ExpiredBatch>(
    `UPDATE "Batch" SET status = 'IN_DOUBT', settled_at = $1, error = $2
     WHERE id = (SELECT id FROM "Batch" WHERE status = 'SENDING' AND lease_until < $1 LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, campaign_id, number, from_seq, to_seq, attempt, claimed_at`,
    [now, error],
  )
  return rows[0]
}

/**
 * Closes a batch that waits to be claimed and holds a cost.
 * @returns how it waited; undefined where it is not QUEUED, or holds no cost
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

/** What is learned of a batch's leads after its settle. */
export interface BatchCorrection {
  batchId: string
  /** Leads that were in doubt, or thought not taken, and had been accepted. */
  resolved: number
  /** Messages whose cost goes back. */
  released: number
  /** Messages whose cost is booked again. */
  bookedAgain: number
}

/**
 * Writes the figures of batches whose leads have changed; one that was IN_DOUBT, and has no lead in doubt any longer, is DONE. The caller
 * has locked the rows (`lockBatches`), and the statement itself looks at their status.
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
