import type pg from 'pg'
import { transaction } from '../database/pool.ts'
import { lockInstallation } from './installation.ts'
import type { Marks } from './marks.ts'
import { addressOn, serverIdentity } from './server.ts'

/**
 * After migrations: a database that no worker has used yet records where it is, so that a copy of it can be recognised from
 * then on. Does nothing if that is already recorded.
 * @param marks of the home that the database is embedded in; undefined for a server: its first worker may know it by another
 * name than the command that has migrated it, and run as another user
 */
export async function registerInstallation(pool: pg.Pool, marks: Marks | undefined): Promise<void> {
  const { server, timeline } = await serverIdentity(pool)
  const made = await transaction(pool, async tx => {
    const installation = await lockInstallation(tx)
    if (installation.server !== null || installation.markedAt !== null) return undefined
    await tx.query(`UPDATE "Installation" SET server = $1, addresses = $2 WHERE id = 1`, [
      server,
      marks ? [addressOn(marks.address, timeline)] : [],
    ])
    return installation
  })
  if (made) await marks?.write(made.id, made)
}
