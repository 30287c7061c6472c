import type { Sql } from '../database/pool.ts'
import type { Difference } from './difference.ts'

/**
 * The phones of sent leads must be those that were sent to: the record of attempts has their hash
 * (src/dispatch/record/recipients-hash.ts). A batch that contains an erased lead cannot be compared; `wrongErasures` checks
 * that the lead was erased by camp.
 */
export async function wrongRecipients(sql: Sql): Promise<Difference[]> {
  const { rows: campaigns } = await sql.query<{ id: string }>(
    `SELECT id FROM "Campaign" c
     WHERE EXISTS (SELECT 1 FROM "LeadEvent" WHERE campaign_id = c.id AND recipients IS NOT NULL) ORDER BY agendamento_id`,
  )
  const differences: Difference[] = []
  for (const { id } of campaigns) differences.push(...(await wrongRecipientsOf(sql, id)))
  return differences
}

async function wrongRecipientsOf(sql: Sql, campaignId: string): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `SELECT 'RECIPIENTS' AS check, format('campaign %s, batch %s: phones of seq %s', c.agendamento_id, e.batch_number, e.seqs) AS where,
            'those that it was sent to' AS expected, 'others' AS found
     FROM "LeadEvent" e
     JOIN "Campaign" c ON c.id = e.campaign_id
     CROSS JOIN LATERAL (
       SELECT sha256(convert_to(coalesce(string_agg(l.seq || ' ' || l.phone || E'\n', '' ORDER BY l.seq), ''), 'UTF8')) AS hash,
              bool_or(l.erased_at IS NOT NULL) AS any_erased
       FROM unnest(e.seqs) AS r
       JOIN "CampaignLead" l ON l.campaign_id = e.campaign_id AND l.seq >= lower(r) AND l.seq < upper(r)
     ) now
     WHERE e.campaign_id = $1 AND e.recipients IS NOT NULL AND now.hash <> e.recipients AND NOT now.any_erased
     ORDER BY e.id`,
    [campaignId],
  )
  return rows
}

/** Each lead whose phone was replaced must be named by an erasure in the audit, or belong to a campaign that was pruned. */
export async function wrongErasures(sql: Sql): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `WITH erased AS (
       SELECT subject_id, (jsonb_array_elements(detail -> 'seqs'))::int AS seq FROM "AuditEvent"
       WHERE subject = 'Campaign' AND action = 'data.erase'
     ), pruned AS (
       SELECT subject_id FROM "AuditEvent" WHERE subject = 'Campaign' AND action = 'data.prune'
     )
     SELECT 'ERASURE' AS check, format('campaign %s: erased leads that no erasure in the audit names', c.agendamento_id) AS where,
            '0' AS expected, count(*)::text AS found
     FROM "CampaignLead" l JOIN "Campaign" c ON c.id = l.campaign_id
     WHERE l.erased_at IS NOT NULL AND c.id::text NOT IN (SELECT subject_id FROM pruned)
       AND NOT EXISTS (SELECT 1 FROM erased e WHERE e.subject_id = c.id::text AND e.seq = l.seq)
     GROUP BY c.agendamento_id
     ORDER BY 2`,
  )
  return rows
}
