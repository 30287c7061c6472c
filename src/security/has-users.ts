import type { Sql } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

/** Whether the installation has had its first user; also before the migrations of this version are applied. */
export async function hasUsers(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ found: boolean }>(`SELECT EXISTS (SELECT FROM "User") AS found`)
  return rows[0]!.found
}

/** Before a login is asked for. @throws CampError AUTH on an installation without users, naming what adds the first */
export async function assertHasUsers(sql: Sql): Promise<void> {
  if (await hasUsers(sql)) return
  throw new CampError('NOT_LOGGED_IN', t`there is no user yet: no user can log in`, {
    hint: t`Set this installation up: camp init, or add its first ADMIN: camp user add EMAIL --name NAME --role ADMIN`,
  })
}
