import { describe, expect, it } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { pauseCampaign } from '../../../src/campaign/actions/stop.ts'
import { forecastOf } from '../../../src/campaign/read/forecast.ts'
import { byHand, outcomeOf, SAO_PAULO } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { makeCampaign, makeScene, setBudget } from '../../support/fixtures.ts'

const db = useDatabase()
const OFFICE = { hours_from: 480, hours_to: 1200, days: 63, allow_holidays: true }
const TWILIO = { account_sid: 'AC00000000000000000000000000000000', auth_token: 'token', from: '+5511900000000' }

async function begin(start: string, columns: object, leads: Record<number, number>, rate: number | null = null) {
  const scene = await makeScene(db.pool, { rate, adapter: 'TWILIO', credential: TWILIO })
  for (const month of [11, 12]) await setBudget(db.pool, scene.walletId, '100000.00', { year: 2026, month })
  const [[ddd, count], ...others] = Object.entries(leads) as unknown as [[string, number], ...[string, number][]]
  const id = await makeCampaign(db.pool, scene, {
    leads: count,
    ddd: Number(ddd),
    columns: { ...OFFICE, ...columns },
  })
  for (const [i, [other, more]] of others.entries()) {
    await db.pool.query(
      `INSERT INTO "CampaignLead" (id, campaign_id, seq, phone)
       SELECT gen_random_uuid(), $1, $2 + n, '55' || $3 || (900000000 + n) FROM generate_series(1, $4) n`,
      [id, (i + 1) * 1_000_000, other, more],
    )
  }
  const hand = byHand(db, new Date(start))
  const endOf = async () => (await forecastOf(db.pool, id, { now: hand.now(), timezone: SAO_PAULO })).expected_end
  return { scene, id, hand, endOf }
}

/** Works as a worker would, and moves the clock on whenever every batch waits. @returns when the last request was to start */
async function workToTheEnd(hand: ReturnType<typeof byHand>, id: string, half?: () => Promise<void>): Promise<Date> {
  let last = hand.now()
  const all = (await hand.queued(id)).length
  for (;;) {
    const queued = await hand.queued(id)
    if (queued.length === 0) return last
    if (half && queued.length <= all / 2) {
      await half()
      half = undefined
    }
    const waits: number[] = []
    let isClaimed = false
    for (const batchId of queued) {
      const claim = await hand.claim(batchId)
      if (claim.kind === 'CLAIMED') {
        last = new Date(claim.batch.startAt.getTime() + (claim.batch.leads.length - 1) * claim.batch.requestIntervalMs)
        await hand.settle(claim.batch, { outcomes: claim.batch.leads.map(() => outcomeOf('ACCEPTED')) })
        isClaimed = true
        break
      }
      if (claim.kind === 'WAIT') waits.push(claim.until.getTime())
      // With one lane all wait for the same moment; a zone that sleeps says another.
      if (claim.kind === 'WAIT' && claim.why === 'PACE') break
    }
    if (!isClaimed) hand.moveTo(new Date(Math.min(...waits)))
  }
}

describe('the expected end, against a campaign that is sent to its end on a moved clock', () => {
  const throttle = (type: string, config: object) => ({
    throttling_type: type,
    throttling_config: JSON.stringify(config),
  })

  it.each<[what: string, start: string, columns: object, leads: Record<number, number>, rate: number | null]>([
    [
      'twenty minutes each, two zones, over a night',
      '2026-11-24T17:10:00-03:00',
      throttle('fixed', { delayLimit: 1200 }),
      { 11: 12, 92: 20 },
      null,
    ],
    [
      'linear, over a Sunday',
      '2026-11-28T19:00:00-03:00',
      throttle('linear', { messages: 4, minutes: 60 }),
      { 11: 9 },
      null,
    ],
    ['a ramp', '2026-11-24T09:00:00-03:00', throttle('ramp', { perDay: 3, times: 2 }), { 11: 7, 68: 8 }, null],
    ['a ramp at once', '2026-11-24T21:00:00-03:00', throttle('ramp', { perDay: 2, plus: 1, gap: 0 }), { 11: 12 }, null],
    ['a rate limit', '2026-11-24T19:58:00-03:00', {}, { 11: 500 }, 2],
  ])('%s', async (_, start, columns, leads, rate) => {
    const { scene, id, hand, endOf } = await begin(start, columns, leads, rate)
    const atFirst = await endOf()
    await runCampaign(hand.deps, id, scene.userId)
    expect(await endOf(), 'planned').toBe(atFirst)
    let halfWay: string | null = null
    const end = await workToTheEnd(hand, id, async () => {
      halfWay = await endOf()
    })
    // What a claim takes at once: fifty messages of the rate limit.
    const slackMs = rate === null ? 1_000 : 50_000 / rate
    for (const expected of [atFirst, halfWay]) {
      expect(
        Math.abs(Date.parse(expected!) - end.getTime()),
        `${expected} and ${end.toISOString()}`,
      ).toBeLessThanOrEqual(slackMs)
    }
    expect(await endOf()).toBeNull()
  })
})

it('begins when it is scheduled, and is not told of what waits for a person', async () => {
  const at = '2026-11-25T09:00:00-03:00'
  const { id, hand, endOf, scene } = await begin('2026-11-24T10:00:00-03:00', { scheduled_at: at }, { 11: 1 })
  expect(await endOf()).toBe(new Date(at).toISOString())
  await runCampaign(hand.deps, id, scene.userId)
  await pauseCampaign(hand.deps, id, scene.userId)
  expect(await endOf()).toBeNull()
})

it('of a running campaign uses the pace that was seen', async () => {
  const { scene, id, hand, endOf } = await begin('2026-11-24T10:00:00-03:00', { batch_size: 10 }, { 11: 1_000 })
  await runCampaign(hand.deps, id, scene.userId)
  expect(Date.parse((await endOf())!) - hand.now().getTime()).toBeLessThan(1_000)
  for (const batchId of (await hand.queued(id)).slice(0, 20)) {
    const claim = await hand.claim(batchId)
    if (claim.kind !== 'CLAIMED') throw new Error('it was not claimed')
    hand.wait(1_000)
    await hand.settle(claim.batch, { outcomes: claim.batch.leads.map(() => outcomeOf('ACCEPTED')) })
  }
  // Ten a second: eight hundred are left.
  const left = (Date.parse((await endOf())!) - hand.now().getTime()) / 1000
  expect(left).toBeGreaterThan(75)
  expect(left).toBeLessThan(85)
})

it('of a batch that goes out again expects only what is left of it', async () => {
  const { scene, id, hand, endOf } = await begin('2026-11-24T10:00:00-03:00', {}, { 11: 100 }, 10)
  await runCampaign(hand.deps, id, scene.userId)
  const claim = await hand.claim((await hand.queued(id))[0]!)
  if (claim.kind !== 'CLAIMED') throw new Error('it was not claimed')
  const outcomes = claim.batch.leads.map((_, i) => outcomeOf(i < 4 ? 'REJECTED' : 'NOT_ACCEPTED'))
  await hand.settle(claim.batch, { outcomes })
  // 96 of the hundred are left, ten a second.
  const seconds = (Date.parse((await endOf())!) - hand.now().getTime()) / 1000
  expect(seconds).toBeCloseTo(9.5, 1)
})

it('says when the contact hours open where no lead may be sent to at once, the first of its places', async () => {
  const { id, hand } = await begin('2026-11-28T19:30:00-03:00', {}, { 11: 1, 68: 1 })
  const outlook = async (at: string) => forecastOf(db.pool, id, { now: new Date(at), timezone: SAO_PAULO })
  expect(await outlook(hand.now().toISOString())).toMatchObject({ opens_at: null, closed_because: null })
  // In Acre it is seven in the evening.
  expect(await outlook('2026-11-28T21:00:00-03:00')).toMatchObject({ opens_at: null, closed_because: null })
  expect(await outlook('2026-11-28T22:00:00-03:00')).toMatchObject({
    opens_at: new Date('2026-11-30T08:00:00-03:00').toISOString(),
    closed_because: 'Sun 29 Nov is not a contact day; contact hours: mon-sat 08:00-20:00',
  })
})

it('says whether its start was missed', async () => {
  const { id, hand, scene } = await begin(
    '2026-11-24T10:00:00-03:00',
    { scheduled_at: '2026-11-24T09:29:59-03:00', start_before: 30 },
    { 11: 1 },
  )
  const missed = async () => (await forecastOf(db.pool, id, { now: hand.now(), timezone: SAO_PAULO })).start_missed
  expect(await missed()).toBe(true)
  await runCampaign(hand.deps, id, scene.userId)
  expect(await missed()).toBe(false)
})
