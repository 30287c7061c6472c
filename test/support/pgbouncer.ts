import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePort } from '../../src/http/free-port.ts'
import { scratchFolder } from './scratch.ts'
import { until } from './worker.ts'

const asRoot = process.getuid?.() === 0
const PATH = `${process.env.PATH}:/usr/sbin`

/** pgbouncer, which refuses to run as root, is on PATH. */
export const hasPgBouncer = spawnSync('pgbouncer', ['--version'], { env: { PATH } }).status === 0

export interface PgBouncerOptions {
  mode: 'session' | 'transaction'
  /** Startup parameters that it drops; what it neither knows nor drops it refuses. */
  ignores?: string[]
}

/** A PgBouncer in front of a database, ended with the test. @returns the database's URL through it */
export async function startPgBouncer(url: string, { mode, ignores = [] }: PgBouncerOptions): Promise<string> {
  const { hostname, port, username, password, pathname } = new URL(url)
  const folder = scratchFolder('pgbouncer')
  chmodSync(folder, 0o755)
  const at = await freePort()
  const ini = join(folder, 'ini')
  const database = pathname.slice(1)
  const lines = [
    '[databases]',
    `${database} = host=${hostname} port=${port} dbname=${database} user=${username} password=${decodeURIComponent(password)}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${at}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${mode}`,
    `ignore_startup_parameters = ${['extra_float_digits', ...ignores].join(',')}`,
    ...(asRoot ? ['user = nobody'] : []),
  ]
  writeFileSync(ini, `${lines.join('\n')}\n`)
  const child = spawn('pgbouncer', ['-q', ini], { env: { PATH }, stdio: 'ignore' })
  onTestFinished(async () => {
    const ended = once(child, 'exit')
    if (child.exitCode === null && child.kill('SIGKILL')) await ended
    rmSync(folder, { recursive: true, force: true })
  })
  await until('pgbouncer listens', () => isOpen(at), Boolean)
  return Object.assign(new URL(url), { port: String(at) }).href
}

function isOpen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
