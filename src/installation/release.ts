import { v7 as uuidv7 } from 'uuid'
import type { Tx } from '../database/pool.ts'
import type { Installation } from './installation.ts'

/**
 * Removes the hold: a person has accepted this data, here. A new generation, so that no earlier mark is ahead of it; if it may
 * be a copy, a new installation, so that the original keeps its marks. Workers then register it again, at any address.
 * @param server as the database server reports it
 */
export async function releaseHold(tx: Tx, { hold, generation }: Installation, server: string | null): Promise<void> {
  const isCopy = hold?.kind === 'COPY' || hold?.kind === 'UNKNOWN'
  await tx.query(
    `UPDATE "Installation" SET installation_id = coalesce($1, installation_id), generation = $2, mark = mark + 1,
            marked_at = pg_catalog.clock_timestamp(), server = $3, addresses = '{}', held_at = NULL, hold_kind = NULL, hold_reason = NULL,
            hold_generation = NULL, hold_mark = NULL, hold_marked_at = NULL WHERE id = 1`,
    [isCopy ? uuidv7() : null, Math.max(generation, hold?.outside?.generation ?? 0) + 1, server],
  )
}
