import { once } from 'node:events'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCamp } from '../../src/cli/main.ts'
import { systemClock } from '../../src/clock.ts'
import { stopServer } from '../../src/database/embedded/server.ts'
import { camp } from '../support/camp.ts'
import { succeed } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'
import { until } from '../support/worker.ts'

/** Nothing set but CAMP_HOME: camp brings its own server, tables, secret and first ADMIN. */
let home: string
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  home = scratchFolder('cli-embedded')
  env = { CAMP_HOME: home }
})
afterAll(async () => {
  await stopServer(home)
  await rm(home, { recursive: true, force: true })
})
const run = (line: string) => camp([...line.split(' '), '--json'], { env })

it.each([
  'worker --listen 127.0.0.1:0',
  'campaign run --due',
  'campaign import x.csv --wallet A --broker B --message x',
  'blocklist sync x.csv --source X',
  'blocklist check 11987654321',
  'db migrate',
  'login ana@example.com',
  'whoami',
  'wallet list',
  'budget audit',
])('camp %s makes no database where there is none', async line => {
  const refused = await run(line)
  expect(refused).toMatchObject({ code: 4, out: '' })
  expect(refused.error()).toMatchObject({
    code: 'NO_DATABASE',
    hint: expect.stringMatching(/^Set DATABASE_URL.*--env-file/),
  })
  expect(await readdir(home)).toEqual([])
  expect((await run('db status')).json()).toMatchObject({ running: false, made: false })
})

it("starts, migrates and makes the system's user an ADMIN, for any two first commands at once", async () => {
  const [one, two] = await Promise.all([run('db start'), run('wallet add Acme --idgis 1')])
  expect(one.json()).toMatchObject({ running: true })
  expect(two.json()).toMatchObject({ name: 'Acme' })
  expect(one.err + two.err).toContain(`First use: creating the database in ${home}`)
  expect((await run('whoami')).json()).toMatchObject({ email: `${userInfo().username}@localhost`, role: 'ADMIN' })
  expect((await succeed(run('user list'))).json()).toHaveLength(1)
})

it('seals credentials with a secret of its own, which stays', async () => {
  await succeed(run('broker add Box --adapter SANDBOX --cost 0.0450'))
  await succeed(run('credential set Acme Box url=http://127.0.0.1:1'))
  expect((await stat(join(home, 'secret'))).mode & 0o777).toBe(0o600)
  expect((await succeed(run('credential show Acme Box'))).json()).toMatchObject({
    config: { url: 'http://127.0.0.1:1' },
  })
})

it('lets a person log in over the system user, and be the system user again', async () => {
  await succeed(run('user add bob@example.com --name Bob --role USER'))
  const set = ['user', 'password', 'bob@example.com', '--password-stdin']
  await succeed(camp(set, { env, stdin: 'battery staple' }))
  await succeed(camp(['login', 'bob@example.com', '--password-stdin'], { env, stdin: 'battery staple' }))
  expect((await run('whoami')).json()).toMatchObject({ role: 'USER' })
  expect((await run('wallet add B --idgis 2')).code).toBe(7)
  await succeed(run('logout'))
  expect((await run('whoami')).json()).toMatchObject({ role: 'ADMIN' })
})

it('keeps everything over a stop, and starts again by itself', async () => {
  expect((await run('db status')).json()).toMatchObject({ mode: 'embedded', running: true, pending: [] })
  expect((await run('db stop')).json()).toEqual({ running: false, stopped: true })
  expect((await run('db stop')).json()).toEqual({ running: false, stopped: false })
  expect((await run('db status')).json()).toMatchObject({ running: false })
  expect((await succeed(run('wallet list'))).json()).toMatchObject([{ name: 'Acme' }])
  expect((await run('db start')).json()).toMatchObject({ running: true })
})

it('is started again by a worker whose server was killed, and the worker goes on', async () => {
  const stop = new AbortController()
  const out = new PassThrough()
  const working = runCamp(['worker', '--listen', '127.0.0.1:0'], {
    env: { ...env, LOG_LEVEL: 'silent', CAMP_SWEEP_MS: '200' },
    streams: { stdin: new PassThrough(), stdout: out, stderr: new PassThrough() },
    clock: systemClock,
    signal: stop.signal,
  })
  const [line] = await once(out, 'data')
  const url = String(line).trim().split(' ').at(-1)
  const health = async () => (await fetch(`${url}/healthz`)).status
  expect(await health()).toBe(200)
  const pidFile = join(home, 'postgres', 'data', 'postmaster.pid')
  const postmaster = async () => Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0])
  const killed = await postmaster()
  process.kill(killed, 'SIGKILL')
  await until('another server runs', postmaster, pid => pid > 0 && pid !== killed)
  await until('the worker is well again', health, status => status === 200)
  stop.abort()
  expect(await working).toBe(0)
})
