import type pg from 'pg'
import { pagesOf } from '../database/pages.ts'
import type { Sql } from '../database/pool.ts'

export interface AuditFilter {
  /** An e-mail: selects what this user did, and what was done by a token or a password that they created. */
  user?: string | undefined
  /** The beginning of an action: "user." or "campaign.approve". */
  action?: string | undefined
  /** The subject: its id, a handle, an e-mail, a name, a template's code; of a wallet also its budgets. */
  on?: string | undefined
  /** Inclusive. */
  since?: Date | undefined
  /** Exclusive. */
  until?: Date | undefined
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
  /** Its name for a person: an e-mail, a handle, a wallet's name; null if it has none or is gone. */
  on: string | null
  detail: Readonly<Record<string, unknown>> | null
}

/** The newest first. */
export async function auditTrail(sql: Sql, filter: AuditFilter, limit: number): Promise<AuditView[]> {
  const { rows } = await sql.query<AuditView>(`${TRAIL} ORDER BY e.at DESC, e.id DESC LIMIT $6`, [
    ...valuesOf(filter),
    limit,
  ])
  return rows
}

const PAGE = 2_000

/** All that match, the oldest first, in pages of one snapshot: memory does not grow with their number. */
export function auditPages(pool: pg.Pool, filter: AuditFilter): AsyncGenerator<AuditView[]> {
  return pagesOf(
    pool,
    client => client.query(`DECLARE audit_page NO SCROLL CURSOR FOR ${TRAIL} ORDER BY e.n`, valuesOf(filter)),
    client => client.query<AuditView>(`FETCH ${PAGE} FROM audit_page`),
  )
}

/** An id that is a uuid finds its row by the primary key; other subjects have their name as their id. */
const TRAIL = `
  SELECT e.id, e.at, u.email AS by, e.detail #>> '{via,email}' AS via, e.action, e.subject, e.subject_id,
         CASE e.subject
           WHEN 'User' THEN (SELECT email FROM "User" WHERE id = s.id)
           WHEN 'Campaign' THEN (SELECT agendamento_id FROM "Campaign" WHERE id = s.id)
           WHEN 'Recurrence' THEN (SELECT handle FROM "Recurrence" WHERE id = s.id)
           WHEN 'Wallet' THEN (SELECT name FROM "Wallet" WHERE id = s.id)
           WHEN 'Broker' THEN (SELECT name FROM "Broker" WHERE id = s.id)
           WHEN 'Template' THEN (SELECT template_code FROM "Template" WHERE id = s.id)
           WHEN 'Fish' THEN (SELECT name FROM "Fish" WHERE id = s.id)
           WHEN 'Credential' THEN (SELECT w.name || ' / ' || b.name FROM "Credential" c
             JOIN "Wallet" w ON w.id = c.wallet_id JOIN "Broker" b ON b.id = c.broker_id WHERE c.id = s.id)
           WHEN 'Budget' THEN (SELECT w.name || ' ' || b.year || '-' || lpad(b.month::text, 2, '0')
             FROM "Budget" b JOIN "Wallet" w ON w.id = b.wallet_id WHERE b.id = s.id)
         END AS on, e.detail - 'via' AS detail
  FROM "AuditEvent" e LEFT JOIN "User" u ON u.id = e.user_id
  CROSS JOIN LATERAL (
    SELECT CASE WHEN e.subject_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN e.subject_id::uuid END AS id
  ) s
  WHERE ($1::text IS NULL OR u.email = lower($1) OR e.detail #>> '{via,id}' = (SELECT id::text FROM "User" WHERE email = lower($1)))
    AND ($2::text IS NULL OR starts_with(e.action, $2))
    AND ($3::text IS NULL OR e.subject_id = $3 OR e.subject_id IN (
      SELECT id::text FROM "Campaign" WHERE agendamento_id = upper($3)
      UNION ALL SELECT id::text FROM "Recurrence" WHERE handle = upper($3)
      UNION ALL SELECT id::text FROM "User" WHERE email = lower($3)
      UNION ALL SELECT id::text FROM "Wallet" WHERE lower(name) = lower($3)
      UNION ALL SELECT b.id::text FROM "Budget" b JOIN "Wallet" w ON w.id = b.wallet_id WHERE lower(w.name) = lower($3)
      UNION ALL SELECT id::text FROM "Broker" WHERE lower(name) = lower($3)
      UNION ALL SELECT id::text FROM "Template" WHERE template_code = $3))
    AND ($4::timestamptz IS NULL OR e.at >= $4) AND ($5::timestamptz IS NULL OR e.at < $5)`

function valuesOf({ user, action, on, since, until }: AuditFilter): unknown[] {
  return [user?.trim() ?? null, action ?? null, on?.trim() ?? null, since ?? null, until ?? null]
}
