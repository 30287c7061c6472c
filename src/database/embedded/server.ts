import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { appendFile, chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { CampError, codeOf, messageOf } from '../../errors.ts'
import { readOrCreate } from '../../files.ts'
import { postgresBinaries, type ServerUser } from './binaries.ts'

/**
 * The embedded PostgreSQL: one server below `home`, shared by all of a user's camp processes. It runs on its own: no camp
 * process is its parent, so none takes it along when it dies. Whoever needs it starts it; `stopServer` ends it.
 *
 * There is no lock of our own. initdb works in a draft folder that is renamed into place, and two starters are told apart by
 * PostgreSQL's own postmaster.pid; the loser connects to the winner's server.
 */
export interface ServerOptions {
  /** Lines for postgresql.conf, written when the cluster is first made. */
  settings?: readonly string[]
}

const START_TIMEOUT_MS = 30_000
const ADMIN = 'camp'
const DATABASE = 'camp'

const SETTINGS = [
  "listen_addresses = '127.0.0.1'",
  "unix_socket_directories = ''",
  'max_connections = 300', // each BullMQ queue and worker keeps connections of its own
  'shared_buffers = 256MB',
  'max_wal_size = 4GB', // an import writes a wave of WAL; checkpoints in its middle would write pages twice
  'checkpoint_timeout = 15min',
  'jit = off', // camp's statements are short; compiling them costs more than it saves
  "timezone = 'UTC'",
  "log_timezone = 'UTC'",
]

/** Starts the server unless it runs, and makes camp's database unless it is there. @returns its URL */
export async function startServer(home: string, options: ServerOptions = {}): Promise<string> {
  const running = await connectionUrl(home)
  if (running && (await databaseAnswers(running))) return running

  const user = serverUser()
  const place = placeOf(home)
  await mkdir(home, { recursive: true, mode: 0o755 })
  if (user) await letIn(user, home)
  const binaries = await postgresBinaries(home, user)
  if (!existsSync(place.data)) await createCluster(home, binaries, user, options)

  const giveUpAt = Date.now() + START_TIMEOUT_MS
  for (;;) {
    const url = await connectionUrl(home)
    if (url && (await databaseAnswers(url))) return url
    if (Date.now() > giveUpAt) break
    if (url) await delay(25)
    else await launch(binaries, place, user)
  }
  throw new CampError('UNREACHABLE', 'the embedded PostgreSQL did not start', {
    hint: `Its log: ${place.log}\n${lastLines(place.log, 5)}`,
  })
}

/** @returns false when it was not running */
export async function stopServer(home: string): Promise<boolean> {
  const place = placeOf(home)
  if (!livingPostmaster(place)) return false
  const user = serverUser()
  const binaries = await postgresBinaries(home, user)
  await runTool(join(binaries, 'bin', 'pg_ctl'), ['stop', '-D', place.data, '-m', 'fast', '-w', '-t', '60'], user)
  return true
}

/** Where the server can be reached, undefined when it does not run (or is not ready yet). */
export async function connectionUrl(home: string): Promise<string | undefined> {
  const place = placeOf(home)
  const postmaster = livingPostmaster(place)
  if (!postmaster?.ready) return undefined
  const password = await readFile(place.password, 'utf8')
  return `postgresql://${ADMIN}:${password.trim()}@127.0.0.1:${postmaster.port}/${DATABASE}`
}

interface Place {
  folder: string
  data: string
  log: string
  password: string
  pidFile: string
}

function placeOf(home: string): Place {
  const folder = join(home, 'postgres')
  const data = join(folder, 'data')
  return {
    folder,
    data,
    log: join(folder, 'server.log'),
    password: join(home, 'postgres.password'),
    pidFile: join(data, 'postmaster.pid'),
  }
}

/** PostgreSQL refuses to run as root; its processes and files then belong to another user. */
function serverUser(): ServerUser {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
  const user = ['postgres', 'nobody'].flatMap(name => users.filter(entry => entry[0] === name))[0]
  if (!user) {
    throw new CampError('UNREACHABLE', 'PostgreSQL cannot run as root, and there is no user "postgres" or "nobody"', {
      hint: 'Run camp as another user, or set DATABASE_URL to a PostgreSQL server.',
    })
  }
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

/** The server's user must be able to walk through `home`, which `mktemp -d` closes to all others. What lies in it stays closed. */
async function letIn(user: NonNullable<ServerUser>, home: string): Promise<void> {
  const { mode } = await stat(home)
  if ((mode & 0o011) !== 0o011) await chmod(home, mode | 0o011)
  if (spawnSync('test', ['-x', home], { ...user, cwd: '/' }).status === 0) return
  throw new CampError(
    'UNREACHABLE',
    `PostgreSQL cannot run as root, and the user that it runs as may not enter ${home}`,
    {
      hint: 'Set CAMP_HOME to a folder that every user may enter, or DATABASE_URL to a PostgreSQL server.',
    },
  )
}

async function createCluster(home: string, binaries: string, user: ServerUser, options: ServerOptions): Promise<void> {
  const place = placeOf(home)
  await mkdir(place.folder, { recursive: true, mode: 0o700 })
  if (user) await chown(place.folder, user.uid, user.gid)

  const draft = join(place.folder, `draft-${randomBytes(6).toString('hex')}`)
  const passwordFile = `${draft}.password`
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
    // Another starter's cluster is in place already: that one counts.
    if (!existsSync(place.data)) throw error
  } finally {
    await rm(passwordFile, { force: true })
    await rm(draft, { recursive: true, force: true })
  }
}

/** One attempt; a failure is the caller's to repeat: another starter may have won, or the last server's children still end. */
async function launch(binaries: string, place: Place, user: ServerUser): Promise<void> {
  await removeStalePidFile(place)
  const port = await freePort()
  const args = ['start', '-D', place.data, '-l', place.log, '-W', '-s', '-o', `-p ${port}`]
  await runTool(join(binaries, 'bin', 'pg_ctl'), args, user).catch(() => undefined)
  const readyBy = Date.now() + 5_000
  while (Date.now() < readyBy && !livingPostmaster(place)?.ready) await delay(20)
}

/**
 * After a crash of the machine the pid in postmaster.pid may belong to some other process by now, and PostgreSQL would refuse
 * to start for its sake. A pid that belongs to nobody is PostgreSQL's own to overcome: taking its file away here could take a
 * faster starter's.
 */
async function removeStalePidFile(place: Place): Promise<void> {
  const postmaster = readPidFile(place)
  if (postmaster && isAlive(postmaster.pid) && !isPostgres(postmaster.pid)) await rm(place.pidFile, { force: true })
}

interface Postmaster {
  pid: number
  port: number
  ready: boolean
}

function livingPostmaster(place: Place): Postmaster | undefined {
  const postmaster = readPidFile(place)
  return postmaster && isAlive(postmaster.pid) && isPostgres(postmaster.pid) ? postmaster : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/**
 * A zombie (Z), killed in a container where nobody buries processes, is none any more. Where the system does not tell (no
 * /proc), a living process is taken at its word.
 */
function isPostgres(pid: number): boolean {
  if (!existsSync('/proc/self/stat')) return true
  try {
    return /^\d+ \(postgres\) [^ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Line 1 the pid, 4 the port, 8 the status: PostgreSQL's miscadmin.h. */
function readPidFile(place: Place): Postmaster | undefined {
  try {
    const lines = readFileSync(place.pidFile, 'utf8').split('\n')
    const [pid, port] = [Number(lines[0]), Number(lines[3])]
    return pid > 0 ? { pid, port, ready: port > 0 && lines[7]?.trim() === 'ready' } : undefined
  } catch {
    return undefined
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

/** Connects to camp's database, making it if this server has none yet. */
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
    // 42P04 duplicate_database, 23505: another starter made it in the same moment.
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
  return new CampError('UNREACHABLE', `the embedded PostgreSQL: ${basename(file)} failed`, {
    hint: denied
      ? `${said}
Set CAMP_HOME to a folder that every user may enter: PostgreSQL cannot run as root.`
      : said,
  })
}

function lastLines(file: string, count: number): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-count).join('\n')
  } catch (error) {
    return messageOf(error)
  }
}
