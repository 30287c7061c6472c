import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { appendFile, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { CampError, codeOf } from '../../errors.ts'
import { assertHomeUsable, readOrCreate, removeAtExit } from '../../files.ts'
import { freePort } from '../../http/free-port.ts'
import { t } from '../../language/text.ts'
import { postgresBinaries, type ServerUser } from './binaries.ts'
import { serverEnvironment } from './environment.ts'
import { boundStartLog, LOG_SETTINGS, lastLines } from './log.ts'
import { livingPostmaster, removeStalePidFile } from './postmaster.ts'
import { makeHome, serverUser } from './user.ts'

/**
 * The embedded PostgreSQL: one server below `home`, shared by all of a user's camp processes. It is detached and survives the
 * process that started it. Any process that needs it starts it; `stopServer` ends it.
 *
 * There is no lock of our own. initdb works in a draft folder that is renamed into place, and concurrent starters are resolved
 * by PostgreSQL's own postmaster.pid; the loser connects to the winner's server.
 */
export interface EmbeddedServerOptions {
  /** Lines for postgresql.conf, written when the cluster is created. */
  settings?: readonly string[]
  /** false: a home without a cluster is refused, and stays unchanged. */
  mayCreate?: boolean
  /** How long to wait for a start. */
  withinMs?: number
  /** Called before a cluster is created. */
  onCreate?: () => void
}

const START_TIMEOUT_MS = 30_000
const ADMIN = 'camp'
const DATABASE = 'camp'

const SETTINGS = [
  "listen_addresses = '127.0.0.1'",
  "unix_socket_directories = ''",
  'max_connections = 300', // each BullMQ queue and worker keeps connections of its own
  'shared_buffers = 256MB',
  'max_wal_size = 4GB', // an import writes a burst of WAL; checkpoints during it would write pages twice
  'checkpoint_timeout = 15min',
  'jit = off', // camp's statements are short; compiling them costs more than it saves
  "timezone = 'UTC'",
  "log_timezone = 'UTC'",
]

/**
 * Starts the server unless it runs, and creates camp's database unless it exists.
 * @returns its URL
 * @throws CampError STATE without a cluster if none may be created, UNREACHABLE if it does not start
 */
export async function startServer(home: string, options: EmbeddedServerOptions = {}): Promise<string> {
  const running = await connectionUrl(home)
  if (running && (await databaseAnswers(running))) return running

  const place = placeOf(home)
  await assertHomeUsable(home)
  const isNew = !hasCluster(home)
  if (isNew && options.mayCreate === false) throw noCluster(home)
  const user = serverUser()
  await makeHome(home, user)
  const binaries = await postgresBinaries(home, user)
  if (isNew) options.onCreate?.()
  if (isNew) await createCluster(home, binaries, user, options)

  const giveUpAt = Date.now() + (options.withinMs ?? START_TIMEOUT_MS)
  for (;;) {
    const url = await connectionUrl(home)
    if (url && (await databaseAnswers(url))) return url
    if (Date.now() > giveUpAt) break
    if (url) await delay(25)
    else await launch(binaries, place, user)
  }
  throw new CampError('EMBEDDED_DATABASE_FAILED', t`the embedded PostgreSQL did not start`, {
    hint: [t`Its log: ${place.folder}/server.log and ${place.folder}/log`, ...lastLines(place.folder, 5)],
  })
}

/** Whether `home` contains a cluster, running or not. */
export function hasCluster(home: string): boolean {
  return existsSync(placeOf(home).data)
}

function noCluster(home: string): CampError {
  return new CampError(
    'NO_DATABASE',
    t`there is no database: DATABASE_URL is not set, and ${home} has no embedded one`,
    {
      hint: [
        t`Set DATABASE_URL, or use a file that sets it: --env-file PATH`,
        t`To create a database here: camp db start`,
      ],
    },
  )
}

/** @returns false if it was not running */
export async function stopServer(home: string): Promise<boolean> {
  const place = placeOf(home)
  if (!livingPostmaster(place.pidFile)) return false
  const user = serverUser()
  const binaries = await postgresBinaries(home, user)
  await runTool(join(binaries, 'bin', 'pg_ctl'), ['stop', '-D', place.data, '-m', 'fast', '-w', '-t', '60'], user)
  return true
}

/** The server's URL; undefined if it does not run (or is not ready yet). */
export async function connectionUrl(home: string): Promise<string | undefined> {
  const place = placeOf(home)
  const postmaster = livingPostmaster(place.pidFile)
  if (!postmaster?.ready) return undefined
  const password = await readFile(place.password, 'utf8')
  return `postgresql://${ADMIN}:${password.trim()}@127.0.0.1:${postmaster.port}/${DATABASE}`
}

interface ServerLocation {
  folder: string
  data: string
  log: string
  password: string
  pidFile: string
  port: string
}

function placeOf(home: string): ServerLocation {
  const folder = join(home, 'postgres')
  const data = join(folder, 'data')
  return {
    folder,
    data,
    log: join(folder, 'server.log'),
    password: join(home, 'postgres.password'),
    pidFile: join(data, 'postmaster.pid'),
    port: join(folder, 'port'),
  }
}

async function createCluster(
  home: string,
  binaries: string,
  user: ServerUser,
  options: EmbeddedServerOptions,
): Promise<void> {
  const place = placeOf(home)
  await mkdir(place.folder, { recursive: true, mode: 0o700 })
  if (user) await chown(place.folder, user.uid, user.gid)

  const draft = join(place.folder, `draft-${randomBytes(6).toString('hex')}`)
  const passwordFile = `${draft}.password`
  const kept = [draft, passwordFile].map(removeAtExit)
  const password = await readOrCreate(place.password, () => randomBytes(24).toString('base64url'))
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user) await chown(passwordFile, user.uid, user.gid)
  try {
    await runTool(
      join(binaries, 'bin', 'initdb'),
      ['-D', draft, '-U', ADMIN, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C', `--pwfile=${passwordFile}`],
      user,
    )
    await appendFile(
      join(draft, 'postgresql.conf'),
      `\n# camp\n${[...SETTINGS, ...(options.settings ?? [])].join('\n')}\n`,
    )
    await rename(draft, place.data)
  } catch (error) {
    // Another starter's cluster is already in place and is used.
    if (!existsSync(place.data)) throw error
  } finally {
    await rm(passwordFile, { force: true })
    await rm(draft, { recursive: true, force: true })
    for (const forget of kept) forget()
  }
}

/** One attempt; the caller retries: another starter may have won, or the last server's children are still ending. */
async function launch(binaries: string, place: ServerLocation, user: ServerUser): Promise<void> {
  await removeStalePidFile(place.pidFile)
  boundStartLog(place.log)
  const port = await portFor(place)
  const args = ['start', '-D', place.data, '-l', place.log, '-W', '-s', '-o', [`-p ${port}`, ...LOG_SETTINGS].join(' ')]
  await runTool(join(binaries, 'bin', 'pg_ctl'), args, user).catch(() => undefined)
  const readyBy = Date.now() + 5_000
  while (Date.now() < readyBy && !livingPostmaster(place.pidFile)?.ready) await delay(20)
}

/** The previous port, if it is still free: processes that were connected find the server again after a crash. */
async function portFor({ port: file }: ServerLocation): Promise<number> {
  const before = Number(await readFile(file, 'utf8').catch(() => ''))
  const port = (before > 0 && (await freePort(before).catch(() => undefined))) || (await freePort())
  if (port !== before) await writeFile(file, String(port))
  return port
}

/** Connects to camp's database, creating it if this server has none yet. */
async function databaseAnswers(url: string): Promise<boolean> {
  try {
    await withClient(url, client => client.query('SELECT 1'))
    return true
  } catch (error) {
    if (codeOf(error) !== '3D000') return false // invalid_catalog_name
  }
  const admin = new URL(url)
  admin.pathname = '/postgres'
  try {
    await withClient(admin.href, client => client.query(`CREATE DATABASE ${DATABASE}`))
    return true
  } catch (error) {
    // 42P04 duplicate_database, 23505: another starter created it at the same time.
    return ['42P04', '23505'].includes(codeOf(error) ?? '')
  }
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined) // a server that stops meanwhile; the query itself reports it
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function runTool(file: string, args: string[], user: ServerUser): Promise<void> {
  // The server inherits the tool's streams: with a pipe this would wait for the server's end instead of the tool's.
  const quiet = args[0] === 'start'
  const child = spawn(file, args, {
    ...user,
    cwd: '/',
    env: serverEnvironment(),
    stdio: ['ignore', quiet ? 'ignore' : 'pipe', quiet ? 'ignore' : 'pipe'],
  })
  let said = ''
  child.stdout?.on('data', chunk => (said += chunk))
  child.stderr?.on('data', chunk => (said += chunk))
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => (code === 0 ? resolve() : reject(toolFailed(file, said.trim(), user))))
  })
}

function toolFailed(file: string, said: string, user: ServerUser): CampError {
  const denied = user && /Permission denied/.test(said)
  return new CampError('EMBEDDED_DATABASE_FAILED', t`the embedded PostgreSQL: ${basename(file)} failed`, {
    hint: [
      ...said.split('\n'),
      ...(denied ? [t`Set CAMP_HOME to a folder that every user may enter: PostgreSQL cannot run as root.`] : []),
    ],
  })
}
