import { v7 as uuidv7 } from 'uuid'
import type { Sql } from '../database/pool.ts'
import type { Prisma } from '../database/prisma.ts'
import { currentVia } from './via.ts'

/** Who did what to what. Details never hold a secret: of a credential only the names of its keys. */
export interface AuditRecord {
  /** null: the system itself. */
  userId: string | null
  /** "budget.set": the subject in lower case and what was done. */
  action: string
  /** The table: "Budget". */
  subject: string
  subjectId: string
  /** Anything that JSON can hold. */
  detail?: object | undefined
}

/** Belongs into the transaction of the change it tells of. */
export async function recordAudit(sql: Sql, event: AuditRecord): Promise<void> {
  await sql.query(
    `INSERT INTO "AuditEvent" (id, user_id, action, subject, subject_id, detail) VALUES ($1, $2, $3, $4, $5, $6)`,
    [uuidv7(), event.userId, event.action, event.subject, event.subjectId, JSON.stringify(detailOf(event)) ?? null],
  )
}

/** The same for Prisma: `tx.auditEvent.create({ data: auditRow(…) })`. */
export function auditRow(event: AuditRecord): Prisma.AuditEventUncheckedCreateInput {
  const detail = detailOf(event)
  return {
    id: uuidv7(),
    user_id: event.userId,
    action: event.action,
    subject: event.subject,
    subject_id: event.subjectId,
    ...(detail !== undefined && { detail: detail as Prisma.InputJsonValue }),
  }
}

/** With who stands behind the user, where that is another: `via`, whose id and e-mail are of that moment. */
function detailOf({ userId, detail }: AuditRecord): object | undefined {
  const via = userId === null ? null : currentVia()
  return via === null ? detail : { ...detail, via }
}

/** SQL: who did it, of an AuditEvent `e` and its User `u`: "bob@x", or "bob@x (via ana@x)" where ana made the token. */
export const DONE_BY = `u.email || coalesce(' (via ' || (e.detail #>> '{via,email}') || ')', '')`
