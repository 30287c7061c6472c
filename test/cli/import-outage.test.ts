import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { startServer, stopServer } from '../../src/database/embedded/server.ts'
import { openPool } from '../../src/database/pool.ts'
import { openProxy } from '../chaos/proxy.ts'
import { camp, type Run } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'
import { until } from '../support/worker.ts'

/** The database goes away when most of the rows are in it. */
const ROWS = 120_000
const folder = scratchFolder('outage')
const file = join(folder, 'list.csv')
const db = useDatabase()

beforeAll(() => {
  writeFileSync(
    file,
    `fone;nome\n123;\n${Array.from({ length: ROWS }, (_, i) => `11${900_000_000 + i};Pessoa ${i}\n`).join('')}`,
  )
})

const line = [
  ...['campaign', 'import', file, '--wallet', 'Sul', '--broker', 'Box', '--message', 'Olá', '--json'],
  ...['--rejects', join(folder, 'rejects.csv')],
]

test('a connection that is cut: 8 and a sentence; nothing is imported, and no rejects file is left', async () => {
  const env = await adminEnv(db)
  await setUp(env)
  const proxy = await openProxy(() => Number(new URL(db.url).port))
  try {
    const url = new URL(db.url)
    url.port = String(proxy.port)
    const running = camp(line, { env: { ...env, DATABASE_URL: String(url) } })
    await untilCopied(db.url, ROWS * 0.6)
    proxy.lead(undefined)
    proxy.cut()
    expectUnreachable(await running)
    await expectNothing(db.url)
  } finally {
    await proxy.close()
  }
  expect((await succeed(camp(line, { env }))).json()).toMatchObject({ rows: ROWS + 1, rejects: { rows: 1 } })
  await rm(join(folder, 'rejects.csv'))
})

test('a PostgreSQL that is killed: the same; it recovers, and the file can be imported', async () => {
  const home = scratchFolder('outage-home')
  const env = { CAMP_HOME: home }
  try {
    await setUp(env)
    const running = camp(line, { env })
    const url = await startServer(home)
    await untilCopied(url, ROWS * 0.6)
    await killServer(home, url)
    expectUnreachable(await running)
    await expectNothing(await startServer(home))
    expect((await succeed(camp(line, { env }))).json()).toMatchObject({ rows: ROWS + 1, rejects: { rows: 1 } })
  } finally {
    await stopServer(home)
    await rm(home, { recursive: true, force: true })
  }
})

async function setUp(env: NodeJS.ProcessEnv) {
  await succeed(camp(['wallet', 'add', 'Sul', '--idgis', '7'], { env }))
  await succeed(camp(['broker', 'add', 'Box', '--adapter', 'SANDBOX', '--cost', '0.0450'], { env }))
}

async function untilCopied(url: string, rows: number) {
  const pool = openPool(url)
  const copied = async () =>
    (
      await pool.query<{ n: number | null }>(
        `SELECT sum(tuples_processed)::int AS n FROM pg_stat_progress_copy WHERE datname = current_database()`,
      )
    ).rows[0]!.n
  try {
    await until(`${rows} rows are copied`, copied, n => n !== null && n > rows)
  } finally {
    await pool.end()
  }
}

/** All at once, as the kernel does when the memory is full: no connection is closed properly. */
async function killServer(home: string, url: string) {
  const pool = openPool(url)
  const { rows } = await pool.query<{ pid: number }>(`SELECT pid FROM pg_stat_activity`)
  const postmaster = Number(readFileSync(join(home, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  for (const pid of [postmaster, ...rows.map(row => row.pid)]) process.kill(pid, 'SIGKILL')
  await pool.end()
}

function expectUnreachable(run: Run) {
  expect(run).toMatchObject({ code: 8, out: '' })
  expect(run.error()).toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    hint: expect.stringMatching(/^Check DATABASE_URL/),
  })
  expect(readdirSync(folder)).toEqual(['list.csv'])
}

async function expectNothing(url: string) {
  const pool = openPool(url)
  try {
    const { rows } = await pool.query(
      `SELECT (SELECT count(*) FROM "Campaign")::int AS campaigns, (SELECT count(*) FROM "CampaignLead")::int AS leads,
              (SELECT count(*) FROM "AuditEvent" WHERE action = 'campaign.import')::int AS audits`,
    )
    expect(rows).toEqual([{ campaigns: 0, leads: 0, audits: 0 }])
  } finally {
    await pool.end()
  }
}
