import { type Connection, createConnection } from 'mysql2'
import { CampError, messageOf } from '../../errors.ts'
import { t } from '../../language/text.ts'
import type { LegacyRow, LegacyRows, LegacySource, Wanted } from './row.ts'
import { ROWS_AT_ONCE } from './row.ts'

export interface MysqlOptions {
  /** mysql://user@host/database */
  url: string
  /** Replaces the URL's. */
  password: string | undefined
  prefix: string
}

/**
 * A MySQL or MariaDB database, read in one read-only transaction: the old system may go on writing.
 * @throws CampError LEGACY_UNREACHABLE; INVALID_ARGUMENT: the URL
 */
export async function openMysql({ url, password, prefix }: MysqlOptions): Promise<LegacySource> {
  const place = placeOf(url)
  const connection = createConnection({
    host: place.hostname,
    port: place.port === '' ? 3306 : Number(place.port),
    user: decodeURIComponent(place.username),
    password: password ?? decodeURIComponent(place.password),
    database: decodeURIComponent(place.pathname.slice(1)),
    ...(place.searchParams.has('socket') && { socketPath: place.searchParams.get('socket')! }),
    ...(place.searchParams.has('ssl') && { ssl: {} }),
    charset: 'utf8mb4',
    connectTimeout: 10_000,
    // Dates, decimals and large numbers stay as they are written.
    typeCast: field => field.string(),
  })
  const shown = `${place.protocol}//${place.host}${place.pathname}`
  const ask = (sql: string) => query(connection, sql)
  try {
    await ask('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ')
    await ask('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
  } catch (error) {
    connection.destroy()
    throw unreachable(shown, error)
  }
  return {
    name: shown,
    read: wanted => readTables(connection, prefix, wanted, shown),
    close: async () => {
      connection.destroy()
    },
  }
}

function placeOf(url: string): URL {
  const place = URL.canParse(url) ? new URL(url) : undefined
  if (place && /^(?:mysql|mariadb):$/.test(place.protocol) && place.pathname.length > 1) return place
  throw new CampError('INVALID_ARGUMENT', t`the URL of the old database cannot be read`, {
    hint: t`Write it as mysql://user@host:3306/database. In a password write @ as %40, / as %2F and # as %23.`,
  })
}

async function* readTables(
  connection: Connection,
  prefix: string,
  wanted: Wanted,
  shown: string,
): AsyncGenerator<LegacyRows> {
  for (const [table, columns] of Object.entries(wanted)) {
    const name = `${prefix}${table}`
    const known = await columnsOf(connection, name)
    const present = columns.filter(column => known.has(column))
    if (present.length === 0) continue
    const list = present.map(column => `\`${column}\``).join(', ')
    try {
      yield* readRows(connection, `SELECT ${list} FROM \`${name.replaceAll('`', '')}\``, table, columns)
    } catch (error) {
      throw unreachable(shown, error)
    }
  }
}

async function* readRows(connection: Connection, sql: string, table: string, columns: readonly string[]) {
  let rows: LegacyRow[] = []
  for await (const found of connection.query(sql).stream({ highWaterMark: ROWS_AT_ONCE })) {
    const read = found as Record<string, string | null>
    rows.push(Object.fromEntries(columns.map(column => [column, read[column] ?? null])))
    if (rows.length < ROWS_AT_ONCE) continue
    yield { table, rows }
    rows = []
  }
  if (rows.length > 0) yield { table, rows }
}

/** @returns none if there is no such table */
async function columnsOf(connection: Connection, name: string): Promise<Set<string>> {
  const rows = await query(
    connection,
    'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = database() AND table_name = ?',
    [name],
  )
  return new Set(rows.flatMap(row => row.name?.toLowerCase() ?? []))
}

function query(connection: Connection, sql: string, values: string[] = []): Promise<LegacyRow[]> {
  return new Promise((resolve, reject) => {
    connection.query(sql, values, (error, rows) => {
      if (error) reject(error)
      else resolve(Array.isArray(rows) ? (rows as unknown as LegacyRow[]) : [])
    })
  })
}

function unreachable(shown: string, error: unknown): unknown {
  if (error instanceof CampError) return error
  return new CampError('LEGACY_UNREACHABLE', t`the old database ${shown} cannot be read: ${messageOf(error)}`, {
    hint: t`Check the address, the user and the password (CAMP_LEGACY_PASSWORD), or import a dump.`,
    cause: error,
  })
}
