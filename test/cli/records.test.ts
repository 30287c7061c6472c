import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'

const db = useDatabase()
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  env = await adminEnv(db)
  await succeed(camp(['wallet', 'add', 'Acme', '--idgis', '7'], { env }))
  await succeed(camp(['budget', 'set', 'Acme', '2026-11', '100'], { env }))
})
const audit = (options: string[] = [], who = env) => camp(['audit', 'verify', ...options], { env: who })
const budgetAudit = (options: string[] = []) => camp(['budget', 'audit', ...options], { env })
const elsewhere = () => ({ ...env, CAMP_HOME: scratchFolder('home'), CAMP_TOKEN: token })
let token: string

/** As a superuser does: triggers off. */
const tamper = (sql: string) => db.pool.query(`BEGIN; SET LOCAL session_replication_role = replica; ${sql}; COMMIT`)

it('agrees, and each command that wrote to the audit has left a checkpoint', async () => {
  token = (await succeed(camp(['user', 'token', 'ana@example.com', '--quiet'], { env }))).out.trim()
  const { rows } = await db.pool.query(
    `SELECT (SELECT count(*)::int FROM "AuditEvent") AS events, sum(count)::int AS covered FROM "Checkpoint"`,
  )
  expect(rows[0].covered).toBe(rows[0].events)
  const result = (await succeed(audit(['--json']))).json()
  expect(result).toMatchObject({ ok: true, findings: [], notes: [] })
  expect(result.head).toMatch(/^\d+:[0-9a-f]{64}$/)
  expect((await succeed(audit(['--head']))).out.trim()).toBe(result.head)
  expect((await succeed(audit())).out).toBe(
    `Nothing was changed: ${result.checkpoints} checkpoints of audit, ledger and attempts agree.\n`,
  )
  const books = (await succeed(budgetAudit(['--json']))).json()
  expect(books).toMatchObject({ ok: true, differences: [], records: { findings: [], notes: [], head: result.head } })
  expect((await succeed(budgetAudit())).out).toMatch(
    /^No difference\. Compared: budgets 1, batches 0, ledger entries 0, checkpoints \d+\.\n$/,
  )
})

it('ends with 6 and a line for each thing that was changed', async () => {
  await tamper(`UPDATE "Budget" SET budget = 900`)
  await tamper(`UPDATE "AuditEvent" SET detail = '{"to":"900.00"}' WHERE action = 'budget.set'`)
  const run = await audit()
  expect(run.code).toBe(6)
  expect(run.err).toMatch(/^error: 1 finding\(s\): records were changed, deleted or inserted\n/)
  expect((await audit(['--json'])).error().code).toBe('RECORDS_CHANGED')
  expect((await budgetAudit()).out).toContain('was changed after it was written')
  expect(run.out).toMatch(
    /^audit event \S+ \(budget\.set of Budget \S+\) was changed after it was written: compare with an earlier backup\n$/,
  )
  await tamper(`UPDATE "AuditEvent" SET detail = detail || '{"to":"100.00"}' WHERE action = 'budget.set'`)
  expect((await budgetAudit()).out).toContain('budget Acme 2026-11: limit 900.00, expected 100.00 (ask the ADMINs')
  await tamper(`UPDATE "Budget" SET budget = 100`)
  // The event's other details are gone.
  const [{ id }] = (await db.pool.query(`SELECT id, wallet_id FROM "Budget"`)).rows
  await tamper(
    `UPDATE "AuditEvent" SET detail = jsonb_build_object('wallet_id', (SELECT wallet_id FROM "Budget" WHERE id = '${id}'),
       'year', 2026, 'month', 11, 'from', NULL, 'to', '100.00') WHERE action = 'budget.set'`,
  )
  await succeed(audit())
})

it('finds a deleted event and one inserted with an old number', async () => {
  const { rows } = await db.pool.query(`SELECT * FROM "AuditEvent" WHERE action = 'wallet.add'`)
  await tamper(`DELETE FROM "AuditEvent" WHERE action = 'wallet.add'`)
  expect((await audit()).out).toMatch(new RegExp(`AuditEvent: row ${rows[0].n} of checkpoint \\d+, deleted since`))
  const inserted = JSON.stringify({ ...rows[0], action: 'wallet.set' })
  await tamper(`INSERT INTO "AuditEvent" SELECT * FROM jsonb_populate_record(NULL::"AuditEvent", '${inserted}')`)
  expect((await audit()).out).toContain('(wallet.set of Wallet')
  await tamper(`UPDATE "AuditEvent" SET action = 'wallet.add' WHERE n = ${rows[0].n}`)
  await succeed(audit())
})

it('misses the newest rows, cut off with their checkpoints, by what is kept outside of the database', async () => {
  await succeed(camp(['budget', 'set', 'Acme', '2026-11', '5000'], { env }))
  const head = (await succeed(audit(['--head']))).out.trim()
  const number = Number(head.split(':')[0])
  await tamper(`DELETE FROM "Checkpoint" WHERE number >= ${number}`)
  await tamper(`DELETE FROM "AuditEvent" WHERE n = (SELECT max(n) FROM "AuditEvent"); UPDATE "Budget" SET budget = 100`)
  const here = await audit()
  expect(here.code).toBe(6)
  expect(here.out).toContain(
    `checkpoint ${number} does not exist, the newest is ${number - 1}: records are missing since (this machine`,
  )
  // A command that writes has a checkpoint of this number again: what was kept is not written over.
  await succeed(camp(['wallet', 'set', 'Acme', '--idgis', '8'], { env }))
  expect((await audit()).out).toContain(
    `checkpoint ${number} differs from the one that was kept: the records were rewritten (this machine`,
  )

  await succeed(audit([], elsewhere()))
  const expected = await audit(['--expect', head], elsewhere())
  expect([expected.code, expected.out]).toEqual([6, expect.stringContaining('(by --expect;')])

  expect(await audit(['--accept-head', '--yes'], await userEnv(db, env))).toMatchObject({ code: 7 })
  await succeed(audit(['--accept-head', '--yes']))
  await succeed(audit())
  const event = await db.prisma.auditEvent.findFirstOrThrow({ where: { action: 'records.accept' } })
  expect(event.detail).toEqual({ head })
})

it('agrees after a rotation, and remembers what it has seen before', async () => {
  const head = (await succeed(audit(['--head']))).out.trim()
  const file = join(scratchFolder('secret'), 'secret')
  const secret = randomBytes(24).toString('base64url')
  writeFileSync(file, secret)
  await succeed(camp(['secret', 'rotate', '--file', file, '--yes'], { env }))
  env = { ...env, CAMP_SECRET: secret }
  await succeed(camp(['login', 'ana@example.com', '--password-stdin'], { env, stdin: 'correct horse\n' }))
  const result = (await succeed(audit(['--expect', head, '--json']))).json()
  expect(result).toMatchObject({ findings: [], notes: [] })
})

it.each(['1', '1:xyz', `x:${'0'.repeat(64)}`])('%s is no head', async text => {
  expect(await audit(['--expect', text])).toMatchObject({ code: 2, out: '' })
})

it('says what a reset of the secret leaves unproved', async () => {
  env = { ...env, CAMP_SECRET: 'a-secret-after-the-lost-one' }
  await succeed(
    camp(['secret', 'reset', 'ana@example.com', '--password-stdin', '--yes'], { env, stdin: 'correct horse\n' }),
  )
  await succeed(camp(['login', 'ana@example.com', '--password-stdin'], { env, stdin: 'correct horse\n' }))
  const { out } = await succeed(audit())
  expect(out).toMatch(
    /note: camp secret reset at \S+ \(checkpoint \d+\): older records are proved only by a head kept elsewhere/,
  )
})
