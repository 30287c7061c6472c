import type { Sql } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Actor } from './actor.ts'
import { ROLES, type Role } from './roles.ts'

/**
 * What a command requires. NONE: no login. READ: each user. REVIEW: an ADMIN or an AUDITOR. SELF: each user for oneself, and an ADMIN
 * for others. WORK: each user but an AUDITOR. OWN: the user who imported the campaign (or created the recurring one), unless they are
 * an AUDITOR now, and each ADMIN. ADMIN: an ADMIN.
 */
export type Power = 'NONE' | 'READ' | 'REVIEW' | 'SELF' | 'WORK' | 'OWN' | 'ADMIN'

/** Which roles have a power; OWN and SELF are limited further. */
const ROLES_WITH: Readonly<Record<Power, readonly Role[]>> = {
  NONE: ROLES,
  READ: ROLES,
  REVIEW: ['ADMIN', 'AUDITOR'],
  SELF: ROLES,
  WORK: ['ADMIN', 'USER'],
  OWN: ['ADMIN', 'USER'],
  ADMIN: ['ADMIN'],
}

/** Each command's power. A flag that needs another power than its command has a separate line, which replaces its command's. */
export const PERMISSIONS = {
  completion: 'NONE',
  demo: 'NONE',
  login: 'NONE',
  logout: 'NONE',
  whoami: 'READ',
  top: 'READ',
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
  'db accept-restore --show': 'READ',

  'user add': 'ADMIN',
  'user list': 'READ',
  'user show': 'READ',
  'user set': 'SELF',
  'user set --role': 'ADMIN',
  'user set --enable': 'ADMIN',
  'user disable': 'ADMIN',
  'user enable': 'ADMIN',
  'user password': 'SELF',
  'user token': 'SELF',

  'secret rotate': 'ADMIN',
  'secret reset': 'NONE',

  'audit list': 'REVIEW',
  'audit export': 'REVIEW',
  'audit verify': 'READ',
  'audit verify --accept-head': 'ADMIN',
  'setting list': 'READ',
  'setting set': 'ADMIN',

  'wallet add': 'ADMIN',
  'wallet list': 'READ',
  'wallet show': 'READ',
  'wallet set': 'ADMIN',
  'wallet remove': 'ADMIN',
  'broker add': 'ADMIN',
  'broker list': 'READ',
  'broker show': 'READ',
  'broker set': 'ADMIN',
  'broker remove': 'ADMIN',
  'credential set': 'ADMIN',
  'credential show': 'ADMIN',
  'credential list': 'READ',
  'credential test': 'ADMIN',
  'credential unblock': 'ADMIN',
  'credential remove': 'ADMIN',
  'budget set': 'ADMIN',
  'budget adjust': 'ADMIN',
  'budget show': 'READ',
  'budget list': 'READ',
  'budget ledger': 'READ',
  'budget audit': 'READ',
  'template add': 'ADMIN',
  'template list': 'READ',
  'template show': 'READ',
  'template set': 'ADMIN',
  'template remove': 'ADMIN',
  'fish add': 'ADMIN',
  'fish list': 'READ',
  'fish set': 'ADMIN',
  'fish remove': 'ADMIN',
  // Blocking a person is urgent and harms no campaign; unblocking is neither.
  'blocklist add': 'WORK',
  'blocklist remove': 'ADMIN',
  'blocklist check': 'READ',
  'blocklist list': 'READ',
  // All numbers at once: personal data of every person who asked not to be contacted.
  'blocklist export': 'ADMIN',
  'blocklist stats': 'READ',
  'blocklist sync': 'ADMIN',
  'inbox list': 'READ',
  'inbox show': 'READ',
  // As an addition to the blocklist: no decision unblocks.
  'inbox handle': 'WORK',
  'calendar add': 'ADMIN',
  'calendar remove': 'ADMIN',
  'calendar list': 'READ',
  'calendar laws': 'NONE',

  report: 'READ',
  'data export': 'ADMIN',
  'data erase': 'ADMIN',
  prune: 'ADMIN',
  'legacy import': 'ADMIN',

  'campaign import': 'WORK',
  'campaign import --no-cap': 'ADMIN',
  'campaign import --allow-holidays': 'ADMIN',
  'campaign list': 'READ',
  'campaign show': 'READ',
  'campaign report': 'READ',
  'campaign leads': 'READ',
  'campaign rejects': 'READ',
  'campaign explain': 'READ',
  'campaign watch': 'READ',
  'campaign approve': 'ADMIN',
  'campaign reject': 'ADMIN',
  // It does what an ADMIN approved, at the approved time.
  'campaign run': 'WORK',
  'campaign run --now': 'OWN',
  // A pause is urgent, and loses nothing: a user who sees a wrong text being sent stops it, also if another user imported it.
  'campaign pause': 'WORK',
  // The user who resumes confirms that the cause of the pause is gone.
  'campaign resume': 'OWN',
  'campaign resume --now': 'OWN',
  'campaign cancel': 'OWN',
  'campaign retry': 'OWN',
  'campaign resolve': 'ADMIN',
  'campaign repeat list': 'READ',
  'campaign repeat show': 'READ',
  'campaign repeat approve': 'ADMIN',
  'campaign repeat revoke': 'ADMIN',
  'campaign repeat pause': 'WORK',
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
  if (!ROLES_WITH[power].includes(actor.role)) return false
  return power !== 'OWN' || actor.role === 'ADMIN' || actor.id === ownerId
}

/** Whether a user with this role may begin the act: for OWN and SELF, whose they are is checked later. */
export function roleMay(act: Act, role: Role): boolean {
  return ROLES_WITH[PERMISSIONS[act]].includes(role)
}

/**
 * The lines of the table that hold for a command line.
 * @param command its path: "user set"
 * @param flags the options that it gives: "--role"
 */
export function actsOf(command: string, flags: readonly string[]): Act[] {
  const named = flags.map(flag => `${command} ${flag}`).filter(isAct)
  return named.length > 0 ? named : [command].filter(isAct)
}

function isAct(text: string): text is Act {
  return Object.hasOwn(PERMISSIONS, text)
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
