import type { Sql } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Actor } from './actor.ts'

/**
 * Required role by command. NONE: no login. ANY: each user. OWN: the user who imported the campaign (or created the recurring
 * one), and each ADMIN. ADMIN: an ADMIN. A flag that needs more than its command has a separate line.
 */
export type Power = 'NONE' | 'ANY' | 'OWN' | 'ADMIN'

export const PERMISSIONS = {
  completion: 'NONE',
  demo: 'NONE',
  login: 'NONE',
  logout: 'NONE',
  whoami: 'ANY',
  top: 'ANY',
  worker: 'NONE',
  serve: 'NONE',
  sandbox: 'NONE',
  init: 'NONE',
  doctor: 'NONE',
  // The rights of the database allow the same by pg_dump and pg_restore.
  backup: 'NONE',
  restore: 'NONE',
  // They take the rights of the operating system's user.
  'service install': 'NONE',
  'service uninstall': 'NONE',
  'service status': 'NONE',
  'db migrate': 'NONE',
  'db status': 'NONE',
  'db start': 'NONE',
  'db stop': 'NONE',
  'db hold': 'ADMIN',
  'db accept-restore': 'ADMIN',

  'user add': 'ADMIN',
  'user list': 'ANY',
  'user show': 'ANY',
  'user set': 'ANY',
  'user set --role': 'ADMIN',
  'user set --enable': 'ADMIN',
  'user disable': 'ADMIN',
  'user enable': 'ADMIN',
  'user token': 'ANY',

  'secret rotate': 'ADMIN',
  'secret reset': 'NONE',

  'audit list': 'ADMIN',
  'setting list': 'ANY',
  'setting set': 'ADMIN',

  'wallet add': 'ADMIN',
  'wallet list': 'ANY',
  'wallet show': 'ANY',
  'wallet set': 'ADMIN',
  'wallet remove': 'ADMIN',
  'broker add': 'ADMIN',
  'broker list': 'ANY',
  'broker show': 'ANY',
  'broker set': 'ADMIN',
  'broker remove': 'ADMIN',
  'credential set': 'ADMIN',
  'credential show': 'ADMIN',
  'credential list': 'ANY',
  'credential test': 'ADMIN',
  'credential unblock': 'ADMIN',
  'credential remove': 'ADMIN',
  'budget set': 'ADMIN',
  'budget show': 'ANY',
  'budget list': 'ANY',
  'budget ledger': 'ANY',
  'budget audit': 'ANY',
  'budget audit --accept-head': 'ADMIN',
  'template add': 'ADMIN',
  'template list': 'ANY',
  'template show': 'ANY',
  'template set': 'ADMIN',
  'template remove': 'ADMIN',
  'fish add': 'ADMIN',
  'fish list': 'ANY',
  'fish set': 'ADMIN',
  'fish remove': 'ADMIN',
  // Blocking a person is urgent and harms no campaign; unblocking is neither.
  'blocklist add': 'ANY',
  'blocklist remove': 'ADMIN',
  'blocklist check': 'ANY',
  'blocklist list': 'ANY',
  // All numbers at once: personal data of every person who asked not to be contacted.
  'blocklist export': 'ADMIN',
  'blocklist stats': 'ANY',
  'blocklist sync': 'ADMIN',
  'calendar add': 'ADMIN',
  'calendar remove': 'ADMIN',
  'calendar list': 'ANY',
  'calendar laws': 'NONE',

  report: 'ANY',
  'data export': 'ADMIN',
  'data erase': 'ADMIN',
  prune: 'ADMIN',
  'legacy import': 'ADMIN',

  'campaign import': 'ANY',
  'campaign import --no-cap': 'ADMIN',
  'campaign import --allow-holidays': 'ADMIN',
  'campaign list': 'ANY',
  'campaign show': 'ANY',
  'campaign report': 'ANY',
  'campaign leads': 'ANY',
  'campaign rejects': 'ANY',
  'campaign explain': 'ANY',
  'campaign watch': 'ANY',
  'campaign approve': 'ADMIN',
  'campaign reject': 'ADMIN',
  // It does what an ADMIN approved, at the approved time.
  'campaign run': 'ANY',
  'campaign run --now': 'OWN',
  // A pause is urgent, and loses nothing: a user who sees a wrong text being sent stops it, also if another user imported it.
  'campaign pause': 'ANY',
  // The user who resumes confirms that the cause of the pause is gone.
  'campaign resume': 'OWN',
  'campaign resume --now': 'OWN',
  'campaign cancel': 'OWN',
  'campaign retry': 'OWN',
  'campaign resolve': 'ADMIN',
  'campaign repeat list': 'ANY',
  'campaign repeat show': 'ANY',
  'campaign repeat approve': 'ADMIN',
  'campaign repeat revoke': 'ADMIN',
  'campaign repeat pause': 'ANY',
  'campaign repeat resume': 'OWN',
  'campaign repeat remove': 'OWN',
} as const satisfies Record<string, Power>

export type Act = keyof typeof PERMISSIONS

export interface Person {
  id: string
  email: string
}

/** @param ownerId who imported the campaign, if the act concerns one */
export function may(act: Act, actor: Pick<Actor, 'id' | 'role'>, ownerId?: string): boolean {
  const power: Power = PERMISSIONS[act]
  if (power === 'ADMIN') return actor.role === 'ADMIN'
  return power !== 'OWN' || actor.role === 'ADMIN' || actor.id === ownerId
}

/**
 * To be called before a campaign is changed.
 * @param campaign its handle, and who imported it
 * @throws CampError AUTH, naming who may
 */
export async function assertMay(
  sql: Sql,
  act: Act,
  actor: Actor,
  campaign: { handle: string; ownerId: string },
): Promise<void> {
  if (may(act, actor, campaign.ownerId)) return
  const { rows } = await sql.query<{ email: string }>(`SELECT email FROM "User" WHERE id = $1`, [campaign.ownerId])
  const admins = await adminsOf(sql)
  throw new CampError(
    'CAMPAIGN_NOT_YOURS',
    t`${actor.email} may not ${act.split(' ').slice(1).join(' ')} ${campaign.handle}`,
    {
      hint: t`Its importer may, ${rows[0]!.email}, and each ADMIN: ${people(admins)}.`,
    },
  )
}

/** The enabled ADMINs, by e-mail. */
export async function adminsOf(sql: Sql): Promise<Person[]> {
  const { rows } = await sql.query<Person>(
    `SELECT id, email FROM "User" WHERE role = 'ADMIN' AND disabled_at IS NULL ORDER BY email`,
  )
  return rows
}

const MAX_NAMED = 4

/** a@x, b@x and 3 more. */
export function people(persons: readonly Person[]): string {
  const named = persons.slice(0, MAX_NAMED).map(person => person.email)
  const more = persons.length - named.length
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
