import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { type Config, readConfig } from '../config.ts'
import type { PrismaClient } from '../database/prisma.ts'
import { CampError } from '../errors.ts'
import type { Queues } from '../queue/queues.ts'
import type { Actor } from '../security/actor.ts'
import type { Keys } from '../security/keys.ts'
import { Output, type Streams, wantsColor } from './output.ts'

/** What a run of camp is given: a process's own, or a test's. */
export interface Host {
  env: NodeJS.ProcessEnv
  streams: Streams
  clock: Clock
  /** Aborted by Ctrl-C or SIGTERM. */
  signal: AbortSignal
}

export interface GlobalOptions {
  json?: boolean
  yes?: boolean
  quiet?: boolean
  debug?: boolean
}

/**
 * What a command uses. Costly things are opened on first use and closed, last first, when the command ends. Nothing below
 * src/cli takes a context: features get the two to four things they need.
 */
export class Context {
  readonly config: Config
  readonly clock: Clock
  readonly out: Output
  readonly signal: AbortSignal
  readonly host: Host
  readonly options: GlobalOptions
  readonly #closers: (() => Promise<void>)[] = []
  #pool: Promise<pg.Pool> | undefined
  #prisma: Promise<PrismaClient> | undefined
  #queues: Promise<Queues> | undefined
  #actor: Promise<Actor> | undefined
  #keys: Promise<Keys> | undefined

  constructor(host: Host, options: GlobalOptions) {
    this.host = host
    this.options = options
    this.config = readConfig(host.env)
    this.clock = host.clock
    this.signal = host.signal
    this.out = new Output(host.streams, {
      json: options.json ?? false,
      quiet: options.quiet ?? false,
      color: wantsColor(host.env, host.streams.stdout),
    })
  }

  /** Where the database is; in embedded mode the server is started if need be. */
  async databaseUrl(): Promise<string> {
    if (this.config.databaseUrl) return this.config.databaseUrl
    const { startServer } = await import('../database/embedded/server.ts')
    return startServer(this.config.home)
  }

  /** The pool on a database that stands at this camp's migrations: embedded mode migrates by itself, a server is checked. */
  pool(): Promise<pg.Pool> {
    this.#pool ??= this.#openPool()
    return this.#pool
  }

  prisma(): Promise<PrismaClient> {
    this.#prisma ??= (async () => {
      const pool = await this.pool()
      const { openPrisma } = await import('../database/prisma.ts')
      const prisma = openPrisma(pool)
      this.#closers.push(() => prisma.$disconnect())
      return prisma
    })()
    return this.#prisma
  }

  queues(): Promise<Queues> {
    this.#queues ??= (async () => {
      await this.pool()
      const { openQueues } = await import('../queue/queues.ts')
      const queues = openQueues({ redisUrl: this.config.redisUrl, databaseUrl: await this.databaseUrl() })
      this.#closers.push(() => queues.close())
      return queues
    })()
    return this.#queues
  }

  /** The keys of a secret that is seen to be the database's. @throws SecretMismatch (USAGE) where it is not */
  keys(): Promise<Keys> {
    this.#keys ??= (async () => {
      const { openSecret } = await import('../security/secret.ts')
      const { keys, adopted } = await openSecret(await this.pool(), this.config)
      if (adopted) this.out.talk(`An interrupted camp secret rotate had happened: its secret now stands in ${adopted}.`)
      return keys
    })()
    return this.#keys
  }

  /** Who acts, with the role that the database gives them now. @throws CampError AUTH when nobody is logged in */
  actor(): Promise<Actor> {
    this.#actor ??= (async () => {
      const { authenticate } = await import('../security/actor.ts')
      return authenticate({
        prisma: await this.prisma(),
        keys: await this.keys(),
        config: this.config,
        clock: this.clock,
      })
    })()
    return this.#actor
  }

  /** @throws CampError AUTH unless an ADMIN acts */
  async admin(): Promise<Actor> {
    const actor = await this.actor()
    if (actor.role === 'ADMIN') return actor
    const { adminsOf, people } = await import('../security/permissions.ts')
    throw new CampError('AUTH', `${actor.email} is a USER; this takes an ADMIN`, {
      hint: `Ask an ADMIN: ${people(await adminsOf(await this.pool()))}`,
    })
  }

  async close(): Promise<void> {
    for (const close of this.#closers.reverse()) await close()
    this.#closers.length = 0
  }

  async #openPool(): Promise<pg.Pool> {
    const { assertMigrated, migrate, schemaState } = await import('../database/migrations.ts')
    const { openPool } = await import('../database/pool.ts')
    const url = await this.databaseUrl()
    const pool = openPool(url)
    this.#closers.push(() => pool.end())
    if (!this.config.databaseUrl && (await schemaState(pool)).pending.length > 0) await migrate(url)
    await assertMigrated(pool)
    return pool
  }
}
