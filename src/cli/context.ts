import { hostname } from 'node:os'
import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { type Config, readConfig } from '../config.ts'
import type { PoolOptions } from '../database/pool.ts'
import type { PrismaClient } from '../database/prisma.ts'
import { CampError } from '../errors.ts'
import { homeUnusable, pathOf } from '../files.ts'
import type { Queues } from '../queue/queues.ts'
import type { Actor } from '../security/actor.ts'
import type { AuditSigner } from '../security/audit-log.ts'
import type { Keys } from '../security/keys.ts'
import type { LoginDeps } from '../security/login.ts'
import { adminsOf, people } from '../security/permissions.ts'
import { assertStrongSecret } from '../security/secret-strength.ts'
import type { SessionKey } from '../security/session-key.ts'
import { actVia } from '../security/via.ts'
import type { HostFiles } from '../serve/run-files.ts'
import type { GlobalOptions } from './add-command.ts'
import { Closers } from './closing.ts'
import { lazy } from './lazy.ts'
import { Output } from './output.ts'
import type { Streams } from './streams.ts'

const startServer = lazy(() => import('../database/embedded/server.ts').then(module => module.startServer))
const openPrisma = lazy(() => import('../database/prisma.ts').then(module => module.openPrisma))
const openQueues = lazy(() => import('../queue/queues.ts').then(module => module.openQueues))
const openSecret = lazy(() => import('../security/secret.ts').then(module => module.openSecret))
const openSessionKey = lazy(() => import('../security/session-key.ts').then(module => module.openSessionKey))
const authenticate = lazy(() => import('../security/actor.ts').then(module => module.authenticate))
const openMarks = lazy(() => import('../installation/marks.ts').then(module => module.openMarks))
const assertMigrated = lazy(() => import('../database/migrations.ts').then(module => module.assertMigrated))
const migrate = lazy(() => import('../database/migrations.ts').then(module => module.migrate))
const schemaState = lazy(() => import('../database/migrations.ts').then(module => module.schemaState))
const openPool = lazy(() => import('../database/pool.ts').then(module => module.openPool))
const registerAt = lazy(() => import('../installation/register.ts').then(module => module.registerInstallation))
const coverAudit = lazy(() => import('../security/kept-head.ts').then(module => module.coverAudit))

/** What a run of camp is given: a process's own, or a test's. */
export interface Host {
  env: NodeJS.ProcessEnv
  streams: Streams
  clock: Clock
  /** Aborted by Ctrl-C or SIGTERM. */
  signal: AbortSignal
  /** Where its user is: a client's address; without it, this host. */
  origin?: string
  /** Where its user's files are; without it, here. */
  files?: HostFiles
}

export interface ContextOptions {
  /**
   * In embedded mode the command makes the database where there is none yet: for commands that begin an installation. Every
   * other one is refused there, as on a machine without its settings.
   */
  mayCreateDatabase?: boolean
  /** In it a CAMP_SECRET that is easy to guess still serves, so that it can be changed. */
  takesWeakSecret?: boolean
  /** The command never asks who acts: a worker. */
  actsForNoUser?: boolean
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
  /** Signs what this command writes to the audit, from when the keys are opened. */
  readonly signer: AuditSigner = { keys: undefined, wrote: false }
  readonly #mayCreateDatabase: boolean
  readonly #takesWeakSecret: boolean
  readonly #closers = new Closers()
  #pool: Promise<pg.Pool> | undefined
  #prisma: Promise<PrismaClient> | undefined
  #queues: Promise<Queues> | undefined
  #actor: Promise<Actor> | undefined
  #keys: Promise<Keys> | undefined
  #sessionKey: Promise<SessionKey> | undefined

  constructor(
    host: Host,
    options: GlobalOptions,
    { mayCreateDatabase = false, takesWeakSecret = false }: ContextOptions = {},
  ) {
    this.host = host
    this.options = options
    this.#mayCreateDatabase = mayCreateDatabase
    this.#takesWeakSecret = takesWeakSecret
    this.config = readConfig(host.env)
    this.clock = host.clock
    this.signal = host.signal
    this.out = new Output(host.streams, {
      json: options.json ?? false,
      quiet: options.quiet ?? false,
      env: host.env,
    })
    for (const sentence of this.config.outdated) this.out.warn(sentence)
  }

  /**
   * Where the database is; in embedded mode the server is started if need be.
   * @throws CampError STATE where there is none yet and this command makes none
   */
  async databaseUrl(): Promise<string> {
    const { databaseUrl, home } = this.config
    if (databaseUrl) return databaseUrl
    return startServer(home, {
      mayCreate: this.#mayCreateDatabase,
      onCreate: () => {
        this.out.notice(`First use: creating a database in ${home} (once, some seconds).`)
      },
    })
  }

  /** The pool on a database that stands at this camp's migrations: embedded mode migrates by itself, a server is checked. */
  pool(): Promise<pg.Pool> {
    this.#pool ??= this.#openPool()
    return this.#pool
  }

  /** A pool besides the context's own, which its caller closes: of another size, or on a database that is not migrated yet. */
  separatePool(url: string, options?: PoolOptions): Promise<pg.Pool> {
    return openPool(url, options)
  }

  prisma(): Promise<PrismaClient> {
    this.#prisma ??= (async () => {
      const pool = await this.pool()
      const prisma = await openPrisma(pool)
      this.#closers.add(() => prisma.$disconnect())
      return prisma
    })()
    return this.#prisma
  }

  queues(): Promise<Queues> {
    this.#queues ??= (async () => {
      await this.pool()
      const databaseUrl = this.config.directUrl ?? (await this.databaseUrl())
      const queues = await openQueues({ redisUrl: this.config.redisUrl, databaseUrl })
      this.#closers.add(() => queues.close())
      return queues
    })()
    return this.#queues
  }

  /** The keys of a secret that is seen to be the database's. @throws SecretMismatch (USAGE) where it is not */
  keys(): Promise<Keys> {
    this.#keys ??= (async () => {
      if (this.config.secret !== undefined && !this.#takesWeakSecret)
        assertStrongSecret(this.config.secret, 'CAMP_SECRET')
      const { keys, adopted } = await openSecret(await this.pool(), this.config)
      this.signer.keys = keys
      if (adopted) this.out.talk(`An interrupted camp secret rotate was completed: its secret is now in ${adopted}.`)
      return keys
    })()
    return this.#keys
  }

  /** What signs sessions and tokens, opened with the secret. */
  sessionKey(): Promise<SessionKey> {
    this.#sessionKey ??= (async () => {
      return openSessionKey(await this.pool(), await this.keys())
    })()
    return this.#sessionKey
  }

  /** What a password is checked with. */
  async loginDeps(): Promise<LoginDeps> {
    const origin = this.host.origin ?? hostname()
    return { pool: await this.pool(), prisma: await this.prisma(), origin, now: this.clock.now() }
  }

  /** Who acts, with the role that the database gives them now. @throws CampError AUTH when nobody is logged in */
  actor(): Promise<Actor> {
    this.#actor ??= (async () => {
      await this.keys()
      const actor = await authenticate({
        prisma: await this.prisma(),
        sessionKey: () => this.sessionKey(),
        config: this.config,
        clock: this.clock,
      })
      actVia(actor.via)
      return actor
    })()
    return this.#actor
  }

  /** @throws CampError AUTH unless an ADMIN acts */
  async admin(): Promise<Actor> {
    const actor = await this.actor()
    if (actor.role === 'ADMIN') return actor
    throw new CampError('ADMIN_REQUIRED', `${actor.email} is a USER; this command requires an ADMIN`, {
      hint: `Ask an ADMIN: ${people(await adminsOf(await this.pool()))}`,
    })
  }

  /** After a migration: the database learns where it stands. */
  async registerInstallation(pool: pg.Pool): Promise<void> {
    const isEmbedded = this.config.databaseUrl === undefined
    const marks = isEmbedded ? await openMarks({ ...this.config, redisUrl: undefined }) : undefined
    await registerAt(pool, marks)
  }

  /**
   * After a command that has written to the audit: covers it with a checkpoint. It fails quietly, for the command has done its work,
   * and a worker's sweep or the next such command covers what it left.
   */
  async takeCheckpoints(): Promise<void> {
    if (!this.signer.wrote || !this.#keys) return
    try {
      await coverAudit({ pool: await this.pool(), keys: await this.#keys, keeper: this.config })
    } catch {
      // See above.
    }
  }

  /** A path here for a file that the command line names. */
  async inputFile(path: string): Promise<string> {
    return this.host.files?.input(path) ?? path
  }

  /** A path here for a file that the command is to write. */
  async outputFile(path: string): Promise<string> {
    return this.host.files?.output(path) ?? path
  }

  /** A file of CAMP_HOME that this user may not read or write is said so; any other error is as it was. */
  named(error: unknown): unknown {
    // Without any file's path in it, the folder is not asked for: there may be none.
    return pathOf(error) === undefined ? error : (homeUnusable(this.config.home, error) ?? error)
  }

  /** @param withinMs after which what is still open is left to the end of the process */
  close(withinMs: number): Promise<void> {
    return this.#closers.close(withinMs)
  }

  async #openPool(): Promise<pg.Pool> {
    const url = await this.databaseUrl()
    const pool = await openPool(url)
    this.#closers.add(() => pool.end())
    if (!this.config.databaseUrl && (await schemaState(pool)).pending.length > 0) {
      await migrate(url)
      await this.registerInstallation(pool)
    }
    await assertMigrated(pool)
    return pool
  }
}
