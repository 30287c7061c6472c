import pg from 'pg'
import { parse } from 'pg-connection-string'
import { CampError, messageOf } from '../errors.ts'
import { t } from '../language/text.ts'
import { faultOf } from './fault.ts'
import { encodeHint } from './fault-table.ts'
import { forgetLocks } from './lock-order.ts'
import type { Tx } from './sql.ts'

export { isUnreachable } from './faults.ts'
export type { Sql, Tx } from './sql.ts'

export interface PoolOptions {
  max?: number
  name?: string
  /** Closes connections whose other end is gone: `SESSION`. */
  worker?: boolean
}

/**
 * PostgreSQL's numeric and bigint arrive as strings and timestamps as Date: pg's defaults, relied on everywhere. Connects on
 * first use.
 * @throws CampError USAGE if the URL, or a certificate that it names, cannot be read
 */
export function openPool(url: string, options: PoolOptions = {}): pg.Pool {
  assertReadable(url)
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.name ?? 'camp',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_S * 1000,
    ...(options.worker && { onConnect: client => applySettings(client, SESSION) }),
  })
  // An idle connection closed by the server does not matter: the next query opens another.
  pool.on('error', () => undefined)
  // A connection that breaks while in use fails its query; without a listener, its `error` event would also crash the process.
  pool.on('connect', client => client.on('error', () => undefined))
  return pool
}

/** If the server refuses the settings, it is used without them. @throws Error if it does not answer */
export async function applySettings(client: pg.ClientBase, settings: string): Promise<void> {
  await client.query({ text: settings, query_timeout: 10_000 } as pg.QueryConfig).catch(error => {
    if (!(error instanceof pg.DatabaseError)) throw error
  })
}

/** Reports what pg would say about it when it connects, as our own error. @throws CampError USAGE */
export function assertReadable(url: string): void {
  try {
    parse(url)
  } catch (error) {
    throw new CampError('DATABASE_URL_INVALID', t`DATABASE_URL cannot be used: ${messageOf(error)}`, {
      hint: encodeHint(),
      cause: error,
    })
  }
}

/**
 * Runs `work` in one transaction: committed when it returns, rolled back when it throws. After a deadlock PostgreSQL has rolled
 * it back, and it runs again: `work` must have no effects outside the database.
 */
export async function transaction<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(pool, work)
    } catch (error) {
      if (!['40P01', '40001'].includes(faultOf(error).code ?? '') || attempt === 5) throw error
    }
  }
}

/**
 * PostgreSQL ends a transaction that is idle for longer: a process that is frozen or disconnected during one holds its locks,
 * and blocks other workers, no longer than this.
 */
export const IDLE_IN_TRANSACTION_MS = 15_000

/**
 * How long a statement of a transaction waits for a lock. Longer than one idle holder can keep it: what is given up has waited for
 * two in a row, or for one that is at work. Short enough that a settle is tried several times within its lease.
 */
export const LOCK_TIMEOUT_MS = 20_000

const BEGIN =
  `BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}; ` +
  `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`

/** For a transaction that may be idle, and wait for others of its kind, for as long as a file takes. */
export async function withoutTimeLimits(tx: Tx): Promise<void> {
  await tx.query(`SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0`)
}

const KEEP_ALIVE_S = 10

/**
 * A server's end of a connection whose other end is disconnected or does not read: given up after 15 s, and its locks with it.
 * Limits of transactions are not set here: through PgBouncer a SET of the session reaches any later connection, and these
 * settings do no harm there, nor on a Unix socket.
 */
export const SESSION =
  `SET tcp_keepalives_idle = ${KEEP_ALIVE_S}; SET tcp_keepalives_interval = 2; ` +
  `SET tcp_keepalives_count = 2; SET tcp_user_timeout = 15000`

async function once<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(BEGIN)
    const tx = client as Tx
    forgetLocks(tx)
    const result = await work(tx)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.release(broken)
  }
}
