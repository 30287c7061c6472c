import type { Sql } from '../database/pool.ts'
import { SILENCE_MS } from './judge.ts'
import type { Mark } from './mark.ts'

/**
 * Raises the database's half of the mark, in one statement.
 * @param known the mark that this process has last seen
 * @returns undefined if it may not be raised: a hold is set, the database is older than `known`, is another one, or was not
 * marked for longer than an ordinary silence (this process, or its machine, was frozen or set back)
 */
export async function raiseMark(sql: Sql, installationId: string, known: Mark): Promise<Mark | undefined> {
  const { rows } = await sql.query<{ generation: number; mark: string; at: Date }>(
    `UPDATE "Installation" SET mark = mark + 1, marked_at = pg_catalog.clock_timestamp()
     WHERE id = 1 AND installation_id = $1 AND held_at IS NULL AND (generation, mark) >= ($2::int, $3::bigint)
       AND marked_at > pg_catalog.clock_timestamp() - $4 * interval '1 millisecond'
     RETURNING generation, mark, marked_at AS at`,
    [installationId, known.generation, known.mark, SILENCE_MS.known],
  )
  return rows[0] && { ...rows[0], mark: Number(rows[0].mark) }
}
