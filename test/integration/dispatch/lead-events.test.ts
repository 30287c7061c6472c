import { expect, it } from 'vitest'
import { retryFailed } from '../../../src/campaign/actions/retry.ts'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { resolveLeads } from '../../../src/campaign/doubt/resolve.ts'
import { explainPhone } from '../../../src/campaign/read/explain-phone.ts'
import { campaignReport } from '../../../src/campaign/read/report.ts'
import { transaction } from '../../../src/database/pool.ts'
import { multirangeOf, recordLeadEvents } from '../../../src/dispatch/record/lead-events.ts'
import { settleLate } from '../../../src/dispatch/settle/settle-late.ts'
import { sweep } from '../../../src/dispatch/sweep.ts'
import { byHand, claimed, DEAF, outcomeOf } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { booksOf, makeCampaign, makeScene, testKeys } from '../../support/fixtures.ts'

const db = useDatabase()
const START = '2026-11-24T15:00:00.000Z'
const NO_IDS = { correlatesByProviderId: false }

async function scenery(leads: number, cost = '0.0450', maxBatch = leads) {
  const scene = await makeScene(db.pool, { maxBatch, cost, month: { year: 2026, month: 11 } })
  const hand = byHand(db, new Date(START))
  const id = await makeCampaign(db.pool, scene, { leads })
  await runCampaign(hand.deps, id, scene.userId)
  const claim = async () => claimed(await hand.claim((await hand.queued(id))[0]!))
  const { rows } = await db.pool.query<{ phone: string }>(
    `SELECT phone FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY seq`,
    [id],
  )
  const steps = async (n: number) => {
    const { messages } = await explainPhone(db.pool, rows[n]!.phone, { now: hand.now(), keys: await testKeys() })
    return messages[0]!.steps.filter(step => !step.what.startsWith('campaign.'))
  }
  const said = async (n: number) => (await steps(n)).map(({ what, detail }) => [what, detail].filter(Boolean).join(' '))
  const lost = async () => {
    hand.wait(hand.LEASE_MS + 1_000)
    await sweep({ pool: db.pool, queues: DEAF, now: hand.now, sweepMs: 1_000 })
  }
  return { scene, hand, id, claim, steps, said, lost }
}

it('a refusal is still told after a retry has sent the lead again', async () => {
  const { scene, hand, id, claim, said } = await scenery(2, '0.0000')
  await hand.settle(await claim(), {
    outcomes: [{ ...outcomeOf('REJECTED'), writtenAt: new Date(START) }, outcomeOf('ACCEPTED')],
  })
  hand.wait(60_000)
  await retryFailed(hand.deps, id, scene.userId, undefined)
  await runCampaign(hand.deps, id, scene.userId)
  await hand.settle(await claim(), { outcomes: [outcomeOf('ACCEPTED')] })
  expect(await said(0)).toEqual([
    'claimed batch 1',
    'written',
    'refused REFUSED: the test refuses it',
    'retried it failed before: REFUSED: the test refuses it',
    'claimed batch 2',
    'accepted',
  ])
  expect(await said(1)).toEqual(['claimed batch 1', 'accepted'])
  expect((await campaignReport(db.pool, id)).attempts).toEqual([
    { kind: 'ACCEPTED', code: null, leads: 2 },
    { kind: 'REFUSED', code: 'REFUSED', leads: 1 },
    { kind: 'RETRIED', code: 'REFUSED', leads: 1 },
  ])
})

it('each lead’s moment of writing is kept, where requests follow each other', async () => {
  const { id, hand, claim, steps } = await scenery(3)
  const at = (ms: number) => new Date(Date.parse(START) + ms)
  await hand.settle(await claim(), {
    outcomes: [120, 1_120, 2_120].map(ms => ({ ...outcomeOf('ACCEPTED'), writtenAt: at(ms) })),
  })
  for (const [n, ms] of [120, 1_120, 2_120].entries()) {
    expect((await steps(n)).find(step => step.what === 'written')!.at).toBe(at(ms).toISOString())
  }
  const { rows } = await db.pool.query(`SELECT max(sent_at) AS sent_at FROM "CampaignLead" WHERE campaign_id = $1`, [
    id,
  ])
  expect(rows[0].sent_at).toEqual(at(2_120))
})

it('a doubt has its own moment: the lead counts from its claim, not from the sweep', async () => {
  const { scene, hand, id, claim, steps, lost } = await scenery(1)
  await claim()
  await lost()
  const swept = hand.now()
  hand.wait(60_000)
  const deps = { pool: db.pool, clock: { now: hand.now }, queues: DEAF }
  await resolveLeads(deps, id, { verdict: 'SENT', leads: null, userId: scene.userId })
  expect(await steps(0)).toMatchObject([
    { at: START, what: 'claimed' },
    { at: swept.toISOString(), what: 'in doubt', detail: 'its worker did not come back' },
    { what: 'resolved', detail: 'SENT', by: expect.stringContaining('@') },
  ])
  const { rows } = await db.pool.query(`SELECT sent_at FROM "CampaignLead" WHERE campaign_id = $1`, [id])
  expect(rows).toEqual([{ sent_at: new Date(START) }])
})

it('a worker that comes back after its lease ends the doubts that its answers decide, and no other', async () => {
  const { scene, hand, id, claim, said, lost } = await scenery(4)
  const batch = await claim()
  await lost()
  const [first] = batch.leads
  // A person has decided about one meanwhile.
  const deps = { pool: db.pool, clock: { now: hand.now }, queues: DEAF }
  await resolveLeads(deps, id, { verdict: 'NOT_SENT', leads: [first!.id], userId: scene.userId })
  const outcomes = [
    outcomeOf('ACCEPTED'),
    outcomeOf('ACCEPTED'),
    { ...outcomeOf('NOT_ACCEPTED'), isWithheld: true },
    outcomeOf('IN_DOUBT'),
  ]
  expect(await settleLate({ pool: db.pool, now: hand.now }, batch, NO_IDS, { outcomes })).toBe(2)
  const books = await booksOf(db.pool, id)
  // Its campaign was over: what was not sent is not sent by itself.
  expect(books).toMatchObject({ campaign: 'FINISHED', statuses: { SENT: 1, ERROR: 2, IN_DOUBT: 1 }, used: '0.0900' })
  expect(books).toMatchObject({ ledger: '0.0900', billed: '0.0900' })
  expect((await said(2)).at(-1)).toBe('withheld the test: NOT_ACCEPTED; known after its lease')
  // What a person has decided stands, and the answer is told beside it.
  expect((await said(0)).slice(-2)).toEqual(['resolved NOT_SENT', 'accepted known after its lease'])
  // And once.
  expect(await settleLate({ pool: db.pool, now: hand.now }, batch, NO_IDS, { outcomes })).toBe(0)
  expect(await booksOf(db.pool, id)).toEqual(books)
})

it('a settle whose commit was not answered is tried again, and tells nothing twice', async () => {
  const { hand, claim, said } = await scenery(1)
  const batch = await claim()
  const outcomes = [outcomeOf('ACCEPTED')]
  await hand.settle(batch, { outcomes })
  expect(await hand.settle(batch, { outcomes })).toEqual({ kind: 'FENCED' })
  expect(await settleLate({ pool: db.pool, now: hand.now }, batch, NO_IDS, { outcomes })).toBe(0)
  expect(await said(0)).toEqual(['claimed batch 1', 'accepted'])
})

it('what was never written goes out again where the campaign still runs', async () => {
  const { hand, id, claim, lost } = await scenery(4, '0.0450', 2)
  const batch = await claim()
  await lost()
  const outcomes = batch.leads.map(() => ({ ...outcomeOf('NOT_ACCEPTED'), isWithheld: true }))
  expect(await settleLate({ pool: db.pool, now: hand.now }, batch, NO_IDS, { outcomes })).toBe(2)
  expect(await booksOf(db.pool, id)).toMatchObject({
    campaign: 'PROCESSING',
    statuses: { PENDING: 4 },
    used: '0.0000',
    ledger: '0.0000',
  })
  const send = async () => {
    const next = await claim()
    await hand.settle(next, { outcomes: next.leads.map(() => outcomeOf('ACCEPTED')) })
  }
  await send()
  await sweep({ pool: db.pool, queues: DEAF, now: hand.now, sweepMs: 1_000 })
  await send()
  expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'FINISHED', statuses: { SENT: 4 }, used: '0.1800' })
})

it('is append-only', async () => {
  const { id } = await scenery(1)
  const event = { campaignId: id, kind: 'REFUSED', at: new Date(START), seqs: [2], code: 'X' } as const
  await transaction(db.pool, tx => recordLeadEvents(tx, [event]))
  await expect(db.pool.query(`UPDATE "LeadEvent" SET code = 'Y' WHERE campaign_id = $1`, [id])).rejects.toThrow(
    'append-only',
  )
})

it.each([
  [[5], '{[5,5]}'],
  [[1, 2, 3, 7, 9, 10], '{[1,3],[7,7],[9,10]}'],
  [[], '{}'],
])('writes %j as %s', (seqs, text) => expect(multirangeOf(seqs)).toBe(text))
