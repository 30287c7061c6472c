import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { CallbackEvent, Outcome } from '../../../src/broker/port.ts'
import { auditBudgets } from '../../../src/budget/audit.ts'
import { formatMoney, type Money, moneyOf } from '../../../src/budget/money.ts'
import * as moves from '../../../src/campaign/moves.ts'
import { resolveLeads, type Verdict } from '../../../src/campaign/resolve.ts'
import { retryFailed } from '../../../src/campaign/retry.ts'
import type { ClaimedBatch } from '../../../src/dispatch/claim.ts'
import { monthOf } from '../../../src/dispatch/hours.ts'
import { sweep } from '../../../src/dispatch/sweep.ts'
import { applyEvents } from '../../../src/webhook/apply.ts'
import { openInbox } from '../../../src/webhook/inbox.ts'
import { APPROVAL, byHand, outcomeOf, SAO_PAULO, unlessRefused } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { makeCampaign, makeScene, type Scene, setBudget } from '../../support/fixtures.ts'

const db = useDatabase()

/** São Paulo's, where two hours of November are left. */
const MIDNIGHT = new Date('2026-12-01T03:00:00Z')
const START = new Date('2026-12-01T01:00:00Z')
const LEADS = 24
const BATCH = 5
const PRICES = ['0.0333', '0.0450', '0.1000'] as const

interface Answer {
  outcomes: Outcome['kind'][]
  whole: 'no' | 'split' | 'fatal'
}

type Step =
  | { do: 'claim'; which: number }
  | { do: 'settle'; which: number; answer: Answer }
  /** A claim and its settle. */
  | { do: 'send'; which: number; answer: Answer }
  | { do: 'tell'; events: { event: 'DELIVERED' | 'FAILED' | 'READ'; lead: number }[] }
  | { do: 'resolve'; verdict: Verdict; leads: number[] }
  | { do: 'price'; price: string }
  | { do: 'topUp'; centavos: number }
  | { do: 'retry' | 'goOn' | 'pause' | 'expire' | 'midnight' }

const place = fc.nat(1_000)
/** One of them, as often as its weight says. */
const oneOf = <T>(...weights: [T, number][]) =>
  fc.oneof(...weights.map(([value, weight]) => ({ arbitrary: fc.constant(value), weight })))
const answer: fc.Arbitrary<Answer> = fc.record({
  outcomes: fc.array(oneOf<Outcome['kind']>(['ACCEPTED', 3], ['REJECTED', 1], ['NOT_ACCEPTED', 1], ['IN_DOUBT', 1]), {
    minLength: BATCH,
    maxLength: BATCH,
  }),
  whole: oneOf<Answer['whole']>(['no', 8], ['split', 1], ['fatal', 1]),
})
const event = oneOf<'DELIVERED' | 'FAILED' | 'READ'>(['DELIVERED', 1], ['FAILED', 2], ['READ', 1])
const steps: [number, fc.Arbitrary<Step>][] = [
  [6, fc.record({ do: fc.constant('send'), which: place, answer })],
  [3, fc.record({ do: fc.constant('claim'), which: place })],
  [3, fc.record({ do: fc.constant('settle'), which: place, answer })],
  [
    3,
    fc.record({
      do: fc.constant('tell'),
      events: fc.array(fc.record({ event, lead: place }), { minLength: 1, maxLength: 6 }),
    }),
  ],
  [
    3,
    fc.record({
      do: fc.constant('resolve'),
      verdict: fc.constantFrom('SENT', 'NOT_SENT', 'RESEND'),
      leads: fc.array(place, { minLength: 1, maxLength: 4 }),
    }),
  ],
  [1, fc.record({ do: fc.constant('price'), price: fc.constantFrom(...PRICES) })],
  [1, fc.record({ do: fc.constant('topUp'), centavos: fc.integer({ min: 5, max: 60 }) })],
  [2, fc.constant({ do: 'retry' })],
  [4, fc.constant({ do: 'goOn' })],
  [1, fc.constant({ do: 'pause' })],
  [1, fc.constant({ do: 'expire' })],
  [1, fc.constant({ do: 'midnight' })],
]
const walks = fc.array(fc.oneof(...steps.map(([weight, arbitrary]) => ({ weight, arbitrary }))), {
  minLength: 10,
  maxLength: 45,
  size: 'max',
})

/** What each lead has cost whom, by the claims alone: camp's books must come to the same. */
interface Model {
  paidBy: Map<string, { month: number; price: Money }>
  limits: Map<number, Money>
  /** What was given back, spent on others, and then delivered after all: it may pass the limit (books.ts). */
  lateDeliveries: Map<number, Money>
}

interface Walk {
  hand: ReturnType<typeof byHand>
  scene: Scene
  id: string
  leads: { id: string; phone: string }[]
  inFlight: ClaimedBatch[]
  model: Model
}

it('whatever is claimed, settled, told and decided: used = ledger = price × billed, in the month that paid, within its limit', async () => {
  await fc.assert(
    fc.asyncProperty(walks, async steps => {
      const walk = await begin()
      for (const one of steps) {
        const before = await billedLeads(walk)
        await take(walk, one)
        await compare(walk, before, one)
      }
      await moves.cancel(walk.hand.deps, walk.id, walk.scene.userId, undefined).catch(() => undefined)
    }),
    // As many as there is time for: a noisy machine must not make it fail.
    { numRuns: 25, interruptAfterTimeLimit: 25_000 },
  )
}, 90_000)

async function begin(): Promise<Walk> {
  const hand = byHand(db, START)
  const limits = new Map([
    [11, moneyOf('0.60')],
    [12, moneyOf('0.40')],
  ])
  const scene = await makeScene(db.pool, { cost: PRICES[0], maxBatch: BATCH, budget: null })
  await db.pool.query(`UPDATE "Broker" SET billing = 'DELIVERED' WHERE id = $1`, [scene.brokerId])
  for (const [month, limit] of limits)
    await setBudget(db.pool, scene.walletId, formatMoney(limit), { year: 2026, month })
  const id = await makeCampaign(db.pool, scene, { leads: LEADS })
  await moves.run(hand.deps, id, scene.userId)
  const { rows: leads } = await db.pool.query<{ id: string; phone: string }>(
    `SELECT id, phone FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY seq`,
    [id],
  )
  return { hand, scene, id, leads, inFlight: [], model: { paidBy: new Map(), limits, lateDeliveries: new Map() } }
}

async function take(walk: Walk, one: Step): Promise<void> {
  const { hand, scene, id, leads, inFlight, model } = walk
  const { userId } = scene
  switch (one.do) {
    case 'claim':
      await claimOne(walk, one.which)
      return
    case 'settle':
      if (inFlight.length > 0) await settleOne(walk, inFlight.splice(one.which % inFlight.length, 1)[0]!, one.answer)
      return
    case 'send':
      if (await claimOne(walk, one.which)) await settleOne(walk, inFlight.pop()!, one.answer)
      return
    case 'tell': {
      const events = one.events.map(
        ({ event, lead }): CallbackEvent => ({
          event,
          leadId: leads[lead % LEADS]!.id,
          occurredAt: hand.now(),
          payload: {},
        }),
      )
      await openInbox(db.pool, { now: hand.now }).store(scene.brokerId, events)
      await applyEvents(db.pool, { limit: 1_000, now: hand.now() })
      return
    }
    case 'resolve': {
      const { rows } = await db.pool.query<{ id: string }>(
        `SELECT id FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'IN_DOUBT' ORDER BY seq`,
        [id],
      )
      if (rows.length === 0) return
      const chosen = one.leads.map(lead => rows[lead % rows.length]!.id)
      await unlessRefused(resolveLeads(hand.deps, id, { verdict: one.verdict, leads: chosen, userId }))
      return
    }
    case 'retry':
      await unlessRefused(retryFailed(hand.deps, id, userId, undefined))
      return
    case 'goOn':
      await unlessRefused(moves.approve(hand.deps, id, userId, APPROVAL))
      await unlessRefused(moves.resume(hand.deps, id, userId))
      await unlessRefused(moves.run(hand.deps, id, userId))
      return
    case 'pause':
      await unlessRefused(moves.pause(hand.deps, id, userId))
      return
    case 'price':
      await db.pool.query(`UPDATE "Broker" SET cost_per_message = $2 WHERE id = $1`, [scene.brokerId, one.price])
      return
    case 'topUp': {
      const { month, year } = monthOf(hand.now(), SAO_PAULO)
      model.limits.set(month, model.limits.get(month)! + BigInt(one.centavos) * 100n)
      await setBudget(db.pool, scene.walletId, formatMoney(model.limits.get(month)!), { year, month })
      return
    }
    case 'expire':
      hand.wait(hand.LEASE_MS + 1)
      await sweep({ pool: db.pool, queues: hand.deps.queues, now: hand.now, sweepMs: 60_000 })
      return
    case 'midnight':
      if (hand.now() < MIDNIGHT) hand.moveTo(MIDNIGHT)
  }
}

/** @returns whether it was claimed; then it is the last of those in flight */
async function claimOne({ hand, id, inFlight, model }: Walk, which: number): Promise<boolean> {
  hand.wait(5_000) // what was refused for the moment is due again
  const queued = await hand.queued(id)
  if (queued.length === 0) return false
  const claim = await hand.claim(queued[which % queued.length]!)
  if (claim.kind !== 'CLAIMED') return false
  const { month } = monthOf(hand.now(), SAO_PAULO)
  const price = await priceOf(id)
  for (const lead of claim.batch.leads) model.paidBy.set(lead.id, { month, price })
  inFlight.push(claim.batch)
  return true
}

async function settleOne({ hand }: Walk, batch: ClaimedBatch, { outcomes, whole }: Answer): Promise<void> {
  await hand.settle(batch, {
    outcomes: batch.leads.map((_, i) => outcomeOf(whole === 'no' ? outcomes[i]! : 'NOT_ACCEPTED')),
    ...(whole === 'split' && { split: true }),
    ...(whole === 'fatal' && { fatal: 'the test: a wrong key' }),
  })
}

async function compare({ scene, id, model }: Walk, before: ReadonlySet<string>, { do: what }: Step) {
  const billed = await billedLeads({ id })
  const used = new Map([...model.limits.keys()].map(month => [month, 0n]))
  for (const lead of billed) {
    const paid = model.paidBy.get(lead)
    if (!paid) throw new Error(`lead ${lead} is billed, and nobody has claimed it`)
    used.set(paid.month, used.get(paid.month)! + paid.price)
    if (what === 'tell' && !before.has(lead)) {
      model.lateDeliveries.set(paid.month, (model.lateDeliveries.get(paid.month) ?? 0n) + paid.price)
    }
  }
  const { rows } = await db.pool.query<{ month: number; used: string; ledger: string }>(
    `SELECT month, used_budget AS used,
            (SELECT coalesce(sum(amount), 0)::numeric(14, 4) FROM "BudgetEntry" WHERE budget_id = b.id) AS ledger
     FROM "Budget" b WHERE wallet_id = $1 ORDER BY month`,
    [scene.walletId],
  )
  const expected = [...used].map(([month, money]) => ({ month, used: formatMoney(money), ledger: formatMoney(money) }))
  expect(rows, `after ${what}`).toEqual(expected)
  for (const [month, money] of used) {
    const most = model.limits.get(month)! + (model.lateDeliveries.get(month) ?? 0n)
    expect(money <= most, `month ${month} has used ${formatMoney(money)} of ${formatMoney(most)}`).toBe(true)
  }
  expect((await auditBudgets(db.pool)).differences).toEqual([])
}

async function billedLeads({ id }: Pick<Walk, 'id'>): Promise<Set<string>> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT id FROM "CampaignLead" WHERE campaign_id = $1 AND billed`,
    [id],
  )
  return new Set(rows.map(row => row.id))
}

async function priceOf(id: string): Promise<Money> {
  const { rows } = await db.pool.query<{ unit_cost: string }>(`SELECT unit_cost FROM "Campaign" WHERE id = $1`, [id])
  return moneyOf(rows[0]!.unit_cost)
}
