import { createHash } from 'node:crypto'
import { copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openPool } from '../../src/database/pool.ts'
import { startSandbox } from '../../src/sandbox/server.ts'
import { camp } from '../support/camp.ts'
import { hasClientTools, startSystemPostgres } from '../support/client-tools.ts'
import { makeCampaign, makeScene, SECRET } from '../support/fixtures.ts'
import { ADMIN, succeed } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'
import { administer, withDatabase } from '../support/server.ts'
import { startTestWorker, until } from '../support/worker.ts'

describe.runIf(hasClientTools)('camp backup and restore (skipped without pg_dump)', () => {
  const folder = scratchFolder('backup')
  const file = join(folder, 'camp.dump')
  let server: Awaited<ReturnType<typeof startSystemPostgres>>
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  let campaign: string
  const urlOf = (name: string) => withDatabase(server.url, name)
  const envOf = (name: string) => ({
    DATABASE_URL: urlOf(name),
    CAMP_SECRET: SECRET,
    CAMP_HOME: join(folder, `home-${name}`),
  })
  const run = (words: string, name = 'original', env = {}) =>
    camp(words.split(' '), { env: { ...envOf(name), ...env } })
  /** Runs a worker until it has come round twice. @returns what was sent while it ran */
  const sentBy = async (name: string, home = name) => {
    const before = sandbox.stats().accepted
    const worker = await startTestWorker({ databaseUrl: urlOf(name), env: { CAMP_HOME: join(folder, `home-${home}`) } })
    const rounds = openPool(urlOf(name), { max: 1 })
    try {
      await until(
        'the worker has come round, and nothing is left to claim',
        async () =>
          (
            await rounds.query<{ done: boolean }>(
              `SELECT EXISTS (SELECT 1 FROM "Worker" WHERE seen_at > started_at)
                 AND (EXISTS (SELECT 1 FROM "Installation" WHERE held_at IS NOT NULL)
                   OR NOT EXISTS (SELECT 1 FROM "Campaign" WHERE status = 'PROCESSING')) AS done`,
            )
          ).rows[0]!.done,
        done => done,
      )
    } finally {
      await worker.stop()
      await rounds.end()
    }
    return sandbox.stats().accepted - before
  }
  const installation = async (name: string) => {
    const pool = openPool(urlOf(name), { max: 1 })
    onTestFinished(() => pool.end())
    const { rows } = await pool.query(`SELECT installation_id AS id, hold_kind AS held FROM "Installation"`)
    const { rows: campaigns } = await pool.query(`SELECT status FROM "Campaign"`)
    return { ...rows[0], campaign: campaigns[0]?.status } as { id: string; held: string | null; campaign: string }
  }

  beforeAll(async () => {
    server = await startSystemPostgres()
    sandbox = await startSandbox({ control: undefined })
    for (const name of ['original', 'clone', 'strange']) await administer(server.url, `CREATE DATABASE ${name}`)
    await succeed(run('db migrate'))
    const add = ['user', 'add', ADMIN.email, '--name', 'Ana', '--role', 'ADMIN', '--password-stdin']
    await succeed(camp(add, { env: envOf('original'), stdin: ADMIN.password }))
    const pool = openPool(urlOf('original'))
    const scene = await makeScene(pool, { url: sandbox.url, maxBatch: 10 })
    campaign = await makeCampaign(pool, scene, { leads: 20 })
    await pool.end()
    await succeed(camp(['login', ADMIN.email, '--password-stdin'], { env: envOf('original'), stdin: ADMIN.password }))
    await succeed(run(`campaign run ${campaign}`))
    await succeed(run(`backup ${file}`))
  })
  afterAll(async () => {
    await sandbox?.close()
    server?.stop()
  })

  it('writes two private files, and never over another one', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const manifest = JSON.parse(readFileSync(`${file}.json`, 'utf8'))
    expect(manifest).toMatchObject({ format: 1, camp: '0.1.0', bytes: statSync(file).size })
    expect(JSON.stringify(manifest)).not.toContain(SECRET)
    expect(await run(`backup ${file}`)).toMatchObject({ code: 4, err: expect.stringContaining('is there already') })
    expect(await run(`backup ${join(folder, 'no/such/folder')}`)).toMatchObject({ code: 5 })
    expect(readdirSync(folder).filter(name => name.includes('partial'))).toEqual([])
  })

  it.each([
    ['another secret', {}, { CAMP_SECRET: 'quite another secret, 32 letters' }, 2, /is not the secret of this backup/],
    ['a newer camp', { migrations: ['20990101000000_later'] }, {}, 4, /of a newer camp/],
    ['a changed file', { sha256: '0' }, {}, 5, /was changed, or is incomplete/],
  ])('is refused with %s, and changes nothing', async (what, change, env, code, says) => {
    const other = join(folder, `${what.replaceAll(' ', '-')}.dump`)
    copyFileSync(file, other)
    writeFileSync(`${other}.json`, JSON.stringify({ ...JSON.parse(readFileSync(`${file}.json`, 'utf8')), ...change }))
    expect(await run(`restore ${other} --yes`, 'clone', env)).toMatchObject({ code, err: expect.stringMatching(says) })
    expect(await run('db status --json', 'clone')).toMatchObject({ out: expect.stringContaining('"applied": []') })
  })

  it('is refused on tables that are not camp’s, and rolled back if the dump ends early', async () => {
    const strange = openPool(urlOf('strange'), { max: 1 })
    onTestFinished(() => strange.end())
    await strange.query('CREATE TABLE theirs (id int)')
    expect(await run(`restore ${file} --yes`, 'strange')).toMatchObject({ code: 4 })
    await strange.query('DROP TABLE theirs')

    const cut = join(folder, 'cut.dump')
    writeFileSync(cut, readFileSync(file).subarray(0, Math.floor(statSync(file).size * 0.9)))
    const sha256 = createHash('sha256').update(readFileSync(cut)).digest('hex')
    const manifest = { ...JSON.parse(readFileSync(`${file}.json`, 'utf8')), bytes: statSync(cut).size, sha256 }
    writeFileSync(`${cut}.json`, JSON.stringify(manifest))
    const failed = await run(`restore ${cut} --yes --json`, 'strange')
    expect(failed).toMatchObject({ code: 8 })
    expect(failed.error().code).toBe('BACKUP_TOOL_FAILED')
    expect((await strange.query(`SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace`)).rowCount).toBe(0)
  })

  it('an older backup in place of the data sends nothing again, and waits for a person', async () => {
    expect(await sentBy('original')).toBe(20)
    expect(await run(`restore ${file}`)).toMatchObject({ code: 2, err: expect.stringContaining('Replace all') })
    expect(await installation('original')).toMatchObject({ campaign: 'FINISHED' })

    await succeed(run(`restore ${file} --yes`))
    expect(await installation('original')).toMatchObject({ held: 'PERSON', campaign: 'PROCESSING' })
    expect(await sentBy('original')).toBe(0)
    await succeed(camp(['login', ADMIN.email, '--password-stdin'], { env: envOf('original'), stdin: ADMIN.password }))
    await succeed(run('db accept-restore --yes'))
    expect(await sentBy('original')).toBe(0)
    expect(await installation('original')).toMatchObject({ held: null, campaign: 'PAUSED' })
    expect(sandbox.stats()).toMatchObject({ accepted: 20, duplicates: 0 })
  })

  it('a copy beside its original waits, and then is an installation of its own, even with the same marks', async () => {
    await succeed(run(`restore ${file} --copy`, 'clone', { CAMP_HOME: join(folder, 'home-original') }))
    expect(await installation('clone')).toMatchObject({ held: 'COPY' })
    expect(await sentBy('clone', 'original')).toBe(0)
    await succeed(camp(['login', ADMIN.email, '--password-stdin'], { env: envOf('clone'), stdin: ADMIN.password }))
    await succeed(run('db accept-restore --yes', 'clone'))
    expect(await sentBy('clone', 'original')).toBe(0)
    const [clone, original] = [await installation('clone'), await installation('original')]
    expect(clone).toMatchObject({ held: null, campaign: 'PAUSED' })
    expect(clone.id).not.toBe(original.id)
    // The original is not taken for an older state of its copy.
    expect(await sentBy('original')).toBe(0)
    expect(await installation('original')).toMatchObject({ held: null })
  })
})
