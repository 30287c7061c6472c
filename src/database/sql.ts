import type pg from 'pg'

/** What a statement needs: a pool, a client or a transaction's client. */
export type Sql = Pick<pg.ClientBase, 'query'>

declare const inTransaction: unique symbol

/**
 * A connection between BEGIN and COMMIT. Only `transaction` (pool.ts) creates one: a function that takes it cannot be run on a
 * pool.
 */
export type Tx = pg.PoolClient & { readonly [inTransaction]: true }
