import { describe, expect, it } from 'vitest'
import type { CallbackEvent } from '../../../src/broker/port.ts'
import { reconcileBudgets } from '../../../src/budget/reconcile.ts'
import { notDueLeads } from '../../../src/campaign/actions/not-due.ts'
import { retryFailed } from '../../../src/campaign/actions/retry.ts'
import { resumeCampaign } from '../../../src/campaign/actions/start.ts'
import { applyEvents } from '../../../src/webhook/apply-events.ts'
import { openInbox } from '../../../src/webhook/inbox.ts'
import { DEAF } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { booksOf, makeCampaign } from '../../support/fixtures.ts'
import { callback, type SentCampaign, sentCampaign } from './scene.ts'

/** What a code does that a broker reports after it has accepted the message. */
const db = useDatabase()

const CODES = {
  'c-stop': { class: 'stop' },
  'c-fatal': { class: 'fatal' },
  'c-record': { class: 'record' },
  'c-later': { class: 'later' },
  'c-opt-out': { class: 'opt-out' },
}

async function scenery(leads = 10) {
  const campaign = await sentCampaign(db.pool, { leads })
  await db.pool.query(`UPDATE "Broker" SET codes = $2 WHERE id = $1`, [campaign.brokerId, CODES])
  return campaign
}

async function hear({ brokerId }: SentCampaign, events: CallbackEvent[]) {
  await openInbox(db.pool, { now: () => new Date() }).store(brokerId, events)
  while ((await applyEvents(db.pool, { limit: 5_000, now: new Date() })).seen > 0);
}

const failed = ({ leads }: SentCampaign, code: string, from = 0, to = leads.length) =>
  leads.slice(from, to).map(({ id }) => callback('FAILED', id, { code, detail: 'the broker says so' }))

const statusOf = async (id: string) => (await booksOf(db.pool, id)).campaign
const isBlocked = async (phone: string) =>
  (await db.pool.query(`SELECT 1 FROM "Blocklist" WHERE phone = $1`, [phone])).rowCount === 1
const differences = async () => (await reconcileBudgets(db.pool)).differences

/** Resumed by its importer, with something left to send. */
async function resume(campaign: SentCampaign) {
  await db.pool.query(
    `INSERT INTO "CampaignLead" (id, campaign_id, seq, phone) SELECT gen_random_uuid(), $1, 100000, '5511955550000'
     ON CONFLICT DO NOTHING`,
    [campaign.id],
  )
  await db.pool.query(`UPDATE "Campaign" SET approval_hash = $2 WHERE id = $1`, [
    campaign.id,
    await hashOf(campaign.id),
  ])
  await resumeCampaign({ pool: db.pool, clock: { now: () => new Date() }, queues: DEAF }, campaign.id, campaign.userId)
}

async function hashOf(id: string): Promise<string> {
  const { approvalHash } = await import('../../../src/campaign/approval/approval-hash.ts')
  const { readCampaign } = await import('../../../src/campaign/campaign-header.ts')
  return approvalHash(await readCampaign(db.pool, id))
}

describe('a failure with a code of class', () => {
  it('record and later: the lead fails, and the campaign goes on', async () => {
    const campaign = await scenery()
    await hear(campaign, [...failed(campaign, 'c-record', 0, 3), ...failed(campaign, 'c-later', 3, 6)])
    expect(await booksOf(db.pool, campaign.id)).toMatchObject({
      campaign: 'PROCESSING',
      statuses: { ERROR: 6, SENT: 4 },
      errors: { 'c-record': 3, 'c-later': 3 },
    })
  })

  it('stop: the campaign is paused with the code; resumed, neither old messages nor repeated callbacks pause it', async () => {
    const campaign = await scenery()
    await hear(campaign, failed(campaign, 'c-stop', 0, 1))
    const books = await booksOf(db.pool, campaign.id)
    expect(books).toMatchObject({ campaign: 'PAUSED', reason: 'c-stop: the broker says so' })
    await resume(campaign)
    await hear(campaign, failed(campaign, 'c-stop', 0, 5))
    expect(await booksOf(db.pool, campaign.id)).toMatchObject({
      campaign: 'PROCESSING',
      statuses: { ERROR: 5, SENT: 5, PENDING: 1 },
    })
    await db.pool.query(`UPDATE "CampaignLead" SET sent_at = now() WHERE id = $1`, [campaign.leads[7]!.id])
    await hear(campaign, failed(campaign, 'c-stop', 7, 8))
    expect(await statusOf(campaign.id)).toBe('PAUSED')
    expect(await differences()).toEqual([])
  })

  it('fatal: every running campaign of that wallet and broker is paused, and no other', async () => {
    const [campaign, other] = [await scenery(), await scenery()]
    const second = await makeCampaign(db.pool, campaign, { leads: 5, status: 'PROCESSING' })
    const finished = await makeCampaign(db.pool, campaign, { leads: 5, status: 'FINISHED' })
    await hear(campaign, failed(campaign, 'c-fatal', 0, 1))
    expect(await Promise.all([campaign.id, second, finished, other.id].map(statusOf))).toEqual([
      ...['PAUSED', 'PAUSED', 'FINISHED', 'PROCESSING'],
    ])
  })

  it('opt-out: the recipient is blocked, and the lead has failed', async () => {
    const campaign = await scenery()
    await hear(campaign, failed(campaign, 'c-opt-out', 0, 1))
    expect(await Promise.all(campaign.leads.slice(0, 2).map(({ phone }) => isBlocked(phone)))).toEqual([true, false])
    expect(await booksOf(db.pool, campaign.id)).toMatchObject({
      campaign: 'PROCESSING',
      statuses: { ERROR: 1, SENT: 9 },
    })
  })
})

it('a code that is not listed: a few failures are their leads’; half of the last hundred pause the campaign, once', async () => {
  const campaign = await scenery(320)
  const delivered = (from: number, to: number) =>
    campaign.leads.slice(from, to).map(({ id }) => callback('DELIVERED', id))
  await hear(campaign, failed(campaign, 'new', 0, 49))
  await hear(campaign, delivered(49, 110))
  expect(await statusOf(campaign.id)).toBe('PROCESSING')
  await hear(campaign, failed(campaign, 'new', 110, 150))
  expect(await statusOf(campaign.id)).toBe('PROCESSING')
  await hear(campaign, failed(campaign, 'new', 150, 170))
  const books = await booksOf(db.pool, campaign.id)
  expect(books.campaign).toBe('PAUSED')
  expect(books.reason).toMatch(/^50 of the last 100 messages were not delivered: new: the broker says so/)
  await resume(campaign)
  await hear(campaign, failed(campaign, 'new', 170, 320))
  expect(await statusOf(campaign.id)).toBe('PROCESSING')
})

it('a failure that may be sent again later is retried from then on; until then it is counted, with the time', async () => {
  const campaign = await sentCampaign(db.pool, { leads: 10, billing: 'DELIVERED' })
  const codes = { 'c-later': { class: 'later', afterMs: 86_400_000 } }
  await db.pool.query(`UPDATE "Broker" SET codes = $2 WHERE id = $1`, [campaign.brokerId, codes])
  await hear(campaign, [...failed(campaign, 'c-later', 0, 2), ...failed(campaign, 'c-record', 2, 3)])
  const pause = () => db.pool.query(`UPDATE "Campaign" SET status = 'PAUSED' WHERE id = $1`, [campaign.id])
  const retryAt = (at: string) =>
    retryFailed(
      { pool: db.pool, clock: { now: () => new Date(at) }, timezone: 'America/Sao_Paulo' },
      campaign.id,
      campaign.userId,
      undefined,
    )
  await pause()
  const [before, after] = ['2026-11-25T11:59:59Z', '2026-11-25T12:00:00Z']
  expect(await retryAt(before)).toBe(1)
  const notDue = await notDueLeads(db.pool, campaign.id, new Date(before))
  expect([notDue.seqs.length, notDue.dueAt]).toEqual([2, new Date(after)])
  await pause()
  await expect(retryAt(before)).rejects.toMatchObject({
    code: 'NOTHING_TO_RETRY',
    hint: expect.stringMatching(/due at Wed 25 Nov 09:00;/),
  })
  expect(await retryAt(after)).toBe(2)
  expect(await booksOf(db.pool, campaign.id)).toMatchObject({ statuses: { PENDING: 3, SENT: 7 } })
  expect(await differences()).toEqual([])
})

it('of messages that are not ours, and of a broker whose adapter is newer, nothing pauses', async () => {
  const [campaign, other] = [await scenery(), await scenery()]
  // Its key is that of a lead of another broker.
  await hear(other, failed(campaign, 'c-fatal', 0, 1))
  expect(await Promise.all([campaign.id, other.id].map(statusOf))).toEqual(['PROCESSING', 'PROCESSING'])
  await db.pool.query(`UPDATE "Broker" SET adapter = 'OF_A_NEWER_CAMP' WHERE id = $1`, [campaign.brokerId])
  await hear(campaign, failed(campaign, 'c-stop', 0, 1))
  expect(await booksOf(db.pool, campaign.id)).toMatchObject({ campaign: 'PROCESSING', errors: { 'c-stop': 1 } })
})

it('a class that a newer camp has added holds up no callback, neither of its broker nor of others', async () => {
  const [campaign, other] = [await scenery(), await scenery()]
  const newer = { 'c-stop': { class: 'of a newer camp' } }
  await db.pool.query(`UPDATE "Broker" SET codes = $2 WHERE id = $1`, [campaign.brokerId, newer])
  await hear(campaign, failed(campaign, 'c-stop', 0, 1))
  expect(await booksOf(db.pool, campaign.id)).toMatchObject({ campaign: 'PROCESSING', errors: { 'c-stop': 1 } })
  await hear(other, failed(other, 'c-stop', 0, 1))
  expect(await statusOf(other.id)).toBe('PAUSED')
})
