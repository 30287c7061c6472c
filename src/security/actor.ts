import { userInfo } from 'node:os'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { PrismaClient } from '../database/prisma.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { auditRow } from './audit-log.ts'
import { assertHasUsers } from './has-users.ts'
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
  prisma: PrismaClient
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
  if (!config.databaseUrl) return systemUser(deps.prisma)
  await assertHasUsers(deps.prisma)
  throw new CampError('NOT_LOGGED_IN', t`not logged in`, { hint: logInHint() })
}

async function bearerOf(token: string, { prisma, sessionKey, clock }: Deps): Promise<Actor> {
  const { userId, makerId, issuedAt } = await readToken(await sessionKey(), token, clock)
  const isId = z.guid().safeParse(userId).success
  const user = isId ? await prisma.user.findUnique({ where: { id: userId } }) : null
  if (!user)
    throw new CampError('SESSION_INVALID', t`the session or CAMP_TOKEN belongs to no user here`, { hint: logInHint() })
  if (issuedAt < user.tokens_valid_from) {
    throw new CampError('SESSION_ENDED', t`${user.email}'s sessions and tokens were ended since this one was issued`, {
      hint: logInHint(),
    })
  }
  return enabled(user, makerId === null ? null : await makerOf(prisma, makerId))
}

async function makerOf(prisma: PrismaClient, id: string): Promise<Via> {
  const maker = await prisma.user.findUnique({ where: { id }, select: { id: true, email: true, disabled_at: true } })
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
export async function systemUser(prisma: PrismaClient): Promise<Actor> {
  const name = systemUserName()
  const email = `${name}@localhost`
  const known = await prisma.user.findUnique({ where: { email } })
  if (known) return enabled(known)
  await prisma.$transaction(async tx => {
    if ((await tx.user.count()) > 0) return
    // Two concurrent first commands create the same user: the second finds it.
    const data = { id: uuidv7(), name, email, role: 'ADMIN' } as const
    const { count } = await tx.user.createMany({ data, skipDuplicates: true })
    const event = {
      userId: data.id,
      action: 'user.add',
      subject: 'User',
      subjectId: data.id,
      detail: { email, role: data.role },
    }
    if (count === 1) await tx.auditEvent.create({ data: auditRow(event) })
  })
  const made = await prisma.user.findUnique({ where: { email } })
  if (made) return enabled(made)
  throw new CampError('USER_UNKNOWN', t`${email} is not a user of this installation`, {
    hint: t`An ADMIN can add you (camp user add ${email}); or log in as another user: camp login`,
  })
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
