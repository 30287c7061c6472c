import type { Sql } from '../database/pool.ts'
import type { Difference } from './difference.ts'

/**
 * A campaign's approver and price must be those of its last approval in the audit (for a standing approval: the user who gave
 * it).
 */
export async function unlikeItsApproval(sql: Sql): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `WITH approved AS (
       SELECT DISTINCT ON (subject_id) subject_id, coalesce(user_id::text, detail ->> 'approved_by') AS by, detail ->> 'unit_cost' AS price
       FROM "AuditEvent" WHERE subject = 'Campaign' AND action = 'campaign.approve' ORDER BY subject_id, n DESC
     ), told AS (
       SELECT c.agendamento_id AS handle, c.approved_by::text AS approved_by, c.unit_cost, a.by,
              CASE WHEN a.price ~ '^[0-9]+([.][0-9]+)?$' THEN a.price::numeric(10, 4) END AS price
       FROM "Campaign" c LEFT JOIN approved a ON a.subject_id = c.id::text
     )
     SELECT 'APPROVAL' AS check, format('campaign %s: approved by', t.handle) AS where,
            coalesce(u.email, t.by, 'no user: no approval is in the audit') AS expected, coalesce(v.email, t.approved_by) AS found
     FROM told t LEFT JOIN "User" u ON u.id::text = t.by LEFT JOIN "User" v ON v.id::text = t.approved_by
     WHERE t.approved_by IS NOT NULL AND t.approved_by IS DISTINCT FROM t.by
     UNION ALL
     SELECT 'APPROVAL', format('campaign %s: unit_cost', handle), price::text, unit_cost::text
     FROM told WHERE price IS NOT NULL AND unit_cost IS DISTINCT FROM price
     ORDER BY 2`,
  )
  return rows
}

/** Campaigns past PENDING_APPROVAL without an approver and without an approval in the audit. */
export async function unapproved(sql: Sql): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `SELECT 'APPROVAL' AS check, format('campaign %s: status', c.agendamento_id) AS where,
            'PENDING_APPROVAL: no approval is in the audit' AS expected, c.status::text AS found
     FROM "Campaign" c
     WHERE c.status IN ('APPROVED', 'PROCESSING', 'PAUSED', 'FAILED', 'FINISHED') AND c.approved_by IS NULL
       AND NOT EXISTS (SELECT 1 FROM "AuditEvent"
                       WHERE subject = 'Campaign' AND subject_id = c.id::text AND action = 'campaign.approve')
     ORDER BY c.agendamento_id`,
  )
  return rows
}
