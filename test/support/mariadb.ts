import { execFile, spawn, spawnSync } from 'node:child_process'
import { chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../../src/http/free-port.ts'
import { scratchFolder } from './scratch.ts'

const run = promisify(execFile)

export interface MariaDb {
  /** mysql://…, without a database. */
  url: string
  execute: (sql: string, database?: string) => Promise<void>
  /** mariadb-dump's arguments behind the database. */
  dump: (database: string, ...options: string[]) => Promise<Buffer>
  stop: () => Promise<void>
}

/** Whether there is one; with CAMP_TEST_MARIADB=required its absence is a failure. */
export function hasMariaDb(): boolean {
  const found = ['mariadbd', 'mariadb-install-db', 'mariadb-dump'].every(
    name => spawnSync(name, ['--help'], { stdio: 'ignore' }).error === undefined,
  )
  if (found) return true
  if (process.env.CAMP_TEST_MARIADB === 'required')
    throw new Error('CAMP_TEST_MARIADB=required, and there is no mariadbd')
  process.stderr.write('No mariadbd on PATH: the suite on MariaDB is skipped.\n')
  return false
}

/** A server of our own in a scratch folder, on loopback. */
export async function startMariaDb(): Promise<MariaDb> {
  const folder = scratchFolder('mariadb')
  const data = join(folder, 'data')
  mkdirSync(data)
  const isRoot = process.getuid?.() === 0
  // mariadbd refuses to run as root unless it is told to.
  const user = isRoot ? ['--user=root'] : []
  if (isRoot) chownSync(data, 0, 0)
  const access = ['--auth-root-authentication-method=normal', '--skip-test-db']
  await run('mariadb-install-db', ['--no-defaults', `--datadir=${data}`, ...user, ...access])
  const port = await freePort()
  const socket = join(folder, 's')
  const settings = [
    ...['--no-defaults', `--datadir=${data}`, `--port=${port}`, `--socket=${socket}`, '--bind-address=127.0.0.1'],
    ...['--innodb-buffer-pool-size=32M', '--innodb-flush-log-at-trx-commit=0', '--skip-name-resolve', ...user],
  ]
  const server = spawn('mariadbd', settings, { stdio: ['ignore', 'ignore', 'pipe'] })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    server.stderr.on('data', chunk => {
      said += chunk
      if (said.includes('ready for connections')) resolve()
    })
    server.once('exit', code => reject(new Error(`mariadbd ended with ${code}: ${said.slice(-2_000)}`)))
  })
  const client = ['--no-defaults', `--socket=${socket}`, '--user=root']
  return {
    url: `mysql://root@127.0.0.1:${port}`,
    execute: async (sql, database = '') => {
      const child = spawn('mariadb', [...client, '--default-character-set=utf8mb4', database].filter(Boolean))
      let said = ''
      child.stderr.on('data', chunk => (said += chunk))
      child.stdin.end(sql)
      const code = await new Promise(resolve => child.once('close', resolve))
      if (code !== 0) throw new Error(`mariadb ended with ${code}: ${said}`)
    },
    dump: async (database, ...options) => {
      const { stdout } = await run('mariadb-dump', [...client, ...options, database], {
        encoding: 'buffer',
        maxBuffer: 64 * 1024 * 1024,
      })
      return stdout
    },
    stop: async () => {
      const ended = new Promise(resolve => server.once('exit', resolve))
      server.kill('SIGTERM')
      await ended
    },
  }
}
