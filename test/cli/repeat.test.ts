import { once } from 'node:events'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { dispatchOn, openSandbox } from '../support/dispatch.ts'
import { setBudget } from '../support/fixtures.ts'
import { ADMIN, adminEnv, allowSelfApproval, succeed, userEnv } from '../support/login.ts'
import { spawnCamp, startCamp } from '../support/process.ts'
import { scratchFolder } from '../support/scratch.ts'
import { until } from '../support/worker.ts'

const db = useDatabase()
const { workers } = dispatchOn(db)
let admin: NodeJS.ProcessEnv
let user: NodeJS.ProcessEnv
let folder: string
let phone = 11_930_000_000

beforeAll(async () => {
  admin = await adminEnv(db)
  await succeed(camp(['wallet', 'add', 'Sul', '--idgis', '7'], { env: admin }))
  await succeed(camp(['broker', 'add', 'Sandbox', '--adapter', 'SANDBOX', '--cost', '0.0450'], { env: admin }))
  const { rows } = await db.pool.query(`SELECT id FROM "Wallet"`)
  await setBudget(db.pool, rows[0].id, '100000.00')
  user = await userEnv(db, admin)
  await allowSelfApproval(admin)
})
beforeEach(async () => {
  folder = scratchFolder('inbox')
  await db.pool.query(`UPDATE "Recurrence" SET status = 'REMOVED'; UPDATE "Campaign" SET status = 'CANCELLED'`)
})

const repeating = (...more: string[]) =>
  camp(
    ['campaign', 'import', `${folder}/*.csv`, '--repeat', '* * * * *', '--wallet', 'Sul', '--broker', 'Sandbox'].concat(
      ['--message', 'Olá', '--hours', '00:00-24:00', '--days', 'mon-sun'],
      more,
    ),
    { env: user },
  )
const repeat = (argv: string[], env = admin) => camp(['campaign', 'repeat', ...argv], { env })

/** A file of so many new people, which was written a while ago. */
function drop(name: string, rows: number, head = 'telefone'): void {
  const path = join(folder, name)
  writeFileSync(path, `${head}\n${Array.from({ length: rows }, () => `${phone++}\n`).join('')}`)
  utimesSync(path, new Date(), new Date(Date.now() - 60_000))
}

/** Makes its present minute an occurrence that is due. */
async function makeDue(id: string): Promise<void> {
  await db.pool.query(`UPDATE "Recurrence" SET next_at = date_trunc('minute', now()) WHERE id = $1`, [id])
}

async function campaignsOf(id: string) {
  const { rows } = await db.pool.query<{ id: string; status: string; rows: number; leads: number }>(
    `SELECT c.id, c.status, c.rows, (SELECT count(*)::int FROM "CampaignLead" WHERE campaign_id = c.id) AS leads
     FROM "Occurrence" o JOIN "Campaign" c ON c.id = o.campaign_id WHERE o.recurrence_id = $1 ORDER BY o.at`,
    [id],
  )
  return rows
}

describe('import --repeat', () => {
  it('imports nothing by itself: it says when, from where, and what is to be approved', async () => {
    drop('a.csv', 3)
    const made = await repeating('--json')
    expect(made.code, made.err).toBe(0)
    expect(made.json()).toMatchObject({
      handle: expect.stringMatching(/^R\d{6}-/),
      status: 'ACTIVE',
      folder,
      pattern: '*.csv',
      cron: '* * * * *',
      timezone: 'America/Sao_Paulo',
      owner: 'bob@example.com',
      standing_approval: null,
      last: null,
      settings: { message: 'Olá', throttle: 'none', hours: { from: 0, to: 1440 }, days: 127 },
    })
    expect((await db.pool.query(`SELECT 1 FROM "Campaign"`)).rowCount).toBe(0)
    const { handle } = made.json()
    expect((await repeat(['list'])).out).toContain(`${handle}  ACTIVE  * * * * *  ${folder}/*.csv`)
    expect((await repeat(['show', handle.slice(0, 9), '--json'])).json()).toMatchObject({ handle, occurrences: [] })
  })

  it('--dry-run tells its next moments and the file, and writes nothing', async () => {
    drop('a.csv', 3)
    const dry = await repeating('--dry-run', '--json')
    expect(dry.json()).toMatchObject({ id: null, newest: 'a.csv', next_at: { length: 5 } })
    expect((await repeat(['list', '--json'])).json()).toEqual([])
  })

  it.each([
    ['a cron expression that is none', 2, ['--repeat', 'every day']],
    ['a schedule beside it', 2, ['--schedule', '2099-01-01 09:00']],
    ['--again', 2, ['--again']],
    ['--rejects', 2, ['--rejects', 'x.csv']],
    ['a throttling that is none', 2, ['--throttle', 'slowly']],
    ['a right that a USER has not', 7, ['--no-cap']],
  ])('refuses %s: %i', async (_, code, options) => {
    const run = await repeating(...options)
    expect(run.code, run.err).toBe(code)
    expect(run.err, 'what to do next').toMatch(/\n {2}\S/)
    expect((await repeat(['list', '--json'])).json()).toEqual([])
  })

  it('refuses a folder that is not there: 3; and keeps what it uses from being removed: 4', async () => {
    const options = ['--repeat', '@daily', '--wallet', 'Sul', '--broker', 'Sandbox', '--message', 'x']
    expect((await camp(['campaign', 'import', '/nowhere/*.csv', ...options], { env: user })).code).toBe(3)
    await succeed(camp(['broker', 'add', 'Outro', '--adapter', 'SANDBOX', '--cost', '0.01'], { env: admin }))
    const other = options.map(option => (option === 'Sandbox' ? 'Outro' : option))
    const made = await succeed(camp(['campaign', 'import', `${folder}/*.csv`, ...other, '--json'], { env: user }))
    const removed = await camp(['broker', 'remove', 'Outro', '--yes'], { env: admin })
    expect([removed.code, removed.err]).toEqual([4, expect.stringContaining(made.json().handle)])
  })
})

describe('run --due', () => {
  it('opens what is due, says what failed with 5, and list and show say why', async () => {
    const { handle, id } = (await repeating('--json')).json()
    drop('bad.csv', 1, 'nome')
    await makeDue(id)
    const failed = await camp(['campaign', 'run', '--due'], { env: user })
    expect(failed.code).toBe(5)
    expect(failed.err).toContain(`camp campaign repeat show`)
    expect((await repeat(['list'])).out).toMatch(/FAILED: bad\.csv, line 1: no column with phones was found/)
    expect((await repeat(['show', handle])).out).toMatch(/FAILED +bad\.csv .*no column with phones was found/)

    await db.pool.query(`DELETE FROM "Occurrence" WHERE recurrence_id = $1`, [id])
    drop('good.csv', 2)
    await makeDue(id)
    const opened = await camp(['campaign', 'run', '--due'], { env: user })
    expect([opened.code, opened.err]).toEqual([
      0,
      expect.stringMatching(/C\d{6}-\w+ from good\.csv \(it has no standing/),
    ])
    expect(await campaignsOf(id)).toMatchObject([{ status: 'PENDING_APPROVAL', rows: 2 }])
  })

  it('with a standing approval, opens, approves and starts; over its ceiling it waits, and show says why', async () => {
    const { handle, id } = (await repeating('--json')).json()
    expect((await repeat(['approve', handle, '--ceiling', '0.09'], user)).code).toBe(7)
    expect((await repeat(['approve', handle])).code).toBe(2)
    expect((await repeat(['approve', handle, '--ceiling', '1,5'])).code).toBe(2)
    expect((await repeat(['approve', handle, '--ceiling', '1', '--until', '2026-02-30'])).code).toBe(2)
    const early = await repeat(['approve', handle, '--ceiling', '0.09'])
    expect([early.code, early.err]).toEqual([4, expect.stringMatching(/no credential .*\n.*camp credential set "Sul"/)])
    await succeed(camp(['credential', 'set', 'Sul', 'Sandbox', 'url=http://127.0.0.1:9'], { env: admin }))
    const approved = await repeat(['approve', handle, '--ceiling', '0.09', '--until', '2099-12-31', '--json'])
    expect(approved.json().standing_approval).toMatchObject({
      by: ADMIN.email,
      ceiling: '0.09',
      until: '2099-12-31',
      void: null,
    })
    drop('two.csv', 2)
    await makeDue(id)
    const run = await camp(['campaign', 'run', '--due', '--json'], { env: user })
    expect(run.json()).toMatchObject([{ status: 'PROCESSING', rows: 2, approved_by: ADMIN.email }])

    await db.pool.query(`UPDATE "Occurrence" SET at = at - interval '1 day' WHERE recurrence_id = $1`, [id])
    drop('three.csv', 3)
    await makeDue(id)
    await succeed(camp(['campaign', 'run', '--due'], { env: user }))
    const waiting = (await campaignsOf(id)).at(-1)!
    const show = (await camp(['campaign', 'show', waiting.id], { env: user })).out
    expect(show).toMatch(/status +PENDING_APPROVAL/)
    expect(show).toContain(`opened by  the recurring campaign ${handle}`)
    expect(show).toMatch(/reason +not approved by the standing approval .* 0\.1350, over the ceiling of 0\.09/)
    await succeed(camp(['campaign', 'approve', waiting.id, '--yes'], { env: admin }))

    expect((await repeat(['revoke', handle, '--json'])).json().standing_approval).toBeNull()
    expect((await repeat(['pause', handle], user)).code).toBe(0)
    expect((await repeat(['pause', handle], user)).code).toBe(4)
    expect((await repeat(['resume', handle], user)).code).toBe(0)
    expect((await repeat(['remove', handle, '--yes'], user)).code).toBe(0)
    expect((await repeat(['list', '--json'])).json()).toEqual([])
    expect((await repeat(['list', '--all'])).out).toContain(handle)
    expect((await repeat(['show', 'R9'])).code).toBe(3)
    const { rows } = await db.pool.query(`SELECT action FROM "AuditEvent" WHERE subject_id = $1 ORDER BY at, id`, [id])
    expect(rows.map(row => row.action.split('.')[1])).toEqual([
      'add',
      'approve',
      'open',
      'open',
      'revoke',
      'pause',
      'resume',
      'remove',
    ])
  })

  it('of four processes at once, one opens it', async () => {
    const { id } = (await repeating('--json')).json()
    drop('a.csv', 500)
    await makeDue(id)
    const crons = await Promise.all([1, 2, 3, 4].map(() => startCamp(['campaign', 'run', '--due', '--json'], user)))
    expect((await Promise.all(crons.map(cron => cron.ended))).map(([code]) => code)).toEqual([0, 0, 0, 0])
    expect(await campaignsOf(id)).toMatchObject([{ rows: 500, leads: 500 }])
  })

  it('killed in the middle of the import, leaves nothing; the next one takes the file', async () => {
    const { id } = (await repeating('--json')).json()
    drop('big.csv', 300_000)
    await makeDue(id)
    const victim = spawnCamp(['campaign', 'run', '--due'], user)
    const ended = once(victim, 'exit')
    await until('rows are on their way', copying, count => count > 0)
    victim.kill('SIGKILL')
    expect(await ended).toEqual([null, 'SIGKILL'])
    await until('the server has let go of it', copying, count => count === 0)
    expect(await campaignsOf(id)).toEqual([])
    const { rows } = await db.pool.query(
      `SELECT (SELECT count(*)::int FROM "CampaignLead" l JOIN "Campaign" c ON c.id = l.campaign_id
        WHERE c.source_file = 'big.csv') AS leads,
              (SELECT count(*)::int FROM "Occurrence" WHERE recurrence_id = $1) AS occurrences`,
      [id],
    )
    expect(rows).toEqual([{ leads: 0, occurrences: 0 }])
    await succeed(camp(['campaign', 'run', '--due'], { env: user }))
    expect(await campaignsOf(id)).toMatchObject([{ rows: 300_000, leads: 300_000 }])
  })
})

it('a worker opens, approves, starts and sends it; what fails it says, and goes on', async () => {
  const sandbox = await openSandbox()
  await succeed(camp(['credential', 'set', 'Sul', 'Sandbox', `url=${sandbox.url}`], { env: admin }))
  const good = (await repeating('--json')).json()
  await succeed(repeat(['approve', good.handle, '--ceiling', '100.00']))
  drop('a.csv', 40)
  folder = scratchFolder('inbox')
  const bad = (await repeating('--json')).json()
  drop('bad.csv', 1, 'nome')
  await makeDue(bad.id)
  await makeDue(good.id)
  await workers({ count: 2 })
  const [campaign] = await until(
    'it is sent',
    () => campaignsOf(good.id),
    ([first]) => first?.status === 'FINISHED',
  )
  expect(campaign).toMatchObject({ rows: 40 })
  expect(sandbox.stats()).toMatchObject({ unique: 40, duplicates: 0 })
  const last = (await repeat(['show', bad.handle, '--json'])).json().last
  expect(last).toMatchObject({ status: 'FAILED', file: 'bad.csv' })
})

/** How many imports send rows to the server at this moment. */
async function copying(): Promise<number> {
  const { rowCount } = await db.pool.query(
    `SELECT 1 FROM pg_stat_activity
     WHERE datname = current_database() AND state = 'active' AND query LIKE 'COPY "CampaignLead"%'`,
  )
  return rowCount ?? 0
}
