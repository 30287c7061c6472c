import { copyFile, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { startServer, stopServer } from '../../src/database/embedded/server.ts'
import { camp } from '../support/camp.ts'
import { succeed } from '../support/login.ts'
import { spawnCamp } from '../support/process.ts'
import { scratchFolder } from '../support/scratch.ts'
import { until } from '../support/worker.ts'

/** The secret that camp keeps itself: nothing is set but CAMP_HOME. */
let home: string
let env: NodeJS.ProcessEnv
let pool: pg.Pool
const URL = 'http://127.0.0.1:9/'
const OTHER = 'another-secret-of-enough-length'

beforeAll(async () => {
  home = scratchFolder('cli-secret')
  env = { CAMP_HOME: home }
  pool = new pg.Pool({ connectionString: await startServer(home), max: 3 })
  await succeed(run('wallet add Acme --idgis 1'))
  await succeed(run('broker add Box --adapter SANDBOX --cost 0.0450'))
  await succeed(run(`credential set Acme Box url=${URL}`))
})
afterAll(async () => {
  await pool.end()
  await stopServer(home)
  await rm(home, { recursive: true, force: true })
})
/** After any damage: one secret, in one private file, which opens everything. */
afterEach(async () => {
  expect((await succeed(run('credential show Acme Box'))).json()).toMatchObject({ config: { url: URL } })
  expect((await stat(join(home, 'secret'))).mode & 0o777).toBe(0o600)
})

const run = (line: string, as = env) => camp([...line.split(' '), '--json'], { env: as })
const kept = () => readFile(join(home, 'secret'), 'utf8')
const secretFiles = async () => (await readdir(home)).filter(name => name.startsWith('secret')).sort()

it('makes a new secret and keeps it in the place of the old one', async () => {
  const before = await kept()
  expect((await succeed(run('secret rotate --yes'))).json()).toMatchObject({
    rotated: true,
    credentials: 1,
    secret_file: join(home, 'secret'),
  })
  expect(await kept()).not.toBe(before)
  expect(await secretFiles()).toEqual(['secret'])
})

it('keeps one that is given, too', async () => {
  const file = join(home, 'given')
  await writeFile(file, `${OTHER}\n`)
  await succeed(run(`secret rotate --yes --file ${file}`))
  expect((await kept()).trim()).toBe(OTHER)
  expect((await run(`secret rotate --yes --file ${file}`)).json()).toMatchObject({ rotated: false, already: true })
})

it('refuses a CAMP_SECRET that is not the one it keeps, and says where that is', async () => {
  for (const line of ['whoami', 'credential show Acme Box', 'worker']) {
    const refused = await run(line, { ...env, CAMP_SECRET: 'a-third-secret-of-enough-length' })
    expect([refused.code, refused.error()]).toMatchObject([
      2,
      { code: 'SECRET_MISMATCH', hint: expect.stringMatching(/Without CAMP_SECRET .*\/secret/) },
    ])
  }
})

it('makes no other secret where the kept one is missing: it says so, and takes it back', async () => {
  const aside = join(home, 'aside')
  await rename(join(home, 'secret'), aside)
  try {
    const refused = await run('whoami')
    expect([refused.code, refused.error()]).toMatchObject([
      2,
      {
        code: 'SECRET_MISMATCH',
        message: expect.stringContaining('is missing'),
        hint: expect.stringContaining('backup'),
      },
    ])
    expect(await secretFiles()).toEqual([])
  } finally {
    await rename(aside, join(home, 'secret'))
  }
})

it('puts the new secret in place where the process died between the commit and that', async () => {
  const old = join(home, 'old')
  await copyFile(join(home, 'secret'), old)
  await succeed(run('secret rotate --yes'))
  const renewed = await kept()
  // As it stood between the two, beside what a rotation that never came to its commit had left.
  await rename(join(home, 'secret'), join(home, 'secret.next-0123456789ab'))
  await rename(old, join(home, 'secret'))
  await writeFile(join(home, 'secret.next-ba9876543210'), 'a-secret-that-was-never-committed\n', { mode: 0o600 })

  const again = (await succeed(run('secret rotate --yes'))).json()
  expect(again).toMatchObject({ rotated: false, already: true })
  expect(await kept()).toBe(renewed)
  await succeed(run('secret rotate --yes'))
  expect(await secretFiles()).toEqual(['secret'])
})

it('lets any command do that, two at once too', async () => {
  const old = join(home, 'old')
  await copyFile(join(home, 'secret'), old)
  await succeed(run('secret rotate --yes'))
  await rename(join(home, 'secret'), join(home, 'secret.next-0123456789ab'))
  await rename(old, join(home, 'secret'))
  const [one, two] = await Promise.all([run('whoami'), run('credential list')])
  expect([one.code, two.code]).toEqual([0, 0])
  expect(await secretFiles()).toEqual(['secret'])
})

it('loses nothing to a SIGKILL, whenever it comes', async () => {
  // The audit's lock holds the rotation before its commit; how long after its release the kill comes is what differs.
  for (const steps of [0, 1, 2, 3, 5, 8, 13, 21]) {
    const holder = await pool.connect()
    await holder.query(`BEGIN; LOCK TABLE "AuditEvent" IN ACCESS EXCLUSIVE MODE`)
    const rotating = spawnCamp(['secret', 'rotate', '--yes', '--json'], env)
    rotating.stdin.end()
    await until('it waits', waiting, n => n === 1)
    await holder.query('ROLLBACK')
    holder.release()
    for (let i = 0; i < steps; i++) await pool.query('SELECT pg_sleep(0.002)')
    rotating.kill('SIGKILL')
    await rotating.ended
    expect((await succeed(run('credential show Acme Box'))).json()).toMatchObject({ config: { url: URL } })
    await succeed(run('whoami'))
  }
})

async function waiting(): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rows[0]!.n
}
