import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { adapterOf } from '../broker/registry.ts'
import type { Clock } from '../clock.ts'
import { isUnreachable, sentenceOf } from '../database/faults.ts'
import { locking } from '../database/lock-order.ts'
import { type Sql, type Tx, transaction, withoutTimeLimits } from '../database/pool.ts'
import type { PrismaClient } from '../database/prisma.ts'
import type { ErrorCode } from '../error-codes.ts'
import { CampError } from '../errors.ts'
import { importCampaign } from '../intake/import.ts'
import type { ImportRequest, ImportResult } from '../intake/request.ts'
import { speaking, t } from '../language/text.ts'
import { otherSheetsOf } from '../tabular/other-sheets.ts'
import { lastOccurrence, nextOccurrence } from './cron.ts'
import { auditRecurrence, RECURRENCE_SQL, type Recurrence } from './recurrence.ts'
import { settingsOf } from './settings.ts'
import { type FoundFile, filesIn, lookAt } from './source-folder.ts'
import { applyStandingApproval } from './standing-approval.ts'

export interface OpenDueDeps {
  pool: pg.Pool
  prisma: Pick<PrismaClient, 'fish'>
  clock: Clock
  signal: AbortSignal
  /** Milliseconds since a file's last write before it is read. */
  quietMs?: number
}

export type OccurrenceStatus = 'OPENED' | 'NOTHING_NEW' | 'FAILED' | 'SKIPPED'

/** An occurrence's outcome. */
export interface OpenedOccurrence {
  recurrence: string
  at: Date
  /** NOT_YET: still due: a file is being written, or the folder is on another machine. */
  status: OccurrenceStatus | 'NOT_YET'
  file: string | null
  campaign: { id: string; agendamentoId: string } | null
  /** The reason; for an opened campaign, why it waits for approval. */
  reason: string | null
}

/**
 * Opens all due occurrences. Several processes may run it at once: the one that holds the recurrence's row lock works on it. The
 * occurrence is recorded in the transaction that imports its campaign, so after a crash it is still due. An error is recorded on its
 * occurrence and does not stop the others.
 * @throws Error if the database is unavailable or the signal is aborted
 */
export function openDueOccurrences(deps: OpenDueDeps): Promise<OpenedOccurrence[]> {
  // Reasons are stored, and what is stored is English.
  return speaking('en', () => openAllDue(deps))
}

async function openAllDue(deps: OpenDueDeps): Promise<OpenedOccurrence[]> {
  const fired: OpenedOccurrence[] = []
  const seen: string[] = []
  for (;;) {
    const one = await transaction(deps.pool, async tx => {
      // An import may take longer than idle_in_transaction_session_timeout.
      await withoutTimeLimits(tx)
      const recurrence = await lockDue(tx, deps.clock.now(), seen)
      return recurrence && { id: recurrence.id, fired: await openOccurrence(deps, tx, recurrence) }
    })
    if (!one) return fired
    seen.push(one.id)
    fired.push(...one.fired)
  }
}

/** NO KEY: the import, on another connection, inserts rows that reference it. */
async function lockDue(tx: Tx, now: Date, seen: readonly string[]): Promise<Recurrence | undefined> {
  const { rows } = await locking(tx, 'Recurrence').query<Recurrence>(
    `${RECURRENCE_SQL} WHERE r.status = 'ACTIVE' AND r.next_at <= $1 AND r.id <> ALL($2::uuid[])
     ORDER BY r.next_at LIMIT 1 FOR NO KEY UPDATE OF r SKIP LOCKED`,
    [now, seen],
  )
  return rows[0]
}

/** Runs under the recurrence's row lock. */
async function openOccurrence(deps: OpenDueDeps, tx: Tx, recurrence: Recurrence): Promise<OpenedOccurrence[]> {
  const { cron, timezone, next_at } = recurrence
  const now = deps.clock.now()
  const last = lastOccurrence(cron, timezone, now)
  const at = last > next_at ? last : next_at
  const fired: OpenedOccurrence[] = []
  if (at > next_at) fired.push(skipped(recurrence, next_at, 'missed: a later occurrence is due'))
  const made = await madeBefore(tx, recurrence.id, at)
  if (!made) {
    const one = await attempt(deps, tx, recurrence, at, now)
    fired.push(one)
    if (one.status === 'NOT_YET') return fired.slice(-1)
  }
  for (const one of fired) if (one.status !== 'OPENED') await record(tx, recurrence.id, one)
  await tx.query(`UPDATE "Recurrence" SET next_at = $2 WHERE id = $1`, [
    recurrence.id,
    nextOccurrence(cron, timezone, now > at ? now : at),
  ])
  return fired
}

/** The process that opened it crashed before it advanced the recurrence. */
async function madeBefore(sql: Sql, recurrenceId: string, at: Date): Promise<boolean> {
  const { rowCount } = await sql.query(`SELECT 1 FROM "Occurrence" WHERE recurrence_id = $1 AND at = $2`, [
    recurrenceId,
    at,
  ])
  return rowCount === 1
}

async function attempt(
  deps: OpenDueDeps,
  sql: Sql,
  recurrence: Recurrence,
  at: Date,
  now: Date,
): Promise<OpenedOccurrence> {
  let file: FoundFile | undefined
  try {
    const settings = settingsOf(recurrence.settings)
    if (at.getTime() + settings.startBefore * 60_000 < now.getTime()) {
      const missed = `missed by more than ${settings.startBefore} minutes`
      const elsewhere = `the folder ${recurrence.folder} does not exist on this machine`
      return skipped(recurrence, at, (await filesIn(recurrence, 0)) ? missed : `${missed}; ${elsewhere}`)
    }
    assertOwner(recurrence, settings)
    const files = await filesIn(recurrence, await lastTaken(sql, recurrence.id))
    if (!files)
      return outcome(recurrence, at, 'NOT_YET', `the folder ${recurrence.folder} does not exist on this machine`)
    file = files[0]
    if (!file) return outcome(recurrence, at, 'NOTHING_NEW', `no new file in ${recurrence.folder}`)
    if (!(await isQuiet(deps, file))) return outcome(recurrence, at, 'NOT_YET', 'the file is still being written', file)
    const older = files.slice(1).map(other => other.name)
    return await open(deps, recurrence, at, file, older)
  } catch (error) {
    if (deps.signal.aborted || isUnreachable(error)) throw error
    const status = error instanceof CampError && TAKEN.includes(error.code) ? 'NOTHING_NEW' : 'FAILED'
    return outcome(recurrence, at, status, sentenceOf(error), file)
  }
}

/** The file was imported before or is being imported. */
const TAKEN: readonly ErrorCode[] = ['FILE_IMPORTED_BEFORE', 'FILE_IMPORT_RUNNING', 'OCCURRENCE_TAKEN']

/** Checks the owner's current rights. */
function assertOwner(recurrence: Recurrence, { noCap, allowHolidays }: ReturnType<typeof settingsOf>): void {
  const { owner, owner_role, owner_disabled } = recurrence
  if (owner_disabled) throw new CampError('OWNER_DISABLED', t`its owner ${owner} is disabled`)
  if (owner_role === 'AUDITOR') {
    throw new CampError('OWNER_IS_AUDITOR', t`its owner ${owner} is an AUDITOR now, and an AUDITOR imports nothing`)
  }
  if ((noCap || allowHolidays) && owner_role !== 'ADMIN') {
    throw new CampError('OWNER_NOT_ADMIN', t`its owner ${owner} is no longer an ADMIN, and its settings require one`)
  }
}

/** @returns the write time of the newest imported file; older files are ignored */
async function lastTaken(sql: Sql, recurrenceId: string): Promise<number> {
  const { rows } = await sql.query<{ file_at: Date | null }>(
    `SELECT max(file_at) AS file_at FROM "Occurrence" WHERE recurrence_id = $1 AND status = 'OPENED'`,
    [recurrenceId],
  )
  return rows[0]!.file_at?.getTime() ?? Number.NEGATIVE_INFINITY
}

const QUIET_MS = 10_000

/** A recently written file is left for later; the import checks again that it did not change. */
async function isQuiet({ clock, signal, quietMs = QUIET_MS }: OpenDueDeps, file: FoundFile): Promise<boolean> {
  const ageMs = clock.now().getTime() - file.modifiedMs
  if (ageMs >= quietMs) return true
  await delay(Math.min(quietMs, quietMs - ageMs), undefined, { signal })
  const again = await lookAt(file.path)
  return again?.bytes === file.bytes && again.modifiedMs === file.modifiedMs
}

async function open(
  deps: OpenDueDeps,
  recurrence: Recurrence,
  at: Date,
  file: FoundFile,
  older: readonly string[],
): Promise<OpenedOccurrence> {
  const request = await requestOf(recurrence, at, file)
  const passedOver = older.length > 0 ? `older files were skipped: ${older.slice(0, 5).join(', ')}` : null
  let fired: OpenedOccurrence | undefined
  await importCampaign(
    {
      ...deps,
      onImported: async (tx, campaign, source) => {
        const waits = await applyStandingApproval(tx, recurrence, campaign.id, { at, now: deps.clock.now() })
        const sheets = otherSheetsOf(source)
        const notRead = sheets.length > 0 ? `other sheets with rows were not read: ${sheets.join(', ')}` : null
        const reason = [waits, passedOver, notRead, warningOf(campaign)].filter(Boolean).join('; ') || null
        const { id, agendamentoId } = campaign
        fired = { ...outcome(recurrence, at, 'OPENED', reason, file), campaign: { id, agendamentoId } }
        if (!(await record(tx, recurrence.id, fired, file))) {
          throw new CampError('OCCURRENCE_TAKEN', t`another process already handled this occurrence`)
        }
        const detail = { at, file: file.name, campaign: campaign.agendamentoId }
        await auditRecurrence(tx, 'open', recurrence.id, null, detail)
      },
    },
    request,
  )
  return fired!
}

/** The import's warnings. */
function warningOf({ warnings, notes }: Pick<ImportResult, 'warnings' | 'notes'>): string | null {
  const counted = Object.entries(warnings).map(([code, n]) => `${code} ${n}`)
  const all = [...notes, ...(counted.length > 0 ? [counted.join(', ')] : [])]
  return all.length > 0 ? `warnings of the import: ${all.join('; ')}` : null
}

async function requestOf(recurrence: Recurrence, at: Date, file: FoundFile): Promise<ImportRequest> {
  const { user_id, wallet_id, broker_id, cost_per_message, max_batch, rate_limit, template_id, timezone } = recurrence
  return {
    ...settingsOf(recurrence.settings),
    file: file.path,
    userId: user_id,
    wallet: { id: wallet_id },
    broker: { id: broker_id, cost: cost_per_message, maxBatch: max_batch, rateLimit: rate_limit },
    adapter: await adapterOf(recurrence.adapter),
    template:
      template_id === null
        ? null
        : { id: template_id, code: recurrence.template_code!, content: recurrence.template_content! },
    scheduledAt: at,
    again: false,
    dryRun: false,
    billsSegments: false,
    objection: null,
    rejects: null,
    timezone,
  }
}

/** @returns false if this occurrence is already recorded */
async function record(tx: Tx, recurrenceId: string, fired: OpenedOccurrence, file?: FoundFile): Promise<boolean> {
  const { rowCount } = await tx.query(
    `INSERT INTO "Occurrence" (id, recurrence_id, at, status, reason, file, file_at, campaign_id)
     VALUES ($1, $2, $3, $4::"OccurrenceStatus", $5, $6, $7, $8)
     ON CONFLICT (recurrence_id, at) DO NOTHING`,
    [
      uuidv7(),
      recurrenceId,
      fired.at,
      fired.status,
      fired.reason,
      fired.file,
      file ? new Date(file.modifiedMs) : null,
      fired.campaign?.id ?? null,
    ],
  )
  return rowCount === 1
}

function skipped(recurrence: Recurrence, at: Date, reason: string): OpenedOccurrence {
  return outcome(recurrence, at, 'SKIPPED', reason)
}

function outcome(
  { handle }: Recurrence,
  at: Date,
  status: OpenedOccurrence['status'],
  reason: string | null,
  file?: FoundFile,
): OpenedOccurrence {
  return { recurrence: handle, at, status, file: file?.name ?? null, campaign: null, reason }
}
