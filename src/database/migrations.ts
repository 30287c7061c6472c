import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { CampError, codeOf } from '../errors.ts'
import { t } from '../language/text.ts'
import { foreignDatabase } from './foreign-database.ts'
import { assertReadable, type Sql } from './pool.ts'
import { PRISMA } from './prisma-folder.ts'

/**
 * Migrations: Prisma's own files and its own table, applied by Prisma's schema engine in its WebAssembly build, so that nothing
 * is downloaded (docs/decisions/0002-migrations-without-a-download.md). The queue's tables (BullMQ on PostgreSQL) are migrated
 * together with ours, in a separate schema.
 */
export const QUEUE_SCHEMA = 'camp_queue'

const MIGRATIONS = join(PRISMA, 'migrations')

// Every command compares the migrations; few apply them.
const loadEngine = () => import('./schema-engine.ts')

// Any number, the same for all camps that migrate one database concurrently.
const MIGRATION_LOCK = 815_004_211

export interface SchemaState {
  applied: string[]
  pending: string[]
  /** Applied there and unknown here: the database belongs to a newer camp. */
  unknown: string[]
}

/** One read, no lock: cheap enough for every command. @throws CampError UNREACHABLE: the server is too old */
export async function schemaState(sql: Sql): Promise<SchemaState> {
  const known = migrationNames()
  const applied = await appliedMigrations(sql)
  return {
    applied,
    pending: known.filter(name => !applied.includes(name)),
    unknown: applied.filter(name => !known.includes(name)),
  }
}

/** @throws CampError STATE if the database is behind or ahead of this camp, naming the command that helps */
export async function assertMigrated(sql: Sql): Promise<void> {
  const { applied, pending, unknown } = await schemaState(sql)
  assertOurs({ applied, unknown })
  assertNotNewer(unknown)
  if (pending.length > 0) {
    throw new CampError(
      'MIGRATIONS_PENDING',
      t`the database is ${pending.length} migration(s) behind this camp (${pending[0]!})`,
      {
        hint: t`Run: camp db migrate`,
      },
    )
  }
}

function assertNotNewer(unknown: readonly string[]): void {
  if (unknown.length === 0) return
  throw new CampError('DATABASE_TOO_NEW', t`the database was migrated by a newer camp (${unknown.at(-1)!})`, {
    hint: t`Update camp on this machine.`,
  })
}

/**
 * Applies pending migrations; concurrent calls wait for each other.
 * @returns the names of those applied
 * @throws CampError STATE if the database contains something else, belongs to a newer camp, or an earlier migration was
 * interrupted
 */
export async function migrate(url: string): Promise<string[]> {
  assertReadable(url)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    const { applied, pending, unknown } = await schemaState(client)
    assertOurs({ applied, unknown })
    assertNotNewer(unknown)
    if (pending.length > 0) {
      const { withSchemaEngine } = await loadEngine()
      await withSchemaEngine(url, engine =>
        engine.applyMigrations({ migrationsList: migrationsList(), filters: NO_FILTERS }),
      )
    }
    const { runMigrations } = await import('bullmq')
    await runMigrations(client, QUEUE_SCHEMA)
    return pending
  } finally {
    await client.end()
  }
}

/**
 * The SQL that would bring the migrations' result to schema.prisma: empty if they agree. The engine applies the migrations in a
 * shadow database, which it creates and drops on the server of `url`.
 */
export async function schemaDrift(url: string): Promise<string> {
  const schema = { path: join(PRISMA, 'schema.prisma'), content: readFileSync(join(PRISMA, 'schema.prisma'), 'utf8') }
  const { withSchemaEngine } = await loadEngine()
  const { stdout } = await withSchemaEngine(url, engine =>
    engine.diff({
      from: { tag: 'migrations', ...migrationsList() },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: null,
      filters: NO_FILTERS,
    }),
  )
  return stdout ?? ''
}

const NO_FILTERS = { externalTables: [], externalEnums: [] }

function migrationNames(): string[] {
  return readdirSync(MIGRATIONS, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort()
}

async function appliedMigrations(sql: Sql): Promise<string[]> {
  try {
    const { rows } = await sql.query<{ migration_name: string; version: string }>(
      `SELECT migration_name, current_setting('server_version_num') AS version
       FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1`,
    )
    if (rows[0]) assertVersion(rows[0].version)
    return rows.map(row => row.migration_name)
  } catch (error) {
    if (codeOf(error) !== '42P01') throw error
    // undefined_table: a new database
    const { rows } = await sql.query<{ version: string }>(`SELECT current_setting('server_version_num') AS version`)
    assertVersion(rows[0]!.version)
    return []
  }
}

/** As the server says it: "18.1 (Debian 18.1-1)". */
export async function serverVersion(sql: Sql): Promise<string> {
  const { rows } = await sql.query<{ version: string }>(`SELECT current_setting('server_version') AS version`)
  return rows[0]!.version
}

function assertOurs({ applied, unknown }: Pick<SchemaState, 'applied' | 'unknown'>): void {
  if (unknown.length === 0 || unknown.length < applied.length) return
  throw foreignDatabase(`its migrations: ${unknown.at(-1)}`)
}

const OLDEST = 14

/** @param version as in server_version_num: 140005 */
function assertVersion(version: string): void {
  const major = Math.floor(Number(version) / 10_000)
  if (major >= OLDEST) return
  throw new CampError('DATABASE_TOO_OLD', t`the database is PostgreSQL ${major}, and camp needs ${OLDEST} or later`, {
    hint: t`Name a newer server in DATABASE_URL; without DATABASE_URL camp uses its own.`,
  })
}

function migrationsList() {
  return {
    baseDir: MIGRATIONS,
    lockfile: { path: 'migration_lock.toml', content: readFileSync(join(MIGRATIONS, 'migration_lock.toml'), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: migrationNames().map(name => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: readFileSync(join(MIGRATIONS, name, 'migration.sql'), 'utf8') },
      },
    })),
  }
}
