import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startServer, stopServer } from '../../src/database/embedded/server.ts'
import { migrate } from '../../src/database/migrations.ts'
import { codeOf } from '../../src/errors.ts'
import { startRedis } from './redis.ts'
import { administer, FAST, TEMPLATE, withDatabase } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
    redisUrl: string | null
    /** dist is what the sources say. */
    isBuilt: boolean
  }
}

/** One embedded PostgreSQL for the run, with a migrated template that each test file clones; a Redis where there is one. */
export default async function setup(project: TestProject) {
  const folder = await clusterFolder()
  await removeForgotten(folder)
  const home = await mkdtemp(join(folder, `camp-test-${process.pid}-`))
  const settings = [
    ...FAST,
    // A login that its client has left half done holds up every CREATE and DROP DATABASE until this is over.
    'authentication_timeout = 10s',
    // On a busy machine the connections of workers that were stopped stay for a while.
    'max_connections = 600',
  ]
  const url = await startServer(home, { settings })
  await administer(url, `CREATE DATABASE ${TEMPLATE}`)
  await migrate(withDatabase(url, TEMPLATE))
  const redis = await startRedis()
  project.provide('postgresUrl', url)
  project.provide('redisUrl', redis?.url ?? null)
  project.provide('isBuilt', spawnSync(process.execPath, ['bin/setup.js', '--check']).status === 0)
  return async () => {
    await redis?.stop()
    await stopServer(home)
    await rm(home, { recursive: true, force: true })
  }
}

/** In memory where there is room for it: each test file clones a database, and a busy disk takes ten times as long. */
async function clusterFolder(): Promise<string> {
  const memory = '/dev/shm'
  const free = await statfs(memory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  )
  return free >= MIN_MEMORY_BYTES ? memory : tmpdir()
}

/** Of a run that was killed the server lives on, and its cluster would keep the memory. */
async function removeForgotten(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = /^camp-test-(\d+)-/.exec(name)?.[1]
    if (owner === undefined || isAlive(Number(owner))) continue
    await stopServer(join(folder, name))
    await rm(join(folder, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** Several times what the suite's databases and their WAL took when measured. */
const MIN_MEMORY_BYTES = 4 * 1024 ** 3
