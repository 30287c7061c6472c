import { beforeEach, describe, expect, it } from 'vitest'
import { addToBlocklist, optedOutAt } from '../../../src/blocklist/blocklist.ts'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { cancelCampaign, pauseCampaign } from '../../../src/campaign/actions/stop.ts'
import type { ClaimedBatch } from '../../../src/dispatch/model/claimed-batch.ts'
import { LOOK_GOOD_FOR_MS } from '../../../src/dispatch/send/permit.ts'
import { byHand, claimed, openPermit } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { makeCampaign, makeScene, type Scene } from '../../support/fixtures.ts'

const db = useDatabase()

interface Scenery {
  scene: Scene
  id: string
  hand: ReturnType<typeof byHand>
  batch: ClaimedBatch
}

let it_: Scenery
/** Milliseconds since the claim began: of the monotonic clock, and of the clock that follows the database's. */
let passed: { monotonic: number; clock: number }

beforeEach(async () => {
  const scene = await makeScene(db.pool, { maxBatch: 5 })
  const hand = byHand(db, new Date())
  const id = await makeCampaign(db.pool, scene, { leads: 5 })
  await runCampaign(hand.deps, id, scene.userId)
  const batch = claimed(await hand.claim((await hand.queued(id))[0]!))
  it_ = { scene, id, hand, batch }
  passed = { monotonic: 0, clock: 0 }
})

function permit(draining = new AbortController().signal) {
  const { batch } = it_
  return openPermit(
    {
      pool: db.pool,
      now: () => new Date(batch.lookedAt.clock.getTime() + passed.clock),
      monotonic: () => batch.lookedAt.monotonic + passed.monotonic,
      draining,
    },
    batch,
  )
}

function wait(ms: number): void {
  passed.monotonic += ms
  passed.clock += ms
}

describe('a permit', () => {
  it('allows writing for a moment after the claim began to read, and then asks for a look', async () => {
    const it = permit()
    wait(LOOK_GOOD_FOR_MS)
    expect(it.refusal()).toBeUndefined()
    wait(1)
    expect(it.refusal()).toBe('STALE')
    expect(await it.renew()).toBeUndefined()
    expect(it.refusal()).toBeUndefined()
    wait(LOOK_GOOD_FOR_MS + 1)
    expect(it.refusal()).toBe('STALE')
  })

  it.each([
    ['a machine that was suspended: only its clock went on', { monotonic: 0, clock: 3_600_000 }],
    ['a clock that was set back while the process was frozen', { monotonic: 3_600_000, clock: -5 }],
  ])('is stale after %s', async (_, after) => {
    const it = permit()
    passed = after
    expect(it.refusal()).toBe('STALE')
  })

  it.each([
    ['the campaign is paused', 'STOPPED', () => pauseCampaign(it_.hand.deps, it_.id, it_.scene.userId)],
    ['the campaign is cancelled', 'STOPPED', () => cancelCampaign(it_.hand.deps, it_.id, it_.scene.userId, 'enough')],
    ['the price has changed', 'STOPPED', () => set('Campaign', 'unit_cost = 0.05', it_.id)],
    ['the credential has changed', 'STOPPED', () => set('Credential', 'updated_at = now()', it_.scene.credentialId)],
    ['the lease is half over', 'LEASE', () => set('Batch', `lease_until = now() + interval '29 s'`, it_.batch.id)],
    ['a sweep has decided', 'LEASE', () => set('Batch', `status = 'IN_DOUBT'`, it_.batch.id)],
    ['another attempt has claimed it', 'LEASE', () => set('Batch', 'attempt = attempt + 1', it_.batch.id)],
  ])('is refused by the next look when %s, and stays refused', async (_, why, change) => {
    const it = permit()
    await change()
    // The look that allows it is still good: this is the time that a stop waits for.
    expect(it.refusal()).toBeUndefined()
    wait(LOOK_GOOD_FOR_MS + 1)
    expect(await it.renew()).toBe(why)
    expect(it.refusal()).toBe(why)
  })

  it('knows after a look which of its people have been blocked since the claim', async () => {
    const it = permit()
    const [first, second] = it_.batch.leads
    await addToBlocklist(db.pool, optedOutAt('X', [first!.phone]))
    expect(it.isBlocked(first!.id)).toBe(false)
    wait(LOOK_GOOD_FOR_MS + 1)
    expect(await it.renew()).toBeUndefined()
    expect([it.isBlocked(first!.id), it.isBlocked(second!.id)]).toEqual([true, false])
  })

  it('is refused where the database cannot be asked', async () => {
    const it = openPermit(
      {
        pool: { query: () => Promise.reject(new Error('away')) } as never,
        now: () => it_.batch.lookedAt.clock,
        monotonic: () => it_.batch.lookedAt.monotonic + LOOK_GOOD_FOR_MS + 1,
        draining: new AbortController().signal,
      },
      it_.batch,
    )
    expect(await it.renew()).toBe('DATABASE')
  })

  it('is refused at once when the worker stops, and at the end of the contact hours', async () => {
    const stop = new AbortController()
    const it = permit(stop.signal)
    passed.clock = it_.batch.windowEndsAt.getTime() - it_.batch.lookedAt.clock.getTime()
    expect(it.refusal()).toBe('HOURS')
    stop.abort()
    expect(it.refusal()).toBe('DRAINING')
  })

  it('shares one look among requests that ask at once', async () => {
    const it = permit()
    wait(LOOK_GOOD_FOR_MS + 1)
    let looks = 0
    const query = db.pool.query.bind(db.pool)
    const counting = Object.assign(Object.create(db.pool), {
      query: (...args: Parameters<typeof query>) => {
        looks++
        return query(...args)
      },
    })
    const shared = openPermit(
      {
        pool: counting,
        now: () => new Date(it_.batch.lookedAt.clock.getTime() + passed.clock),
        monotonic: () => it_.batch.lookedAt.monotonic + passed.monotonic,
        draining: new AbortController().signal,
      },
      it_.batch,
    )
    expect(it.refusal()).toBe('STALE')
    expect(await Promise.all(Array.from({ length: 20 }, () => shared.renew()))).toEqual(Array(20).fill(undefined))
    expect(looks).toBe(1)
  })
})

async function set(table: string, what: string, id: string): Promise<void> {
  await db.pool.query(`UPDATE "${table}" SET ${what} WHERE id = $1`, [id])
}
