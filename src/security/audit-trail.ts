import type { Sql } from '../database/pool.ts'

export interface AuditFilter {
  /** An e-mail: selects what this user did, and what was done by a token or a password that they created. */
  user?: string | undefined
  /** The beginning of an action: "user." or "campaign.approve". */
  action?: string | undefined
  /** The id of the subject; for a campaign also its handle. */
  subject?: string | undefined
  limit: number
}

export interface AuditView {
  id: string
  at: Date
  /** An e-mail; null: camp itself. */
  by: string | null
  /** Who created the token of `by`, or set their password; null: they did it themselves. */
  via: string | null
  action: string
  subject: string
  subject_id: string
  detail: Readonly<Record<string, unknown>> | null
}

/** The newest first. */
export async function auditTrail(sql: Sql, { user, action, subject, limit }: AuditFilter): Promise<AuditView[]> {
  const { rows } = await sql.query<AuditView>(
    `SELECT e.id, e.at, u.email AS by, e.detail #>> '{via,email}' AS via, e.action, e.subject, e.subject_id, e.detail - 'via' AS detail
     FROM "AuditEvent" e LEFT JOIN "User" u ON u.id = e.user_id
     WHERE ($1::text IS NULL OR u.email = lower($1) OR e.detail #>> '{via,id}' = (SELECT id::text FROM "User" WHERE email = lower($1)))
       AND ($2::text IS NULL OR starts_with(e.action, $2))
       AND ($3::text IS NULL OR e.subject_id = $3
            OR e.subject_id = (SELECT id::text FROM "Campaign" WHERE agendamento_id = upper($3)))
     ORDER BY e.at DESC, e.id DESC LIMIT $4`,
    [user ?? null, action ?? null, subject ?? null, limit],
  )
  return rows
}
