import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { setBudget } from '../support/fixtures.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'
import { spawnCamp } from '../support/process.ts'
import { scratchFolder } from '../support/scratch.ts'
import { emptied } from '../support/tampering.ts'
import { until } from '../support/worker.ts'
import { rowXml, workbookBytes } from '../support/xlsx.ts'

const db = useDatabase()
const folder = scratchFolder('input')
const TEXT = 'fone;nome\n11987654321;Ana\n123;Bia\n'
let env: NodeJS.ProcessEnv
let spoolFolder: string

beforeAll(async () => {
  const admin = await adminEnv(db)
  await succeed(camp(['wallet', 'add', 'Sul', '--idgis', '7'], { env: admin }))
  const { rows } = await db.pool.query<{ id: string }>(`SELECT id FROM "Wallet"`)
  await setBudget(db.pool, rows[0]!.id, '100.00')
  await succeed(camp(['broker', 'add', 'Sandbox', '--adapter', 'SANDBOX', '--cost', '0.0450'], { env: admin }))
  await succeed(camp(['credential', 'set', 'Sul', 'Sandbox', 'url=http://127.0.0.1:9'], { env: admin }))
  env = await userEnv(db, admin)
  spoolFolder = join(env.CAMP_HOME!, 'spool')
})
beforeEach(async () => {
  await emptied(db.pool, '"Campaign"')
})
afterEach(() => {
  vi.unstubAllEnvs()
  expect(existsSync(spoolFolder) ? readdirSync(spoolFolder) : []).toEqual([])
})

const line = (file: string, ...options: string[]) => [
  ...['campaign', 'import', file, '--wallet', 'Sul', '--broker', 'Sandbox', '--message', 'Olá', '--json'],
  ...options,
]

describe('standard input', () => {
  test.each([
    ['a CSV', () => Buffer.from(TEXT), { format: 'csv', encoding: 'utf-8', delimiter: ';', sheet: null }],
    ['a gzip', () => gzipSync(TEXT), { format: 'csv.gz', encoding: 'utf-8', delimiter: ';', sheet: null }],
    [
      'a workbook',
      () =>
        workbookBytes({
          sheets: [
            {
              name: 'Base',
              rows: [
                ['fone', 'nome'],
                [11987654321, 'Ana'],
                [123, 'Bia'],
              ].map((cells, i) => rowXml(i + 1, cells)),
            },
          ],
        }),
      { format: 'xlsx', encoding: 'xlsx', delimiter: null, sheet: 'Base' },
    ],
  ])('may be %s; its rejects can be written', async (_, make, as) => {
    const rejects = join(folder, 'stdin-rejects.csv')
    const run = await camp(line('-', '--rejects', rejects, '--overwrite'), { env, stdin: await make() })
    expect(run.err).toBe('')
    expect(run.json()).toMatchObject({ ...as, name: 'stdin', source_file: 'stdin', rows: 2, rejects: { rows: 1 } })
    expect(readFileSync(rejects, 'utf8')).toContain('123;Bia;3;fone;INVALID_PHONE;')
  })

  test('takes --name, and is the file that it was imported as before', async () => {
    const file = join(folder, 'list.csv')
    writeFileSync(file, TEXT)
    expect((await camp(line('-', '--name', 'Novembro'), { env, stdin: TEXT })).json()).toMatchObject({
      name: 'Novembro',
    })
    expect((await camp(line(file), { env })).code).toBe(4)
  })

  test('lies in a private file while it is read, and nowhere after Ctrl-C', async () => {
    const stdin = new PassThrough()
    stdin.write(TEXT)
    const stop = new AbortController()
    const running = camp(line('-'), { env, stdin, signal: stop.signal })
    const spooled = () =>
      existsSync(spoolFolder) ? readdirSync(spoolFolder).map(name => statSync(join(spoolFolder, name))) : []
    const [file] = await until(
      'a spooled file',
      async () => spooled(),
      ([file]) => file?.size === TEXT.length,
    )
    expect([file!.mode & 0o777, statSync(spoolFolder).mode & 0o777]).toEqual([0o600, 0o700])
    stop.abort()
    expect(await running).toMatchObject({ code: 130, out: '', err: expect.stringContaining('Nothing was imported') })
  })

  test('lies in the temporary folder where CAMP_HOME takes no file; where that does not either: 5', async () => {
    const nowhere = { ...env, CAMP_HOME: '/dev/null/camp' }
    expect((await camp(line('-'), { env: nowhere, stdin: TEXT })).json()).toMatchObject({ rows: 2 })
    vi.stubEnv('TMPDIR', '/dev/null')
    const refused = await camp(line('-'), { env: nowhere, stdin: TEXT })
    expect([refused.code, refused.error()]).toMatchObject([
      5,
      {
        code: 'FILE_UNWRITABLE',
        message: expect.stringContaining('can be stored neither in /dev/null/camp/spool nor in /dev/null: '),
        hint: expect.stringMatching(/^Nothing was imported\. Set CAMP_HOME/),
      },
    ])
  })

  test.each([
    ['a terminal: 2', 2, { terminal: 'stdin' as const }, 'INPUT_MISSING'],
    ['nothing: 5', 5, { stdin: '' }, 'FILE_EMPTY'],
    ['a gzip that is cut: 5', 5, { stdin: gzipSync(TEXT).subarray(0, -9) }, 'FILE_DAMAGED'],
  ])('is %s', async (_, code, options, error) => {
    const run = await camp(line('-'), { env, ...options })
    expect([run.code, run.out, run.error().code]).toEqual([code, '', error])
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('a %s in the middle ends it with 130', async signal => {
    const child = spawnCamp(line('-'), env)
    child.stdin.write(TEXT)
    await until('a spooled file', async () => existsSync(spoolFolder) && readdirSync(spoolFolder).length > 0, Boolean)
    child.kill(signal)
    expect(await child.ended).toEqual([130, null])
    await expectNothing()
  })
})

test('a second signal in the middle of the rows: no draft of the rejects stays either', async () => {
  const { file, rejects } = large('twice')
  const child = spawnCamp(line(file, '--rejects', rejects), env)
  await untilCopying()
  child.kill('SIGINT')
  child.kill('SIGTERM')
  expect(await child.ended).toEqual([130, null])
  await expectNothing()
  expect(readdirSync(folder).filter(name => name.includes('twice'))).toEqual(['twice.csv'])
})

test('SIGINT in the middle of the rows: 130, no campaign, no rejects and no draft of them', async () => {
  const { file, rejects } = large('sigint')
  const child = spawnCamp(line(file, '--rejects', rejects), env)
  let err = ''
  child.stderr.on('data', chunk => (err += chunk))
  await untilCopying()
  child.kill('SIGINT')
  expect(await child.ended).toEqual([130, null])
  expect(JSON.parse(err).error).toMatchObject({ code: 'INTERRUPTED', hint: 'Nothing was imported.' })
  await expectNothing()
  expect(readdirSync(folder).filter(name => name.includes('sigint'))).toEqual(['sigint.csv'])
})

const NOTHING = 'Nothing was imported'

describe('a disk that is full: 8, nothing imported', () => {
  test('the database’s', async () => {
    await db.pool.query(`
      CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE 'could not extend file "base/5/16384": No space left on device' USING ERRCODE = 'disk_full'; END $$;
      CREATE TRIGGER full_disk BEFORE INSERT ON "CampaignLead" FOR EACH ROW WHEN (NEW.source_line = 20000) EXECUTE FUNCTION full_disk()`)
    try {
      const { file, rejects } = large('dbfull')
      const run = await camp(line(file, '--rejects', rejects), { env })
      expect([run.code, run.out, run.error()]).toMatchObject([
        8,
        '',
        { code: 'DATABASE_FULL', hint: expect.stringContaining('What was asked for is undone. ') },
      ])
      await expectNothing()
      expect(readdirSync(folder).filter(name => name.startsWith('dbfull'))).toEqual(['dbfull.csv'])
    } finally {
      await db.pool.query(`DROP TRIGGER full_disk ON "CampaignLead"; DROP FUNCTION full_disk`)
    }
  })

  test('the one that standard input is kept on', async context => {
    const small = scratchFolder('small')
    const mount = ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]
    if (spawnSync('mount', mount).status !== 0) return context.skip('a small disk takes root, and Linux')
    try {
      const run = await camp(line('-'), { env: { ...env, CAMP_HOME: small }, stdin: TEXT.repeat(10_000) })
      expect([run.code, run.error()]).toMatchObject([8, { code: 'DISK_FULL', hint: expect.stringContaining(NOTHING) }])
      expect(readdirSync(join(small, 'spool'))).toEqual([])
    } finally {
      execFileSync('umount', [small])
    }
  })

  test('the rejects’', async () => {
    const full = join(folder, 'full')
    symlinkSync('/dev/full', full)
    const run = await camp(line('-', '--rejects', full), { env, stdin: TEXT })
    expect([run.code, run.error()]).toMatchObject([8, { code: 'DISK_FULL', hint: expect.stringContaining(NOTHING) }])
    await expectNothing()
  })
})

describe('rejects', () => {
  test('go to a device as it is, and never in its place', async () => {
    const link = join(folder, 'null')
    symlinkSync('/dev/null', link)
    expect((await camp(line('-', '--rejects', link), { env, stdin: TEXT })).json()).toMatchObject({
      rejects: { rows: 1 },
    })
    expect(statSync(link).isCharacterDevice()).toBe(true)
  })

  test.each([
    ['a folder', '.', /it is a folder/],
    ['a folder that is not there', 'nowhere/rejects.csv', /ENOENT/],
  ])('into %s: 5, nothing imported', async (_, target, reason) => {
    const run = await camp(line('-', '--rejects', join(folder, target)), { env, stdin: TEXT })
    expect(run).toMatchObject({ code: 5, err: expect.stringMatching(reason) })
    await expectNothing()
  })

  test('whose place is taken by a folder meanwhile: an error that says that the campaign is imported', async () => {
    const { file, rejects } = large('taken')
    const running = camp(line(file, '--rejects', rejects), { env })
    await untilCopying()
    // A folder that is not empty cannot be renamed over.
    mkdirSync(join(rejects, 'in the way'), { recursive: true })
    expect(await running).toMatchObject({
      code: 5,
      err: expect.stringContaining('The campaign is imported: camp campaign list'),
    })
  })
})

test('a progress bar with rows, rows a second and the time left', async () => {
  const { file } = large('bar')
  const argv = line(file).filter(word => word !== '--json')
  const run = await camp(argv, { env, terminal: 'stderr' })
  expect(run.code).toBe(0)
  expect(run.err).toMatch(/\d+% \| [\d,]+ rows \| [\d,]+ rows\/s \| \d+:\d\d left/)
})

const ROWS = 150_000

/** So many rows that there is a middle; the first one is refused. */
function large(name: string): { file: string; rejects: string } {
  const file = join(folder, `${name}.csv`)
  const rows = Array.from({ length: ROWS }, (_, i) => `11${900_000_000 + i};Pessoa ${i};${'x'.repeat(30)}\n`)
  writeFileSync(file, `fone;nome;obs\n123;;\n${rows.join('')}`)
  return { file, rejects: join(folder, `${name}-rejects.csv`) }
}

/** Rows are on their way into the table. */
async function untilCopying() {
  const copied = async () =>
    (
      await db.pool.query<{ n: number }>(
        `SELECT sum(tuples_processed)::int AS n FROM pg_stat_progress_copy WHERE datname = current_database()`,
      )
    ).rows[0]!.n
  await until('rows are copied', copied, n => n > 1_000)
}

async function expectNothing() {
  const { rows } = await db.pool.query(
    `SELECT (SELECT count(*) FROM "Campaign")::int + (SELECT count(*) FROM "CampaignLead")::int AS n`,
  )
  expect(rows).toEqual([{ n: 0 }])
}
