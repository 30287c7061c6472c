import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { ADMIN, adminEnv, succeed, userEnv } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'
import { readTable } from '../support/xlsx-read.ts'

const db = useDatabase()
const folder = scratchFolder('audit')
let env: NodeJS.ProcessEnv
let user: NodeJS.ProcessEnv

beforeAll(async () => {
  env = await adminEnv(db)
  user = await userEnv(db, env)
  const setUp = [
    ['wallet', 'add', '=1+1', '--idgis', '7'],
    ['budget', 'set', '=1+1', '2026-11', '100'],
    ['broker', 'add', 'Torre', '--adapter', 'SANDBOX', '--cost', '0.0450'],
    ['credential', 'set', '=1+1', 'Torre', 'url=http://127.0.0.1:9'],
    ['template', 'add', 'T', '--code', 'oferta_1', '--content', 'x'],
    ['user', 'set', 'bob@example.com', '--name', 'Roberto'],
  ]
  for (const line of setUp) await succeed(camp(line, { env }))
  await succeed(camp(['user', 'set', 'bob@example.com', '--name', 'Bob'], { env: user }))
  // An old event, of a day in the time zone of the installation.
  await db.pool.query(
    `INSERT INTO "AuditEvent" (id, at, action, subject, subject_id)
     VALUES (gen_random_uuid(), '2020-02-29T02:59:59.999Z', 'old.event', 'Installation', '1'),
            (gen_random_uuid(), '2020-02-29T03:00:00Z', 'old.event', 'Installation', '2'),
            (gen_random_uuid(), '2020-03-01T02:59:59.999Z', 'old.event', 'Installation', '3'),
            (gen_random_uuid(), '2020-03-01T03:00:00Z', 'old.event', 'Installation', '4')`,
  )
})

interface Row {
  by: string | null
  via: string | null
  action: string
  on: string | null
  subject_id: string
}
const list = async (...options: string[]): Promise<Row[]> =>
  (await succeed(camp(['audit', 'list', '--json', '--limit', '1000', ...options], { env }))).json()

describe('camp audit list', () => {
  it.each([
    ['wallet.add', '=1+1'],
    ['budget.set', '=1+1 2026-11'],
    ['broker.add', 'Torre'],
    ['credential.set', '=1+1 / Torre'],
    ['template.add', 'oferta_1'],
    ['user.token', 'bob@example.com'],
  ])('names the subject of %s: %s', async (action, on) => {
    expect((await list('--action', action)).map(row => row.on)).toEqual([on])
  })

  it('shows e-mails and names, not ids', async () => {
    const { out } = await succeed(camp(['audit', 'list', '--action', 'user.set'], { env }))
    expect(out).toMatch(/as bob@example\.com, by ana@example\.com +user\.set +bob@example\.com/)
    expect(out).toMatch(/ ana@example\.com +user\.set +bob@example\.com/)
    expect(out).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
  })

  it.each([
    ['bob@example.com', ['user.add', 'user.set', 'user.set', 'user.token']],
    ['BOB@example.com', ['user.add', 'user.set', 'user.set', 'user.token']],
    ['=1+1', ['budget.set', 'wallet.add']],
    ['torre', ['broker.add']],
    ['oferta_1', ['template.add']],
    ['nothing', []],
  ])('selects by what it is on: %s', async (on, actions) => {
    expect((await list('--on', on)).map(row => row.action).sort()).toEqual(actions)
  })

  it('selects by user, those who act by their token or password too', async () => {
    expect((await list('--user', 'bob@example.com')).map(row => row.action)).toEqual(['user.set'])
    const ana = await list('--user', ADMIN.email)
    expect(ana.filter(row => row.by === 'bob@example.com').map(row => row.via)).toEqual([ADMIN.email])
  })

  it.each([
    [
      ['--since', '2020-02-29', '--until', '2020-02-29'],
      ['2', '3'],
    ],
    [
      ['--since', '29/02/2020', '--until', '29/02/2020'],
      ['2', '3'],
    ],
    [['--until', '2020-02-28'], ['1']],
    [['--since', '2020-03-01', '--until', '2020-12-31'], ['4']],
    [['--since', '2020-02-29 00:00', '--until', '2020-02-29T23:59:59.999-03:00'], ['2']],
  ])('selects by day and time of CAMP_TIMEZONE: %j', async (options, ids) => {
    expect((await list(...options)).map(row => row.subject_id).sort()).toEqual(ids)
  })

  it.each([
    ['--since', 'yesterday'],
    ['--until', '2020-02-30'],
    ['--since', '2020-13-01 00:00'],
  ])('refuses %s %s with 2', async (...options) => {
    expect(await camp(['audit', 'list', ...options], { env })).toMatchObject({ code: 2, out: '' })
  })
})

describe('camp audit export', () => {
  const run = (...options: string[]) => camp(['audit', 'export', ...options], { env })

  it('writes a CSV file, the oldest first, whose cells are no formulas', async () => {
    const file = join(folder, 'audit.csv')
    const { out } = await succeed(run('--csv', file, '--on', '=1+1'))
    expect(out).toBe(`2 audit entries written to ${file}.\n`)
    const [head, first, second] = (await readFile(file, 'utf8')).split('\r\n')
    expect(head).toBe('\ufeffid;at;by;via;action;subject;subject_id;on;detail')
    expect(first).toMatch(/;ana@example\.com;;wallet\.add;Wallet;[0-9a-f-]{36};'=1\+1;/)
    expect(second).toMatch(/;budget\.set;Budget;[0-9a-f-]{36};'=1\+1 2026-11;/)
  })

  it('writes a workbook, and to stdout', async () => {
    const file = join(folder, 'audit.xlsx')
    await succeed(run('--xlsx', file, '--action', 'wallet.add'))
    const [head, row] = await readTable(file)
    expect(head!.slice(2, 5)).toEqual(['by', 'via', 'action'])
    expect([row![4], row![7]]).toEqual(['wallet.add', '=1+1'])
    const { out } = await succeed(run('--csv', '-', '--plain', '--since', '2020-01-01', '--until', '2020-12-31'))
    expect(out.split('\n').map(line => line.split(',')[6])).toEqual(['subject_id', '1', '2', '3', '4', undefined])
  })

  it('has every event, beyond a page', async () => {
    await db.pool.query(
      `INSERT INTO "AuditEvent" (id, at, action, subject, subject_id)
       SELECT gen_random_uuid(), '2019-01-01', 'many.event', 'Installation', i::text FROM generate_series(1, 4500) i`,
    )
    const { out } = await succeed(run('--csv', '-', '--plain', '--action', 'many.'))
    expect(
      new Set(
        out
          .trim()
          .split('\n')
          .map(line => line.split(',')[6]),
      ).size,
    ).toBe(4501)
  })

  it('needs a file, and does not replace one', async () => {
    expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining('--csv FILE or --xlsx FILE') })
    const file = join(folder, 'once.csv')
    await succeed(run('--csv', file))
    expect((await run('--csv', file)).code).toBe(4)
    await succeed(run('--csv', file, '--overwrite'))
  })

  it('is for no USER', async () => {
    expect(await camp(['audit', 'export', '--csv', '-'], { env: user })).toMatchObject({ code: 7, out: '' })
  })
})
