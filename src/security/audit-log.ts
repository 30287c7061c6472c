import { AsyncLocalStorage } from 'node:async_hooks'
import { v7 as uuidv7 } from 'uuid'
import type { Sql } from '../database/pool.ts'
import type { Prisma } from '../database/prisma.ts'
import { eventMac } from './event-mac.ts'
import type { Keys } from './keys.ts'
import { currentVia } from './via.ts'

/** Who did what to what. Details never contain a secret: of a credential only the names of its keys. */
export interface AuditRecord {
  /** null: the system itself. */
  userId: string | null
  /** "budget.set": the subject in lower case and the action. */
  action: string
  /** The table: "Budget". */
  subject: string
  subjectId: string
  /** Any JSON value. */
  detail?: object | undefined
  /** The database's time by default. */
  at?: Date
}

/** Signs the events that a command or a worker writes. */
export interface AuditSigner {
  /** Undefined: not opened yet, and events are not signed. */
  keys: Pick<Keys, 'records'> | undefined
  /** Whether an event was written. */
  wrote: boolean
}

const signers = new AsyncLocalStorage<AuditSigner>()

/**
 * Every event that is written within `work`, and within what it starts, is signed. Only a command's or a worker's outermost
 * call is wrapped: forty places write events, deep in transactions that have no access to keys.
 */
export function signingAudits<T>(signer: AuditSigner, work: () => T): T {
  return signers.run(signer, work)
}

/** Must run in the transaction of the change that it records. */
export async function recordAudit(sql: Sql, event: AuditRecord): Promise<void> {
  const { id, mac, detail } = signed(event)
  await sql.query(
    `INSERT INTO "AuditEvent" (id, at, user_id, action, subject, subject_id, detail, mac)
     VALUES ($1, coalesce($2::timestamptz, now()), $3, $4, $5, $6, $7, $8)`,
    [
      id,
      event.at ?? null,
      event.userId,
      event.action,
      event.subject,
      event.subjectId,
      detail === null ? null : JSON.stringify(detail),
      mac,
    ],
  )
}

/** The same for Prisma: `tx.auditEvent.create({ data: auditRow(…) })`. */
export function auditRow(event: AuditRecord): Prisma.AuditEventUncheckedCreateInput {
  const { id, mac, detail } = signed(event)
  return {
    id,
    user_id: event.userId,
    action: event.action,
    subject: event.subject,
    subject_id: event.subjectId,
    ...(event.at && { at: event.at }),
    ...(detail !== null && { detail: detail as Prisma.InputJsonValue }),
    mac,
  }
}

function signed(record: AuditRecord) {
  const { userId, action, subject, subjectId } = record
  const given = detailOf(record)
  // As it will be read again: without what JSON omits.
  const detail: unknown = given === undefined ? null : JSON.parse(JSON.stringify(given))
  const event = { id: uuidv7(), user_id: userId, action, subject, subject_id: subjectId, detail }
  const signer = signers.getStore()
  if (signer) signer.wrote = true
  return { id: event.id, detail, mac: signer?.keys ? eventMac(signer.keys, event) : null }
}

/** With the other user behind this one, if any: `via`, with their id and e-mail at that time. */
function detailOf({ userId, detail }: AuditRecord): object | undefined {
  const via = userId === null ? null : currentVia()
  return via === null ? detail : { ...detail, via }
}

/** SQL: who did it, for an AuditEvent `e` and its User `u`: "bob@x", or "bob@x (via ana@x)" if ana created the token. */
export const DONE_BY = `u.email || coalesce(' (via ' || (e.detail #>> '{via,email}') || ')', '')`
