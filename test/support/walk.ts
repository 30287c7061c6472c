import fc from 'fast-check'
import type { CallbackEvent, Outcome } from '../../src/broker/port.ts'
import { formatMoney, type Money, moneyOf } from '../../src/budget/money.ts'
import { retryFailed } from '../../src/campaign/actions/retry.ts'
import { resumeCampaign, runCampaign } from '../../src/campaign/actions/start.ts'
import { cancelCampaign, pauseCampaign } from '../../src/campaign/actions/stop.ts'
import { approveCampaign } from '../../src/campaign/approval/approve.ts'
import { resolveLeads } from '../../src/campaign/doubt/resolve.ts'
import type { ClaimedBatch } from '../../src/dispatch/model/claimed-batch.ts'
import { sweep } from '../../src/dispatch/sweep.ts'
import type { Resolution } from '../../src/lifecycle/lead-verdicts.ts'
import { monthOf } from '../../src/time/local-day.ts'
import { applyEvents } from '../../src/webhook/apply-events.ts'
import { openInbox } from '../../src/webhook/inbox.ts'
import { APPROVAL, byHand, outcomeOf, SAO_PAULO, unlessRefused } from './by-hand.ts'
import type { TestDatabase } from './database.ts'
import { makeCampaign, makeScene, type Scene, setBudget, setSelfApproval } from './fixtures.ts'

/**
 * Random walks of one small campaign through everything that may happen to it, one step at a time: claims and their settles
 * (which may overlap, come late, or never), callbacks, a person's decisions and moves, money, prices, a month that turns.
 */
const WALK_LEADS = 24
export const WALK_BATCH = 5

/** São Paulo's, which a walk may step over: it begins two hours before. */
const MIDNIGHT = new Date('2026-12-01T03:00:00Z')
const START = new Date('2026-12-01T01:00:00Z')
const PRICES = ['0.0333', '0.0450', '0.1000'] as const

interface Answer {
  outcomes: Outcome['kind'][]
  whole: 'no' | 'split' | 'fatal'
}

export type Step =
  | { do: 'claim'; which: number }
  | { do: 'settle'; which: number; answer: Answer }
  /** A claim and its settle. */
  | { do: 'send'; which: number; answer: Answer }
  | { do: 'tell'; events: { event: 'DELIVERED' | 'FAILED' | 'READ'; lead: number }[] }
  | { do: 'resolve'; verdict: Resolution; leads: number[] }
  | { do: 'price'; price: string }
  | { do: 'topUp'; centavos: number }
  | { do: 'retry' | 'goOn' | 'pause' | 'expire' | 'midnight' | 'cancel' }

const place = fc.nat(1_000)
/** One of them, as often as its weight says. */
const oneOf = <T>(...weights: [T, number][]) =>
  fc.oneof(...weights.map(([value, weight]) => ({ arbitrary: fc.constant(value), weight })))
const answer: fc.Arbitrary<Answer> = fc.record({
  outcomes: fc.array(oneOf<Outcome['kind']>(['ACCEPTED', 3], ['REJECTED', 1], ['NOT_ACCEPTED', 1], ['IN_DOUBT', 1]), {
    minLength: WALK_BATCH,
    maxLength: WALK_BATCH,
  }),
  whole: oneOf<Answer['whole']>(['no', 8], ['split', 1], ['fatal', 1]),
})
const event = oneOf<'DELIVERED' | 'FAILED' | 'READ'>(['DELIVERED', 1], ['FAILED', 2], ['READ', 1])

const STEPS: [number, fc.Arbitrary<Step>][] = [
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

/** @param cancels how often among its steps a walk cancels its campaign, the others having 29 in all */
export function walks(cancels = 0): fc.Arbitrary<Step[]> {
  const cancel: [number, fc.Arbitrary<Step>] = [cancels, fc.constant({ do: 'cancel' })]
  const steps = cancels > 0 ? [...STEPS, cancel] : STEPS
  return fc.array(fc.oneof(...steps.map(([weight, arbitrary]) => ({ weight, arbitrary }))), {
    minLength: 10,
    maxLength: 45,
    size: 'max',
  })
}

export interface Walk {
  db: TestDatabase
  hand: ReturnType<typeof byHand>
  scene: Scene
  id: string
  leads: { id: string; phone: string }[]
  inFlight: ClaimedBatch[]
  /** By lead, who pays for it at what price: as the last claim of it says. */
  paidBy: Map<string, { month: number; price: Money }>
  /** By month. */
  limits: Map<number, Money>
}

/** @param limits of November and December */
export async function beginWalk(db: TestDatabase, limits: { 11: string; 12: string }): Promise<Walk> {
  const hand = byHand(db, START)
  await setSelfApproval(db.pool, 'allow')
  const scene = await makeScene(db.pool, { cost: PRICES[0], maxBatch: WALK_BATCH, budget: null })
  await db.pool.query(`UPDATE "Broker" SET billing = 'DELIVERED' WHERE id = $1`, [scene.brokerId])
  for (const month of [11, 12] as const) await setBudget(db.pool, scene.walletId, limits[month], { year: 2026, month })
  const id = await makeCampaign(db.pool, scene, { leads: WALK_LEADS })
  // The second half lives in another time zone.
  await db.pool.query(
    `UPDATE "CampaignLead" SET phone = overlay(phone PLACING '92' FROM 3) WHERE campaign_id = $1 AND seq > $2`,
    [id, WALK_LEADS],
  )
  await runCampaign(hand.deps, id, scene.userId)
  const { rows: leads } = await db.pool.query<{ id: string; phone: string }>(
    `SELECT id, phone FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY seq`,
    [id],
  )
  const money = new Map([11, 12].map(month => [month, moneyOf(limits[month as 11 | 12])]))
  return { db, hand, scene, id, leads, inFlight: [], paidBy: new Map(), limits: money }
}

export async function take(walk: Walk, step: Step): Promise<void> {
  const { hand, scene, id, inFlight } = walk
  const { userId } = scene
  switch (step.do) {
    case 'claim':
      await claimOne(walk, step.which)
      return
    case 'settle':
      if (inFlight.length > 0) await settleOne(walk, inFlight.splice(step.which % inFlight.length, 1)[0]!, step.answer)
      return
    case 'send':
      if (await claimOne(walk, step.which)) await settleOne(walk, inFlight.pop()!, step.answer)
      return
    case 'tell':
      await tell(walk, step.events)
      return
    case 'resolve':
      await resolve(walk, step)
      return
    case 'retry':
      await unlessRefused(retryFailed(hand.deps, id, userId, undefined))
      return
    case 'goOn':
      await unlessRefused(approveCampaign(hand.deps, id, userId, APPROVAL))
      await unlessRefused(resumeCampaign(hand.deps, id, userId))
      await unlessRefused(runCampaign(hand.deps, id, userId))
      return
    case 'pause':
      await unlessRefused(pauseCampaign(hand.deps, id, userId))
      return
    case 'cancel':
      await unlessRefused(cancelCampaign(hand.deps, id, userId, undefined))
      return
    case 'price':
      await walk.db.pool.query(`UPDATE "Broker" SET cost_per_message = $2 WHERE id = $1`, [scene.brokerId, step.price])
      return
    case 'topUp':
      await topUp(walk, BigInt(step.centavos) * 100n)
      return
    case 'expire':
      await expire(walk)
      return
    case 'midnight':
      if (hand.now() < MIDNIGHT) hand.moveTo(MIDNIGHT)
  }
}

/** @returns whether it was claimed; then it is the last of those in flight */
export async function claimOne({ db, hand, id, inFlight, paidBy }: Walk, which: number): Promise<boolean> {
  hand.wait(5_000) // what was refused for the moment is due again
  const queued = await hand.queued(id)
  if (queued.length === 0) return false
  const claim = await hand.claim(queued[which % queued.length]!)
  if (claim.kind !== 'CLAIMED') return false
  const { month } = monthOf(hand.now(), SAO_PAULO)
  const { rows } = await db.pool.query<{ unit_cost: string }>(`SELECT unit_cost FROM "Campaign" WHERE id = $1`, [id])
  const price = moneyOf(rows[0]!.unit_cost)
  for (const lead of claim.batch.leads) paidBy.set(lead.id, { month, price })
  inFlight.push(claim.batch)
  return true
}

export async function settleOne({ hand }: Walk, batch: ClaimedBatch, { outcomes, whole }: Answer): Promise<void> {
  await hand.settle(batch, {
    outcomes: batch.leads.map((_, i) => outcomeOf(whole === 'no' ? outcomes[i]! : 'NOT_ACCEPTED')),
    ...(whole === 'split' && { split: true }),
    ...(whole === 'fatal' && { fatal: 'the test: a wrong key' }),
  })
}

async function tell(walk: Walk, told: Extract<Step, { do: 'tell' }>['events']): Promise<void> {
  const { db, hand, scene, leads } = walk
  const events = told.map(({ event: name, lead }): CallbackEvent => {
    return { event: name, leadId: leads[lead % leads.length]!.id, occurredAt: hand.now(), payload: {} }
  })
  await openInbox(db.pool, { now: hand.now }).store(scene.brokerId, events)
  await hear(walk)
}

/** Applies what has been told, as workers do all the time. */
export async function hear(walk: Walk): Promise<void> {
  const unpaid = await unpaidLeads(walk)
  await applyEvents(walk.db.pool, { limit: 1_000, now: walk.hand.now() })
  await notePayers(walk, unpaid)
}

async function unpaidLeads({ db, id }: Walk): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT id FROM "CampaignLead" WHERE campaign_id = $1 AND NOT billed`,
    [id],
  )
  return rows.map(row => row.id)
}

/**
 * A message that its claim had given back, and that was sent anyway, is paid for by the batch that claimed it: where that was
 * claimed again since, for others, as that claim says.
 */
async function notePayers({ db, paidBy }: Walk, unpaid: readonly string[]): Promise<void> {
  const { rows } = await db.pool.query<{ id: string; month: number; unit_cost: string }>(
    `SELECT l.id, g.month, b.unit_cost FROM "CampaignLead" l
     JOIN "Batch" b ON b.campaign_id = l.campaign_id AND b.number = l.batch_number JOIN "Budget" g ON g.id = b.budget_id
     WHERE l.id = ANY($1::uuid[]) AND l.billed`,
    [unpaid],
  )
  for (const { id, month, unit_cost } of rows) paidBy.set(id, { month, price: moneyOf(unit_cost) })
}

async function resolve(walk: Walk, { verdict, leads }: Extract<Step, { do: 'resolve' }>): Promise<void> {
  const { rows } = await walk.db.pool.query<{ id: string }>(
    `SELECT id FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'IN_DOUBT' ORDER BY seq`,
    [walk.id],
  )
  if (rows.length === 0) return
  const chosen = leads.map(lead => rows[lead % rows.length]!.id)
  const request = { verdict, leads: chosen, userId: walk.scene.userId }
  await unlessRefused(resolveLeads(walk.hand.deps, walk.id, request))
}

export async function topUp({ db, hand, scene, limits }: Walk, by: Money): Promise<void> {
  const { month, year } = monthOf(hand.now(), SAO_PAULO)
  limits.set(month, limits.get(month)! + by)
  await setBudget(db.pool, scene.walletId, formatMoney(limits.get(month)!), { year, month })
}

/** No worker comes back in time: what is in flight by now settles too late. */
export async function expire({ db, hand }: Walk): Promise<void> {
  hand.wait(hand.LEASE_MS + 1)
  await sweep({ pool: db.pool, queues: hand.deps.queues, now: hand.now, sweepMs: 60_000 })
}
