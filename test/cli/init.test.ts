import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { parseEnvFile, readEnvFile } from '../../src/env-file.ts'
import { assertSecret } from '../../src/security/fingerprint.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { makeScene, testKeys } from '../support/fixtures.ts'
import { serverEnv, succeed } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'
import { administer, withDatabase } from '../support/server.ts'

type Found = { state: string; check: string; found: string; remedy: string | null }
const found = (run: { json: () => { findings: Found[] } }, check: string) =>
  run.json().findings.filter(one => one.check === check)

describe('camp init', () => {
  const name = `camp_${randomBytes(6).toString('hex')}`
  const [folder, server] = [scratchFolder('init'), inject('postgresUrl')]
  const file = join(folder, 'camp.env')
  let url: string
  beforeAll(async () => {
    await administer(server, `CREATE DATABASE ${name}`)
    url = withDatabase(server, name)
  })
  afterAll(() => administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
  const init = (words: string[], stdin = '') =>
    camp(['init', '--settings', file, '--json', ...words], { env: {}, stdin })
  const admin = ['--admin', 'ana@example.com', '--name', 'Ana', '--password-stdin']

  it('without a terminal names what is missing, and writes nothing', async () => {
    const refused = await init([])
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('--database-url') })
    const closed = await init(['--database-url', 'postgresql://127.0.0.1:1/x', ...admin], 'correct horse')
    expect(closed.code).toBe(8)
    const weak = await init(['--database-url', url, ...admin], 'camp2026camp')
    expect(weak.error().code).toBe('PASSWORD_TOO_WEAK')
    expect(existsSync(file)).toBe(false)
  })

  it('sets an empty database up by options alone, and says what is left to do', async () => {
    const made = await succeed(
      init(['--database-url', url, '--home', join(folder, 'home'), ...admin], 'correct horse\n'),
    )
    expect(made.json()).toMatchObject({ admin: 'ana@example.com', added: ['DATABASE_URL', 'CAMP_HOME', 'CAMP_SECRET'] })
    expect(found(made, 'users')).toMatchObject([{ state: 'ok' }])
    expect(found(made, 'workers')).toMatchObject([{ state: 'warn' }])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(parseEnvFile(readFileSync(file, 'utf8'), file)).toMatchObject({ DATABASE_URL: url })
    const env = readEnvFile(file)
    const login = ['login', 'ana@example.com', '--password-stdin']
    await succeed(camp(login, { env, stdin: 'correct horse' }))
  })

  it('run again changes nothing, and keeps what a person has added', async () => {
    appendFileSync(file, '# ours\nCAMP_TIMEZONE=America/Manaus\n')
    const before = readFileSync(file, 'utf8')
    const again = await succeed(init(['--database-url', url]))
    expect(again.json()).toMatchObject({ added: [], applied: [], admin: null })
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(await init(['--database-url', 'postgresql://other/x'])).toMatchObject({ code: 2 })
  })

  it('on another machine does not invent a second secret', async () => {
    const other = join(scratchFolder('other'), 'camp.env')
    const words = ['init', '--settings', other, '--database-url', url, '--json']
    const refused = await camp(words, { env: {} })
    expect(refused.error().code).toBe('SECRET_MISMATCH')
    expect(existsSync(other)).toBe(false)
    const { CAMP_SECRET } = readEnvFile(file)
    expect((await camp(words, { env: { CAMP_SECRET } })).json().added).toEqual(['DATABASE_URL', 'CAMP_SECRET'])
  })
})

describe('without any user', () => {
  const db = useDatabase()
  it('a command and a login name camp init, and doctor fails', async () => {
    const env = serverEnv(db)
    for (const words of [
      ['wallet', 'list'],
      ['login', 'a@b.c', '--password-stdin'],
    ]) {
      const refused = await camp(words, { env, stdin: 'x' })
      expect(refused).toMatchObject({ code: 7, err: expect.stringMatching(/no user yet[\s\S]*camp init/) })
    }
    const examined = await camp(['doctor', '--json'], { env })
    expect(examined).toMatchObject({ code: 8 })
    expect(examined.error().code).toBe('DOCTOR_FOUND')
    expect(found(examined, 'users')).toMatchObject([{ state: 'fail', remedy: 'Run: camp init' }])
  })
})

describe('camp doctor', () => {
  const db = useDatabase()
  const doctor = (env: NodeJS.ProcessEnv, clock?: { now: () => Date }) =>
    camp(['doctor', '--json'], { env, ...(clock && { clock }) })

  it('reports a database that does not answer, and goes no further', async () => {
    const away = await doctor({ ...serverEnv(db), DATABASE_URL: 'postgresql://127.0.0.1:1/x' })
    expect(away.code).toBe(8)
    expect(found(away, 'database')).toMatchObject([
      { state: 'fail', found: expect.stringMatching(/cannot be reached/) },
    ])
    expect(found(away, 'queue')).toEqual([])
  })

  it('finds another secret, a closed credential, a silent listener, a clock and a broker without a worker', async () => {
    await makeScene(db.pool)
    const env = serverEnv(db)
    await assertSecret(db.pool, await testKeys())
    const ours = await doctor(env)
    expect(found(ours, 'queue')).toMatchObject([{ state: 'ok' }])
    const status = await camp(['db', 'status', '--json'], { env })
    expect(status.json().queue).toEqual({ on: 'PostgreSQL', state: 'ok' })
    expect(found(ours, 'credentials')).toMatchObject([{ state: 'ok' }])
    expect(found(ours, 'workers')).toMatchObject([
      { state: 'warn', found: expect.stringMatching(/^no worker is alive/) },
    ])
    expect(found(ours, 'clock')).toMatchObject([{ state: 'ok' }])

    const late = { now: () => new Date(Date.now() - 3_600_000) }
    const wrong = await doctor(
      { ...env, CAMP_SECRET: 'another secret of 32 letters, yes', CAMP_PUBLIC_URL: 'http://127.0.0.1:1' },
      late,
    )
    expect(found(wrong, 'secret')).toMatchObject([{ state: 'fail' }])
    expect(found(wrong, 'credential')).toMatchObject([
      { state: 'fail', remedy: expect.stringContaining('credential set') },
    ])
    expect(found(wrong, 'listener')).toMatchObject([{ state: 'fail' }])
    expect(found(wrong, 'clock')).toMatchObject([{ state: 'warn', found: expect.stringContaining('3600.') }])
    expect(wrong.out).not.toContain('another secret')
  })
})
