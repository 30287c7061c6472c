import { expect, it } from 'vitest'
import { IDLE_IN_TRANSACTION_MS, transaction } from '../../../src/database/pool.ts'
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
  const frozen = transaction(db.pool, async sql => {
    await sql.query(`SET LOCAL idle_in_transaction_session_timeout = 300`)
    await sql.query(`LOCK TABLE held`)
    // It comes back when the other is done.
    await other
    await sql.query(`SELECT 1`)
  })
  const other = new Promise(resolve => setImmediate(resolve)).then(() => db.pool.query(`INSERT INTO held VALUES (1)`))
  await expect(other).resolves.toMatchObject({ rowCount: 1 })
  await expect(frozen).rejects.toThrow()
})

it('the limit is the transaction’s own: a session afterwards has none', async () => {
  await transaction(db.pool, sql => sql.query('SELECT 1'))
  const { rows } = await db.pool.query(`SHOW idle_in_transaction_session_timeout`)
  expect(rows).toEqual([{ idle_in_transaction_session_timeout: '0' }])
})
