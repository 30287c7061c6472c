import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'
import type { SettledBatchStatus } from './batch-status.ts'

/**
 * The statements that write a batch's status, except for a cancel (cancel-writes.ts) and a closing (closing-writes.ts). Each
 * names the transitions of batch-status.ts that it makes. If its WHERE has no status, its caller has locked the row and checked
 * the status.
 */

/** What the batches of one claim have in common. */
export interface BatchOpening {
  wallet_id: string
  /** A decimal: the cost of a message. */
  unit_cost: string
  /** The month of the wallet's budget that pays for them. */
  month: { year: number; month: number }
  /** The start for which it goes alone (first-batch.ts); null: it goes beside others. */
  firstOf: string | null
  leaseUntil: Date
  now: Date
}

/** A batch and the messages that its claim takes. */
export interface OpenedBatch {
  id: string
  messages: number
  /** Leads that a rule has refused. */
  refused: number
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
 * Makes batches SENDING and names the budget that pays. The cost is reserved afterwards (reserve.ts), so that the Budget row is
 * locked only until the commit. The caller has locked the rows, QUEUED (`lockBatch`, `lockFollowing`).
 * @returns by id
 * @transition batch.claim
 */
export async function openBatches(
  tx: Tx,
  { wallet_id, unit_cost, month, firstOf, leaseUntil, now }: BatchOpening,
  batches: readonly OpenedBatch[],
): Promise<Map<string, Opened>> {
  const { rows } = await tx.query<Opened & { id: string }>(
    `UPDATE "Batch" b SET status = 'SENDING', attempt = attempt + 1, lease_until = $2, claimed_at = $3, not_before = NULL,
            waiting_for_hours = false,
            budget_id = (SELECT id FROM "Budget" WHERE wallet_id = $7 AND year = $8 AND month = $9 AND $4::numeric > 0),
            unit_cost = $4, reserved = reserved + $4::numeric * n.messages, refused = b.refused + n.refused,
            first_of = $10
     FROM unnest($1::uuid[], $5::int[], $6::int[]) AS n(id, messages, refused)
     WHERE b.id = n.id RETURNING b.id, b.attempt, pg_current_xact_id()::text AS xid`,
    [
      batches.map(batch => batch.id),
      leaseUntil,
      now,
      unit_cost,
      batches.map(batch => batch.messages),
      batches.map(batch => batch.refused),
      wallet_id,
      month.year,
      month.month,
      firstOf,
    ],
  )
  return new Map(rows.map(({ id, ...opened }) => [id, opened]))
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
  id: string
  status: SettledBatchStatus
  accepted: number
  refused: number
  unspent: number
  failures: number
  notBefore: Date | null
  reference: string | undefined
  error: string | null
}

/**
 * Ends attempts. A batch that is claimed again (the broker took none of it, but named its request) has a reference for each
 * request. The caller has locked the rows, SENDING and of their attempts (`lockAttempts`).
 * @returns by id, the `enqueue_seq` of a batch that is QUEUED again
 * @transition batch.settle, batch.requeue, batch.doubt
 */
export async function completeBatches(
  tx: Tx,
  results: readonly BatchResult[],
  at: Date,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await tx.query<{ id: string; enqueue_seq: number }>(
    `UPDATE "Batch" b SET status = r.status::"BatchStatus", lease_until = NULL, settled_at = $2,
            accepted = b.accepted + r.accepted, refused = b.refused + r.refused, reserved = reserved - unit_cost * r.unspent,
            failures = r.failures, not_before = r.not_before,
            broker_ref = nullif(concat_ws(E'\\n', b.broker_ref, r.reference), ''),
            error = r.error, enqueue_seq = enqueue_seq + 1, enqueued_at = $2
     FROM unnest($1::uuid[], $3::text[], $4::int[], $5::int[], $6::int[], $7::int[], $8::timestamptz[], $9::text[], $10::text[])
       AS r(id, status, accepted, refused, unspent, failures, not_before, reference, error)
     WHERE b.id = r.id RETURNING b.id, b.enqueue_seq`,
    [
      results.map(result => result.id),
      at,
      results.map(result => result.status),
      results.map(result => result.accepted),
      results.map(result => result.refused),
      results.map(result => result.unspent),
      results.map(result => result.failures),
      results.map(result => result.notBefore),
      results.map(result => result.reference ?? null),
      results.map(result => result.error),
    ],
  )
  return new Map(rows.map(row => [row.id, row.enqueue_seq]))
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
     WHERE id = (SELECT id FROM "Batch" WHERE status = 'SENDING' AND lease_until < $1 LIMIT 1 FOR UPDATE SKIP LOCKED)
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
