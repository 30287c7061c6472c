import { locking } from '../../database/lock-order.ts'
import type { Sql, Tx } from '../../database/pool.ts'

/** The batch that sent a lead. */
export interface OwningBatch {
  id: string
  budget_id: string | null
  claimed_at: Date | null
}

/** What is learned after a settle, by callbacks or from a person, and changes a batch's books. */
export interface LedgerCorrection {
  batchId: string
  /** Leads that were in doubt, or thought not taken, and had been accepted. */
  resolved: number
  /** Messages whose cost goes back: not sent after all, or the broker bills deliveries and they failed. */
  released: number
  /** Why it goes back. */
  reason: string
  /** Messages that were sent although their cost had been given back. */
  bookedAgain: number
}

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

export type DoneStatus = 'QUEUED' | 'SENDING' | 'DONE' | 'IN_DOUBT'

/** To be called before any lead is locked: batches come first in the system's order of locks. @returns their status, by id */
export async function lockBatches(tx: Tx, ids: readonly string[]): Promise<Map<string, DoneStatus>> {
  if (ids.length === 0) return new Map()
  const { rows } = await locking(tx, 'Batch').query<{ id: string; status: DoneStatus }>(
    `SELECT id, status FROM "Batch" WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    [ids],
  )
  return new Map(rows.map(({ id, status }) => [id, status]))
}

/**
 * Writes the bookings to their batches, the ledger and the budgets. What is booked again is booked even where the limit leaves no
 * room by now: it was spent, and used_budget says what was spent.
 */
export async function correctBatches(tx: Tx, bookings: readonly LedgerCorrection[], now: Date): Promise<void> {
  if (bookings.length === 0) return
  const ids = bookings.map(booking => booking.batchId)
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
    [ids, bookings.map(booking => booking.resolved), bookings.map(booking => booking.bookedAgain - booking.released)],
  )
  const costs = bookings.filter(booking => booking.released > 0 || booking.bookedAgain > 0)
  if (costs.length === 0) return
  await locking(tx, 'Budget').query(
    `SELECT 1 FROM "Budget" WHERE id IN (SELECT budget_id FROM "Batch" WHERE id = ANY($1::uuid[])) ORDER BY id FOR NO KEY UPDATE`,
    [ids],
  )
  await tx.query(
    `WITH cost AS (
       SELECT b.id AS batch_id, b.budget_id, n.messages, b.unit_cost * n.messages AS amount, n.kind, n.reason
       FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[]) AS n(batch_id, messages, kind, reason)
       JOIN "Batch" b ON b.id = n.batch_id
       WHERE b.budget_id IS NOT NULL AND n.messages <> 0
     ), entry AS (
       INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, messages, batch_id, reason, created_at)
       SELECT gen_random_uuid(), budget_id, kind::"BudgetEntryKind", amount, messages, batch_id, reason, $5 FROM cost
     )
     UPDATE "Budget" g SET used_budget = used_budget + s.amount, updated_at = $5
     FROM (SELECT budget_id, sum(amount) AS amount FROM cost GROUP BY budget_id) s WHERE g.id = s.budget_id`,
    [
      [...costs, ...costs].map(booking => booking.batchId),
      [...costs.map(booking => -booking.released), ...costs.map(booking => booking.bookedAgain)],
      [...costs.map(() => 'RELEASE'), ...costs.map(() => 'RESERVE')],
      [...costs.map(booking => booking.reason), ...costs.map(() => 'the broker reports that it was sent')],
      now,
    ],
  )
}
