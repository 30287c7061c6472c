import type pg from 'pg'

/**
 * Runs `work` on a connection whose statement is cancelled by the signal: Ctrl-C does not wait for a statement of minutes, and
 * its transaction rolls back.
 */
export async function cancelledBy<T>(
  signal: AbortSignal,
  pool: pg.Pool,
  client: pg.PoolClient,
  work: () => Promise<T>,
): Promise<T> {
  const { rows } = await client.query<{ pid: number }>(`SELECT pg_backend_pid() AS pid`)
  signal.throwIfAborted()
  let cancelling: Promise<unknown> | undefined
  const cancel = () => {
    // If this fails, the statement ends on its own, or with its connection.
    cancelling = pool.query(`SELECT pg_cancel_backend($1)`, [rows[0]!.pid]).catch(() => undefined)
  }
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await work()
  } finally {
    signal.removeEventListener('abort', cancel)
    if (cancelling) {
      await cancelling
      // The cancel may arrive after the last statement: then it ends this one, not the ROLLBACK or a later statement.
      await client.query('SELECT 1').catch(() => undefined)
    }
  }
}
