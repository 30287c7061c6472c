import type pg from 'pg'

/**
 * The rows of a cursor, page by page, all of one snapshot: memory does not grow with their number. The connection is given back when
 * the reader has all of them, or stops.
 * @param declare declares the cursor, in a transaction that only reads
 * @param fetch fetches its next page
 */
export async function* pagesOf<Row>(
  pool: pg.Pool,
  declare: (client: pg.PoolClient) => Promise<unknown>,
  fetch: (client: pg.PoolClient) => Promise<{ rows: Row[] }>,
): AsyncGenerator<Row[]> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN READ ONLY')
    await declare(client)
    for (;;) {
      const { rows } = await fetch(client)
      if (rows.length === 0) return
      yield rows
    }
  } finally {
    await client.query('ROLLBACK').catch(() => undefined)
    client.release()
  }
}
