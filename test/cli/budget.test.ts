import { beforeAll, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed } from '../support/login.ts'

const db = useDatabase()
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  env = await adminEnv(db)
  await succeed(camp(['wallet', 'add', 'Acme', '--idgis', '7'], { env }))
})
const run = (line: string) => camp([...line.split(' '), '--json'], { env })
const json = async (line: string) => (await succeed(run(line))).json()

it('sets, shows and lists a limit, in decimal strings', async () => {
  const shown = {
    wallet: 'Acme',
    year: 2026,
    month: 11,
    budget: '1500.0000',
    used_budget: '0.0000',
    committed: '0.0000',
    available: '1500.0000',
  }
  expect(await json('budget set Acme 2026-11 1.500,00')).toEqual(shown)
  expect(await json('budget show acme 2026-11')).toEqual(shown)
  await json('budget set 7 2026-12 10')
  expect((await json('budget list --wallet Acme')).map((row: { month: number }) => row.month)).toEqual([12, 11])
  expect(await json('budget ledger Acme 2026-11')).toEqual([])
  expect((await json('wallet show Acme')).budgets).toEqual(['2026-11', '2026-12'])
})

it.each([
  ['budget set Acme 2026-13 10', 2],
  ['budget set Acme 11/2026 10', 2],
  ['budget set Acme 2026-11 ten', 5],
  ['budget set Acme 2026-11 0.001', 5],
  ['budget set Nobody 2026-11 10', 3],
  ['budget show Acme 2027-01', 3],
  ['budget ledger Acme 2027-01', 3],
  ['budget list --wallet Nobody', 3],
])('%s exits %i', async (line, code) => {
  expect(await run(line)).toMatchObject({ code, out: '' })
})

it('names the command that sets a missing budget', async () => {
  expect((await run('budget show Acme 2027-01')).error()).toMatchObject({
    code: 'BUDGET_NOT_FOUND',
    hint: expect.stringContaining('camp budget set "Acme" 2027-01 AMOUNT'),
  })
})

it('lets an ADMIN go below what was used, with a warning; the audit tells what does not agree, with 6', async () => {
  const { id } = await db.prisma.budget.findFirstOrThrow({ where: { month: 12 } })
  await db.pool.query(`UPDATE "Budget" SET used_budget = 9.5 WHERE id = $1`, [id])
  const entry = `INSERT INTO "BudgetEntry" (id, budget_id, kind, amount) VALUES (gen_random_uuid(), $1, 'ADJUST', 9.5)`
  await db.pool.query(entry, [id])
  const lowered = await run('budget set Acme 2026-12 5')
  expect(lowered.err).toContain('warning: the used amount (9.50) exceeds this limit')
  expect(lowered.json()).toMatchObject({ budget: '5.0000', used_budget: '9.5000', available: '-4.5000' })
  const stray = { check: 'ENTRY', found: 'ADJUST 9.5000 of no batch' }
  expect((await run('budget audit')).json()).toMatchObject({ ok: false, budgets: 2, differences: [stray] })
  expect(await json('budget ledger Acme 2026-12')).toMatchObject([{ kind: 'ADJUST', amount: '9.5000', batch: null }])

  await db.pool.query(`UPDATE "Budget" SET used_budget = 9 WHERE id = $1`, [id])
  const audit = await run('budget audit')
  expect(audit.code).toBe(6)
  expect(audit.json()).toMatchObject({
    ok: false,
    differences: [{ check: 'LEDGER', expected: '9.5000', found: '9.0000' }, stray],
  })
  expect((await camp(['budget', 'audit'], { env })).out).toContain(
    'budget Acme 2026-12: used_budget 9.0000, expected 9.5000 (compare with camp budget ledger)\n',
  )
})
