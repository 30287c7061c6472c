import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectionUrl, startServer, stopServer } from '../../../src/database/embedded/server.ts'
import { scratchFolder } from '../../support/scratch.ts'

const STARTER = fileURLToPath(new URL('../../support/embedded-starter.ts', import.meta.url))

let home: string
let starters: ChildProcess[]
beforeEach(async () => {
  home = scratchFolder('embedded')
  starters = []
})
afterEach(async () => {
  for (const starter of starters) killGroup(starter)
  await stopServer(home)
  await rm(home, { recursive: true, force: true })
})

/** Another process that starts the server, leading a process group as a command in a shell does. @returns the URL it got */
async function startElsewhere(): Promise<string> {
  const starter = spawn(process.execPath, ['--import', 'tsx', STARTER, home], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  starters.push(starter)
  return new Promise((resolve, reject) => {
    starter.once('exit', code => reject(new Error(`the starter ended with ${code}`)))
    starter.stdout!.once('data', chunk => resolve(String(chunk).trim()))
  })
}

function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
}

async function ask<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Row>(statement)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

const pidFile = () => join(home, 'postgres', 'data', 'postmaster.pid')
const postmasterPid = async () => Number((await readFile(pidFile(), 'utf8')).split('\n')[0])

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 15_000
  while (!(await holds())) {
    if (Date.now() > giveUpAt) throw new Error('it did not come to pass within 15 s')
    await delay(20)
  }
}

describe('the embedded server', () => {
  it('is one, though several processes start it at once on a fresh home', async () => {
    const urls = await Promise.all(Array.from({ length: 4 }, startElsewhere))
    expect(new Set(urls).size).toBe(1)
    const [server] = await ask(urls[0]!, 'SHOW data_directory')
    expect(server).toEqual({ data_directory: join(home, 'postgres', 'data') })
    expect(await ask(urls[0]!, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('lives on when its starter and all of its process group are killed', async () => {
    const url = await startElsewhere()
    const [before] = await ask(url, 'SELECT pg_postmaster_start_time()::text AS started')
    const gone = new Promise(resolve => starters[0]!.once('close', resolve))
    killGroup(starters[0]!)
    await gone
    expect(await ask(url, 'SELECT pg_postmaster_start_time()::text AS started')).toEqual([before])
    expect(await startServer(home)).toBe(url)
  })

  it('is recovered with its data and on its port after SIGKILL, by two starters at once', async () => {
    const url = await startServer(home)
    await ask(url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    const pid = await postmasterPid()
    process.kill(pid, 'SIGKILL')
    await until(() => connectionUrl(home).then(running => running === undefined))
    const urls = await Promise.all([startElsewhere(), startElsewhere(), startServer(home)])
    expect(new Set(urls)).toEqual(new Set([url]))
    expect(await ask(urls[0]!, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    expect(await postmasterPid()).not.toBe(pid)
  })

  it('overcomes a postmaster.pid whose pid belongs to another process by now', async () => {
    await startServer(home)
    const lines = (await readFile(pidFile(), 'utf8')).split('\n')
    await stopServer(home)
    await writeFile(pidFile(), [process.pid, ...lines.slice(1)].join('\n'))
    expect(await connectionUrl(home)).toBeUndefined()
    const url = await startServer(home)
    expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(await postmasterPid()).not.toBe(process.pid)
  })

  it('stops, once', async () => {
    const url = await startServer(home)
    expect(await connectionUrl(home)).toBe(url)
    expect(await stopServer(home)).toBe(true)
    expect(await stopServer(home)).toBe(false)
    expect(await connectionUrl(home)).toBeUndefined()
    await expect(ask(url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('asks for its password, and keeps it where only its owner reads it', async () => {
    const url = new URL(await startServer(home))
    expect((await stat(join(home, 'postgres.password'))).mode & 0o777).toBe(0o600)
    url.password = 'a-guess'
    await expect(ask(url.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
  })

  it.runIf(process.getuid?.() === 0)('opens no folder that was there before it, and says which is closed', async () => {
    await chmod(home, 0o755)
    const closed = join(home, 'closed')
    await mkdir(closed, { mode: 0o700 })
    const refused = await startServer(join(closed, 'made', 'home')).catch(error => error)
    expect(refused).toMatchObject({
      code: 'EMBEDDED_DATABASE_UNAVAILABLE',
      message: expect.stringMatching(`may not enter ${closed}$`),
    })
    expect(refused.hint).toContain(`chmod o+x '${closed}'`)
    expect((await stat(closed)).mode & 0o777).toBe(0o700)
    await writeFile(join(closed, 'mailing.csv'), '')
    expect(await startServer(closed).catch(error => error)).toMatchObject({ code: 'EMBEDDED_DATABASE_UNAVAILABLE' })
    expect((await stat(closed)).mode & 0o777).toBe(0o700)
  })

  it.runIf(process.getuid?.() === 0)('opens the folders that it makes, under any umask', async () => {
    await chmod(home, 0o755)
    const inner = join(home, 'made', 'home')
    const before = process.umask(0o077)
    try {
      expect(await ask(await startServer(inner), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
      expect((await stat(join(home, 'made'))).mode & 0o777).toBe(0o711)
    } finally {
      process.umask(before)
      await stopServer(inner)
    }
  })

  it.runIf(existsSync('/proc/self/environ'))(
    'has nothing of the environment of who started it but what it needs',
    async () => {
      const given = {
        CAMP_TOKEN: 'a-token',
        CAMP_SECRET: 'a-secret-of-enough-length',
        PGPORT: '1',
        TZ: 'Asia/Tokyo',
        LC_ALL: 'pt_BR.UTF-8',
      }
      const before = Object.fromEntries(Object.keys(given).map(name => [name, process.env[name]]))
      Object.assign(process.env, given)
      try {
        const url = await startServer(home)
        const environ = await readFile(`/proc/${await postmasterPid()}/environ`, 'utf8')
        const names = environ.split('\0').flatMap(pair => (pair === '' ? [] : [pair.split('=')[0]!]))
        const known = ['PATH', 'LC_ALL', 'TZ', 'LD_LIBRARY_PATH', 'TMPDIR', 'PWD', 'SHLVL', '_', 'OLDPWD']
        // What PostgreSQL sets for its own processes.
        expect(names.filter(name => !known.includes(name) && !/^(PG_|PGSYSCONFDIR|PGLOCALEDIR|PG)/.test(name))).toEqual(
          [],
        )
        expect(environ).not.toMatch(/a-token|a-secret|PGPORT/)
        const [settings] = await ask(
          url,
          `SELECT current_setting('timezone') AS zone, current_setting('lc_messages') AS messages,
        (SELECT datcollate FROM pg_database WHERE datname = 'camp') AS collate`,
        )
        expect(settings).toEqual({ zone: 'UTC', messages: 'C', collate: 'C' })
      } finally {
        for (const [name, value] of Object.entries(before)) {
          if (value === undefined) delete process.env[name]
          else process.env[name] = value
        }
      }
    },
  )

  it('keeps a log for each weekday, which begins again after a week', async () => {
    const url = await startServer(home)
    await ask(url, 'SELECT no_such_column').catch(() => undefined)
    const folder = join(home, 'postgres', 'log')
    const [log, ...others] = await readdir(folder)
    expect(others).toEqual([])
    expect(log).toMatch(/^server-[A-Z][a-z]{2}\.log$/)
    expect((await stat(join(folder, log!))).mode & 0o777).toBe(0o600)
    await until(async () => (await readFile(join(folder, log!), 'utf8')).includes('no_such_column'))
    const rows = await ask(
      url,
      `SELECT name, setting FROM pg_settings WHERE name LIKE 'log\\_rotation\\_age' OR name = 'log_truncate_on_rotation' ORDER BY 1`,
    )
    expect(rows).toEqual([
      { name: 'log_rotation_age', setting: '1440' },
      { name: 'log_truncate_on_rotation', setting: 'on' },
    ])
  })

  it('that does not start says why, from its log', async () => {
    await startServer(home)
    await stopServer(home)
    await appendFile(
      join(home, 'postgres', 'data', 'postgresql.conf'),
      "\nshared_preload_libraries = 'no_such_library'\n",
    )
    await chmod(join(home, 'postgres', 'data', 'postgresql.conf'), 0o644)
    const refused = await startServer(home, { withinMs: 2_000 }).catch(error => error)
    expect(refused.hint).toContain('no_such_library')
  })

  it.runIf(process.getuid?.() === 0)(
    'does not run as root when camp does, also in a home that is closed to others',
    async () => {
      expect((await stat(home)).mode & 0o077).toBe(0)
      await startServer(home)
      const pid = await postmasterPid()
      expect((await stat(`/proc/${pid}`)).uid).not.toBe(0)
      expect((await stat(join(home, 'postgres'))).mode & 0o077).toBe(0)
    },
  )
})
