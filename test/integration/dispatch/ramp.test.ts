import { beforeAll, describe, expect, it } from 'vitest'
import { retryFailed } from '../../../src/campaign/actions/retry.ts'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { pauseCampaign } from '../../../src/campaign/actions/stop.ts'
import { approveCampaign } from '../../../src/campaign/approval/approve.ts'
import { resolveLeads } from '../../../src/campaign/doubt/resolve.ts'
import { campaignView } from '../../../src/campaign/read/view.ts'
import type { Claim } from '../../../src/dispatch/model/claimed-batch.ts'
import { sweep } from '../../../src/dispatch/sweep.ts'
import { endOfDay } from '../../../src/time/local-day.ts'
import { APPROVAL, byHand, claimed, outcomeOf, SAO_PAULO } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene, setBudget, setSelfApproval } from '../../support/fixtures.ts'
import { until } from '../../support/worker.ts'

const db = useDatabase()
beforeAll(() => setSelfApproval(db.pool, 'allow'))
const { workers, still } = dispatchOn(db)
const MONDAY = '2026-11-30T10:00:00-03:00'
const day = (n: number, time = '10:00:00') => `2026-12-0${n}T${time}-03:00`

/** A campaign of a ramp without gaps: a day's allowance goes out as fast as it is claimed. */
async function begin(config: object, leads: number, columns: object = {}) {
  const scene = await makeScene(db.pool)
  for (const month of [11, 12]) await setBudget(db.pool, scene.walletId, '1000.00', { year: 2026, month })
  const hand = byHand(db, new Date(MONDAY))
  const throttling = { throttling_type: 'ramp', throttling_config: JSON.stringify({ gap: 0, ...config }) }
  const id = await makeCampaign(db.pool, scene, { leads, columns: { ...throttling, ...columns } })
  await runCampaign(hand.deps, id, scene.userId)
  await hand.answered(id)

  const claims = async (kind: Parameters<typeof outcomeOf>[0] | 'CRASH' = 'ACCEPTED'): Promise<Claim[]> => {
    const made: Claim[] = []
    for (const batchId of await hand.queued(id)) {
      const claim = await hand.claim(batchId)
      if (claim.kind !== 'CLAIMED') return [...made, claim]
      made.push(claim)
      if (kind !== 'CRASH') await hand.settle(claim.batch, { outcomes: [outcomeOf(kind)] })
    }
    return made
  }
  /** Sends until it is told to wait. @returns how many went out, and until when it waits */
  const sendAll = async (kind?: Parameters<typeof claims>[0]) => {
    const made = await claims(kind)
    const last = made.at(-1)
    const waits = last?.kind === 'WAIT'
    return { sent: made.length - (waits ? 1 : 0), until: waits ? last.until.toISOString() : null }
  }
  return { hand, id, scene, sendAll }
}

describe('a ramp', () => {
  it('allows its first day so many, and waits for the next day of the contact hours', async () => {
    const { hand, sendAll } = await begin({ perDay: 3, times: 2 }, 30, { hours_from: 480, hours_to: 1200 })
    expect(await sendAll()).toEqual({ sent: 3, until: '2026-12-01T11:00:00.000Z' })
    hand.moveTo(day(1, '08:00:00'))
    expect(await sendAll()).toEqual({ sent: 6, until: '2026-12-02T11:00:00.000Z' })
    hand.moveTo(day(1, '19:59:59'))
    expect((await sendAll()).sent).toBe(0)
  })

  it('a day without sending is no step; midnight is the installation’s', async () => {
    const { hand, sendAll } = await begin({ perDay: 2, plus: 3, max: 7 }, 40)
    expect((await sendAll()).sent).toBe(2)
    hand.moveTo(day(1, '02:59:59').replace('-03:00', 'Z'))
    expect(await sendAll()).toEqual({ sent: 0, until: '2026-12-01T03:00:00.000Z' })
    hand.moveTo(day(4))
    expect((await sendAll()).sent).toBe(5)
    hand.moveTo(day(5))
    expect((await sendAll()).sent).toBe(7)
    hand.moveTo(day(6))
    expect((await sendAll()).sent).toBe(7)
  })

  it('is exact, however many claim at once', async () => {
    const { hand, id } = await begin({ perDay: 5, times: 2 }, 40)
    for (const [date, sent] of [
      [MONDAY, 5],
      [day(1), 10],
    ] as const) {
      hand.moveTo(date)
      await hand.answered(id)
      const claims = await Promise.all((await hand.queued(id)).map(hand.claim))
      const batches = claims.flatMap(claim => (claim.kind === 'CLAIMED' ? [claim.batch] : []))
      expect(batches).toHaveLength(sent)
      expect(claims.filter(claim => claim.kind === 'WAIT')).toHaveLength(claims.length - sent)
      await Promise.all(batches.map(batch => hand.settle(batch, { outcomes: [outcomeOf('ACCEPTED')] })))
      await pauseCampaign(hand.deps, id, (await makeScene(db.pool)).userId)
      await resumeCampaign(hand.deps, id, (await makeScene(db.pool)).userId)
    }
  })

  it.each(['REJECTED', 'NOT_ACCEPTED'] as const)('what the broker did not take (%s) is given back', async kind => {
    const { hand, id, sendAll } = await begin({ perDay: 3, times: 2 }, 20)
    const [first, second] = await hand.queued(id)
    for (const batchId of [first!, second!]) {
      await hand.settle(claimed(await hand.claim(batchId)), { outcomes: [outcomeOf(kind)] })
    }
    hand.wait(60_000)
    expect((await sendAll()).sent).toBe(3)
  })

  it('what is in doubt counts; a person’s word that it was not sent gives it back, and sends it again', async () => {
    const { hand, id, scene, sendAll } = await begin({ perDay: 3, times: 2 }, 20)
    expect((await sendAll('IN_DOUBT')).sent).toBe(3)
    // The fourth was told to wait until tomorrow; each of these has not been asked yet.
    const kinds = async (from: number, to?: number) =>
      Promise.all((await hand.queued(id)).slice(from, to).map(async batch => (await hand.claim(batch)).kind))
    const leads = (
      await db.pool.query<{ id: string }>(
        `SELECT id FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'IN_DOUBT' ORDER BY seq`,
        [id],
      )
    ).rows.map(row => row.id)
    await resolveLeads(hand.deps, id, { verdict: 'SENT', leads: [leads[0]!], userId: scene.userId })
    expect(await kinds(1, 3)).toEqual(['WAIT', 'WAIT'])
    await resolveLeads(hand.deps, id, { verdict: 'RESEND', leads: [leads[1]!], userId: scene.userId })
    await resolveLeads(hand.deps, id, { verdict: 'NOT_SENT', leads: [leads[2]!], userId: scene.userId })
    expect((await kinds(-3)).sort()).toEqual(['CLAIMED', 'CLAIMED', 'WAIT'])
  })

  it('counts what a worker took with it when it died', async () => {
    const { hand, id, sendAll } = await begin({ perDay: 3, times: 2 }, 20)
    expect((await sendAll('CRASH')).sent).toBe(3)
    hand.wait(hand.LEASE_MS + 1)
    await sweep({ pool: db.pool, queues: hand.deps.queues, now: hand.now, sweepMs: 60_000 })
    expect((await booksOf(db.pool, id)).statuses.IN_DOUBT).toBe(3)
    expect((await sendAll()).sent).toBe(0)
    hand.moveTo(day(1))
    expect((await sendAll()).sent).toBe(6)
  })

  it('goes on through a retry under a new approval: the days that were, were', async () => {
    const { hand, id, scene, sendAll } = await begin({ perDay: 2, times: 2 }, 4)
    expect((await sendAll()).sent).toBe(2)
    hand.moveTo(day(1))
    expect((await sendAll('REJECTED')).sent).toBe(2)
    expect((await booksOf(db.pool, id)).campaign).toBe('FINISHED')
    await retryFailed(hand.deps, id, scene.userId, undefined)
    await approveCampaign(hand.deps, id, scene.userId, APPROVAL)
    await runCampaign(hand.deps, id, scene.userId)
    expect((await sendAll()).sent).toBe(2)
    expect((await booksOf(db.pool, id)).statuses).toEqual({ SENT: 4 })
  })

  it('spreads a day over its hours, and after a pause nothing was saved up', async () => {
    const { hand, id, scene } = await begin({ perDay: 4, times: 2, gap: undefined }, 30, {
      hours_from: 480,
      hours_to: 1200,
    })
    const next = async () => hand.claim((await hand.queued(id))[0]!)
    const send = async () => hand.settle(claimed(await next()), { outcomes: [outcomeOf('ACCEPTED')] })
    await send()
    expect(await next()).toMatchObject({ kind: 'WAIT', why: 'PACE', until: new Date('2026-11-30T13:00:00-03:00') })
    await pauseCampaign(hand.deps, id, scene.userId)
    hand.wait(8 * 3_600_000)
    await resumeCampaign(hand.deps, id, scene.userId)
    await send()
    // Three hours from here it is past eight in the evening.
    hand.wait(60_000)
    expect(await next()).toMatchObject({ kind: 'WAIT', until: new Date('2026-11-30T21:00:00-03:00') })
    hand.moveTo('2026-11-30T21:00:00-03:00')
    expect(await next()).toMatchObject({ kind: 'WAIT', why: 'HOURS', until: new Date('2026-12-01T08:00:00-03:00') })
  })

  it('takes no moment of tomorrow out of today’s allowance', async () => {
    const { hand, id } = await begin({ perDay: 5, times: 2, gap: 0.4 }, 30)
    hand.moveTo('2026-11-30T23:59:59.700-03:00')
    const [first, second] = await hand.queued(id)
    claimed(await hand.claim(first!))
    expect(await hand.claim(second!)).toMatchObject({ kind: 'WAIT', until: new Date('2026-12-01T00:00:00.100-03:00') })
  })
})

it('on three workers sends its first day’s messages and no more, and says until when it waits', async () => {
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url })
  const deps = await workers({ count: 3 })
  const columns = {
    throttling_type: 'ramp',
    throttling_config: JSON.stringify({ perDay: 12, times: 2, gap: 0.02 }),
  }
  const id = await makeCampaign(db.pool, scene, { leads: 60, columns })
  await runCampaign(deps, id, scene.userId)
  await until(
    'twelve are out',
    () => booksOf(db.pool, id),
    books => books.statuses.SENT === 12,
  )
  expect(await still(id)).toMatchObject({ campaign: 'PROCESSING', statuses: { SENT: 12, PENDING: 48 } })
  expect(sandbox.stats()).toMatchObject({ requests: 12, unique: 12, duplicates: 0 })
  const { waiting_until } = await campaignView(db.pool, id)
  expect(new Date(waiting_until!)).toEqual(endOfDay(SAO_PAULO, new Date()))
})
