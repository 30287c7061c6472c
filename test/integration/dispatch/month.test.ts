import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { reconcileBudgets } from '../../../src/budget/reconcile.ts'
import { retryFailed } from '../../../src/campaign/actions/retry.ts'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { approveCampaign } from '../../../src/campaign/approval/approve.ts'
import { resolveLeads } from '../../../src/campaign/doubt/resolve.ts'
import type { ClaimedBatch } from '../../../src/dispatch/model/claimed-batch.ts'
import { applyEvents } from '../../../src/webhook/apply-events.ts'
import { openInbox } from '../../../src/webhook/inbox.ts'
import { APPROVAL, byHand, claimed, outcomeOf } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { booksOf, makeCampaign, makeScene, type Scene, setBudget, setSelfApproval } from '../../support/fixtures.ts'

const db = useDatabase()
beforeAll(() => setSelfApproval(db.pool, 'allow'))

const NOVEMBER = { year: 2026, month: 11 }
const DECEMBER = { year: 2026, month: 12 }
/** São Paulo is three hours behind UTC, where it has been December since nine in the evening. */
const LAST_MOMENT = '2026-12-01T02:59:59.999Z'
const MIDNIGHT = '2026-12-01T03:00:00.000Z'
const NEXT_MORNING = '2026-12-01T13:00:00Z'

let hand: ReturnType<typeof byHand>
let scene: Scene
beforeEach(async () => {
  hand = byHand(db, new Date(LAST_MOMENT))
  scene = await makeScene(db.pool, { cost: '0.0333', maxBatch: 10, budget: '100.00', month: NOVEMBER })
})

/** What the two months have paid, as their budgets and their ledgers say: in messages of 0.0333. */
async function paid(): Promise<{ november: number | null; december: number | null }> {
  const { rows } = await db.pool.query<{ month: number; messages: string; ledger: string }>(
    `SELECT month, used_budget / 0.0333 AS messages,
            (SELECT coalesce(sum(amount), 0) FROM "BudgetEntry" WHERE budget_id = b.id) / 0.0333 AS ledger
     FROM "Budget" b WHERE wallet_id = $1`,
    [scene.walletId],
  )
  for (const row of rows) expect(Number(row.ledger)).toBe(Number(row.messages))
  expect((await reconcileBudgets(db.pool)).differences).toEqual([])
  const of = (month: number) => rows.find(row => row.month === month)
  const figure = (month: number) => (of(month) ? Number(of(month)!.messages) : null)
  return { november: figure(11), december: figure(12) }
}

async function start(leads: number): Promise<string> {
  const id = await makeCampaign(db.pool, scene, { leads })
  await runCampaign(hand.deps, id, scene.userId)
  await hand.answered(id)
  return id
}

async function claimNext(id: string): Promise<ClaimedBatch> {
  return claimed(await hand.claim((await hand.queued(id))[0]!))
}

const answer = (batch: ClaimedBatch, kinds: Parameters<typeof outcomeOf>[0][]) =>
  hand.settle(batch, { outcomes: batch.leads.map((_, i) => outcomeOf(kinds[i % kinds.length]!)) })

describe('a month that turns during a campaign', () => {
  beforeEach(() => setBudget(db.pool, scene.walletId, '100.00', DECEMBER))

  it('pays what is claimed before São Paulo’s midnight, and the next month what is claimed from then on', async () => {
    const id = await start(40)
    await claimNext(id)
    expect(await paid()).toEqual({ november: 10, december: 0 })
    hand.moveTo(MIDNIGHT)
    await claimNext(id)
    expect(await paid()).toEqual({ november: 10, december: 10 })
  })

  it('gets back what it paid for, also when that is settled in the next one', async () => {
    const id = await start(40)
    const batch = await claimNext(id)
    hand.moveTo(MIDNIGHT)
    await answer(batch, ['REJECTED', 'ACCEPTED'])
    expect(await paid()).toEqual({ november: 5, december: 0 })
  })

  it('gets back what was not taken; when that goes out, the next month pays', async () => {
    const id = await start(10)
    const batch = await claimNext(id)
    hand.moveTo(MIDNIGHT)
    await answer(batch, ['NOT_ACCEPTED'])
    expect(await paid()).toEqual({ november: 0, december: 0 })
    hand.moveTo(NEXT_MORNING)
    await answer(await claimNext(id), ['ACCEPTED'])
    expect(await paid()).toEqual({ november: 0, december: 10 })
  })

  it('gets back what turns out not to be sent, when the rest of the same batch was paid by the next one', async () => {
    const id = await start(10)
    await answer(await claimNext(id), ['IN_DOUBT', 'NOT_ACCEPTED'])
    hand.moveTo(NEXT_MORNING)
    await answer(await claimNext(id), ['ACCEPTED'])
    expect(await paid()).toEqual({ november: 5, december: 5 })
    await resolveLeads(hand.deps, id, { verdict: 'NOT_SENT', leads: null, userId: scene.userId })
    expect(await paid()).toEqual({ november: 0, december: 5 })
  })

  it('gets back what was not delivered, when others of its range were retried in the next one', async () => {
    await db.pool.query(`UPDATE "Broker" SET billing = 'DELIVERED' WHERE id = $1`, [scene.brokerId])
    const id = await start(10)
    const batch = await claimNext(id)
    await answer(batch, ['REJECTED', ...Array<'ACCEPTED'>(8).fill('ACCEPTED'), 'REJECTED'])
    hand.moveTo(NEXT_MORNING)
    await retryFailed(hand.deps, id, scene.userId, undefined)
    await approveCampaign(hand.deps, id, scene.userId, APPROVAL)
    await runCampaign(hand.deps, id, scene.userId)
    await answer(await claimNext(id), ['ACCEPTED'])
    expect(await paid()).toEqual({ november: 8, december: 2 })
    // The fourth lead was November's; the retried ones stand before and behind it.
    const event = { event: 'FAILED' as const, leadId: batch.leads[3]!.id, occurredAt: hand.now(), payload: {} }
    await openInbox(db.pool, { now: hand.now }).store(scene.brokerId, [event])
    await applyEvents(db.pool, { limit: 10, now: hand.now() })
    expect(await paid()).toEqual({ november: 7, december: 2 })
  })
})

it('a campaign whose new month has no budget FAILS with that month, and goes on when it has one', async () => {
  const id = await start(20)
  await answer(await claimNext(id), ['ACCEPTED'])
  hand.moveTo(MIDNIGHT)
  const claimAgain = async () => hand.claim((await hand.queued(id))[0]!)
  expect(await claimAgain()).toMatchObject({ kind: 'FAILED' })
  expect(await booksOf(db.pool, id)).toMatchObject({
    campaign: 'FAILED',
    reason: 'the wallet has no budget for 2026-12',
    statuses: { SENT: 10, PENDING: 10 },
  })
  expect(await paid()).toEqual({ november: 10, december: null })
  await setBudget(db.pool, scene.walletId, '0.33', DECEMBER)
  await resumeCampaign(hand.deps, id, scene.userId)
  await answer(await claimNext(id), ['ACCEPTED'])
  expect(await claimAgain()).toMatchObject({ kind: 'FAILED' })
  expect(await booksOf(db.pool, id)).toMatchObject({
    reason: 'too little budget for 2026-12: 0.0303 left, a message costs 0.0333',
    statuses: { SENT: 19, PENDING: 1 },
  })
  expect(await paid()).toEqual({ november: 10, december: 9 })
})
