import type { Sql } from '../database/pool.ts'

/** A campaign that is due and does not go on. */
export interface Stalled {
  id: string
  agendamentoId: string
  /** When something of it was last claimed or settled, or it became due. */
  since: Date
}

/**
 * Longer than all that passes by itself: a frozen process holds locks for 15 s, a transaction waits 20 s for one, a lost ring is made up
 * for after a sweep (15 s) or two, and a job of a dead consumer is free after 15 s.
 */
export const STALLED_MS = 120_000

/**
 * The campaigns of which something is due and nothing was claimed or settled for `STALLED_MS`, the longest first. Not due is what waits
 * for its moment (throttling, a ramp, contact hours, a broker that asked to wait, an open circuit), and what has a request under way
 * does go on.
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
