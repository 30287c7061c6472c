import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { openPool } from '../../src/database/pool.ts'
import { openPrisma, type PrismaClient } from '../../src/database/prisma.ts'
import { administer, TEMPLATE, withDatabase } from './server.ts'

export interface TestDatabase {
  url: string
  pool: pg.Pool
  prisma: PrismaClient
}

/** A migrated, empty database for a test file: call it at the file's top and read its members inside tests. */
export function useDatabase(): TestDatabase {
  const database = {} as TestDatabase
  const server = inject('postgresUrl')
  const name = `camp_${randomBytes(6).toString('hex')}`
  beforeAll(async () => {
    await administer(server, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY file_copy`)
    database.url = withDatabase(server, name)
    database.pool = openPool(database.url)
    database.prisma = openPrisma(database.pool)
  })
  afterAll(async () => {
    await database.prisma?.$disconnect()
    await database.pool?.end()
    await administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  })
  return database
}
