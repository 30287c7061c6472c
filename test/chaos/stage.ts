import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync, type WriteStream } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { startServer, stopServer } from '../../src/database/embedded/server.ts'
import { migrate, QUEUE_SCHEMA } from '../../src/database/migrations.ts'
import { openPool } from '../../src/database/pool.ts'
import type { Stats } from '../../src/sandbox/engine.ts'
import { SECRET } from '../support/fixtures.ts'
import { startRedis } from '../support/redis.ts'
import { within } from './bound.ts'
import { openProxy, type StablePort } from './proxy.ts'
import { endWithUs, Worker } from './worker.ts'

export type QueueKind = 'postgres' | 'redis'

export const LEASE_MS = 2_500
/** Of the sandbox's own books. */
const ANSWER_MS = 60_000
const END_MS = 60_000
const WORKERS = 3

/** Everything that can break: PostgreSQL and Redis behind proxies, worker processes, the sandbox with a durable count. */
export interface Stage {
  readonly kind: QueueKind
  readonly folder: string
  readonly pool: pg.Pool
  readonly databaseUrl: string
  readonly redisUrl: string | undefined
  /** The broker, as workers reach it. */
  readonly sandboxUrl: string
  readonly workers: readonly Worker[]
  /** Ends of workers that nothing here had ordered, and starts that did not come about. */
  readonly deaths: readonly string[]
  crashPostgres(downMs: number): Promise<void>
  cutDatabase(): void
  crashRedis(downMs: number): Promise<void>
  /** Forgets every job. */
  wipeQueue(): Promise<void>
  /** Its connections are cut, and new ones refused for so long. */
  shutBroker(downMs: number): Promise<void>
  control(change: unknown): Promise<void>
  stats(): Promise<Stats>
  /** How often the broker accepted each key. */
  countsOf(keys: readonly string[]): Promise<Map<string, number>>
  close(): Promise<void>
}

export async function openStage(kind: QueueKind, seed: number): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'camp-chaos-'))
  // PostgreSQL's user walks through it, where camp runs as root.
  await chmod(folder, 0o755)
  const home = join(folder, 'home')
  const log = createWriteStream(join(folder, 'workers.log'))
  const direct = await startServer(home)
  process.on('exit', () => endPostmaster(home))
  await migrate(direct)
  const database = await openProxy()
  database.lead(portOf(direct))
  const databaseUrl = withPort(direct, database.port)
  const redis = kind === 'redis' ? await openRedis() : undefined
  const sandbox = await startSandboxProcess(join(folder, 'accepted'), seed, log)
  const broker = await openProxy()
  broker.lead(portOf(sandbox.url))
  const workers: Worker[] = []
  const deaths: string[] = []
  const callbacks = await openProxy(() => living(workers)?.port)
  const env = {
    PATH: process.env.PATH,
    CAMP_HOME: join(folder, 'none'),
    CAMP_SECRET: SECRET,
    DATABASE_URL: databaseUrl,
    ...(redis && { REDIS_URL: redis.url }),
    CAMP_PUBLIC_URL: `http://127.0.0.1:${callbacks.port}`,
    CAMP_HTTP_TIMEOUT_MS: '800',
    CAMP_LEASE_MS: String(LEASE_MS),
    CAMP_SWEEP_MS: '1500',
    LOG_LEVEL: 'info',
  }
  for (let i = 0; i < WORKERS; i++) workers.push(new Worker(env, log, how => deaths.push(how)))
  await Promise.all(workers.map(worker => worker.start()))
  const pool = openPool(databaseUrl, { max: 4, name: 'chaos' })
  const ask = async (path: string, init?: RequestInit) =>
    (await fetch(`${sandbox.url}${path}`, { ...init, signal: AbortSignal.timeout(ANSWER_MS) })).json()
  return {
    kind,
    folder,
    pool,
    databaseUrl,
    redisUrl: redis?.url,
    sandboxUrl: withPort(sandbox.url, broker.port),
    workers,
    deaths,
    crashPostgres: async downMs => {
      database.lead(undefined)
      process.kill(postmasterOf(home), 'SIGQUIT') // "immediate": as if the machine had lost its power
      database.cut()
      await delay(downMs)
      database.lead(portOf(await startedAgain(home)))
    },
    cutDatabase: () => database.cut(),
    crashRedis: async downMs => redis?.crash(downMs),
    wipeQueue: async () => (redis ? redis.flush() : wipeTables(pool)),
    shutBroker: async downMs => {
      // Connections that are kept open would go on.
      const shut = broker.shut(downMs)
      broker.cut()
      await shut
    },
    control: async change => {
      await ask('/control', { method: 'PUT', body: JSON.stringify(change) })
    },
    stats: () => ask('/stats') as Promise<Stats>,
    countsOf: keys => countsOf(ask, keys),
    close: async () => {
      await Promise.all(workers.map(worker => worker.end()))
      await pool.end()
      await sandbox.stop()
      await Promise.all([callbacks.close(), broker.close(), database.close(), redis?.close()])
      await stopServer(home)
      log.end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Its recovery may take longer than a starter waits, on a machine as busy as this one then is. */
async function startedAgain(home: string): Promise<string> {
  for (let tries = 1; ; tries++) {
    try {
      return await startServer(home)
    } catch (error) {
      if (tries === 5) throw error
    }
  }
}

function living(workers: readonly Worker[]): Worker | undefined {
  const up = workers.filter(worker => worker.isUp)
  return up[Math.floor(Math.random() * up.length)]
}

async function startSandboxProcess(journal: string, seed: number, log: WriteStream) {
  const flags = ['--json', '--journal', journal, '--seed', String(seed), '--callback-delay', '20-400']
  const child = spawn(process.execPath, ['bin/camp.js', 'sandbox', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  endWithUs(child)
  child.stderr.pipe(log, { end: false })
  const [line] = await within(
    END_MS,
    'the start of the sandbox',
    once(createInterface({ input: child.stdout }), 'line'),
  )
  return {
    url: JSON.parse(String(line)).url as string,
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await within(END_MS, 'the end of the sandbox', ended)
    },
  }
}

async function openRedis() {
  let server = await startRedis()
  if (!server) throw new Error('there is no redis-server on PATH')
  const proxy: StablePort = await openProxy()
  proxy.lead(portOf(server.url))
  return {
    url: withPort(server.url, proxy.port),
    flush: async () => {
      const { connectRedis } = await import('../../src/queue/queues.ts')
      const redis = connectRedis(server!.url, { maxRetriesPerRequest: 1 })
      redis.on('error', () => undefined) // the call says it
      await redis.flushall()
      redis.disconnect()
    },
    /** It keeps nothing: what comes back is empty. */
    crash: async (downMs: number) => {
      proxy.lead(undefined)
      proxy.cut()
      await server!.stop()
      await delay(downMs)
      server = await startRedis()
      proxy.lead(portOf(server!.url))
    },
    close: async () => {
      await proxy.close()
      await server!.stop()
    },
  }
}

async function wipeTables(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ table: string }>(
    `SELECT quote_ident(tablename) AS table FROM pg_tables WHERE schemaname = $1 AND tablename LIKE '%job%'`,
    [QUEUE_SCHEMA],
  )
  await pool.query(`TRUNCATE ${rows.map(row => `${QUEUE_SCHEMA}.${row.table}`).join(', ')} CASCADE`)
}

const KEYS_AT_ONCE = 200

async function countsOf(
  ask: (path: string) => Promise<unknown>,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
    const query = keys.slice(from, from + KEYS_AT_ONCE).map(key => `key=${key}`)
    const told = (await ask(`/stats/keys?${query.join('&')}`)) as { key: string; accepted: number }[]
    for (const { key, accepted } of told) counts.set(key, accepted)
  }
  return counts
}

function postmasterOf(home: string): number {
  const [pid] = readFileSync(join(home, 'postgres/data/postmaster.pid'), 'utf8').split('\n')
  return Number(pid)
}

function endPostmaster(home: string): void {
  try {
    process.kill(postmasterOf(home), 'SIGINT')
  } catch {
    // it has ended, as it should
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}

function withPort(url: string, port: number): string {
  const other = new URL(url)
  other.port = String(port)
  return other.href
}
