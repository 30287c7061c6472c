import { userInfo } from 'node:os'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { type Sql, transaction } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { isUuid } from '../uuid.ts'
import { recordAudit } from './audit-log.ts'
import { assertHasUsers, hasUsers } from './has-users.ts'
import type { Role } from './roles.ts'
import { loadSession, logInHint, readToken } from './session.ts'
import type { SessionKey } from './session-key.ts'
import type { Via } from './via.ts'

/** The user who acts. */
export interface Actor {
  id: string
  email: string
  name: string
  role: Role
  /** The user who created the token, or set the password that they logged in with; null: they did it themselves. */
  via: Via | null
}

interface Deps {
  pool: pg.Pool
  sessionKey: () => Promise<Pick<SessionKey, 'publicKey'>>
  config: Pick<Config, 'token' | 'home' | 'databaseUrl'>
  clock: Clock
}

/**
 * Identifies the user by CAMP_TOKEN, else by the session of `camp login`, else in embedded mode by the operating system's user.
 * The role is read from the database each time.
 * @throws CampError AUTH: not logged in, a token that is expired or void, a user who was disabled
 */
export async function authenticate(deps: Deps): Promise<Actor> {
  const { config } = deps
  const token = config.token ?? (await loadSession(config.home))
  if (token) return bearerOf(token, deps)
  if (!config.databaseUrl) return systemUser(deps.pool)
  await assertHasUsers(deps.pool)
  throw new CampError('NOT_LOGGED_IN', t`not logged in`, { hint: logInHint() })
}

async function bearerOf(token: string, { pool, sessionKey, clock }: Deps): Promise<Actor> {
  const { userId, makerId, issuedAt } = await readToken(await sessionKey(), token, clock)
  const user = isUuid(userId) ? await findUser(pool, 'id', userId) : undefined
  if (!user)
    throw new CampError('SESSION_INVALID', t`the session or CAMP_TOKEN belongs to no user here`, { hint: logInHint() })
  if (issuedAt < user.tokens_valid_from) {
    throw new CampError('SESSION_ENDED', t`${user.email}'s sessions and tokens were ended since this one was issued`, {
      hint: logInHint(),
    })
  }
  return enabled(user, makerId === null ? null : await makerOf(pool, makerId))
}

async function makerOf(sql: Sql, id: string): Promise<Via> {
  const maker = await findUser(sql, 'id', id)
  if (maker?.disabled_at) {
    throw new CampError('TOKEN_MAKER_DISABLED', t`${maker.email}, who made this session or CAMP_TOKEN, is disabled`, {
      hint: t`An ADMIN makes another one: camp user token EMAIL`,
    })
  }
  if (maker) return { id: maker.id, email: maker.email }
  throw new CampError('SESSION_INVALID', t`the session or CAMP_TOKEN was made by no user of this installation`, {
    hint: logInHint(),
  })
}

/**
 * A user who may read CAMP_HOME has access to the embedded database anyway, so no password is required. The first one becomes
 * an ADMIN; another user of the operating system is unknown until an ADMIN adds them.
 */
export async function systemUser(pool: pg.Pool): Promise<Actor> {
  const name = systemUserName()
  const email = `${name}@localhost`
  const known = await findUser(pool, 'email', email)
  if (known) return enabled(known)
  await transaction(pool, async tx => {
    if (await hasUsers(tx)) return
    // Two concurrent first commands create the same user: the second finds it.
    const id = uuidv7()
    const { rowCount } = await tx.query(
      `INSERT INTO "User" (id, name, email, role, updated_at) VALUES ($1, $2, $3, 'ADMIN', now()) ON CONFLICT DO NOTHING`,
      [id, name, email],
    )
    const detail = { email, role: 'ADMIN' }
    if (rowCount === 1)
      await recordAudit(tx, { userId: id, action: 'user.add', subject: 'User', subjectId: id, detail })
  })
  const made = await findUser(pool, 'email', email)
  if (made) return enabled(made)
  throw new CampError('USER_UNKNOWN', t`${email} is not a user of this installation`, {
    hint: t`An ADMIN can add you (camp user add ${email}); or log in as another user: camp login`,
  })
}

interface KnownUser extends Omit<Actor, 'via'> {
  disabled_at: Date | null
  tokens_valid_from: Date
}

/** By SQL: every command asks for its user, and loading Prisma takes longer than all else that a list needs. */
async function findUser(sql: Sql, column: 'id' | 'email', value: string): Promise<KnownUser | undefined> {
  const { rows } = await sql.query<KnownUser>(
    `SELECT id, email, name, role, disabled_at, tokens_valid_from FROM "User" WHERE ${column} = $1`,
    [value],
  )
  return rows[0]
}

function enabled(user: Omit<Actor, 'via'> & { disabled_at: Date | null }, via: Via | null = null): Actor {
  if (user.disabled_at)
    throw new CampError('ACCOUNT_DISABLED', t`${user.email} is disabled`, { hint: t`Ask an ADMIN.` })
  const { id, email, name, role } = user
  return { id, email, name, role, via }
}

/** In a container the user may have a number and no name. */
function systemUserName(): string {
  try {
    return userInfo().username
  } catch {
    return `user-${process.getuid?.() ?? 0}`
  }
}
