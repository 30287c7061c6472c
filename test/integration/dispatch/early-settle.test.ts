import { expect, it } from 'vitest'
import { reconcileBudgets } from '../../../src/budget/reconcile.ts'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import type { BatchOutcome, LeadOutcome } from '../../../src/dispatch/model/batch-outcome.ts'
import type { ClaimedBatch } from '../../../src/dispatch/model/claimed-batch.ts'
import { settleKnown } from '../../../src/dispatch/settle/settle-known.ts'
import { settleLate } from '../../../src/dispatch/settle/settle-late.ts'
import { sweep } from '../../../src/dispatch/sweep.ts'
import { applyEvents } from '../../../src/webhook/apply-events.ts'
import { openInbox } from '../../../src/webhook/inbox.ts'
import { byHand, claimed, DEAF, outcomeOf } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene, twilioCredential } from '../../support/fixtures.ts'
import { until } from '../../support/worker.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)
const ADAPTER = { correlatesByProviderId: true }

/** A claimed batch, its leads' outcomes by position, and what settles them. */
async function scenery(leads: number, billing = 'ACCEPTED', all = leads) {
  const scene = await makeScene(db.pool, { maxBatch: leads })
  await db.pool.query(`UPDATE "Broker" SET billing = $2 WHERE id = $1`, [scene.brokerId, billing])
  const hand = byHand(db, new Date())
  const id = await makeCampaign(db.pool, scene, { leads: all })
  await runCampaign(hand.deps, id, scene.userId)
  // What is judged by share was claimed after the start, which has the database's time.
  hand.wait(60_000)
  const batch = claimed(await hand.claim((await hand.queued(id))[0]!))
  const known = (outcomes: Record<number, LeadOutcome>) =>
    settleKnown(
      { pool: db.pool, now: hand.now },
      batch,
      ADAPTER,
      new Map(Object.entries(outcomes).map(([i, outcome]) => [batch.leads[Number(i)]!.id, outcome])),
    )
  return { scene, hand, id, batch, known }
}

async function batchOf({ id }: ClaimedBatch) {
  const { rows } = await db.pool.query(
    `SELECT status, attempt, accepted, refused, reserved, lease_until FROM "Batch" WHERE id = $1`,
    [id],
  )
  return rows[0]
}

async function eventsOf(campaign: string) {
  const { rows } = await db.pool.query<{ kind: string; leads: number }>(
    `SELECT kind, sum((SELECT sum(upper(r) - lower(r)) FROM unnest(seqs) r))::int AS leads FROM "LeadEvent"
     WHERE campaign_id = $1 GROUP BY kind ORDER BY kind`,
    [campaign],
  )
  return Object.fromEntries(rows.map(({ kind, leads }) => [kind, leads]))
}

const differences = async () => (await reconcileBudgets(db.pool)).differences
const accepted = (providerId: string): LeadOutcome => ({ kind: 'ACCEPTED', providerId })

it('answers are written while others are missing; written again they change nothing; the last settle has only the rest', async () => {
  const { scene, hand, id, batch, known } = await scenery(6, 'DELIVERED')
  const early = { 0: accepted('m-0'), 1: outcomeOf('REJECTED'), 5: accepted('m-5') }
  const middle = {
    campaign: 'PROCESSING',
    statuses: { SENT: 2, ERROR: 1, SENDING: 3 },
    used: '0.2250',
    ledger: '0.2250',
    billed: '0.2250',
  }
  for (let times = 0; times < 2; times++) {
    // The first messages that the broker took since the start: others may be claimed, once.
    expect(await known(early)).toEqual({ opened: times === 0 })
    expect(await booksOf(db.pool, id)).toMatchObject(middle)
    expect(await batchOf(batch)).toMatchObject({
      status: 'SENDING',
      attempt: 1,
      accepted: 2,
      refused: 1,
      reserved: '0.2250',
      lease_until: batch.leaseUntil,
    })
    expect(await differences()).toEqual([])
  }
  // The person who was refused is free for another message.
  const isFree = async ({ phone }: { phone: string }) =>
    (await db.pool.query(`SELECT 1 FROM "Contact" WHERE key LIKE '%' || $1 AND last_sent_at > '-infinity'`, [phone]))
      .rowCount === 0
  expect([await isFree(batch.leads[0]!), await isFree(batch.leads[1]!), await isFree(batch.leads[2]!)]).toEqual([
    false,
    true,
    false,
  ])

  // A callback comes before the batch ends: one delivered, one not, which gives its cost back.
  const inbox = openInbox(db.pool, { now: hand.now })
  await inbox.store(scene.brokerId, [
    { event: 'DELIVERED', providerMsgId: 'm-0', occurredAt: hand.now(), payload: {} },
    { event: 'FAILED', providerMsgId: 'm-5', code: 'GONE', occurredAt: hand.now(), payload: {} },
  ])
  await applyEvents(db.pool, { limit: 100, now: hand.now() })
  expect(await booksOf(db.pool, id)).toMatchObject({ statuses: { DELIVERED: 1, ERROR: 2, SENDING: 3 }, used: '0.1800' })

  const rest = [outcomeOf('IN_DOUBT'), outcomeOf('NOT_ACCEPTED'), accepted('m-4')]
  const outcome: BatchOutcome = { outcomes: [early[0], early[1], ...rest, early[5]], settledBefore: true }
  expect(await hand.settle(batch, outcome)).toMatchObject({
    kind: 'SETTLED',
    accepted: 3,
    refused: 1,
    inDoubt: 1,
    again: 1,
  })
  // What was not taken is a batch of its own: this one keeps its cost.
  expect(await batchOf(batch)).toMatchObject({ status: 'IN_DOUBT', accepted: 3, refused: 1, reserved: '0.1350' })
  expect(await booksOf(db.pool, id)).toMatchObject({
    statuses: { DELIVERED: 1, SENT: 1, IN_DOUBT: 1, ERROR: 2, PENDING: 1 },
    openBatches: 1,
  })
  expect(await differences()).toEqual([])
  expect(await eventsOf(id)).toEqual({ ACCEPTED: 3, FAILED: 1, IN_DOUBT: 1, NOT_TAKEN: 1, REFUSED: 1 })
})

it('a refusal that is judged by share waits for the others: it is not written before its batch is judged', async () => {
  const { hand, id, batch, known } = await scenery(3)
  const refused: LeadOutcome = { ...outcomeOf('REJECTED'), byShare: { class: 'record', meaning: 'unlisted' } }
  await known({ 0: accepted('m-0'), 1: refused })
  expect(await booksOf(db.pool, id)).toMatchObject({ statuses: { SENT: 1, SENDING: 2 } })
  const outcome = { outcomes: [accepted('m-0'), refused, outcomeOf('IN_DOUBT')], settledBefore: true }
  expect(await hand.settle(batch, outcome)).toMatchObject({ accepted: 1, refused: 1, inDoubt: 1 })
  expect(await booksOf(db.pool, id)).toMatchObject({ statuses: { SENT: 1, ERROR: 1, IN_DOUBT: 1 } })
  expect(await differences()).toEqual([])
})

it('a worker that comes back after its lease: many refusals with a code are no recipients’, and pause the campaign', async () => {
  const { hand, id, batch } = await scenery(12, 'ACCEPTED', 24)
  hand.wait(hand.LEASE_MS + 60_000)
  await sweep({ pool: db.pool, queues: DEAF, now: hand.now, sweepMs: 1_000 })
  const refused: LeadOutcome = { ...outcomeOf('REJECTED'), byShare: { class: 'record', meaning: 'unlisted' } }
  const outcomes = batch.leads.map(() => refused)
  expect(await settleLate({ pool: db.pool, now: hand.now }, batch, ADAPTER, { outcomes })).toBe(12)
  expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'PAUSED', statuses: { PENDING: 24 }, used: '0.0000' })
  expect(await differences()).toEqual([])
})

it('a worker that dies then leaves only the others in doubt; what it knew, when it comes back, is about these alone', async () => {
  const { hand, id, batch, known } = await scenery(5)
  await known({ 0: accepted('m-0'), 1: accepted('m-1'), 2: outcomeOf('REJECTED') })
  hand.wait(hand.LEASE_MS + 60_000)
  expect(await sweep({ pool: db.pool, queues: DEAF, now: hand.now, sweepMs: 1_000 })).toMatchObject({ inDoubt: 2 })
  expect(await known({ 3: accepted('m-3') })).toBeUndefined()
  const swept = { statuses: { SENT: 2, ERROR: 1, IN_DOUBT: 2 }, used: '0.1800', ledger: '0.1800', billed: '0.1800' }
  expect(await booksOf(db.pool, id)).toMatchObject(swept)
  expect(await differences()).toEqual([])
  const outcome = [accepted('m-0'), accepted('m-1'), outcomeOf('REJECTED'), accepted('m-3'), outcomeOf('REJECTED')]
  const late = { outcomes: outcome, settledBefore: true }
  expect(await settleLate({ pool: db.pool, now: hand.now }, batch, ADAPTER, late)).toBe(2)
  expect(await booksOf(db.pool, id)).toMatchObject({
    statuses: { SENT: 3, ERROR: 2 },
    used: '0.1350',
    billed: '0.1350',
  })
  expect(await batchOf(batch)).toMatchObject({ status: 'DONE', accepted: 3 })
  expect(await differences()).toEqual([])
  expect(await eventsOf(id)).toEqual({ ACCEPTED: 3, IN_DOUBT: 2, REFUSED: 2 })
})

it('a batch of which nothing was accepted, early or late, is claimed again as it is', async () => {
  const { hand, id, batch, known } = await scenery(4)
  await known({ 0: outcomeOf('REJECTED') })
  const rest = [outcomeOf('REJECTED'), outcomeOf('NOT_ACCEPTED'), outcomeOf('NOT_ACCEPTED')]
  await hand.settle(batch, { outcomes: [outcomeOf('REJECTED'), ...rest], settledBefore: true })
  expect(await batchOf(batch)).toMatchObject({ status: 'QUEUED', accepted: 0, refused: 2, reserved: '0.0000' })
  hand.wait(10_000)
  const again = claimed(await hand.claim(batch.id))
  expect(again.leads.map(lead => lead.seq)).toEqual(batch.leads.slice(2).map(lead => lead.seq))
  await hand.settle(again, { outcomes: again.leads.map(() => outcomeOf('ACCEPTED')) })
  expect(await booksOf(db.pool, id)).toMatchObject({
    campaign: 'FINISHED',
    statuses: { SENT: 2, ERROR: 2 },
    used: '0.0900',
  })
  expect(await differences()).toEqual([])
})

it('refusals that were written early count among those in a row that pause a campaign', async () => {
  const { hand, id, batch, known } = await scenery(52)
  const refused = batch.leads.slice(1).map(() => outcomeOf('REJECTED'))
  await known(Object.fromEntries(refused.map((outcome, i) => [i + 1, outcome])))
  expect((await booksOf(db.pool, id)).campaign).toBe('PROCESSING')
  await hand.settle(batch, { outcomes: [outcomeOf('NOT_ACCEPTED'), ...refused], settledBefore: true })
  expect(await booksOf(db.pool, id)).toMatchObject({
    campaign: 'PAUSED',
    statuses: { ERROR: 51, PENDING: 1 },
    reason: expect.stringContaining('51'),
  })
})

it('one request of twenty hangs: the others are settled meanwhile, and it when its time is over', async () => {
  const sandbox = await openSandbox({ next: [{ fault: 'accept-hang' }] })
  const scene = await makeScene(db.pool, { adapter: 'TWILIO', credential: twilioCredential(sandbox.url), maxBatch: 20 })
  const deps = await workers({ count: 1, env: { CAMP_HTTP_TIMEOUT_MS: '8000' } })
  const id = await makeCampaign(db.pool, scene, { leads: 20 })
  await runCampaign(deps, id, scene.userId)
  const middle = await until(
    'nineteen are settled',
    () => booksOf(db.pool, id),
    ({ statuses }) => statuses.SENT === 19,
  )
  expect(middle).toMatchObject({ campaign: 'PROCESSING', statuses: { SENT: 19, SENDING: 1 }, openBatches: 1 })
  expect(await status(id, 'FINISHED')).toMatchObject({
    statuses: { SENT: 19, IN_DOUBT: 1 },
    used: '0.9000',
    ledger: '0.9000',
    billed: '0.9000',
  })
  expect(await differences()).toEqual([])
  const { rows } = await db.pool.query(`SELECT status, accepted, refused FROM "Batch" WHERE campaign_id = $1`, [id])
  expect(rows).toEqual([{ status: 'IN_DOUBT', accepted: 19, refused: 0 }])
})

it('a batch whose requests all end soon is settled once', async () => {
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { adapter: 'TWILIO', credential: twilioCredential(sandbox.url), maxBatch: 20 })
  const deps = await workers({ count: 1 })
  const id = await makeCampaign(db.pool, scene, { leads: 60 })
  await runCampaign(deps, id, scene.userId)
  expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 60 } })
  const { rows } = await db.pool.query(`SELECT kind FROM "LeadEvent" WHERE campaign_id = $1`, [id])
  expect(rows).toEqual([{ kind: 'ACCEPTED' }, { kind: 'ACCEPTED' }, { kind: 'ACCEPTED' }])
})
