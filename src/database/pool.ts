import pg from 'pg'
import { CampError, codeOf, messageOf } from '../errors.ts'

/** What a statement needs: a pool, a client or a transaction's client. */
export type Sql = Pick<pg.ClientBase, 'query'>

/** PostgreSQL's numeric and bigint arrive as strings and timestamps as Date: pg's defaults, relied on everywhere. */
export function openPool(url: string, options: { max?: number; name?: string } = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.name ?? 'camp',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  })
  // An idle connection that the server closes is not an event: the next query opens another.
  pool.on('error', () => undefined)
  // One that breaks while it is taken fails its query; unheard, its own event would end the process besides.
  pool.on('connect', client => client.on('error', () => undefined))
  return pool
}

/**
 * Runs `work` in one transaction: committed when it returns, rolled back when it throws. Where PostgreSQL ended it because two
 * transactions waited for each other, nothing of it has happened and it runs again: `work` must do nothing but ask the database.
 */
export async function transaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(pool, work)
    } catch (error) {
      if (!['40P01', '40001'].includes(codeOf(error) ?? '') || attempt === 5) throw error
    }
  }
}

async function once<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const result = await work(client)
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

// SQLSTATE classes 08 (connection), 57P (shutdown, crash) and 53300 (too many connections), and the sockets' own errors.
const UNREACHABLE = /^(08...|57P0[1-3]|53300|ECONN\w+|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH)$/

/** Whether an error means that the database (or the way to it) is away, as opposed to a statement that is wrong. */
export function isUnreachable(error: unknown): boolean {
  const message = messageOf(error)
  return (
    UNREACHABLE.test(codeOf(error) ?? '') ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      message,
    )
  )
}

/** @returns the error that says so, for whatever `isUnreachable` */
export function databaseUnreachable(cause: unknown): CampError {
  return new CampError('UNREACHABLE', `the database cannot be reached: ${messageOf(cause)}`, {
    hint: 'Check DATABASE_URL and that the server runs; without DATABASE_URL camp uses its own (camp db status).',
    cause,
  })
}

/** Whether PostgreSQL has said that its disk is full. */
export function isFull(error: unknown): boolean {
  return codeOf(error) === '53100'
}

/** @returns the error that says so, for whatever `isFull` */
export function databaseFull(cause: unknown): CampError {
  return new CampError('UNREACHABLE', `the database's disk is full: ${messageOf(cause)}`, {
    hint: 'What was asked for is undone. Make room on its disk, and do it again.',
    cause,
  })
}
