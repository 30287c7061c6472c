import { beforeAll, describe, expect, it } from 'vitest'
import { retryFailed } from '../../../src/campaign/actions/retry.ts'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { cancelCampaign } from '../../../src/campaign/actions/stop.ts'
import { approveCampaign } from '../../../src/campaign/approval/approve.ts'
import { resolveLeads } from '../../../src/campaign/doubt/resolve.ts'
import type { CampError } from '../../../src/errors.ts'
import { byHand, claimed, outcomeOf } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene, setSelfApproval, stampApproval } from '../../support/fixtures.ts'

const db = useDatabase()
beforeAll(() => setSelfApproval(db.pool, 'allow'))
const { workers, status } = dispatchOn(db)

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable('it was allowed'),
    (error: CampError) => error,
  )

async function leadsOf(campaignId: string, where: string) {
  const { rows } = await db.pool.query<{ id: string; phone: string; error_code: string | null }>(
    `SELECT id, phone, error_code FROM "CampaignLead" WHERE campaign_id = $1 AND ${where} ORDER BY seq`,
    [campaignId],
  )
  return rows
}

/** A FINISHED campaign of 40 leads, 20 of them in doubt: 10 that the broker took and 10 that it did not. */
async function doubtful() {
  const sandbox = await openSandbox({ next: [{ fault: 'accept-drop' }, { fault: 'drop' }] })
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 10 })
  const deps = await workers({ count: 1, concurrency: 1 })
  const id = await makeCampaign(db.pool, scene, { leads: 40 })
  await runCampaign(deps, id, scene.userId)
  expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 20, IN_DOUBT: 20 }, used: '1.8000' })
  return { sandbox, scene, deps, id, userId: scene.userId }
}

describe('a person decides about what is in doubt', () => {
  it('sent: the cost stays, and the batch is done', async () => {
    const { deps, id, userId } = await doubtful()
    expect(await resolveLeads(deps, id, { verdict: 'SENT', leads: null, userId })).toBe(20)
    expect(await booksOf(db.pool, id)).toMatchObject({
      statuses: { SENT: 40 },
      used: '1.8000',
      ledger: '1.8000',
      billed: '1.8000',
    })
    const { rows } = await db.pool.query(
      `SELECT status, sum(accepted)::int AS n FROM "Batch" WHERE campaign_id = $1 GROUP BY 1`,
      [id],
    )
    expect(rows).toEqual([{ status: 'DONE', n: 40 }])
    expect((await refusal(resolveLeads(deps, id, { verdict: 'SENT', leads: null, userId }))).code).toBe(
      'NOTHING_IN_DOUBT',
    )
  })

  it('not sent: ERROR with its reason, the cost and the frequency cap go back, the decision is in the audit', async () => {
    const { deps, id, userId } = await doubtful()
    const [first, second] = await leadsOf(id, `status = 'IN_DOUBT'`)
    const leads = [first!.id, second!.phone]
    expect(await resolveLeads(deps, id, { verdict: 'NOT_SENT', leads, userId })).toBe(2)
    expect(await booksOf(db.pool, id)).toMatchObject({
      statuses: { SENT: 20, IN_DOUBT: 18, ERROR: 2 },
      errors: { NOT_SENT: 2 },
      used: '1.7100',
      ledger: '1.7100',
      billed: '1.7100',
    })
    const { rows: contacts } = await db.pool.query(
      `SELECT count(*) FILTER (WHERE last_sent_at = '-infinity')::int AS free FROM "Contact" WHERE key = ANY($1)`,
      [[`p:${first!.phone}`, `p:${second!.phone}`]],
    )
    expect(contacts).toEqual([{ free: 2 }])
    const { rows: audit } = await db.pool.query(
      `SELECT user_id, detail FROM "AuditEvent" WHERE subject_id = $1 AND action = 'campaign.resolve'`,
      [id],
    )
    expect(audit).toMatchObject([{ user_id: userId, detail: { verdict: 'NOT_SENT', leads: 2 } }])
    const { rows: entries } = await db.pool.query(
      `SELECT DISTINCT e.user_id, e.reason FROM "BudgetEntry" e JOIN "Batch" b ON b.id = e.batch_id
       WHERE b.campaign_id = $1 ORDER BY e.reason NULLS FIRST`,
      [id],
    )
    expect(entries).toEqual([
      { user_id: null, reason: null },
      { user_id: userId, reason: 'resolved: it was not sent' },
    ])
  })

  it('send again: the finished campaign reopens, sends them and finishes; no other lead gets anything', async () => {
    const { sandbox, deps, id, userId } = await doubtful()
    const lost = (await leadsOf(id, `status = 'IN_DOUBT'`)).filter(lead => sandbox.countOf(lead.id) === 0)
    const request = { verdict: 'RESEND' as const, leads: lost.map(lead => lead.id), userId }
    expect(await resolveLeads(deps, id, request)).toBe(10)
    expect(await status(id, 'FINISHED')).toMatchObject({
      statuses: { SENT: 30, IN_DOUBT: 10 },
      used: '1.8000',
      ledger: '1.8000',
      billed: '1.8000',
      openBatches: 0,
    })
    expect(sandbox.stats()).toMatchObject({ unique: 40, duplicates: 0 })
  })

  it('nothing is sent again after a cancel, or when what was approved has changed', async () => {
    const { deps, id, userId, scene } = await doubtful()
    const resend = () => refusal(resolveLeads(deps, id, { verdict: 'RESEND', leads: null, userId }))
    await db.pool.query(`UPDATE "Broker" SET cost_per_message = 0.06 WHERE id = $1`, [scene.brokerId])
    expect(await resend()).toMatchObject({ code: 'APPROVAL_VOID' })
    await db.pool.query(`UPDATE "Campaign" SET status = 'CANCELLED' WHERE id = $1`, [id])
    expect(await resend()).toMatchObject({ code: 'CAMPAIGN_CANCELLED' })
    expect(await booksOf(db.pool, id)).toMatchObject({ statuses: { SENT: 20, IN_DOUBT: 20 }, used: '1.8000' })
  })
})

it('a cancel ends a lead that was to be sent again, though a batch on its way reaches over it', async () => {
  const hand = byHand(db, new Date())
  const scene = await makeScene(db.pool, { maxBatch: 3 })
  const id = await makeCampaign(db.pool, scene, { leads: 3 })
  await runCampaign(hand.deps, id, scene.userId)
  const next = async () => claimed(await hand.claim((await hand.queued(id))[0]!))
  const outcomes = ['NOT_ACCEPTED', 'IN_DOUBT', 'NOT_ACCEPTED'] as const
  await hand.settle(await next(), { outcomes: outcomes.map(outcomeOf) })
  hand.wait(60_000)
  const around = await next()
  expect(around.leads).toHaveLength(2)
  await resolveLeads(hand.deps, id, { verdict: 'RESEND', leads: null, userId: scene.userId })
  await cancelCampaign(hand.deps, id, scene.userId, undefined)
  await hand.settle(around, { outcomes: [outcomeOf('ACCEPTED'), outcomeOf('ACCEPTED')] })
  expect(await booksOf(db.pool, id)).toMatchObject({
    campaign: 'CANCELLED',
    statuses: { SENT: 2, ERROR: 1 },
    errors: { CANCELLED: 1 },
    openBatches: 0,
    used: '0.0900',
    ledger: '0.0900',
    billed: '0.0900',
  })
})

it.each([
  { what: 'was not taken', outcomes: ['NOT_ACCEPTED', 'NOT_ACCEPTED', 'NOT_ACCEPTED'], split: false, sent: 0 },
  { what: 'was taken in part', outcomes: ['ACCEPTED', 'NOT_ACCEPTED', 'NOT_ACCEPTED'], split: false, sent: 1 },
  { what: 'was refused as a whole', outcomes: ['NOT_ACCEPTED', 'NOT_ACCEPTED', 'NOT_ACCEPTED'], split: true, sent: 0 },
] as const)(
  'a batch on its way that $what after the cancel ends with its settle',
  async ({ outcomes, split, sent }) => {
    const hand = byHand(db, new Date())
    const scene = await makeScene(db.pool, { maxBatch: 3 })
    const id = await makeCampaign(db.pool, scene, { leads: 6 })
    await runCampaign(hand.deps, id, scene.userId)
    const batch = claimed(await hand.claim((await hand.queued(id))[0]!))
    await cancelCampaign(hand.deps, id, scene.userId, undefined)
    expect(await booksOf(db.pool, id)).toMatchObject({ statuses: { SENDING: 3, ERROR: 3 }, openBatches: 1 })
    await hand.settle(batch, { outcomes: outcomes.map(outcomeOf), split })
    const books = await booksOf(db.pool, id)
    expect(books).toMatchObject({ campaign: 'CANCELLED', errors: { CANCELLED: 6 - sent }, openBatches: 0 })
    expect([books.statuses.SENT ?? 0, books.statuses.PENDING ?? 0]).toEqual([sent, 0])
    expect(books).toMatchObject({ used: books.billed, ledger: books.billed })
  },
)

describe('a retry', () => {
  it('sends only what the broker refused, once approved again', async () => {
    const sandbox = await openSandbox({ refused: 0.3 })
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 20 })
    const deps = await workers({ count: 2 })
    const id = await makeCampaign(db.pool, scene, { leads: 100 })
    await db.pool.query(
      `UPDATE "CampaignLead" SET status = 'ERROR', error_code = 'DUPLICATE' WHERE campaign_id = $1 AND seq <= 10`,
      [id],
    )
    await runCampaign(deps, id, scene.userId)
    const before = await status(id, 'FINISHED')
    const refused = before.errors.REFUSED!
    expect(refused).toBeGreaterThan(5)
    expect(await refusal(retryFailed(deps, id, scene.userId, ['DUPLICATE']))).toMatchObject({
      code: 'ERROR_NOT_RETRYABLE',
    })
    expect(await refusal(retryFailed(deps, id, scene.userId, ['ELSE']))).toMatchObject({ code: 'NOTHING_TO_RETRY' })

    sandbox.control({ refused: 0 })
    expect(await retryFailed(deps, id, scene.userId, ['REFUSED'])).toBe(refused)
    expect((await booksOf(db.pool, id)).campaign).toBe('PENDING_APPROVAL')
    expect((await refusal(runCampaign(deps, id, scene.userId))).code).toBe('TRANSITION_REFUSED')
    await approveCampaign(deps, id, scene.userId, { timezone: 'America/Sao_Paulo' })
    await runCampaign(deps, id, scene.userId)
    expect(await status(id, 'FINISHED')).toMatchObject({
      statuses: { SENT: 95, ERROR: 5 },
      errors: { DUPLICATE: 5 },
      used: '4.2750',
      ledger: '4.2750',
      billed: '4.2750',
    })
    expect(sandbox.stats()).toMatchObject({ unique: 95, duplicates: 0 })
    expect(await refusal(retryFailed(deps, id, scene.userId, undefined))).toMatchObject({ code: 'NOTHING_TO_RETRY' })
  })

  it('needs no approval where a message costs nothing, and waits while the campaign is at work', async () => {
    const scene = await makeScene(db.pool, { cost: '0.0000' })
    const id = await makeCampaign(db.pool, scene, { leads: 4, columns: { unit_cost: '0' } })
    const { id: running } = { id: await makeCampaign(db.pool, scene, { leads: 4, status: 'PROCESSING' }) }
    await db.pool.query(
      `UPDATE "CampaignLead" SET status = 'ERROR', error_code = 'REFUSED' WHERE campaign_id = ANY($1)`,
      [[id, running]],
    )
    await stampApproval(db.pool, id)
    await db.pool.query(`UPDATE "Campaign" SET status = 'FINISHED' WHERE id = $1`, [id])
    const deps = { pool: db.pool, clock: { now: () => new Date() } }
    expect(await retryFailed(deps, id, scene.userId, undefined)).toBe(4)
    expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'APPROVED', statuses: { PENDING: 4 } })
    expect((await refusal(retryFailed(deps, running, scene.userId, undefined))).code).toBe('TRANSITION_REFUSED')
    expect((await booksOf(db.pool, running)).statuses).toEqual({ ERROR: 4 })
  })
})
