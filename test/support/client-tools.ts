import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { serverUser } from '../../src/database/embedded/user.ts'
import { freePort } from '../../src/http/free-port.ts'
import { scratchFolder } from './scratch.ts'

const DEBIAN = '/usr/lib/postgresql'
const folders = existsSync(DEBIAN) ? readdirSync(DEBIAN).map(version => join(DEBIAN, version, 'bin')) : []
/** Debian's PostgreSQL with server and client: the embedded server's package has no pg_dump, and Debian's may be older than it. */
const BIN = folders.find(folder =>
  ['postgres', 'initdb', 'pg_dump', 'psql'].every(name => existsSync(join(folder, name))),
)

/** Tests that need them are skipped without; with CAMP_TEST_PG_DUMP=required that is a failure. */
export const hasClientTools = BIN !== undefined
if (!hasClientTools && process.env.CAMP_TEST_PG_DUMP === 'required')
  throw new Error('CAMP_TEST_PG_DUMP=required, and there is no PostgreSQL in /usr/lib/postgresql')

/** A server of the version of pg_dump. @returns the URL of its database "postgres", and what ends it */
export async function startSystemPostgres(): Promise<{ url: string; stop: () => void }> {
  const [folder, user] = [scratchFolder('postgres'), serverUser()]
  const data = join(folder, 'data')
  mkdirSync(data)
  chmodSync(folder, 0o711)
  if (user) chownSync(data, user.uid, user.gid)
  const run = (tool: string, ...argv: string[]) =>
    execFileSync(join(BIN!, tool), argv, { ...user, cwd: '/', stdio: 'ignore', env: { PATH: process.env.PATH } })
  const port = await freePort()
  run('initdb', '-D', data, '-U', 'camp', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync')
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off`
  run('pg_ctl', 'start', '-D', data, '-l', join(data, 'log'), '-w', '-o', settings)
  return {
    url: `postgresql://camp:unused@127.0.0.1:${port}/postgres`,
    stop: () => void spawnSync(join(BIN!, 'pg_ctl'), ['stop', '-D', data, '-m', 'immediate'], { ...user, cwd: '/' }),
  }
}
