import type pg from 'pg'
import { locking } from '../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import type { Prisma } from '../database/prisma.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Keys, SecretOrigin } from './keys.ts'
import { opens, sealJson } from './seal.ts'
import { writeSessionKey } from './session-key.ts'

/**
 * The database's fingerprint of its secret: a known word, sealed like a credential. Guessing the secret from it takes as much
 * work as from a sealed credential: a plain hash could be looked up in a precomputed table.
 */
const WORD = 'camp'
const ROW = 'SecretFingerprint 1'

/**
 * This process's secret is not the database's. Thrown before anything is changed: the fault is the process's, not a campaign's.
 */
export class SecretMismatch extends CampError {
  constructor(
    { name, cure }: SecretOrigin,
    message = t`${name} is not the secret of this database: nothing was changed`,
  ) {
    super('SECRET_MISMATCH', message, { hint: cure })
  }
}

/**
 * Every process that uses the secret calls this before it begins. The first one on a database writes the fingerprint; if
 * credentials already exist, its secret must open one of them. Of two concurrent first processes one writes, and both compare.
 * @throws SecretMismatch
 */
export async function assertSecret(pool: pg.Pool, keys: Keys): Promise<void> {
  const sealed = (await readFingerprint(pool)) ?? (await transaction(pool, tx => makeFingerprint(tx, keys)))
  if (!opens(keys, sealed, ROW)) throw new SecretMismatch(keys.origin)
}

/** The fingerprint as it is stored, for the manifest of a backup; undefined: no process has needed the secret yet. */
export function sealedFingerprint(sql: Sql): Promise<unknown | undefined> {
  return readFingerprint(sql)
}

/** @param sealed a stored fingerprint @returns whether it is of the secret of `keys` */
export function opensFingerprint(keys: Pick<Keys, 'sealing'>, sealed: unknown): boolean {
  return opens(keys, sealed, ROW)
}

/** OURS: `keys` are of the database's secret. NONE: no process has needed the secret yet. */
export async function secretState(sql: Sql, keys: Pick<Keys, 'sealing'>): Promise<'OURS' | 'OTHER' | 'NONE'> {
  const sealed = await readFingerprint(sql)
  if (sealed === undefined) return 'NONE'
  return opens(keys, sealed, ROW) ? 'OURS' : 'OTHER'
}

/** For a running process: another one may have rotated the secret since it began. @throws SecretMismatch */
export async function assertSecretStands(sql: Sql, keys: Keys): Promise<void> {
  if ((await secretState(sql, keys)) === 'OTHER') throw new SecretMismatch(keys.origin)
}

/**
 * For code that seals a value, in its transaction and before its other locks: no rotation can begin before the commit, which
 * would leave the value sealed with the old secret.
 * @throws SecretMismatch
 */
export async function holdSecret(tx: Pick<Prisma.TransactionClient, '$queryRaw'>, keys: Keys): Promise<void> {
  const rows = await tx.$queryRaw<{ sealed: unknown }[]>`SELECT sealed FROM "SecretFingerprint" FOR SHARE`
  if (rows[0] && !opens(keys, rows[0].sealed, ROW)) throw new SecretMismatch(keys.origin)
}

/** Locks the fingerprint against every other writer of sealed values. @throws SecretMismatch if `keys` are not its secret's */
export async function lockSecret(tx: Tx, keys: Keys): Promise<void> {
  const { rows } = await locking(tx, 'SecretFingerprint').query<{ sealed: unknown }>(
    `SELECT sealed FROM "SecretFingerprint" FOR UPDATE`,
  )
  if (!opens(keys, rows[0]?.sealed, ROW)) throw new SecretMismatch(keys.origin)
}

/** With a new session key. In a transaction that holds the fingerprint's lock, or the table's. */
export async function writeFingerprint(tx: Tx, keys: Keys): Promise<unknown> {
  const sealed = sealJson(keys, WORD, ROW)
  await tx.query(
    `INSERT INTO "SecretFingerprint" (id, sealed) VALUES (1, $1)
     ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, set_at = excluded.set_at`,
    [sealed],
  )
  await writeSessionKey(tx, keys)
  return sealed
}

/** Whether something in the database was sealed, or a process has needed the secret: a newly generated secret would not match. */
export async function isSecretInUse(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ used: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM "SecretFingerprint") OR EXISTS (SELECT 1 FROM "Credential") AS used`,
  )
  return rows[0]!.used
}

async function makeFingerprint(tx: Tx, keys: Keys): Promise<unknown> {
  // Of two concurrent first processes the second waits here, and finds what the first has written.
  await locking(tx, 'SecretFingerprint').query(`LOCK TABLE "SecretFingerprint" IN SHARE ROW EXCLUSIVE MODE`)
  const made = await readFingerprint(tx)
  if (made !== undefined) return made
  const { rows } = await tx.query<{ id: string; config: unknown }>(`SELECT id, config FROM "Credential"`)
  if (rows.length > 0 && !rows.some(row => opens(keys, row.config, row.id))) throw new SecretMismatch(keys.origin)
  return writeFingerprint(tx, keys)
}

async function readFingerprint(sql: Sql): Promise<unknown | undefined> {
  const { rows } = await sql.query<{ sealed: unknown }>(`SELECT sealed FROM "SecretFingerprint"`)
  return rows[0]?.sealed
}
