import { beforeAll, describe, expect, it } from 'vitest'
import type { Difference } from '../../../src/budget/difference.ts'
import { reconcileBudgets } from '../../../src/budget/reconcile.ts'
import { unapproved } from '../../../src/budget/reconcile-approvals.ts'
import { useDatabase } from '../../support/database.ts'
import { asSuperuser, sendCampaign, type Told } from '../../support/tampering.ts'
import { undone } from '../../support/transaction.ts'

/** Books that agree with one another, changed by plain SQL: each kind is found by what it no longer agrees with. */
const db = useDatabase()
let told: Told
let other: Told
beforeAll(async () => {
  told = await sendCampaign(db)
  other = await sendCampaign(db)
})

async function after(...statements: string[]): Promise<Difference[]> {
  return undone(db.pool, async sql => {
    await asSuperuser(sql, statements)
    return (await reconcileBudgets(sql)).differences
  })
}
const checksOf = (differences: readonly Difference[]) => [...new Set(differences.map(({ check }) => check))]
const lead = (seq: number) => `campaign_id = '${told.campaignId}' AND seq = ${seq}`

it('agrees with what camp has written', async () => {
  expect((await reconcileBudgets(db.pool)).differences).toEqual([])
  expect(await unapproved(db.pool)).toEqual([])
})

/** One message less, in the entry, the batch and the budget. */
const unbill = (batch: string, messages: number) => [
  `UPDATE "BudgetEntry" SET amount = amount - 0.0450 * ${messages}, messages = messages - ${messages}
   WHERE batch_id = '${batch}' AND kind = 'RESERVE'`,
  `UPDATE "Batch" SET reserved = reserved - 0.0450 * ${messages} WHERE id = '${batch}'`,
  `UPDATE "Budget" SET used_budget = used_budget - 0.0450 * ${messages} WHERE id = (SELECT budget_id FROM "Batch" WHERE id = '${batch}')`,
]

describe('leads', () => {
  it.each([
    ['SENT', 2],
    ['DELIVERED', 2],
    ['READ', 2],
    ['IN_DOUBT', 12],
  ])('%s, and not billed', async (status, seq) => {
    const found = await after(
      `UPDATE "CampaignLead" SET billed = false, status = '${status}' WHERE ${lead(seq)}`,
      ...unbill(told.batches[0], 1),
    )
    expect(found).toMatchObject([
      {
        check: 'STATUS',
        where: expect.stringContaining(`${status} leads that are not billed`),
        found: `1 (seq ${seq})`,
      },
    ])
  })

  it('ERROR or PENDING, and billed', async () => {
    const bill = [
      ...unbill(told.batches[0], -1),
      `UPDATE "CampaignLead" SET billed = true, status = 'PENDING', error_code = NULL WHERE ${lead(10)}`,
    ]
    expect(checksOf(await after(...bill))).toEqual(['STATUS', 'HISTORY'])
    const error = `UPDATE "CampaignLead" SET billed = true, sent_at = NULL WHERE ${lead(10)}`
    expect(checksOf(await after(...unbill(told.batches[0], -1), error))).toEqual(['STATUS', 'HISTORY'])
  })

  it('ERROR made SENT, not billed or billed', async () => {
    const sent = `UPDATE "CampaignLead" SET status = 'SENT', error_code = NULL, sent_at = now() WHERE ${lead(10)}`
    expect(checksOf(await after(sent))).toEqual(['STATUS', 'HISTORY'])
    const billed = `UPDATE "CampaignLead" SET billed = true WHERE ${lead(10)}`
    const found = await after(sent, billed, ...unbill(told.batches[0], -1))
    expect(found).toMatchObject([
      { check: 'HISTORY', where: expect.stringContaining('SENT leads whose last event is REFUSED') },
    ])
  })

  it('SENT made ERROR, its cost given back', async () => {
    const found = await after(
      `UPDATE "CampaignLead" SET status = 'ERROR', billed = false, error_code = 'NOT_SENT' WHERE ${lead(2)}`,
      ...unbill(told.batches[0], 1),
    )
    expect(found).toMatchObject([
      { check: 'HISTORY', where: expect.stringContaining('ERROR leads whose last event is ACCEPTED') },
    ])
  })

  it('a batch un-billed on all sides', async () => {
    const batch = told.batches[1]
    const found = await after(
      `UPDATE "Budget" SET used_budget = used_budget - 0.2700 WHERE id = (SELECT budget_id FROM "Batch" WHERE id = '${batch}')`,
      `DELETE FROM "BudgetEntry" WHERE batch_id = '${batch}'`,
      `UPDATE "Batch" SET reserved = 0, accepted = 0 WHERE id = '${batch}'`,
      `UPDATE "CampaignLead" SET status = 'ERROR', billed = false, error_code = 'CANCELLED', sent_at = NULL
       WHERE campaign_id = '${told.campaignId}' AND batch_number = 2`,
    )
    expect(found).toMatchObject([{ check: 'COUNTERS' }, { check: 'HISTORY', found: '6 (seq 14, 16, 18, 20, 22, …)' }])
  })

  it('a phone that it was not sent to', async () => {
    const found = await after(`UPDATE "CampaignLead" SET phone = '5511900000000' WHERE ${lead(4)}`)
    expect(found).toMatchObject([{ check: 'RECIPIENTS', where: expect.stringContaining('batch 1') }])
  })
})

describe('batches', () => {
  it.each([
    ['accepted', '4'],
    ['refused', '1'],
  ])('the counter %s', async (counter, expected) => {
    const found = await after(`UPDATE "Batch" SET ${counter} = ${counter} + 2 WHERE id = '${told.batches[0]}'`)
    expect(found).toMatchObject([
      {
        check: 'COUNTERS',
        where: expect.stringContaining(`batch 1: ${counter}`),
        expected: expect.stringContaining(expected),
      },
    ])
  })

  it('the price halved on all sides', async () => {
    const batch = told.batches[1]
    const found = await after(
      `UPDATE "Budget" SET used_budget = used_budget - 0.1350 WHERE id = (SELECT budget_id FROM "Batch" WHERE id = '${batch}')`,
      `UPDATE "BudgetEntry" SET amount = amount / 2 WHERE batch_id = '${batch}'`,
      `UPDATE "Batch" SET reserved = reserved / 2, unit_cost = unit_cost / 2 WHERE id = '${batch}'`,
    )
    expect(found).toMatchObject([{ check: 'PRICE', expected: '0.0450', found: '0.0225' }])
  })

  const moveTo = (budget: string) => [
    `UPDATE "Budget" SET used_budget = used_budget - 0.2700 WHERE id = (SELECT budget_id FROM "Batch" WHERE id = '${told.batches[1]}')`,
    `UPDATE "Budget" SET used_budget = used_budget + 0.2700 WHERE id = (${budget})`,
    `UPDATE "BudgetEntry" SET budget_id = (${budget}) WHERE batch_id = '${told.batches[1]}'`,
    `UPDATE "Batch" SET budget_id = (${budget}) WHERE id = '${told.batches[1]}'`,
  ]
  const budgetOf = (wallet: string, month: number) =>
    `SELECT id FROM "Budget" WHERE wallet_id = '${wallet}' AND month = ${month}`

  it("the cost moved to another wallet's budget", async () => {
    expect(checksOf(await after(...moveTo(budgetOf(other.scene.walletId, 11))))).toEqual(['PAYER'])
  })

  it("the cost moved to another month's budget, also with the entry's time", async () => {
    const moved = moveTo(budgetOf(told.scene.walletId, 12))
    expect(checksOf(await after(...moved))).toEqual(['MONTH'])
    const dated = `UPDATE "BudgetEntry" SET created_at = '2026-12-10' WHERE batch_id = '${told.batches[1]}'`
    expect(checksOf(await after(...moved, dated))).toEqual(['MONTH'])
  })

  it("an entry of another wallet's budget beside its own", async () => {
    const entry = (amount: string, messages: number) =>
      `INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, messages, batch_id, reason)
       VALUES (gen_random_uuid(), (${budgetOf(other.scene.walletId, 11)}), 'RELEASE', ${amount}, ${messages}, '${told.batches[1]}', 'x')`
    const found = await after(entry('-0.0450', -1), entry('0.0450', 1))
    expect(found).toMatchObject([{ check: 'PAYER', expected: 'nothing of another wallet' }])
  })
})

describe('budgets', () => {
  const budget = () => `wallet_id = '${told.scene.walletId}' AND month = 11`

  it('a limit that camp budget set has not set', async () => {
    expect(await after(`UPDATE "Budget" SET budget = 99 WHERE ${budget()}`)).toMatchObject([
      { check: 'LIMIT', where: expect.stringMatching(/2026-11: limit$/), expected: '10.00', found: '99.00' },
    ])
  })

  it('more used than any audited limit allowed', async () => {
    const found = await after(
      `UPDATE "AuditEvent" SET detail = '{"to":"0.10"}'
       WHERE action = 'budget.set' AND subject_id = (SELECT id::text FROM "Budget" WHERE ${budget()})`,
      `UPDATE "Budget" SET budget = 0.10 WHERE ${budget()}`,
    )
    expect(found).toMatchObject([
      { check: 'LIMIT', where: expect.stringMatching(/used_budget$/), expected: 'at most 0.1000', found: '0.4950' },
    ])
  })

  it('an entry of no batch', async () => {
    const found = await after(
      `INSERT INTO "BudgetEntry" (id, budget_id, kind, amount) SELECT gen_random_uuid(), id, 'ADJUST', -0.4 FROM ` +
        `"Budget" WHERE ${budget()}`,
      `UPDATE "Budget" SET used_budget = used_budget - 0.4 WHERE ${budget()}`,
    )
    expect(found).toMatchObject([{ check: 'ENTRY', found: 'ADJUST -0.4000 of no batch' }])
  })
})

describe('approvals', () => {
  it('of another user, or at another price, than the audit has', async () => {
    const by = `UPDATE "Campaign" SET approved_by = '${other.scene.userId}' WHERE id = '${told.campaignId}'`
    expect(await after(by)).toMatchObject([{ check: 'APPROVAL', where: expect.stringContaining('approved by') }])
    const price = `UPDATE "Campaign" SET unit_cost = 0.01 WHERE id = '${told.campaignId}'`
    expect(await after(price)).toMatchObject([{ check: 'APPROVAL', expected: '0.0450', found: '0.0100' }])
  })

  it('that never was', async () => {
    const forged = `DELETE FROM "AuditEvent" WHERE action = 'campaign.approve' AND subject_id = '${told.campaignId}'`
    expect(checksOf(await after(forged))).toEqual(['APPROVAL'])
    const found = await undone(db.pool, async sql => {
      await asSuperuser(sql, [forged, `UPDATE "Campaign" SET approved_by = NULL WHERE id = '${told.campaignId}'`])
      return unapproved(sql)
    })
    expect(found).toMatchObject([{ check: 'APPROVAL', found: 'FINISHED' }])
  })
})

it('refuses to change or delete a row of the ledger or the audit; what they belong to may go', async () => {
  for (const statement of [
    `UPDATE "BudgetEntry" SET amount = 0`,
    `DELETE FROM "BudgetEntry"`,
    `UPDATE "AuditEvent" SET user_id = NULL`,
    `DELETE FROM "AuditEvent"`,
    `DELETE FROM "LeadEvent"`,
  ]) {
    await expect(undone(db.pool, sql => sql.query(statement))).rejects.toThrow('is append-only')
  }
  await undone(db.pool, sql => sql.query(`DELETE FROM "Campaign" WHERE id = $1`, [told.campaignId]))
})
