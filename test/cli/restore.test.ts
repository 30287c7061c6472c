import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSandbox } from '../../src/sandbox/server.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { dispatchOn, openSandbox } from '../support/dispatch.ts'
import { makeCampaign, makeScene, SECRET } from '../support/fixtures.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'
import { startCamp } from '../support/process.ts'
import { scratchFolder } from '../support/scratch.ts'
import { until } from '../support/worker.ts'

describe('a database that waits for a person', () => {
  const db = useDatabase()
  const { workers } = dispatchOn(db)
  let admin: NodeJS.ProcessEnv
  const ids: Record<'running' | 'approved' | 'later' | 'paused', string> = {} as never
  const run = (line: string, env = admin) => camp(line.split(' '), { env })
  const handle = async (id: string) =>
    (await db.pool.query<{ h: string }>(`SELECT agendamento_id AS h FROM "Campaign" WHERE id = $1`, [id])).rows[0]!.h

  beforeAll(async () => {
    admin = await adminEnv(db)
    const sandbox = await openSandboxForAll()
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 10 })
    const columns = (scheduled: string | null) => ({ scheduled_at: scheduled && new Date(scheduled) })
    ids.running = await makeCampaign(db.pool, scene, { leads: 30 })
    ids.approved = await makeCampaign(db.pool, scene, { leads: 3 })
    ids.later = await makeCampaign(db.pool, scene, { leads: 3, columns: columns('2099-01-01T12:00:00Z') })
    ids.paused = await makeCampaign(db.pool, scene, { leads: 3, status: 'PAUSED' })
    await succeed(run(`campaign run ${await handle(ids.running)} --json`))
  })

  it('db hold makes it one: no worker sends, and every command says so', async () => {
    expect(await run('db accept-restore --yes')).toMatchObject({ code: 4 })
    await succeed(run('db hold --reason restored'))
    expect(await run('db hold')).toMatchObject({ code: 4, err: expect.stringContaining('waits for a person already') })
    await workers({ count: 1 })
    await until(
      'the worker has come round',
      () => db.pool.query(`SELECT 1 FROM "Worker" WHERE seen_at > started_at`),
      ({ rowCount }) => rowCount === 1,
    )
    const { rows } = await db.pool.query(`SELECT DISTINCT status FROM "CampaignLead" WHERE campaign_id = $1`, [
      ids.running,
    ])
    expect(rows).toEqual([{ status: 'PENDING' }])

    expect((await run('db status --json')).json().held).toMatchObject({ kind: 'PERSON', reason: 'restored' })
    expect((await run('db status')).out).toMatch(
      /sending +held until a person decides: restored\nnext +camp db accept-restore/,
    )
    for (const line of ['campaign run --due', `campaign run ${await handle(ids.approved)}`]) {
      expect(await run(line)).toMatchObject({ code: 4, err: expect.stringContaining('camp db accept-restore') })
    }
    expect(await run(`campaign resume ${await handle(ids.paused)}`)).toMatchObject({ code: 4 })
    const shown = await run(`campaign show ${await handle(ids.running)}`)
    expect(shown.out + shown.err).toContain('Nothing is sent: restored.')
    const json = (await run(`campaign show ${await handle(ids.running)} --json`)).json()
    expect(json).toMatchObject({ held: 'restored', expected_end: null })
    const watched = await camp(['campaign', 'watch', await handle(ids.running)], {
      env: admin,
      signal: AbortSignal.timeout(1_500),
    })
    expect(watched.err).toContain('warning: nothing is sent: restored')
  })

  it('a USER may look, and only an ADMIN decides', async () => {
    const user = await userEnv(db, admin)
    expect(await run('db accept-restore --yes', user)).toMatchObject({ code: 7 })
    const shown = await succeed(run('db accept-restore --show', user))
    expect(shown.out).toContain('restored (PERSON)')
    expect(shown.out).toMatch(new RegExp(`${await handle(ids.running)} +PROCESSING .*30 +0 +0 +30 +PAUSED`))
    expect(shown.out).toMatch(new RegExp(`${await handle(ids.paused)} +PAUSED .* as it is`))
    expect(await camp(['db', 'accept-restore'], { env: admin })).toMatchObject({ code: 2 })
    expect(await camp(['db', 'accept-restore'], { env: admin, answer: 'n' })).toMatchObject({ code: 130 })
  })

  it('db accept-restore stops what is at work, says what comes next, and is in the audit', async () => {
    const accepted = await succeed(run('db accept-restore --yes'))
    expect(accepted.err).toContain(`camp campaign leads ${await handle(ids.running)} --status PENDING`)
    const statuses = await Promise.all(
      Object.entries(ids).map(async ([name, id]) => {
        const { rows } = await db.pool.query(`SELECT status, failure_reason FROM "Campaign" WHERE id = $1`, [id])
        return [name, rows[0]]
      }),
    )
    const stopped = { failure_reason: expect.stringContaining('older data was accepted') }
    expect(Object.fromEntries(statuses)).toMatchObject({
      running: { status: 'PAUSED', ...stopped },
      approved: { status: 'PENDING_APPROVAL', ...stopped },
      later: { status: 'APPROVED' },
      paused: { status: 'PAUSED', failure_reason: null },
    })
    const { rows } = await db.pool.query(
      `SELECT action, detail->>'reason' AS reason FROM "AuditEvent" WHERE subject = 'Installation' ORDER BY at`,
    )
    expect(rows).toEqual([
      { action: 'installation.hold', reason: 'restored' },
      { action: 'installation.accept', reason: 'restored' },
    ])
    expect(await run('db accept-restore --yes')).toMatchObject({ code: 4 })
    await succeed(run(`campaign resume ${await handle(ids.running)}`))
  })
})

async function openSandboxForAll() {
  const sandbox = await startSandbox({ control: undefined })
  afterAll(() => sandbox.close())
  return sandbox
}

describe('an embedded installation', () => {
  let folder: string
  beforeAll(async () => {
    folder = scratchFolder('restore')
    // PostgreSQL runs as another user where this one is root.
    await chmod(folder, 0o755)
  })
  afterAll(async () => {
    for (const name of ['home', 'copy']) await camp(['db', 'stop'], { env: { CAMP_HOME: join(folder, name) } })
    await rm(folder, { recursive: true, force: true })
  })
  const envOf = (name: string) => ({ CAMP_HOME: join(folder, name), CAMP_SECRET: SECRET, CAMP_SWEEP_MS: '300' })
  const run = (line: string, name = 'home') => succeed(camp(line.split(' '), { env: envOf(name) }))
  const copy = (from: string, to: string) => execa('cp', ['-a', join(folder, from), join(folder, to)])
  const worker = async (name: string) => {
    const started = await startCamp(['worker', '--listen', '127.0.0.1:0'], envOf(name))
    const health = async () =>
      (await fetch(`${started.firstLine.split(' ').at(-1)}/healthz`)).json() as Promise<{ sending: string }>
    return { ...started, health }
  }
  const stop = async (started: Awaited<ReturnType<typeof worker>>) => {
    started.kill('SIGTERM')
    expect((await started.ended)[0]).toBe(0)
  }

  it('is backed up as docs/operations.md says; neither its data nor a copy of its home sends again', {
    timeout: 180_000,
  }, async () => {
    const sandbox = await openSandbox()
    await run('wallet add W --idgis 1 --json')
    await run(`budget set W ${new Date(Date.now() - 3 * 3_600_000).toISOString().slice(0, 7)} 100 --json`)
    await run('broker add S --adapter SANDBOX --cost 0 --max-batch 10 --json')
    await run(`credential set W S url=${sandbox.url} --json`)
    const rows = Array.from({ length: 60 }, (_, i) => `P${i};1198${String(7654000 + i)}`)
    const imported = await camp(
      [
        'campaign',
        'import',
        '-',
        '--wallet',
        'W',
        '--broker',
        'S',
        '--message',
        'Oi',
        '--hours',
        '00:00-24:00',
        '--days',
        'mon-sun',
        '--allow-holidays',
        '--json',
      ],
      { env: envOf('home'), stdin: `nome;telefone\n${rows.join('\n')}\n` },
    )
    const { agendamento_id: handle } = imported.json()
    await run(`campaign approve ${handle} --yes --json`)
    await run(`campaign run ${handle} --json`)
    await run('db stop')
    await copy('home', 'backup')

    const first = await worker('home')
    await until(
      'all are sent',
      async () => sandbox.stats().accepted,
      accepted => accepted === 60,
      40_000,
    )
    await stop(first)
    await run('db stop')

    // The data alone, into the same home.
    await rm(join(folder, 'home/postgres/data'), { recursive: true })
    await copy('backup/postgres/data', 'home/postgres/data')
    // The whole home, in another place.
    await copy('backup', 'copy')
    for (const [name, kind] of [
      ['home', 'BEHIND'],
      ['copy', 'COPY'],
    ] as const) {
      const again = await worker(name)
      await until('it waits', again.health, ({ sending }) => sending === 'waits for a person')
      expect((await run('db status --json', name)).json().held).toMatchObject({ kind })
      expect((await run(`campaign show ${handle} --json`, name)).json()).toMatchObject({ status: 'PROCESSING' })
      await stop(again)
    }
    expect(sandbox.stats()).toMatchObject({ accepted: 60, duplicates: 0 })
    expect((await run('db accept-restore --yes --json')).json()).toMatchObject({ accepted: true })
    expect((await run(`campaign show ${handle} --json`)).json()).toMatchObject({
      status: 'PAUSED',
      counts: { PENDING: 60 },
    })
  })
})
