import type { Sql } from '../database/pool.ts'
import type { Difference } from './difference.ts'

/**
 * A batch's counters must agree with its record of attempts. A message that was in doubt, or whose outcome a callback
 * contradicted, counts as accepted if it turned out to be; the record may say so without naming the batch. So the counter is at
 * least what was accepted at first, and at most that and the doubtful messages. A batch whose first attempt is not on record (it
 * is older than the record) is not checked.
 */
export async function wrongCounters(sql: Sql): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `WITH part AS (
       SELECT e.campaign_id, e.batch_number AS number, e.attempt, e.kind, e.code, r.seqs,
              coalesce(e.detail LIKE '%known after its lease', false) AS late -- LATE in src/dispatch/record/lead-events.ts
       FROM "LeadEvent" e CROSS JOIN LATERAL unnest(e.seqs) AS r(seqs) WHERE e.batch_number IS NOT NULL
     ), told AS (
       SELECT campaign_id, number, min(attempt) AS first_attempt, bool_or(kind = 'REFUSED') AS any_refused,
              coalesce(sum(upper(seqs) - lower(seqs)) FILTER (WHERE kind = 'REFUSED' AND NOT late), 0) AS refused,
              range_agg(seqs) FILTER (WHERE kind = 'ACCEPTED' AND NOT late) AS accepted,
              range_agg(seqs) FILTER (WHERE kind = 'IN_DOUBT' OR (kind = 'RESOLVED' AND code = 'CALLBACK')) AS doubtful
       FROM part GROUP BY 1, 2
     ), counted AS (
       SELECT c.agendamento_id, t.number, t.accepted, t.refused, d.refused AS told_refused,
              (SELECT coalesce(sum(upper(r) - lower(r)), 0) FROM unnest(d.accepted) AS r) AS told_accepted,
              (SELECT coalesce(sum(upper(r) - lower(r)), 0) FROM unnest(d.doubtful) AS r) AS told_doubtful
       FROM told d
       JOIN "Batch" t ON t.campaign_id = d.campaign_id AND t.number = d.number
       JOIN "Campaign" c ON c.id = t.campaign_id
       WHERE t.kind = 'SEND' AND (d.first_attempt = 1 OR (d.first_attempt IS NULL AND d.any_refused))
     )
     SELECT 'COUNTERS' AS check, format('campaign %s, batch %s: accepted', agendamento_id, number) AS where,
            told_accepted || CASE WHEN told_doubtful > 0 THEN ' to ' || told_accepted + told_doubtful ELSE '' END AS expected,
            accepted::text AS found
     FROM counted WHERE accepted NOT BETWEEN told_accepted AND told_accepted + told_doubtful
     UNION ALL
     SELECT 'COUNTERS', format('campaign %s, batch %s: refused', agendamento_id, number), told_refused::text, refused::text
     FROM counted WHERE refused <> told_refused
     ORDER BY 2`,
  )
  return rows
}
