import type pg from 'pg'
import type { PrismaClient } from '../database/prisma.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { recordAudit } from './audit-log.ts'
import { beginAttempt, endAttempt, forgetOldAttempts } from './login-pace.ts'
import { verifyPassword } from './password.ts'
import type { User } from './users.ts'

export interface LoginDeps {
  pool: pg.Pool
  prisma: Pick<PrismaClient, 'user'>
  /** The host, or the client's address. */
  origin: string
  now: Date
}

/**
 * Logs a user in by e-mail and password. A failure is written to the audit, and slows the next attempt (login-pace.ts).
 * @throws CampError AUTH, revealing neither which of the two was wrong nor, before the password is right, whether the user is
 * disabled
 */
export async function logIn(deps: LoginDeps, given: string, password: string): Promise<User> {
  const email = given.trim().toLowerCase()
  // Cannot be a user's: the database would refuse it, or it would only use space.
  if (email.length > 320 || !email.includes('@') || /\p{Cc}/u.test(email)) throw wrong()
  const user = await tried(deps, email, password, await deps.prisma.user.findUnique({ where: { email } }))
  if (!user) throw wrong()
  if (user.disabled_at)
    throw new CampError('ACCOUNT_DISABLED', t`${user.email} is disabled`, { hint: t`Ask an ADMIN.` })
  return user
}

/** Checks the old password before a new one is accepted: a stolen token is not enough. @throws CampError AUTH */
export async function assertOldPassword(deps: LoginDeps, user: User, password: string): Promise<void> {
  if (await tried(deps, user.email, password, user)) return
  throw new CampError('OLD_PASSWORD_WRONG', t`the old password is wrong: nothing was changed`)
}

async function tried(
  { pool, origin, now }: LoginDeps,
  email: string,
  password: string,
  user: User | null,
): Promise<User | null> {
  const failures = await beginAttempt(pool, { email, origin }, now)
  if ((await verifyPassword(user?.password ?? null, password)) && user) {
    await endAttempt(pool, { email, origin }, now)
    return user
  }
  await forgetOldAttempts(pool, now)
  const detail = { email, origin, failures }
  const subjectId = user?.id ?? 'unknown'
  await recordAudit(pool, { userId: null, action: 'user.login.failed', subject: 'User', subjectId, detail })
  return null
}

function wrong(): CampError {
  return new CampError('LOGIN_REFUSED', t`the e-mail or the password is wrong`)
}
