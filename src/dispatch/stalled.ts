import type { Sql } from '../database/pool.ts'

/** A campaign that has a due batch and makes no progress. */
export interface Stalled {
  id: string
  agendamentoId: string
  /** The latest of: the last claim, the last settle, the time since which a batch has been due. */
  since: Date
}

/**
 * Longer than any delay that ends without help: a frozen process holds locks for 15 s, a transaction waits 20 s for a lock, a
 * lost job is enqueued again after one or two sweeps (15 s each), and a job of a dead consumer is free after 15 s.
 */
export const STALLED_MS = 120_000

/**
 * The campaigns that have a due batch and no claim or settle for `STALLED_MS`, the longest stalled first. A batch that waits for
 * its slot (throttling, a ramp), contact hours, a broker that asked to wait, or an open circuit is not due. A campaign with a
 * request in flight is not stalled.
 */
export async function stalledCampaigns(
  sql: Sql,
  now: Date,
  of: { campaignId?: string; brokerIds?: readonly string[] } = {},
): Promise<Stalled[]> {
  const { rows } = await sql.query<Stalled>(
    `SELECT c.id, c.agendamento_id AS "agendamentoId", s.since
     FROM "Campaign" c
     LEFT JOIN "Credential" k ON k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id
     CROSS JOIN LATERAL (
       SELECT greatest(
         min(greatest(b.created_at, b.due_at, c.started_at)) FILTER (
           WHERE b.status = 'QUEUED' AND b.enqueued_at IS NOT NULL AND (b.not_before IS NULL OR b.not_before <= $1)
         ),
         max(b.claimed_at),
         max(b.settled_at)
       ) AS since,
       bool_or(b.status = 'QUEUED' AND b.enqueued_at IS NOT NULL AND (b.not_before IS NULL OR b.not_before <= $1)) AS is_due,
       bool_or(b.status = 'SENDING' AND b.lease_until > $1) AS is_sending
       FROM "Batch" b WHERE b.campaign_id = c.id
     ) s
     WHERE c.status = 'PROCESSING' AND ($3::uuid IS NULL OR c.id = $3) AND ($4::uuid[] IS NULL OR c.broker_id = ANY($4))
       AND s.is_due AND NOT s.is_sending AND s.since <= $1::timestamptz - $2::int * interval '1 millisecond'
       AND NOT EXISTS (SELECT 1 FROM "SendSlot" t WHERE t.id IN (c.id, k.id) AND (t.blocked_until > $1 OR t.next_at > $1))
     ORDER BY s.since`,
    [now, STALLED_MS, of.campaignId ?? null, of.brokerIds ?? null],
  )
  return rows
}
