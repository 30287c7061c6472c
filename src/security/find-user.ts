import { bestMatch, byId, NEAR, notFound } from '../database/match-name.ts'
import type { PrismaClient } from '../database/prisma.ts'

/**
 * A user by e-mail, in any case, or id. It takes a client or a transaction.
 * @throws CampError NOT_FOUND, naming what comes near; USAGE where an e-mail fits two
 */
export async function findUser({ user }: Pick<PrismaClient, 'user'>, ref: string) {
  const email = { email: { equals: ref, mode: 'insensitive' as const } }
  const rows = await user.findMany({ where: { OR: [{ email: ref }, email, ...byId(ref)] } })
  const found = bestMatch('user', ref, rows, row => [row.email, row.id])
  if (found) return found
  const others = await user.findMany({ select: { email: true }, take: NEAR })
  throw notFound(
    'USER_NOT_FOUND',
    'user',
    ref,
    others.map(row => row.email),
  )
}
