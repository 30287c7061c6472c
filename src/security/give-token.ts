import type pg from 'pg'
import type { Clock } from '../clock.ts'
import type { PrismaClient } from '../database/prisma.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Actor } from './actor.ts'
import { recordAudit } from './audit-log.ts'
import { issueToken, SESSION_MS } from './session.ts'
import type { SessionKey } from './session-key.ts'
import { passwordVia, type User } from './users.ts'
import { actVia, type Via } from './via.ts'

interface Deps {
  pool: pg.Pool
  key: Pick<SessionKey, 'privateKey'>
  clock: Clock
}

export interface GivenToken {
  token: string
  expiresAt: Date
}

/**
 * A session for a user who has given their password (login.ts), with its audit. From here on the process acts as them.
 * @returns with it, who has set the password; null: they did
 */
export async function startSession(
  { pool, prisma, key, clock }: Deps & { prisma: Pick<PrismaClient, 'user'> },
  user: User,
): Promise<GivenToken & { via: Via | null }> {
  const via = await passwordVia(prisma, user)
  actVia(via)
  const bearer = { userId: user.id, makerId: via?.id ?? null }
  const issued = await issueToken(key, bearer, { clock, lifetimeMs: SESSION_MS })
  await recordAudit(pool, { userId: user.id, action: 'user.login', subject: 'User', subjectId: user.id })
  return { ...issued, via }
}

const DAY_MS = 24 * 3_600_000

/**
 * A token (CAMP_TOKEN) with which its bearer acts as `user`, with its audit. One for another user lets its maker act as them: it is
 * marked in every audit row, and none is made for an ADMIN.
 * @throws CampError USER_DISABLED; ADMIN_TOKEN_REFUSED. The caller checks that `actor` is an ADMIN where the user is another.
 */
export async function giveToken(
  { pool, key, clock }: Deps,
  actor: Pick<Actor, 'id' | 'via'>,
  user: User,
  days: number,
): Promise<GivenToken> {
  const isOwn = user.id === actor.id
  if (!isOwn && user.role === 'ADMIN') {
    throw new CampError('ADMIN_TOKEN_REFUSED', t`${user.email} is an ADMIN, whose tokens no other user makes`, {
      hint: t`They make it themselves, logged in: camp user token ${user.email}. For a cron job: a user with the role USER.`,
    })
  }
  if (user.disabled_at) {
    throw new CampError('USER_DISABLED', t`${user.email} is disabled`, {
      hint: t`First: camp user set ${user.email} --enable`,
    })
  }
  const bearer = { userId: user.id, makerId: actor.via?.id ?? (isOwn ? null : actor.id) }
  const issued = await issueToken(key, bearer, { clock, lifetimeMs: days * DAY_MS })
  const event = { userId: actor.id, action: 'user.token', subject: 'User', subjectId: user.id, detail: { days } }
  await recordAudit(pool, event)
  return issued
}
