import { expect, expectTypeOf, it } from 'vitest'
import { reserve } from '../../../src/budget/reserve.ts'
import { lockCampaign } from '../../../src/campaign/campaign-header.ts'
import {
  IDLE_IN_TRANSACTION_MS,
  LOCK_TIMEOUT_MS,
  openPool,
  type Tx,
  transaction,
  withoutTimeLimits,
} from '../../../src/database/pool.ts'
import { lockBatch } from '../../../src/dispatch/claim/lock-batch.ts'
import { useDatabase } from '../../support/database.ts'

const db = useDatabase()

it('a transaction that is idle is ended by the server, and what it held is free: a frozen process stops no other', async () => {
  const shown = await transaction(db.pool, async sql => {
    const { rows } = await sql.query(
      `SELECT current_setting('idle_in_transaction_session_timeout')::interval = $1 AS so`,
      [`${IDLE_IN_TRANSACTION_MS} ms`],
    )
    return rows
  })
  expect(shown).toEqual([{ so: true }])
  await db.pool.query(`CREATE TABLE held (id int)`)
  let lock!: () => void
  const locked = new Promise<void>(resolve => {
    lock = resolve
  })
  const frozen = transaction(db.pool, async sql => {
    await sql.query(`SET LOCAL idle_in_transaction_session_timeout = 300`)
    await sql.query(`LOCK TABLE held`)
    lock()
    // It comes back when the other is done.
    await other
    await sql.query(`SELECT 1`)
  })
  const other = locked.then(() => db.pool.query(`INSERT INTO held VALUES (1)`))
  await expect(other).resolves.toMatchObject({ rowCount: 1 })
  await expect(frozen).rejects.toThrow()
})

it('the limit is the transaction’s own: a session afterwards has none', async () => {
  await transaction(db.pool, sql => sql.query('SELECT 1'))
  const { rows } = await db.pool.query(`SHOW idle_in_transaction_session_timeout`)
  expect(rows).toEqual([{ idle_in_transaction_session_timeout: '0' }])
})

it('a statement of a transaction waits so long for a lock, and one that lifts its limits for as long as it takes', async () => {
  const limits = (lifts: boolean) =>
    transaction(db.pool, async sql => {
      if (lifts) await withoutTimeLimits(sql)
      const { rows } = await sql.query(
        `SELECT name, setting::int FROM pg_settings WHERE name IN ('lock_timeout', 'idle_in_transaction_session_timeout') ORDER BY 1`,
      )
      return rows.map(row => row.setting)
    })
  expect(await limits(false)).toEqual([IDLE_IN_TRANSACTION_MS, LOCK_TIMEOUT_MS])
  expect(await limits(true)).toEqual([0, 0])
  const { rows } = await db.pool.query(`SHOW lock_timeout`)
  expect(rows).toEqual([{ lock_timeout: '0' }])
})

it('a worker’s connections are given up by the server when their other end is gone', async () => {
  const pool = openPool(db.url, { worker: true })
  const { rows } = await pool.query(
    `SELECT name, setting::int FROM pg_settings WHERE name LIKE 'tcp\\_%' ORDER BY name`,
  )
  await pool.end()
  expect(rows).toEqual([
    { name: 'tcp_keepalives_count', setting: 2 },
    { name: 'tcp_keepalives_idle', setting: 10 },
    { name: 'tcp_keepalives_interval', setting: 2 },
    { name: 'tcp_user_timeout', setting: 15_000 },
  ])
})

it('a lock cannot be taken on a pool, where it would be gone when the call returns', () => {
  void (() => {
    // @ts-expect-error a pool is no transaction
    lockBatch(db.pool, '')
    // @ts-expect-error a pool is no transaction
    lockCampaign(db.pool, '')
  })
  void (async () => {
    const client = await db.pool.connect()
    // @ts-expect-error a connection is a transaction only where `transaction` has begun one
    lockBatch(client, '')
  })
  expectTypeOf(reserve).parameter(0).toEqualTypeOf<Tx>()
  expectTypeOf(transaction).parameter(1).parameter(0).toEqualTypeOf<Tx>()
})
