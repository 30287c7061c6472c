import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatMoney, type Money } from '../../../src/budget/money.ts'
import { reconcileBudgets } from '../../../src/budget/reconcile.ts'
import { useDatabase } from '../../support/database.ts'
import { beginWalk, type Step, take, type Walk, walks } from '../../support/walk.ts'

const db = useDatabase()

it('after any claims, settles, callbacks, decisions: used = ledger = price × billed, in its month and within its limit', async () => {
  await fc.assert(
    fc.asyncProperty(walks(), async steps => {
      const walk = await beginWalk(db, { 11: '0.60', 12: '0.40' })
      const lateDeliveries = new Map<number, Money>()
      for (const step of steps) {
        const before = await billedLeads(walk)
        await take(walk, step)
        await compare(walk, step, before, lateDeliveries)
      }
      await take(walk, { do: 'cancel' })
    }),
    // As many as there is time for: a noisy machine must not make it fail.
    { numRuns: 15, interruptAfterTimeLimit: 25_000 },
  )
})

/**
 * @param lateDeliveries by month, what was given back, spent on others, and then delivered after all: it may pass the limit
 * (books.ts)
 */
async function compare(
  walk: Walk,
  { do: what }: Step,
  before: ReadonlySet<string>,
  lateDeliveries: Map<number, Money>,
): Promise<void> {
  const used = new Map([...walk.limits.keys()].map(month => [month, 0n]))
  for (const lead of await billedLeads(walk)) {
    const paid = walk.paidBy.get(lead)
    if (!paid) throw new Error(`lead ${lead} is billed, and nobody has claimed it`)
    used.set(paid.month, used.get(paid.month)! + paid.price)
    if (what === 'tell' && !before.has(lead))
      lateDeliveries.set(paid.month, (lateDeliveries.get(paid.month) ?? 0n) + paid.price)
  }
  const { rows } = await db.pool.query<{ month: number; used: string; ledger: string }>(
    `SELECT month, used_budget AS used,
            (SELECT coalesce(sum(amount), 0)::numeric(14, 4) FROM "BudgetEntry" WHERE budget_id = b.id) AS ledger
     FROM "Budget" b WHERE wallet_id = $1 ORDER BY month`,
    [walk.scene.walletId],
  )
  const expected = [...used].map(([month, money]) => ({ month, used: formatMoney(money), ledger: formatMoney(money) }))
  expect(rows, `after ${what}`).toEqual(expected)
  for (const [month, money] of used) {
    const most = walk.limits.get(month)! + (lateDeliveries.get(month) ?? 0n)
    expect(money <= most, `month ${month} has used ${formatMoney(money)} of ${formatMoney(most)}`).toBe(true)
  }
  // The walk's campaign runs before it is approved, at the broker's price of the moment.
  const differences = (await reconcileBudgets(db.pool)).differences.filter(({ check }) => check !== 'PRICE')
  expect(differences).toEqual([])
}

async function billedLeads({ id }: Walk): Promise<Set<string>> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT id FROM "CampaignLead" WHERE campaign_id = $1 AND billed`,
    [id],
  )
  return new Set(rows.map(row => row.id))
}
