import { join } from 'node:path'
import { execa } from 'execa'
import type pg from 'pg'
import { QUEUE_SCHEMA, schemaState, serverVersion } from '../database/migrations.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { opensFingerprint, SecretMismatch } from '../security/fingerprint.ts'
import type { Keys } from '../security/keys.ts'
import type { Manifest } from './manifest.ts'
import { connectionOf, findTools, toolFailed } from './tools.ts'

export interface RestoreDeps {
  pool: pg.Pool
  /** Of the database, without a pooler. */
  url: string
  keys: Keys
  signal: AbortSignal
}

/**
 * Compares a backup with this camp, its secret and the database, before anything is changed.
 * @returns how many tables it would replace; 0: the database is empty
 * @throws CampError DATABASE_TOO_NEW: made by a newer camp; SECRET_MISMATCH; DATABASE_FOREIGN: the database has tables that are
 * not camp's; WORKERS_RUNNING
 */
export async function assertRestorable({ pool, keys }: RestoreDeps, manifest: Manifest): Promise<number> {
  const { pending, unknown, applied } = await schemaState(pool)
  const ours = new Set([...applied.filter(name => !unknown.includes(name)), ...pending])
  const newer = manifest.migrations.filter(name => !ours.has(name))
  if (newer.length > 0) {
    throw new CampError('DATABASE_TOO_NEW', t`the backup is of a newer camp (${manifest.camp}, ${newer.at(-1)!})`, {
      hint: t`Update camp on this machine.`,
    })
  }
  if (manifest.fingerprint !== null && !opensFingerprint(keys, manifest.fingerprint))
    throw new SecretMismatch(keys.origin, t`${keys.origin.name} is not the secret of this backup: nothing was changed`)
  const tables = await countTables(pool)
  if (tables > 0 && applied.length === 0) {
    throw new CampError('DATABASE_FOREIGN', t`the database has ${tables} tables that are not camp's`, {
      hint: t`Create a database for camp, and name it in DATABASE_URL.`,
    })
  }
  const workers = tables === 0 ? 0 : await liveWorkers(pool)
  if (workers > 0) {
    throw new CampError('WORKERS_RUNNING', t`${workers} worker(s) are active on this database`, {
      hint: t`Stop them on every machine: systemctl stop camp-worker`,
    })
  }
  return tables
}

/** Why restored data is held: what camp stores. */
export function restoredFrom({ created_at }: Manifest, isCopy: boolean): string {
  return isCopy
    ? `it was restored from a backup of ${created_at}, as a copy`
    : `it was restored from a backup of ${created_at}`
}

/**
 * Replaces the tables by the backup's, in one transaction: if it fails at any step, or this process ends, the database is as it
 * was.
 * @throws CampError BACKUP_TOOLS_MISSING, BACKUP_TOOL_FAILED
 */
export async function restoreDump({ pool, url, signal }: RestoreDeps, file: string, manifest: Manifest): Promise<void> {
  const serverMajor = Number.parseInt(await serverVersion(pool), 10)
  const tools = await findTools(Math.max(Number.parseInt(manifest.postgres, 10), serverMajor))
  const drops = await dropsOf(pool)
  const connection = connectionOf(url)
  const load = execa(join(tools.folder, 'psql'), ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', '-', connection.url], {
    env: { ...connection.env, PGOPTIONS: '-c client_min_messages=warning' },
    stdin: 'pipe',
    stdout: 'ignore',
    cancelSignal: signal,
  })
  load.stdin.on('error', () => undefined)
  load.stdin.write(`BEGIN;\n${drops.map(drop => `${drop};\n`).join('')}`)
  const read = execa(
    join(tools.folder, 'pg_restore'),
    ['--no-owner', '--no-privileges', '--schema', await schemaOf(pool), '--file=-', file],
    { buffer: { stdout: false, stderr: true }, cancelSignal: signal },
  )
  read.stdout.pipe(load.stdin, { end: false })
  try {
    await Promise.race([read, load.then(() => read)])
    // Without this line the server rolls back: a dump that cannot be read to its end changes nothing.
    load.stdin.end('\nCOMMIT;\n')
    await load
  } catch (error) {
    read.kill()
    load.kill()
    const [dumped, loaded] = await Promise.allSettled([read, load])
    // psql ends first if a statement was refused; its reason is the one to report.
    const cause = loaded.status === 'rejected' && saidBy(loaded.reason) !== '' ? loaded : dumped
    throw toolFailed(cause === loaded ? 'psql' : 'pg_restore', cause.status === 'rejected' ? cause.reason : error)
  }
}

function saidBy(error: unknown): string {
  return error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
}

async function schemaOf(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ schema: string }>(`SELECT current_schema() AS schema`)
  return rows[0]!.schema
}

async function countTables(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ tables: number }>(
    `SELECT count(*)::int AS tables FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')`,
  )
  return rows[0]!.tables
}

/** Alive as src/campaign/read/workers.ts judges it. An older camp's database may have no such table. */
async function liveWorkers(pool: pg.Pool): Promise<number> {
  const { rows: known } = await pool.query<{ there: boolean }>(`SELECT to_regclass('"Worker"') IS NOT NULL AS there`)
  if (!known[0]!.there) return 0
  const { rows } = await pool.query<{ alive: number }>(
    `SELECT count(*)::int AS alive FROM "Worker"
     WHERE seen_at > clock_timestamp() - greatest(3 * every_ms, 5000) * interval '1 millisecond'`,
  )
  return rows[0]!.alive
}

/** Statements that remove what migrations have created: tables, types and functions, and the queue, which a migration creates again. */
async function dropsOf(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ statement: string }>(
    `SELECT format('DROP SCHEMA IF EXISTS %I CASCADE', $1::text) AS statement
     UNION ALL
     SELECT format('DROP TABLE IF EXISTS %s CASCADE', oid::regclass) FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
     UNION ALL
     SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure) FROM pg_proc
     WHERE pronamespace = current_schema()::regnamespace
     UNION ALL
     SELECT format('DROP TYPE IF EXISTS %s CASCADE', oid::regtype) FROM pg_type
     WHERE typnamespace = current_schema()::regnamespace AND typtype = 'e'`,
    [QUEUE_SCHEMA],
  )
  return rows.map(row => row.statement)
}
