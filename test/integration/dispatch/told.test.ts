import { describe, expect, it } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { resolveLeads } from '../../../src/campaign/doubt/resolve.ts'
import { settleLate } from '../../../src/dispatch/settle/settle-late.ts'
import { sweep } from '../../../src/dispatch/sweep.ts'
import { applyEvents } from '../../../src/webhook/apply-events.ts'
import { openInbox } from '../../../src/webhook/inbox.ts'
import { byHand, claimed, outcomeOf } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { booksOf, makeCampaign, makeScene } from '../../support/fixtures.ts'
import { callback } from '../webhook/scene.ts'

/** A callback that was answered with 200, and that no worker has applied yet, about a lead that is to be sent again. */
const db = useDatabase()

/** A campaign of which all leads are to be sent again after a doubt, in batches of `size`. */
async function resent({ leads = 10, size = 10 } = {}) {
  const hand = byHand(db, new Date())
  const scene = await makeScene(db.pool, { maxBatch: size })
  const id = await makeCampaign(db.pool, scene, { leads })
  await runCampaign(hand.deps, id, scene.userId)
  for (const batchId of await hand.queued(id)) {
    const batch = claimed(await hand.claim(batchId))
    await hand.settle(batch, { outcomes: batch.leads.map(() => outcomeOf('IN_DOUBT')) })
  }
  hand.wait(60_000)
  await resolveLeads(hand.deps, id, { verdict: 'RESEND', leads: null, userId: scene.userId })
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT id FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY seq`,
    [id],
  )
  const ids = rows.map(row => row.id)
  const store = (event: 'SENT' | 'DELIVERED' | 'OPT_OUT', ...of: string[]) =>
    openInbox(db.pool, { now: hand.now }).store(
      scene.brokerId,
      of.map(lead => callback(event, lead)),
    )
  const apply = () => applyEvents(db.pool, { limit: 1_000, now: hand.now() })
  return { hand, scene, id, ids, store, apply }
}

const accept = (leads: readonly unknown[]) => ({ outcomes: leads.map(() => outcomeOf('ACCEPTED')) })

describe('a lead that is to be sent again, and about which the inbox has something', () => {
  it('is left out of the claim, and the others go; it is then what the broker says', async () => {
    const { hand, id, ids, store, apply } = await resent()
    const told = [ids[0]!, ids[4]!, ids[9]!]
    await store('DELIVERED', ...told)
    const [batchId] = await hand.queued(id)
    const batch = claimed(await hand.claim(batchId!))
    expect(batch.leads.map(lead => lead.id)).toEqual(ids.filter(lead => !told.includes(lead)))
    await apply()
    await hand.settle(batch, accept(batch.leads))
    expect(await booksOf(db.pool, id)).toMatchObject({
      campaign: 'FINISHED',
      statuses: { DELIVERED: 3, SENT: 7 },
      used: '0.4500',
      ledger: '0.4500',
      billed: '0.4500',
    })
  })

  it('and all others of its batch: the batch waits for a moment, and is then empty', async () => {
    const { hand, id, ids, store, apply } = await resent({ leads: 3 })
    await store('SENT', ...ids)
    const [batchId] = await hand.queued(id)
    expect(await hand.claim(batchId!)).toMatchObject({ kind: 'WAIT', until: new Date(hand.now().getTime() + 1_000) })
    await apply()
    hand.wait(1_000)
    expect((await hand.claim(batchId!)).kind).toBe('EMPTIED')
    expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'FINISHED', statuses: { SENT: 3 }, used: '0.1350' })
  })

  it('is not sent where its person opted out meanwhile', async () => {
    const { hand, id, ids, store, apply } = await resent({ leads: 2 })
    await store('OPT_OUT', ids[0]!)
    await apply()
    const [batchId] = await hand.queued(id)
    const batch = claimed(await hand.claim(batchId!))
    expect(batch.leads.map(lead => lead.id)).toEqual([ids[1]])
  })

  it('is held back by its own broker’s word alone', async () => {
    const { hand, id, ids } = await resent({ leads: 2 })
    const other = await makeScene(db.pool)
    await openInbox(db.pool, { now: hand.now }).store(other.brokerId, [callback('DELIVERED', ids[0]!)])
    const [batchId] = await hand.queued(id)
    expect(claimed(await hand.claim(batchId!)).leads).toHaveLength(2)
  })

  it('is never claimed, with any claims and callbacks at once', async () => {
    const { hand, id, ids, store, apply } = await resent({ leads: 120, size: 40 })
    const told = ids.filter((_, i) => i % 2 === 0)
    await store('DELIVERED', ...told)
    const batches = await hand.queued(id)
    const claims = await Promise.all(
      [...batches, ...batches, ...batches].flatMap(batchId => [
        hand.claim(batchId),
        apply().then(() => ({ kind: 'GONE' as const })),
      ]),
    )
    const sent = claims.flatMap(claim => (claim.kind === 'CLAIMED' ? claim.batch.leads.map(lead => lead.id) : []))
    expect(sent.filter(lead => told.includes(lead))).toEqual([])
    hand.wait(60_000)
    await apply()
    expect((await booksOf(db.pool, id)).statuses).toMatchObject({ DELIVERED: told.length })
    const { rows } = await db.pool.query(
      `SELECT count(*)::int AS free FROM "CampaignLead" l JOIN "Contact" k ON k.key = 'p:' || l.phone
       WHERE l.id = ANY($1) AND k.last_sent_at = '-infinity'`,
      [told],
    )
    expect(rows).toEqual([{ free: 0 }])
  })
})

it('a batch that waits, and of which a message had gone out anyway, is planned again without it', async () => {
  const hand = byHand(db, new Date())
  const scene = await makeScene(db.pool, { maxBatch: 5 })
  const id = await makeCampaign(db.pool, scene, { leads: 5 })
  await runCampaign(hand.deps, id, scene.userId)
  const [batchId] = await hand.queued(id)
  const batch = claimed(await hand.claim(batchId!))
  await hand.settle(batch, { outcomes: batch.leads.map(() => outcomeOf('NOT_ACCEPTED')) })
  expect(await hand.queued(id)).toEqual([batchId])
  await openInbox(db.pool, { now: hand.now }).store(scene.brokerId, [callback('DELIVERED', batch.leads[2]!.id)])
  await applyEvents(db.pool, { limit: 10, now: hand.now() })
  const [again] = await hand.queued(id)
  expect(again).not.toBe(batchId)
  hand.wait(60_000)
  const next = claimed(await hand.claim(again!))
  expect(next.leads).toHaveLength(4)
  await hand.settle(next, accept(next.leads))
  expect(await booksOf(db.pool, id)).toMatchObject({
    campaign: 'FINISHED',
    statuses: { DELIVERED: 1, SENT: 4 },
    used: '0.2250',
    ledger: '0.2250',
    billed: '0.2250',
  })
})

it('what a worker learns too late of a lead that is to be sent again by then keeps it from being sent again', async () => {
  const hand = byHand(db, new Date())
  const scene = await makeScene(db.pool, { maxBatch: 3 })
  const id = await makeCampaign(db.pool, scene, { leads: 3 })
  await runCampaign(hand.deps, id, scene.userId)
  const [batchId] = await hand.queued(id)
  const batch = claimed(await hand.claim(batchId!))
  hand.wait(hand.LEASE_MS + 1)
  await sweep({ pool: db.pool, queues: hand.deps.queues, now: hand.now, sweepMs: 60_000 })
  await resolveLeads(hand.deps, id, { verdict: 'RESEND', leads: null, userId: scene.userId })
  const late = { outcomes: ['ACCEPTED', 'ACCEPTED', 'IN_DOUBT'].map(kind => outcomeOf(kind as 'ACCEPTED')) }
  expect(await settleLate({ pool: db.pool, now: hand.now }, batch, { correlatesByProviderId: false }, late)).toBe(0)
  const [again] = await hand.queued(id)
  const next = claimed(await hand.claim(again!))
  expect(next.leads.map(lead => lead.id)).toEqual([batch.leads[2]!.id])
  await applyEvents(db.pool, { limit: 10, now: hand.now() })
  await hand.settle(next, accept(next.leads))
  expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'FINISHED', statuses: { SENT: 3 }, used: '0.1350' })
})
