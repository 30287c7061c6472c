import { createHash, createHmac } from 'node:crypto'
import type pg from 'pg'
import { constantTimeEqual } from '../constant-time.ts'
import { locking } from '../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import { type CheckpointSource, numberOf, readRows, SOURCES } from './checkpoint-rows.ts'
import type { Keys } from './keys.ts'
import { rangesOf } from './number-ranges.ts'

/**
 * Checkpoints: a chain of hashes over the rows of the ledger, the audit and the record of attempts, taken soon after they were
 * written (decision 37). A row that is changed, deleted or inserted afterwards no longer matches; to hide it one needs the
 * secret, because the newest checkpoint is signed. A head that is kept elsewhere shows whether the newest ones are missing.
 */
export interface Head {
  number: number
  /** Hexadecimal. */
  hash: string
}

export interface TakenCheckpoints {
  /** The newest checkpoint; null if there is none. */
  head: Head | null
  /** The newest one is not signed with this secret: nothing was added to it. */
  isBroken: boolean
}

/** A checkpoint as in its row; ranges are PostgreSQL's text, `marks` hexadecimal. */
export interface Checkpoint extends Head {
  source: CheckpointSource
  rows: string
  gaps: string
  upto: string
  count: number
  digest: string
  marks: string
  unsigned: string
  reset: boolean
  at: Date
  previous: string | null
  signature: string
}

export const CHECKPOINT_COLUMNS = `number, source, rows::text, gaps::text, upto::text, count, digest, encode(marks, 'hex') AS marks,
            unsigned::text, reset, at, previous, hash, signature`

/** Maximum of rows in one checkpoint. */
export const MAX_ROWS = 10_000
/**
 * Times MAX_ROWS of each table, to limit a single call: after an update there may be years to cover, which the sweeps do in
 * steps.
 */
export const A_FEW = 3
/** Bytes of a row's hash that are kept to identify a changed row. */
export const MARK_BYTES = 6

/**
 * Takes checkpoints of all committed rows that have none yet. It takes no lock that a dispatch waits for: a row whose
 * transaction is still open is a gap, and is covered by a later one. Concurrent calls run one after the other.
 * @param most maximum of rounds, each with MAX_ROWS of each table
 */
export async function takeCheckpoints(
  pool: pg.Pool,
  keys: Pick<Keys, 'records'>,
  most = Number.POSITIVE_INFINITY,
): Promise<TakenCheckpoints> {
  for (let n = 1; ; n++) {
    const { isWhole, ...taken } = await transaction(pool, tx => takeSome(tx, { head: keys, events: keys, next: keys }))
    if (isWhole || taken.isBroken || n >= most) return taken
  }
}

/**
 * In a transaction that changes the secret: existing rows are covered by a checkpoint that the new secret signs. So all older
 * ones stay proved, by the chain. A head that the old secret has not signed is left unchanged.
 */
export async function signWithNext(tx: Tx, from: Keys, to: Keys): Promise<void> {
  let head = from
  for (;;) {
    const { isWhole, isBroken } = await takeSome(tx, { head, events: from, next: to })
    if (isBroken || isWhole) return
    head = to
  }
}

/** If the old secret is lost: the chain continues, and the checkpoint records that nothing proves what is before it. */
export async function signAfterReset(tx: Tx, to: Keys): Promise<void> {
  await lockChain(tx)
  await append(tx, 'AuditEvent', { head: to, events: to, next: to }, { isReset: true })
}

export interface Secrets {
  /** Must have signed the newest checkpoint. */
  head: Pick<Keys, 'records'>
  /** Must have signed the audit's events. */
  events: Pick<Keys, 'records'>
  /** Signs new checkpoints. */
  next: Pick<Keys, 'records'>
}

/** One round of MAX_ROWS of each table; `isWhole`: there are no more. */
export async function takeSome(tx: Tx, secrets: Secrets): Promise<TakenCheckpoints & { isWhole: boolean }> {
  await lockChain(tx)
  const before = await newest(tx)
  if (before && !isSignedBy(secrets.head, before)) return { head: before, isBroken: true, isWhole: true }
  let isWhole = true
  for (const source of SOURCES)
    if ((await append(tx, source, secrets, { isReset: false })) === MAX_ROWS) isWhole = false
  return { head: await newest(tx), isBroken: false, isWhole }
}

/** Other takers wait; readers, and writers of records, do not. */
async function lockChain(tx: Tx): Promise<void> {
  await locking(tx, 'Checkpoint').query(`LOCK TABLE "Checkpoint" IN SHARE ROW EXCLUSIVE MODE`)
}

/** @returns how many rows it covers; 0: there was none, and nothing was written */
async function append(
  tx: Tx,
  source: CheckpointSource,
  { events, next }: Secrets,
  { isReset }: { isReset: boolean },
): Promise<number> {
  const rows = await uncovered(tx, events, source)
  if (rows.length === 0 && !isReset) return 0
  const numbers = rows.map(row => row.n)
  const previous = await newest(tx)
  const { upto, gaps, now } = await gapsAfter(tx, source, numbers)
  const checkpoint: Omit<Checkpoint, 'hash' | 'signature'> = {
    number: (previous?.number ?? 0) + 1,
    source,
    rows: rangesOf(numbers),
    gaps,
    upto,
    count: rows.length,
    digest: digestOf(rows),
    marks: Buffer.concat(rows.map(row => row.hash.subarray(0, MARK_BYTES))).toString('hex'),
    unsigned: source === 'AuditEvent' ? rangesOf(rows.filter(row => !row.isSigned).map(row => row.n)) : '{}',
    reset: isReset,
    at: now,
    previous: previous?.hash ?? null,
  }
  const hash = checkpointHash(checkpoint)
  await tx.query(
    `INSERT INTO "Checkpoint" (number, source, rows, gaps, upto, count, digest, marks, unsigned, reset, at, previous, hash, signature)
     VALUES ($1, $2, $3, $4, $5, $6, $7, decode($8, 'hex'), $9, $10, $11, $12, $13, $14)`,
    [
      ...[checkpoint.number, source, checkpoint.rows, gaps, upto, rows.length, checkpoint.digest, checkpoint.marks],
      ...[checkpoint.unsigned, isReset, now, checkpoint.previous, hash, signatureOf(next, hash)],
    ],
  )
  return rows.length
}

async function uncovered(sql: Sql, keys: Pick<Keys, 'records'>, source: CheckpointSource) {
  const n = numberOf(source)
  const rows = await readRows(
    sql,
    keys,
    source,
    `FROM "${source}" t JOIN (
       SELECT g.n FROM (SELECT gaps FROM "Checkpoint" WHERE source = $1 ORDER BY number DESC LIMIT 1) last
       CROSS JOIN LATERAL unnest(last.gaps) AS r
       CROSS JOIN LATERAL (SELECT ${n} AS n FROM "${source}" WHERE ${n} >= lower(r) AND ${n} < upper(r)) g
       UNION ALL
       (SELECT ${n} FROM "${source}"
        WHERE ${n} > coalesce((SELECT upto FROM "Checkpoint" WHERE source = $1 ORDER BY number DESC LIMIT 1), 0) ORDER BY ${n} LIMIT $2)
     ) p ON p.n = t.${n} ORDER BY t.${n} LIMIT $2`,
    [source, MAX_ROWS],
  )
  return rows.map(({ row }) => row)
}

/**
 * Missing numbers below the highest: their transactions are open, or were rolled back. After a day they were rolled back: none
 * of camp's transactions is open for as long.
 */
async function gapsAfter(
  sql: Sql,
  source: CheckpointSource,
  numbers: readonly number[],
): Promise<{ upto: string; gaps: string; now: Date }> {
  const { rows } = await sql.query<{ upto: string; gaps: string; now: Date }>(
    `WITH last AS (
       SELECT coalesce(max(upto), 0) AS upto,
              coalesce((array_agg(gaps ORDER BY number DESC))[1], '{}') AS gaps
       FROM (SELECT number, upto, gaps FROM "Checkpoint" WHERE source = $1 ORDER BY number DESC LIMIT 1) newest
     ), old AS (
       SELECT coalesce((SELECT upto FROM "Checkpoint" WHERE source = $1 AND at < clock_timestamp() - interval '1 day'
                        ORDER BY number DESC LIMIT 1), 0) AS upto
     ), next AS (
       SELECT greatest(last.upto, $3::bigint) AS upto FROM last
     )
     SELECT next.upto::text AS upto,
            (last.gaps + int8multirange(int8range(last.upto + 1, next.upto + 1)) - $2::int8multirange
               - int8multirange(int8range(0, old.upto + 1)))::text AS gaps,
            clock_timestamp()::timestamptz(3) AS now
     FROM last, old, next`,
    [source, rangesOf(numbers), numbers.at(-1) ?? 0],
  )
  return rows[0]!
}

async function newest(sql: Sql): Promise<(Head & { signature: string }) | null> {
  const { rows } = await sql.query<Head & { signature: string }>(
    `SELECT number, hash, signature FROM "Checkpoint" ORDER BY number DESC LIMIT 1`,
  )
  return rows[0] ?? null
}

export function digestOf(rows: readonly { hash: Buffer }[]): string {
  const digest = createHash('sha256')
  for (const { hash } of rows) digest.update(hash)
  return digest.digest('hex')
}

/** Over everything but the marks, which prove nothing. */
export function checkpointHash(checkpoint: Omit<Checkpoint, 'hash' | 'signature'>): string {
  const { number, source, rows, gaps, upto, count, digest, unsigned, reset, at, previous } = checkpoint
  const covered = [number, source, rows, gaps, upto, count, digest, unsigned, reset, at.getTime(), previous]
  return createHash('sha256').update(JSON.stringify(covered)).digest('hex')
}

function signatureOf(keys: Pick<Keys, 'records'>, hash: string): string {
  return createHmac('sha256', keys.records).update(`checkpoint ${hash}`).digest('base64url')
}

export function isSignedBy(
  keys: Pick<Keys, 'records'>,
  { hash, signature }: { hash: string; signature: string },
): boolean {
  return constantTimeEqual(signatureOf(keys, hash), signature)
}
