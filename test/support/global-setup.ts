import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startServer, stopServer } from '../../src/database/embedded/server.ts'
import { migrate } from '../../src/database/migrations.ts'
import { startRedis } from './redis.ts'
import { administer, TEMPLATE, withDatabase } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
    redisUrl: string | null
  }
}

/** One embedded PostgreSQL for the run, with a migrated template that each test file clones; a Redis where there is one. */
export default async function setup(project: TestProject) {
  const home = await mkdtemp(join(tmpdir(), 'camp-test-'))
  // A test's database need not survive the machine: without fsync the suite is several times faster.
  const settings = ['fsync = off', 'synchronous_commit = off', 'full_page_writes = off']
  const url = await startServer(home, { settings })
  await administer(url, `CREATE DATABASE ${TEMPLATE}`)
  await migrate(withDatabase(url, TEMPLATE))
  const redis = await startRedis()
  project.provide('postgresUrl', url)
  project.provide('redisUrl', redis?.url ?? null)
  return async () => {
    await redis?.stop()
    await stopServer(home)
    await rm(home, { recursive: true, force: true })
  }
}
