import { hostname } from 'node:os'
import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { type Config, readConfig } from '../config.ts'
import type { PoolOptions } from '../database/pool.ts'
import type { PrismaClient } from '../database/prisma.ts'
import { homeUnusable, pathOf } from '../files.ts'
import { t } from '../language/text.ts'
import type { Queues } from '../queue/queues.ts'
import type { Actor } from '../security/actor.ts'
import type { AuditSigner } from '../security/audit-log.ts'
import type { Keeper } from '../security/kept-head.ts'
import type { Keys } from '../security/keys.ts'
import type { LoginDeps } from '../security/login.ts'
import { adminsOf, people } from '../security/permissions.ts'
import { assertStrongSecret } from '../security/secret-strength.ts'
import type { SessionKey } from '../security/session-key.ts'
import type { HostFiles } from '../serve/run-files.ts'
import { ActingUser, type Asked } from './acting-user.ts'
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

/** What a run of camp gets from its environment: the process, camp serve or a test. */
export interface Host {
  env: NodeJS.ProcessEnv
  streams: Streams
  clock: Clock
  /** Aborted by SIGINT (Ctrl-C), SIGTERM or SIGHUP; in camp serve also when the client disconnects. */
  signal: AbortSignal
  /** The address of the client in camp serve; otherwise undefined, for this host. */
  origin?: string
  /** Where the newest checkpoint is kept in camp serve: with the server, not the command; otherwise undefined, for CAMP_HOME. */
  recordsHome?: string
  /** The files of the client in camp serve; otherwise undefined, for local files. */
  files?: HostFiles
}

export interface ContextOptions {
  /**
   * In embedded mode the command may create the database: for commands that begin an installation. Without a database every other
   * command is refused, as on a machine without its settings.
   */
  mayCreateDatabase?: boolean
  /** The command accepts a CAMP_SECRET that is easy to guess, so that it can be changed. */
  takesWeakSecret?: boolean
  /** The command itself has no acting user: worker and serve. */
  actsForNoUser?: boolean
  /** For the permissions of the acting user. */
  asked?: Asked
}

/**
 * What a command uses. Expensive resources are opened on first use and closed, last first, when the command ends. No code outside
 * src/cli takes a context: features take the two to four things that they need.
 */
export class Context {
  readonly config: Config
  readonly clock: Clock
  readonly out: Output
  readonly signal: AbortSignal
  readonly host: Host
  readonly options: GlobalOptions
  /** Signs the audit entries of this command once the keys are opened. */
  readonly signer: AuditSigner = { keys: undefined, wrote: false }
  readonly #mayCreateDatabase: boolean
  readonly #takesWeakSecret: boolean
  readonly #user: ActingUser
  readonly #closers = new Closers()
  #pool: Promise<pg.Pool> | undefined
  #prisma: Promise<PrismaClient> | undefined
  #queues: Promise<Queues> | undefined
  #keys: Promise<Keys> | undefined
  #sessionKey: Promise<SessionKey> | undefined

  constructor(
    host: Host,
    options: GlobalOptions,
    { mayCreateDatabase = false, takesWeakSecret = false, asked }: ContextOptions = {},
  ) {
    this.host = host
    this.options = options
    this.#mayCreateDatabase = mayCreateDatabase
    this.#takesWeakSecret = takesWeakSecret
    this.config = readConfig(host.env)
    this.clock = host.clock
    this.signal = host.signal
    const admins = async () => people(await adminsOf(await this.pool()))
    this.#user = new ActingUser({ authenticate: () => this.#authenticate(), admins }, asked)
    this.out = new Output(host.streams, {
      json: options.json ?? false,
      quiet: options.quiet ?? false,
      env: host.env,
    })
    for (const sentence of this.config.outdated) this.out.warn(sentence)
  }

  /**
   * The URL of the database; in embedded mode the server is started if necessary.
   * @throws CampError STATE if there is no database yet and this command may not create it
   */
  async databaseUrl(): Promise<string> {
    const { databaseUrl, home } = this.config
    if (databaseUrl) return databaseUrl
    return startServer(home, {
      mayCreate: this.#mayCreateDatabase,
      onCreate: () => {
        this.out.notice(t`First use: creating the database in ${home} (once, about 20 s)…`)
      },
    })
  }

  /** The pool of a database that has this version's migrations: embedded mode applies them automatically, a server is checked. */
  pool(): Promise<pg.Pool> {
    this.#pool ??= this.#openPool()
    return this.#pool
  }

  /** Another pool, which the caller closes: of another size, or for a database that is not migrated yet. */
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

  /** The keys of the secret, after a check that it is the secret of the database. @throws SecretMismatch (USAGE) if it is not */
  keys(): Promise<Keys> {
    this.#keys ??= (async () => {
      if (this.config.secret !== undefined && !this.#takesWeakSecret)
        assertStrongSecret(this.config.secret, 'CAMP_SECRET')
      const { keys, adopted } = await openSecret(await this.pool(), this.config)
      this.signer.keys = keys
      if (adopted) this.out.talk(t`An interrupted camp secret rotate was completed: its secret is now in ${adopted}.`)
      return keys
    })()
    return this.#keys
  }

  /** The key that signs sessions and tokens, opened with the secret. */
  sessionKey(): Promise<SessionKey> {
    this.#sessionKey ??= (async () => {
      return openSessionKey(await this.pool(), await this.keys())
    })()
    return this.#sessionKey
  }

  /** The dependencies of a password check. */
  async loginDeps(): Promise<LoginDeps> {
    const origin = this.host.origin ?? hostname()
    return { pool: await this.pool(), prisma: await this.prisma(), origin, now: this.clock.now() }
  }

  /** The acting user. @throws CampError AUTH if no user is logged in, or their role may not run this command */
  actor(): Promise<Actor> {
    return this.#user.current()
  }

  /** The acting user again, after a question: `ActingUser`. */
  reaffirm(): Promise<void> {
    return this.#user.reaffirm()
  }

  /** The acting user, who must be an ADMIN: `ActingUser`. */
  admin(what?: string): Promise<Actor> {
    return this.#user.admin(what)
  }

  /** The acting user, who must be an ADMIN or an AUDITOR: `ActingUser`. */
  reviewer(): Promise<Actor> {
    return this.#user.reviewer()
  }

  /** Applies pending migrations. @returns the names of those applied */
  async migrate(): Promise<string[]> {
    const url = this.config.directUrl ?? (await this.databaseUrl())
    const applied = await migrate(url)
    const pool = await openPool(url)
    await this.registerInstallation(pool).finally(() => pool.end())
    return applied
  }

  /** After a migration: records in the database where it is (src/installation/register.ts). */
  async registerInstallation(pool: pg.Pool): Promise<void> {
    const isEmbedded = this.config.databaseUrl === undefined
    const marks = isEmbedded ? await openMarks({ ...this.config, redisUrl: undefined }) : undefined
    await registerAt(pool, marks)
  }

  /** Where this machine keeps the newest checkpoint that it has seen. */
  get keeper(): Keeper {
    const { home, databaseUrl } = this.config
    return { home: this.host.recordsHome ?? home, databaseUrl }
  }

  /**
   * After a command that wrote to the audit: covers the entries with a checkpoint. Errors are ignored, because the command has
   * done its work; the sweep of a worker, or the next such command, covers the entries.
   */
  async takeCheckpoints(): Promise<void> {
    if (!this.signer.wrote || !this.#keys) return
    try {
      await coverAudit({ pool: await this.pool(), keys: await this.#keys, keeper: this.keeper })
    } catch {
      // See the docstring.
    }
  }

  /** The local path of a file that the command line names. */
  async inputFile(path: string): Promise<string> {
    return this.host.files?.input(path) ?? path
  }

  /** The local path of a file that the command writes. */
  async outputFile(path: string): Promise<string> {
    return this.host.files?.output(path) ?? path
  }

  /**
   * Replaces the error about a file of CAMP_HOME that this user may not read or write with one that says so; returns any other
   * unchanged.
   */
  named(error: unknown): unknown {
    // An error without a path is not about a file. CAMP_HOME is not read for it, because there may be none.
    return pathOf(error) === undefined ? error : (homeUnusable(this.config.home, error) ?? error)
  }

  /** @param withinMs how long to wait; the end of the process closes the rest */
  close(withinMs: number): Promise<void> {
    return this.#closers.close(withinMs)
  }

  /** Checks first that the secret is that of the database. */
  async #authenticate(): Promise<Actor> {
    await this.keys()
    return authenticate({
      pool: await this.pool(),
      sessionKey: () => this.sessionKey(),
      config: this.config,
      clock: this.clock,
    })
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
