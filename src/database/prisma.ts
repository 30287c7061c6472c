import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { PrismaClient } from './generated/client.ts'

export { Prisma, type PrismaClient } from './generated/client.ts'

/** Prisma for single records; bulk rows use `pg` directly. Both use the same pool, which the caller closes. */
export function openPrisma(pool: pg.Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool) })
}
