import type { Sql } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { holdOf } from './installation.ts'

/** Called before a campaign is started or opened. @throws CampError STATE if the database waits for a person */
export async function assertNotHeld(sql: Sql): Promise<void> {
  const hold = await holdOf(sql)
  if (!hold) return
  throw new CampError('INSTALLATION_HELD', `nothing is started: ${hold.reason}`, {
    hint: 'An ADMIN checks what may have been sent since, and decides: camp db accept-restore',
  })
}
