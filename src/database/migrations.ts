import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
} from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'
import { parseIntoClientConfig } from 'pg-connection-string'
import { CampError, codeOf } from '../errors.ts'
import type { Sql } from './pool.ts'

/**
 * Migrations: Prisma's own files and its own table, applied by Prisma's schema engine in its WebAssembly build, so that
 * nothing is downloaded (docs/decisions/0002-migrations-without-a-download.md). The queue's tables (BullMQ on PostgreSQL)
 * are brought up with ours, in a schema of their own.
 */
export const QUEUE_SCHEMA = 'camp_queue'

const PRISMA = fileURLToPath(new URL('../../prisma/', import.meta.url))
const MIGRATIONS = join(PRISMA, 'migrations')

// Any number; two camps that migrate one database at once must know the same.
const MIGRATION_LOCK = 815_004_211

export interface SchemaState {
  applied: string[]
  pending: string[]
  /** Applied there and unknown here: the database belongs to a newer camp. */
  unknown: string[]
}

/** One read, no lock: cheap enough for every command. */
export async function schemaState(sql: Sql): Promise<SchemaState> {
  const known = migrationNames()
  const applied = await appliedMigrations(sql)
  return {
    applied,
    pending: known.filter(name => !applied.includes(name)),
    unknown: applied.filter(name => !known.includes(name)),
  }
}

/** @throws CampError STATE when the database is behind or ahead of this camp, naming the command that helps */
export async function assertMigrated(sql: Sql): Promise<void> {
  const { pending, unknown } = await schemaState(sql)
  assertNotNewer(unknown)
  if (pending.length > 0) {
    throw new CampError('STATE', `the database is ${pending.length} migration(s) behind this camp (${pending[0]})`, {
      hint: 'Run: camp db migrate',
    })
  }
}

function assertNotNewer(unknown: readonly string[]): void {
  if (unknown.length === 0) return
  throw new CampError('STATE', `the database was migrated by a newer camp (${unknown.at(-1)})`, {
    hint: 'Update camp on this machine.',
  })
}

/** Applies what is pending; two at once wait for each other. @returns the names of those applied @throws CampError STATE: it belongs to a newer camp */
export async function migrate(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    const { pending, unknown } = await schemaState(client)
    assertNotNewer(unknown)
    if (pending.length > 0) {
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
 * The SQL that would bring the migrations' result to schema.prisma: empty when they agree. The engine plays the migrations
 * in a shadow database, which it makes and drops on the server of `url`.
 */
export async function schemaDrift(url: string): Promise<string> {
  const schema = { path: join(PRISMA, 'schema.prisma'), content: readFileSync(join(PRISMA, 'schema.prisma'), 'utf8') }
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
    const { rows } = await sql.query<{ migration_name: string }>(
      `SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1`,
    )
    return rows.map(row => row.migration_name)
  } catch (error) {
    if (codeOf(error) === '42P01') return [] // undefined_table: a new database
    throw error
  }
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

type Connect = (database?: string) => Promise<SqlDriverAdapter>

/** The engine does not close what it opened: its connections end here. */
async function withSchemaEngine<T>(url: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const { PrismaPg } = await import('@prisma/adapter-pg')
  const opened: SqlDriverAdapter[] = []
  const connect: Connect = async database => {
    const adapter = await new PrismaPg({ ...parseIntoClientConfig(url), ...(database && { database }) }).connect()
    opened.push(adapter)
    return readingCatalog(adapter)
  }
  engineModule ??= loadEngine()
  const module = await engineModule
  const schema = readFileSync(join(PRISMA, 'schema.prisma'), 'utf8')
  const engine = await module.SchemaEngine.new(
    { datamodels: [[join(PRISMA, 'schema.prisma'), schema]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory({
      provider: 'postgres',
      adapterName: '@prisma/adapter-pg',
      connect: () => connect(),
      connectToShadowDb: () => connectToShadow(connect),
    }),
  )
  try {
    return await work(engine)
  } finally {
    for (const adapter of opened) await adapter.dispose().catch(() => undefined)
  }
}

/** Loaded once per process: a second instance would take the first one's memory from under it. */
let engineModule: ReturnType<typeof loadEngine> | undefined

/** The package is made for bundlers that load .wasm; Node 20 does not, so its two halves are joined here. */
async function loadEngine() {
  const engine = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
  const { instance } = await WebAssembly.instantiate(readFileSync(join(folder, 'schema_engine_bg.wasm')), {
    './schema_engine_bg.js': engine,
  })
  engine.__wbg_set_wasm(instance.exports)
  const start = instance.exports.__wbindgen_start
  if (typeof start === 'function') start()
  return engine
}

/** The adapter's own drops the database before it has left it, which PostgreSQL refuses. */
async function connectToShadow(connect: Connect): Promise<SqlDriverAdapter> {
  const admin = await connect()
  const name = `camp_shadow_${randomUUID().replaceAll('-', '')}`
  await admin.executeScript(`CREATE DATABASE ${name}`)
  const shadow = await connect(name)
  const leave = shadow.dispose.bind(shadow)
  shadow.dispose = async () => {
    await leave()
    await admin.executeScript(`DROP DATABASE ${name} WITH (FORCE)`)
    await admin.dispose()
  }
  return shadow
}

/**
 * The engine reads PostgreSQL's catalog, whose columns of the internal type "char" (oid 18) it expects as characters. The
 * adapter does not know that type and refuses it: here the answer's fields pass as text, and are named characters again
 * on the adapter's far side.
 */
function readingCatalog(adapter: SqlDriverAdapter): SqlDriverAdapter {
  const characters = new Set<string>()
  const { client } = adapter as unknown as { client: pg.Pool }
  const query = client.query.bind(client) as (config: pg.QueryConfig) => Promise<pg.QueryResult>
  client.query = (async (config: pg.QueryConfig) => {
    const result = await query(config)
    for (const field of result.fields) {
      if (field.dataTypeID !== 18) continue
      field.dataTypeID = 25
      characters.add(field.name)
    }
    return result
  }) as typeof client.query
  const queryRaw = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = async params => {
    const set = await queryRaw(params)
    const columnTypes = set.columnTypes.map((type, i) =>
      characters.has(set.columnNames[i]!) ? ColumnTypeEnum.Character : type,
    )
    return { ...set, columnTypes }
  }
  return adapter
}
