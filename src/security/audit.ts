import { v7 as uuidv7 } from 'uuid'
import type { Sql } from '../database/pool.ts'
import type { Prisma } from '../database/prisma.ts'

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
  detail?: unknown
}

/** Belongs into the transaction of the change it tells of. */
export async function recordAudit(sql: Sql, event: AuditRecord): Promise<void> {
  await sql.query(
    `INSERT INTO "AuditEvent" (id, user_id, action, subject, subject_id, detail) VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      uuidv7(),
      event.userId,
      event.action,
      event.subject,
      event.subjectId,
      event.detail === undefined ? null : JSON.stringify(event.detail),
    ],
  )
}

/** The same for Prisma: `tx.auditEvent.create({ data: auditRow(…) })`. */
export function auditRow(event: AuditRecord): Prisma.AuditEventUncheckedCreateInput {
  return {
    id: uuidv7(),
    user_id: event.userId,
    action: event.action,
    subject: event.subject,
    subject_id: event.subjectId,
    ...(event.detail !== undefined && { detail: event.detail as Prisma.InputJsonValue }),
  }
}
