import type { Sql } from '../database/pool.ts'
import type { RefusalCode } from '../lifecycle/refusal-codes.ts'
import type { Difference } from './difference.ts'

const LEAD_NAMES = `count(*) || ' (seq ' || array_to_string((array_agg(l.seq ORDER BY l.seq))[:5], ', ')
                    || CASE WHEN count(*) > 5 THEN ', …' ELSE '' END || ')'`

/**
 * A lead that was sent, or may have been, is billed; a lead that is to be sent or was never sent is not. A lead that failed after
 * the broker had taken it stays billed if the broker bills what it accepts: such a lead has sent_at. One that was delivered is not
 * billed if its record says that the broker does not bill it. What another system sent is not billed here.
 */
export async function wrongStatuses(sql: Sql): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `SELECT 'STATUS' AS check,
            format('campaign %s, batch %s: %s leads %s', c.agendamento_id, coalesce(l.batch_number::text, 'none'), l.status,
                   CASE WHEN l.billed THEN 'that are billed' ELSE 'that are not billed' END) AS where,
            '0' AS expected, ${LEAD_NAMES} AS found
     FROM "CampaignLead" l JOIN "Campaign" c ON c.id = l.campaign_id
     WHERE CASE WHEN c.status = 'ARCHIVED' THEN l.billed
                WHEN l.status = 'PENDING' THEN l.billed
                WHEN l.status = 'ERROR' THEN l.billed AND l.sent_at IS NULL
                WHEN l.billed THEN false
                ELSE l.status NOT IN ('DELIVERED', 'READ') OR NOT EXISTS (
                  SELECT 1 FROM "LeadEvent" e
                  WHERE e.campaign_id = l.campaign_id AND lower(e.seqs) <= l.seq AND e.seqs @> l.seq
                    AND e.kind = 'RESOLVED' AND e.code = 'NOT_BILLED')
           END
     GROUP BY c.agendamento_id, l.batch_number, l.status, l.billed
     ORDER BY 2`,
  )
  return rows
}

/**
 * A lead's status must follow from its last recorded event; callbacks may have advanced it since. A sent lead has an event if its
 * batch has any. Outcomes that a worker reported after its lease are not checked: they may have changed nothing.
 */
export async function wrongHistories(sql: Sql): Promise<Difference[]> {
  const { rows: campaigns } = await sql.query<{ id: string }>(
    `SELECT id FROM "Campaign" c WHERE EXISTS (SELECT 1 FROM "LeadEvent" WHERE campaign_id = c.id) ORDER BY agendamento_id`,
  )
  const differences: Difference[] = []
  for (const { id } of campaigns) differences.push(...(await wrongHistoriesOf(sql, id)))
  return differences
}

/** Error codes with which a lead may end after its last event without another attempt. */
const ENDED_UNSENT: readonly RefusalCode[] = ['CANCELLED', 'NOT_SENT']

async function wrongHistoriesOf(sql: Sql, campaignId: string): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `WITH last AS (
       SELECT DISTINCT ON (s.seq) s.seq, e.kind, e.code,
              coalesce(e.detail LIKE '%known after its lease', false) AS late -- LATE in src/dispatch/record/lead-events.ts
       FROM "LeadEvent" e CROSS JOIN LATERAL unnest(e.seqs) AS r CROSS JOIN LATERAL generate_series(lower(r), upper(r) - 1) AS s(seq)
       WHERE e.campaign_id = $1
       ORDER BY s.seq, e.id DESC
     ), recorded AS (
       SELECT DISTINCT batch_number FROM "LeadEvent" WHERE campaign_id = $1 AND attempt IS NOT NULL
     ), judged AS (
       SELECT l.seq, l.status, l.batch_number, l.billed, a.kind, a.code,
              CASE
                WHEN a.kind IS NULL THEN l.status IN ('PENDING', 'SENDING', 'ERROR') OR r.batch_number IS NULL
                WHEN a.late THEN true
                WHEN a.kind = 'ACCEPTED' THEN l.status IN ('SENT', 'DELIVERED', 'READ')
                WHEN a.kind = 'IN_DOUBT' THEN l.status = 'IN_DOUBT'
                WHEN a.kind = 'FAILED' THEN l.status IN ('ERROR', 'DELIVERED', 'READ')
                WHEN a.kind = 'REFUSED'
                  THEN (l.status = 'ERROR' AND NOT l.billed) OR (l.status IN ('DELIVERED', 'READ') AND l.sent_at IS NOT NULL)
                WHEN a.kind = 'RESOLVED' AND a.code = 'NOT_SENT'
                  THEN (l.status = 'ERROR' AND NOT l.billed) OR l.status IN ('SENT', 'DELIVERED', 'READ')
                WHEN a.kind = 'RESOLVED' AND a.code <> 'RESEND' THEN l.status IN ('SENT', 'DELIVERED', 'READ')
                ELSE l.status IN ('PENDING', 'SENDING') OR (l.status = 'ERROR' AND l.error_code = ANY($2))
              END AS fits
       FROM "CampaignLead" l LEFT JOIN last a ON a.seq = l.seq LEFT JOIN recorded r ON r.batch_number = l.batch_number
       WHERE l.campaign_id = $1
     )
     SELECT 'HISTORY' AS check,
            format('campaign %s, batch %s: %s leads whose last event is %s', c.agendamento_id, coalesce(l.batch_number::text, 'none'),
                   l.status, coalesce(concat_ws(' ', l.kind, CASE WHEN l.kind = 'RESOLVED' THEN l.code END), 'none')) AS where,
            '0' AS expected, ${LEAD_NAMES} AS found
     FROM judged l CROSS JOIN (SELECT agendamento_id FROM "Campaign" WHERE id = $1) c
     WHERE NOT l.fits
     GROUP BY c.agendamento_id, l.batch_number, l.status, l.kind, CASE WHEN l.kind = 'RESOLVED' THEN l.code END, l.code
     ORDER BY 2`,
    [campaignId, ENDED_UNSENT],
  )
  return rows
}
