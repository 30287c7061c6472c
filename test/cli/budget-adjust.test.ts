import { beforeAll, expect, it } from 'vitest'
import { recordOutsideUse } from '../../src/budget/outside-use.ts'
import { transaction } from '../../src/database/pool.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed } from '../support/login.ts'

const db = useDatabase()
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  env = await adminEnv(db)
  await succeed(camp(['wallet', 'add', 'Acme', '--idgis', '7'], { env }))
  await succeed(camp(['budget', 'set', 'Acme', '2026-11', '100'], { env }))
})
const adjust = (amount: string, reason = 'bill 4711') =>
  camp(['budget', 'adjust', 'Acme', '2026-11', '--json', '--reason', reason, '--', amount], { env })
const json = async (line: string) => (await succeed(camp([...line.split(' '), '--json'], { env }))).json()

it('corrects what a month has used, in the ledger with its user and reason, and in the audit', async () => {
  const { entry, ...told } = (await succeed(adjust('12,3450'))).json()
  expect(told).toMatchObject({ wallet: 'Acme', month: 11, used_budget: '12.3450', available: '87.6550' })
  await succeed(adjust('-2.30', 'bill 4711: refunded'))
  expect(await json('budget ledger Acme 2026-11')).toMatchObject([
    { id: entry, kind: 'ADJUST', amount: '12.3450', messages: 0, user: 'ana@example.com', reason: 'bill 4711' },
    { kind: 'ADJUST', amount: '-2.3000', user: 'ana@example.com', reason: 'bill 4711: refunded' },
  ])
  const { out } = await succeed(camp(['budget', 'ledger', 'Acme', '2026-11'], { env }))
  expect(out).toMatch(/ADJUST +12\.3450 +0 +ana@example\.com +bill 4711\n/)
  expect((await json('audit list --action budget.adjust')).map((row: { detail: unknown }) => row.detail)).toMatchObject(
    [
      { amount: '-2.3000', reason: 'bill 4711: refunded' },
      { entry, amount: '12.3450', reason: 'bill 4711' },
    ],
  )
})

it('agrees with the audit of the books and with the report', async () => {
  expect(await json('budget audit')).toMatchObject({ ok: true, differences: [] })
  const report = await json('report --month 2026-11')
  expect(report).toMatchObject({
    books_agree: true,
    wallets: [{ wallet: 'Acme', spent: '0.0000', adjusted: '10.0450' }],
  })
  expect((await camp(['report', '--month', '2026-11'], { env })).out).toMatch(/ADJUSTED +LIMIT\n.* 10\.0450 +100\.00\n/)
})

it.each([
  ['0', 5, 'changes nothing'],
  ['-0,0000', 5, 'changes nothing'],
  ['-10,0451', 5, 'only 10.0450 is used: -10.0451 is too much'],
  ['1.23456', 5, 'is not an amount'],
  ['--5', 5, 'is negative'],
])('refuses %s with %i', async (amount, code, why) => {
  const refused = await adjust(amount)
  expect([refused.code, refused.error().message]).toEqual([code, expect.stringContaining(why)])
  expect(await json('budget ledger Acme 2026-11')).toHaveLength(2)
})

it('names what sets a missing budget, and requires a reason', async () => {
  const missing = await camp(['budget', 'adjust', 'Acme', '2027-01', '1', '--reason', 'x', '--json'], { env })
  expect(missing.error().code).toBe('BUDGET_NOT_FOUND')
  expect((await camp(['budget', 'adjust', 'Acme', '2026-11', '1'], { env })).code).toBe(2)
  expect(await adjust('1', ' ')).toMatchObject({ code: 2, err: expect.stringContaining('A reason is a text') })
})

it('may exceed the limit with a yes, with a warning; a later refund does not hide that the limit was kept', async () => {
  expect(await adjust('95')).toMatchObject({
    code: 2,
    err: expect.stringContaining('would exceed the limit of 100.00'),
  })
  expect(await json('budget ledger Acme 2026-11')).toHaveLength(2)
  const over = await succeed(
    camp(['budget', 'adjust', 'Acme', '2026-11', '--json', '--yes', '--reason', 'bill 4712', '95'], { env }),
  )
  expect(over.err).toContain('exceeds this limit: nothing more is sent in 2026-11')
  await succeed(adjust('-5.0450'))
  expect(await json('budget audit')).toMatchObject({ ok: true })
})

it('is left alone by an import of the old system', async () => {
  const { id } = await db.prisma.budget.findFirstOrThrow()
  const { id: userId } = await db.prisma.user.findFirstOrThrow()
  const again = await transaction(db.pool, tx =>
    recordOutsideUse(tx, [id], { userId, timezone: 'America/Sao_Paulo', now: new Date() }),
  )
  expect(again).toEqual([])
  expect(await json('budget ledger Acme 2026-11')).toHaveLength(4)
})

it('is found if it is written without its audit, or its user is changed', async () => {
  await db.pool.query(
    `BEGIN; SET LOCAL session_replication_role = replica;
     UPDATE "BudgetEntry" SET user_id = NULL WHERE reason = 'bill 4711: refunded'; COMMIT`,
  )
  const verified = await camp(['audit', 'verify'], { env })
  expect([verified.code, verified.out]).toEqual([6, expect.stringMatching(/^ledger entry \S+ was changed after/)])
})
