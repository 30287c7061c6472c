import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
} from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg'
import type pg from 'pg'
import { parseIntoClientConfig } from 'pg-connection-string'
import { CampError, codeOf, messageOf } from '../errors.ts'
import { t } from '../language/text.ts'
import { foreignDatabase } from './foreign-database.ts'
import { PRISMA } from './prisma-folder.ts'

type Connect = (database?: string) => Promise<SqlDriverAdapter>

/**
 * The engine does not close what it opened: its connections are closed here.
 * @throws PostgreSQL's own error if it is one; CampError STATE if the database contains something else
 */
export async function withSchemaEngine<T>(url: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const { PrismaPg } = await import('@prisma/adapter-pg')
  const opened: SqlDriverAdapter[] = []
  const heard: Error[] = []
  const connect: Connect = async database => {
    const adapter = await new PrismaPg({ ...parseIntoClientConfig(url), ...(database && { database }) }).connect()
    opened.push(adapter)
    return readingCatalog(adapter, heard)
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
  } catch (error) {
    throw engineError(error, heard)
  } finally {
    for (const adapter of opened) await adapter.dispose().catch(() => undefined)
  }
}

/** Loaded once per process: a second instance would overwrite the first one's memory. */
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

/** The adapter's own version drops the database while still connected to it, which PostgreSQL refuses. */
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
 * adapter does not know that type and refuses it: here the answer's fields pass as text, and are marked as characters again
 * after the adapter.
 * @param heard receives PostgreSQL's own errors, of which the engine passes on only the text
 */
function readingCatalog(adapter: SqlDriverAdapter, heard: Error[]): SqlDriverAdapter {
  const characters = new Set<string>()
  const { client } = adapter as unknown as { client: pg.Pool }
  const query = client.query.bind(client) as (config: pg.QueryConfig) => Promise<pg.QueryResult>
  client.query = (async (config: pg.QueryConfig) => {
    const result = await query(config).catch((error: Error) => {
      heard.push(error)
      throw error
    })
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

/** The engine's errors contain a trace of its own code. PostgreSQL's error is in `heard`. */
function engineError(error: unknown, heard: readonly Error[]): unknown {
  const [message] = messageOf(error).split(/\n\s*0: /)
  const said = heard.findLast(one => message!.includes(one.message))
  if (said) return said
  const code = codeOf(error)
  if (code === 'P3005') return foreignDatabase('it is not empty, and none of them are camp’s', error)
  if (code === 'P3009' || code === 'P3018') {
    const [name] = /\d{14}_\w+/.exec(message!) ?? ['one']
    return new CampError('MIGRATION_BROKEN_OFF', t`an earlier migration was interrupted: ${name}`, {
      hint: t`Restore a backup from before it, or complete the migration by hand; delete its row from _prisma_migrations, and
      run camp db migrate.`,
      cause: error,
    })
  }
  return new Error(`the migrations could not be applied: ${message!.trim()}`, { cause: error })
}
