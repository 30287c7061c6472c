import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import { type Hold, type Installation, lockInstallation, writeHold } from './installation.ts'
import { type Evidence, type Finding, judge } from './judge.ts'
import { compareMarks, type Mark } from './mark.ts'
import type { StoredMark } from './mark-store.ts'
import type { Marks } from './marks.ts'
import { addressOn, type ServerIdentity, serverIdentity } from './server.ts'

export interface LookDeps {
  pool: pg.Pool
  marks: Marks
}

export type Look =
  /** It may be sent from; the mark was raised, inside and outside. */
  | { kind: 'CLEAR'; installationId: string; mark: Mark }
  /** It waits for a person: a hold is in the database, and applies to every worker. `isNew`: this call has set it. */
  | { kind: 'HELD'; hold: Hold; isNew: boolean }
  /** Another worker seems to be active here; its next mark will show whether it is. Nothing was written. */
  | { kind: 'WAIT'; finding: Finding; mark: number; withinMs: number }

export interface LookOptions {
  /** What this process has seen of the database before, even if no store keeps it. */
  remembered: { id: string; mark: Mark } | undefined
  /** The mark at which an earlier call has waited: if another worker has raised it since, the database is confirmed. */
  waitedAt?: number | undefined
  /** Whether a worker that seems to be active may still be waited for. */
  mayWait: boolean
}

/**
 * Compares the database with what is known outside it, before anything is sent. If a person must decide first, it sets a hold
 * in the database.
 */
export async function look({ pool, marks }: LookDeps, options: LookOptions): Promise<Look> {
  const identity = await serverIdentity(pool)
  const address = addressOn(marks.address, identity.timeline)
  const seen = await transaction(pool, async (tx): Promise<Look> => {
    const installation = await lockInstallation(tx)
    if (installation.hold) return { kind: 'HELD', hold: installation.hold, isNew: false }
    const stored = higher(await marks.read(installation.id), options.remembered, installation.id)
    const displacedAt = installation.markedAt ? undefined : await marks.lastOfAnother(installation.id)
    const evidence = await evidenceOf(tx, installation, { ...options, stored, displacedAt, identity, address })
    const finding = judge(evidence)
    if (finding) return await stopFor(tx, installation, finding, stored, options)
    return { kind: 'CLEAR', ...(await adopt(tx, installation, { identity, address, evidence })) }
  })
  if (seen.kind === 'CLEAR') await marks.write(seen.installationId, seen.mark)
  return seen
}

function higher(
  stored: StoredMark | undefined,
  remembered: LookOptions['remembered'],
  installationId: string,
): StoredMark | undefined {
  if (remembered?.id !== installationId || (stored && compareMarks(stored, remembered.mark) >= 0)) return stored
  return { ...remembered.mark, isOurs: stored?.isOurs ?? true }
}

interface Found {
  identity: ServerIdentity
  address: string
}

async function evidenceOf(
  sql: Sql,
  installation: Installation,
  found: Found &
    Pick<LookOptions, 'remembered' | 'waitedAt'> & {
      stored: StoredMark | undefined
      displacedAt: Date | undefined
    },
): Promise<Evidence> {
  const { rows } = await sql.query<{ now: Date; at_work: boolean; oldest_at: Date | null; claimed_at: Date | null }>(
    `SELECT pg_catalog.clock_timestamp() AS now,
            (SELECT min(created_at) FROM "Campaign" WHERE status IN ('PROCESSING', 'APPROVED')) AS oldest_at,
            EXISTS (SELECT 1 FROM "Campaign" WHERE status IN ('PROCESSING', 'APPROVED'))
              OR EXISTS (SELECT 1 FROM "Batch" WHERE status = 'SENDING')
              OR EXISTS (SELECT 1 FROM "Recurrence" WHERE status = 'ACTIVE') AS at_work,
            CASE WHEN $1 THEN
              (SELECT max(b.claimed_at) FROM "Campaign" c JOIN "Batch" b ON b.campaign_id = c.id WHERE c.status = 'PROCESSING')
            END AS claimed_at`,
    [installation.markedAt === null],
  )
  const { now, at_work: isAtWork, oldest_at: oldestWorkAt, claimed_at: claimedAt } = rows[0]!
  return {
    inside: installation,
    lastSeenAt: installation.markedAt ?? claimedAt,
    now,
    stored: found.stored,
    usedIn: installation.server,
    isIn: found.identity.server,
    addresses: installation.addresses,
    address: found.address,
    isAtWork,
    displacedAt: found.displacedAt ?? null,
    oldestWorkAt,
    isReplaced: found.remembered !== undefined && found.remembered.id !== installation.id,
    isVouched: found.waitedAt !== undefined && installation.mark > found.waitedAt,
  }
}

async function stopFor(
  tx: Tx,
  installation: Installation,
  finding: Finding,
  stored: StoredMark | undefined,
  { mayWait }: LookOptions,
): Promise<Look> {
  const { mark } = installation
  if (mayWait && finding.isRefutable) {
    const withinMs = await nextMarkWithin(tx)
    if (withinMs > 0) return { kind: 'WAIT', finding, mark, withinMs }
  }
  const { kind, reason } = finding
  const hold = { kind, reason, outside: kind === 'BEHIND' ? (stored ?? null) : null }
  const at = await writeHold(tx, installation, hold, null)
  return { kind: 'HELD', hold: { ...hold, at }, isNew: true }
}

/** @returns the milliseconds within which an active worker will have marked; 0 if none seems to be active */
async function nextMarkWithin(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ within: number | null }>(
    `SELECT max(3 * every_ms)::int AS within FROM "Worker"
     WHERE seen_at > clock_timestamp() - every_ms * 3 * interval '1 millisecond'`,
  )
  return rows[0]?.within ?? 0
}

/**
 * Registers this address for the database. A database at another address without active work becomes a new installation: the
 * marks of its original do not apply to it.
 */
async function adopt(
  tx: Tx,
  { id, server }: Installation,
  { identity, address, evidence }: Found & { evidence: Evidence },
): Promise<{ installationId: string; mark: Mark }> {
  const isElsewhere =
    !evidence.isVouched &&
    ((server !== null && identity.server !== null && server !== identity.server) || evidence.stored?.isOurs === false)
  const { rows } = await tx.query<{ id: string; generation: number; mark: string; at: Date }>(
    `UPDATE "Installation" SET mark = mark + 1, marked_at = pg_catalog.clock_timestamp(), server = coalesce($2, server),
            installation_id = coalesce($3, installation_id),
            addresses = CASE WHEN $3::uuid IS NOT NULL THEN ARRAY[$1] WHEN $1 = ANY(addresses) THEN addresses ELSE addresses || $1::text END
     WHERE id = 1 RETURNING installation_id AS id, generation, mark, marked_at AS at`,
    [address, identity.server, isElsewhere ? uuidv7() : null],
  )
  const { generation, mark, at } = rows[0]!
  return { installationId: rows[0]?.id ?? id, mark: { generation, mark: Number(mark), at } }
}
