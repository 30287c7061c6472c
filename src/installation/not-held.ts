import type { Sql } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { holdOf } from './installation.ts'

/** Called before a campaign is started or opened. @throws CampError STATE if the database waits for a person */
export async function assertNotHeld(sql: Sql): Promise<void> {
  const hold = await holdOf(sql)
  if (!hold) return
  throw new CampError('INSTALLATION_HELD', t`nothing is started: ${hold.reason}`, {
    hint: t`An ADMIN checks what may have been sent since, and decides: camp db accept-restore`,
  })
}
