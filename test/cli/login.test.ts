import { generateKeyPairSync } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { issueToken } from '../../src/security/session.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { ADMIN, adminEnv, serverEnv, userEnv } from '../support/login.ts'

const OTHER = 'another-secret-of-enough-length'

const db = useDatabase()
let admin: NodeJS.ProcessEnv
let user: NodeJS.ProcessEnv
beforeAll(async () => {
  admin = await adminEnv(db)
  user = await userEnv(db, admin)
})

const login = (env: NodeJS.ProcessEnv, email: string, stdin: string, now?: Date) =>
  camp(['login', email, '--password-stdin', '--json'], { env, stdin, ...(now && { clock: { now: () => now } }) })

describe('camp login', () => {
  it('keeps a private session, which whoami knows and logout forgets', async () => {
    const env = serverEnv(db)
    const run = await login(env, ADMIN.email, `${ADMIN.password}\n`)
    expect(run.json()).toMatchObject({ email: ADMIN.email, role: 'ADMIN' })
    expect((await stat(join(env.CAMP_HOME!, 'session'))).mode & 0o777).toBe(0o600)
    expect((await camp(['whoami', '--json'], { env })).json()).toMatchObject({
      email: ADMIN.email,
      name: 'Ana',
      role: 'ADMIN',
    })
    expect((await camp(['logout', '--json'], { env })).json()).toEqual({ logged_out: true })
    expect(await camp(['whoami', '--json'], { env })).toMatchObject({
      code: 7,
      out: '',
      err: expect.stringContaining('camp login'),
    })
    expect((await camp(['logout', '--json'], { env })).json()).toEqual({ logged_out: false })
  })

  it('lasts 12 hours', async () => {
    const env = serverEnv(db)
    await login(env, ADMIN.email, ADMIN.password)
    const at = (hours: number) => ({ now: () => new Date(Date.now() + hours * 3_600_000) })
    expect((await camp(['whoami'], { env, clock: at(11.9) })).code).toBe(0)
    expect(await camp(['whoami'], { env, clock: at(12.1) })).toMatchObject({
      code: 7,
      err: expect.stringContaining('expired'),
    })
  })

  it('exits 7 for a wrong password and an unknown e-mail, with one and the same sentence', async () => {
    const wrong = await login(serverEnv(db), ADMIN.email, 'wrong horse')
    const unknown = await login(serverEnv(db), 'nobody@example.com', ADMIN.password)
    expect([wrong.code, unknown.code]).toEqual([7, 7])
    expect(unknown.err).toBe(wrong.err)
  })

  it('asks nothing without a terminal: it names what to give', async () => {
    expect(await camp(['login'], { env: serverEnv(db) })).toMatchObject({
      code: 2,
      err: expect.stringContaining('camp login EMAIL'),
    })
    expect(await camp(['login', ADMIN.email], { env: serverEnv(db) })).toMatchObject({
      code: 2,
      err: expect.stringContaining('--password-stdin'),
    })
    expect((await login(serverEnv(db), ADMIN.email, '')).code).toBe(2)
  })

  it('ends every session of a user whose password changes', async () => {
    const [one, two] = [serverEnv(db), serverEnv(db)]
    for (const env of [one, two]) await login(env, ADMIN.email, ADMIN.password)
    const change = await camp(['user', 'password', ADMIN.email, '--password-stdin'], {
      env: one,
      stdin: `${ADMIN.password}\na better horse\n`,
    })
    expect(change.code).toBe(0)
    expect((await camp(['whoami'], { env: two })).code).toBe(7)
    expect((await login(two, ADMIN.email, ADMIN.password)).code).toBe(7)
    expect((await login(two, ADMIN.email, 'a better horse')).code).toBe(0)
    await camp(['user', 'password', ADMIN.email, '--password-stdin'], {
      env: two,
      stdin: `a better horse\n${ADMIN.password}`,
    })
    await login(admin, ADMIN.email, ADMIN.password)
  })
})

describe('CAMP_TOKEN', () => {
  it('logs in without a session, in a role that is looked up', async () => {
    expect((await camp(['whoami', '--json'], { env: user })).json()).toMatchObject({
      email: 'bob@example.com',
      role: 'USER',
    })
  })

  it('is refused when it is nonsense or signed with another key', async () => {
    const { id } = await db.prisma.user.findUniqueOrThrow({ where: { email: 'bob@example.com' } })
    const forged = await issueToken(
      generateKeyPairSync('ed25519'),
      { userId: id, makerId: null },
      { clock: systemClock, lifetimeMs: 60_000 },
    )
    for (const token of ['nonsense', forged.token]) {
      const { code, err } = await camp(['whoami'], { env: { ...user, CAMP_TOKEN: token } })
      expect([code, err]).toEqual([7, expect.stringContaining('is not valid here')])
    }
  })

  it('is not what is wrong where CAMP_SECRET is another', async () => {
    const { code, err } = await camp(['whoami'], { env: { ...user, CAMP_SECRET: OTHER } })
    expect([code, err]).toEqual([2, expect.stringMatching(/^error: CAMP_SECRET is not the secret of this database/)])
  })
})

it('needs CAMP_SECRET in server mode, and says how to make one', async () => {
  const { CAMP_SECRET, ...env } = admin
  expect(CAMP_SECRET).toBeDefined()
  expect(await camp(['whoami'], { env })).toMatchObject({
    code: 2,
    err: expect.stringMatching(/CAMP_SECRET[\s\S]*openssl/),
  })
})
