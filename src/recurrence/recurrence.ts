import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { hashOf } from '../campaign/approval/approval-hash.ts'
import { cryptoRandom, newHandle } from '../database/ids.ts'
import { locking } from '../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import type { ImportRequest } from '../intake/request.ts'
import { t } from '../language/text.ts'
import { recordAudit } from '../security/audit-log.ts'
import type { Role } from '../security/roles.ts'
import { dayIn } from '../time/day.ts'
import { nextOccurrence } from './cron.ts'
import { storedSettings } from './settings.ts'
import type { FileSource } from './source-folder.ts'

type RecurrenceStatus = 'ACTIVE' | 'PAUSED' | 'REMOVED'

/** A recurrence with the data for its occurrences and standing approval. */
export interface Recurrence extends FileSource {
  id: string
  handle: string
  status: RecurrenceStatus
  user_id: string
  owner: string
  owner_role: Role
  owner_disabled: boolean
  wallet_id: string
  wallet: string
  broker_id: string
  broker: string
  adapter: string
  cost_per_message: string
  max_batch: number | null
  rate_limit: string | null
  template_id: string | null
  template_code: string | null
  template_content: string | null
  cron: string
  timezone: string
  settings: unknown
  next_at: Date
  approved_by: string | null
  approver: string | null
  /** The approver is still an ADMIN. */
  approver_stands: boolean
  approved_at: Date | null
  approval_hash: string | null
  approval_ceiling: string | null
  /** YYYY-MM-DD */
  approval_until: string | null
  created_at: Date
}

/** SELECT … FROM of a recurrence, without WHERE. */
export const RECURRENCE_SQL = `
  SELECT r.id, r.handle, r.status, r.user_id, r.wallet_id, r.broker_id, r.template_id, r.cron, r.timezone, r.folder, r.pattern,
         r.settings, r.next_at, r.approved_by, r.approved_at, r.approval_hash, r.approval_ceiling, r.created_at,
         to_char(r.approval_until, 'YYYY-MM-DD') AS approval_until, u.email AS owner, u.role AS owner_role,
         u.disabled_at IS NOT NULL AS owner_disabled, w.name AS wallet, b.name AS broker, b.adapter,
         b.cost_per_message, b.max_batch, b.rate_limit,
         t.template_code, t.content AS template_content, a.email AS approver,
         coalesce(a.role = 'ADMIN' AND a.disabled_at IS NULL, false) AS approver_stands
  FROM "Recurrence" r
  JOIN "User" u ON u.id = r.user_id
  JOIN "Wallet" w ON w.id = r.wallet_id
  JOIN "Broker" b ON b.id = r.broker_id
  LEFT JOIN "Template" t ON t.id = r.template_id
  LEFT JOIN "User" a ON a.id = r.approved_by`

/**
 * Finds a recurrence by id, handle or a unique prefix of either.
 * @throws CampError NOT_FOUND; USAGE: the prefix is ambiguous
 */
export async function findRecurrence(sql: Sql, ref: string): Promise<Recurrence> {
  const { rows } = await sql.query<Recurrence>(
    `${RECURRENCE_SQL} WHERE starts_with(upper(r.handle), upper($1)) OR starts_with(r.id::text, lower($1))
     ORDER BY r.created_at DESC LIMIT 6`,
    [ref],
  )
  if (ref === '' || rows.length === 0) {
    throw new CampError('RECURRENCE_NOT_FOUND', t`no recurring campaign "${ref}"`, {
      hint: t`See: camp campaign repeat list`,
    })
  }
  if (rows.length > 1) {
    const handles = rows.map(row => row.handle).join(', ')
    throw new CampError('REFERENCE_AMBIGUOUS', t`"${ref}" is the beginning of several recurring campaigns: ${handles}`)
  }
  return rows[0]!
}

/** Newest first; removed ones only with `all`. */
export async function listRecurrences(sql: Sql, all: boolean): Promise<Recurrence[]> {
  const { rows } = await sql.query<Recurrence>(
    `${RECURRENCE_SQL} WHERE $1 OR r.status <> 'REMOVED' ORDER BY r.created_at DESC`,
    [all],
  )
  return rows
}

/** Whether an occurrence of any of them is due. */
export async function isAnyDue(sql: Sql, now: Date): Promise<boolean> {
  const { rowCount } = await sql.query(`SELECT 1 FROM "Recurrence" WHERE status = 'ACTIVE' AND next_at <= $1 LIMIT 1`, [
    now,
  ])
  return rowCount === 1
}

/** @returns its id */
export async function addRecurrence(
  pool: pg.Pool,
  request: ImportRequest,
  { source, cron, now }: { source: FileSource; cron: string; now: Date },
): Promise<string> {
  const id = uuidv7()
  const handle = newHandle(dayIn(request.timezone, now), cryptoRandom).replace(/^C/, 'R')
  await transaction(pool, async tx => {
    await tx.query(
      `INSERT INTO "Recurrence" (id, handle, user_id, wallet_id, broker_id, template_id, cron, timezone, folder, pattern, settings,
                                 next_at, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)`,
      [
        id,
        handle,
        request.userId,
        request.wallet.id,
        request.broker.id,
        request.template?.id ?? null,
        cron,
        request.timezone,
        source.folder,
        source.pattern,
        JSON.stringify(storedSettings(request)),
        nextOccurrence(cron, request.timezone, now),
        now,
      ],
    )
    await auditRecurrence(tx, 'add', id, request.userId, { handle, cron, ...source })
  })
  return id
}

const MOVES = {
  pause: { from: ['ACTIVE'], to: 'PAUSED' },
  resume: { from: ['PAUSED'], to: 'ACTIVE' },
  remove: { from: ['ACTIVE', 'PAUSED'], to: 'REMOVED' },
} as const

/**
 * Occurrences missed during a pause are skipped.
 * @throws CampError STATE
 */
export async function moveRecurrence(
  pool: pg.Pool,
  { id, handle, status, cron, timezone }: Recurrence,
  move: keyof typeof MOVES,
  { userId, now }: { userId: string; now: Date },
): Promise<void> {
  const { from, to } = MOVES[move]
  await transaction(pool, async tx => {
    const { rowCount } = await locking(tx, 'Recurrence').query(
      `UPDATE "Recurrence" SET status = $2::"RecurrenceStatus", updated_at = $3,
              next_at = CASE WHEN $5::timestamptz IS NULL THEN next_at ELSE $5 END
       WHERE id = $1 AND status::text = ANY($4)`,
      [id, to, now, from, move === 'resume' ? nextOccurrence(cron, timezone, now) : null],
    )
    if (rowCount === 0) throw new CampError('TRANSITION_REFUSED', t`cannot ${move} ${handle}: it is ${status}`)
    await auditRecurrence(tx, move, id, userId)
  })
}

/**
 * The data that a standing approval covers: recipients' source, content, wallet, broker, price, schedule and pace. The files' contents
 * are limited by the ceiling.
 */
export function standingHash(recurrence: Recurrence): string {
  return hashOf([
    recurrence.wallet_id,
    recurrence.broker_id,
    recurrence.cost_per_message,
    recurrence.template_code,
    recurrence.template_content,
    recurrence.settings,
    recurrence.cron,
    recurrence.timezone,
    recurrence.folder,
    recurrence.pattern,
  ])
}

type Act = 'add' | 'approve' | 'revoke' | 'open' | keyof typeof MOVES

export function auditRecurrence(
  tx: Tx,
  action: Act,
  id: string,
  userId: string | null,
  detail?: object,
): Promise<void> {
  return recordAudit(tx, { userId, action: `recurrence.${action}`, subject: 'Recurrence', subjectId: id, detail })
}
