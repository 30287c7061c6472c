import { describe, expect, test } from 'vitest'
import { reconcileBudgets } from '../../../src/budget/reconcile.ts'
import { retryFailed } from '../../../src/campaign/actions/retry.ts'
import { resolveLeads } from '../../../src/campaign/doubt/resolve.ts'
import { campaignReport } from '../../../src/campaign/read/report.ts'
import { applyEvents } from '../../../src/webhook/apply-events.ts'
import { openInbox } from '../../../src/webhook/inbox.ts'
import { DEAF } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { booksOf, stampApproval } from '../../support/fixtures.ts'
import { callback, leaveInDoubt, type SentCampaign, sentCampaign } from './scene.ts'

const db = useDatabase()
const now = () => new Date()

const EVENTS = ['SENT', 'DELIVERED', 'READ', 'FAILED', 'OPT_OUT'] as const
/** What the event makes of the lead; FAILED: ERROR with the broker's code. */
type Becomes = 'SENT' | 'DELIVERED' | 'READ' | 'FAILED' | 'as it was' | 'waits'
type Row = readonly [Becomes, Becomes, Becomes, Becomes, Becomes]

const PROVES_ALL: Row = ['SENT', 'DELIVERED', 'READ', 'FAILED', 'SENT']
const DELIVERY_ONLY: Row = ['as it was', 'DELIVERED', 'READ', 'as it was', 'as it was']
const NOTHING: Row = ['as it was', 'as it was', 'as it was', 'as it was', 'as it was']
const WAITS: Row = ['waits', 'waits', 'waits', 'waits', 'waits']

interface State {
  /** Makes the leads of a campaign that was sent what the state says. */
  make: (campaign: SentCampaign) => Promise<unknown>
  /** In the order of EVENTS. */
  row: Row
}

const resolve = (campaign: SentCampaign, verdict: 'NOT_SENT' | 'RESEND') =>
  resolveLeads({ pool: db.pool, clock: { now }, queues: DEAF }, campaign.id, {
    verdict,
    leads: null,
    userId: campaign.userId,
  })

async function set(campaign: SentCampaign, columns: string): Promise<void> {
  await db.pool.query(`UPDATE "CampaignLead" SET ${columns} WHERE campaign_id = $1`, [campaign.id])
}

/** Their cost given back, as a failure does it. */
async function refund(campaign: SentCampaign): Promise<void> {
  const n = campaign.leads.length
  await set(campaign, 'billed = false')
  await db.pool.query(
    `WITH batch AS (UPDATE "Batch" SET reserved = reserved - unit_cost * $2::int WHERE id = $1 RETURNING id, budget_id, unit_cost),
          budget AS (UPDATE "Budget" b SET used_budget = used_budget - t.unit_cost * $2::int FROM batch t WHERE b.id = t.budget_id)
     INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, messages, batch_id)
     SELECT gen_random_uuid(), budget_id, 'RELEASE', -unit_cost * $2::int, -$2::int, id FROM batch`,
    [campaign.batchId, n],
  )
}

/** Their cost and their place in the cap given back, as a settle does it. */
async function giveBack(campaign: SentCampaign): Promise<void> {
  await refund(campaign)
  await db.pool.query(`UPDATE "Contact" SET last_sent_at = '-infinity' WHERE lead_id = ANY($1)`, [
    campaign.leads.map(lead => lead.id),
  ])
}

async function resent(campaign: SentCampaign): Promise<void> {
  await leaveInDoubt(db.pool, campaign)
  await resolve(campaign, 'RESEND')
}

const STATES: Record<string, State> = {
  SENT: { make: async () => undefined, row: ['as it was', 'DELIVERED', 'READ', 'FAILED', 'as it was'] },
  DELIVERED: {
    make: campaign => set(campaign, `status = 'DELIVERED', delivered_at = sent_at`),
    row: ['as it was', 'as it was', 'READ', 'as it was', 'as it was'],
  },
  READ: { make: campaign => set(campaign, `status = 'READ', delivered_at = sent_at, read_at = sent_at`), row: NOTHING },
  'in doubt': { make: campaign => leaveInDoubt(db.pool, campaign), row: PROVES_ALL },
  'in doubt, then sent as a person says': {
    make: async campaign => {
      await leaveInDoubt(db.pool, campaign)
      await set(campaign, `status = 'SENT'`)
    },
    row: ['as it was', 'DELIVERED', 'READ', 'FAILED', 'as it was'],
  },
  'in doubt, then not sent as a person says': {
    make: async campaign => {
      await leaveInDoubt(db.pool, campaign)
      await resolve(campaign, 'NOT_SENT')
    },
    row: PROVES_ALL,
  },
  'in doubt, then to be sent again': { make: resent, row: PROVES_ALL },
  'to be sent again, then cancelled': {
    make: async campaign => {
      await resent(campaign)
      await set(campaign, `status = 'ERROR', error_code = 'CANCELLED', error_message = 'the campaign was cancelled'`)
    },
    row: PROVES_ALL,
  },
  'to be sent again, then held back by the cap': {
    make: async campaign => {
      await resent(campaign)
      await set(campaign, `status = 'ERROR', error_code = 'FREQUENCY_CAP'`)
    },
    row: PROVES_ALL,
  },
  'failed after it was taken': {
    make: async campaign => {
      const { rows } = await db.pool.query(`SELECT billing FROM "Broker" WHERE id = $1`, [campaign.brokerId])
      await set(campaign, `status = 'ERROR', error_code = 'E1', error_message = 'no such number'`)
      if (rows[0].billing === 'DELIVERED') await refund(campaign)
    },
    row: DELIVERY_ONLY,
  },
  'failed, then to be sent again': {
    make: async campaign => {
      await giveBack(campaign)
      await set(campaign, `status = 'ERROR', error_code = 'E1', error_message = 'no such number'`)
      await db.pool.query(`UPDATE "Campaign" SET status = 'FINISHED' WHERE id = $1`, [campaign.id])
      await retryFailed({ pool: db.pool, clock: { now } }, campaign.id, campaign.userId, undefined)
    },
    row: DELIVERY_ONLY,
  },
  'not taken by the broker, to be sent again': {
    make: async campaign => {
      await giveBack(campaign)
      await set(campaign, `status = 'PENDING', sent_at = NULL`)
      await db.pool.query(`UPDATE "Batch" SET status = 'QUEUED', accepted = 0 WHERE id = $1`, [campaign.batchId])
    },
    row: DELIVERY_ONLY,
  },
  'refused by the broker': {
    make: async campaign => {
      await giveBack(campaign)
      await set(campaign, `status = 'ERROR', error_code = 'REFUSED', sent_at = NULL`)
    },
    row: DELIVERY_ONLY,
  },
  'on its way': { make: campaign => set(campaign, `status = 'SENDING'`), row: WAITS },
  'never claimed': {
    make: async campaign => {
      await giveBack(campaign)
      await set(campaign, `status = 'PENDING', sent_at = NULL, batch_number = NULL`)
    },
    row: WAITS,
  },
  'a row that was refused': {
    make: async campaign => {
      await giveBack(campaign)
      await set(campaign, `status = 'ERROR', error_code = 'DUPLICATE', sent_at = NULL, batch_number = NULL`)
    },
    row: NOTHING,
  },
}

async function holdContacts({ leads }: SentCampaign): Promise<void> {
  await db.pool.query(
    `INSERT INTO "Contact" (key, last_sent_at, lead_id) SELECT 'p:' || phone, sent_at, id FROM "CampaignLead" WHERE id = ANY($1)`,
    [leads.map(lead => lead.id)],
  )
}

interface Found {
  status: string
  error_code: string | null
  billed: boolean
  held: boolean
  resolved: number
}

async function leadsOf({ id }: SentCampaign): Promise<Found[]> {
  const { rows } = await db.pool.query<Found>(
    `SELECT l.status, l.error_code, l.billed, coalesce(k.last_sent_at > now() - interval '1 hour', false) AS held,
            (SELECT count(*)::int FROM "LeadEvent" e
             WHERE e.campaign_id = l.campaign_id AND e.seqs @> l.seq AND e.kind = 'RESOLVED' AND e.code = 'CALLBACK') AS resolved
     FROM "CampaignLead" l LEFT JOIN "Contact" k ON k.key = 'p:' || l.phone
     WHERE l.campaign_id = $1 ORDER BY l.seq`,
    [id],
  )
  return rows
}

describe.each(['ACCEPTED', 'DELIVERED'] as const)('of a broker that bills what it %s, a lead that is', billing => {
  test.each(Object.entries(STATES))('%s', async (_, { make, row }) => {
    const campaign = await sentCampaign(db.pool, { leads: EVENTS.length, billing })
    await stampApproval(db.pool, campaign.id)
    await holdContacts(campaign)
    await make(campaign)
    const before = await leadsOf(campaign)
    const told = EVENTS.map((event, i) => ({
      ...callback(event, campaign.leads[i]!.id, { code: 'E7', detail: 'it failed' }),
      occurredAt: now(),
    }))
    await openInbox(db.pool, { now }).store(campaign.brokerId, [...told, ...told])
    await applyEvents(db.pool, { limit: 100, now: now() })
    const after = await leadsOf(campaign)
    for (const [i, becomes] of row.entries()) {
      const what = `${EVENTS[i]}: ${becomes}`
      if (becomes === 'as it was' || becomes === 'waits') expect(after[i], what).toEqual(before[i])
      else {
        const status = becomes === 'FAILED' ? 'ERROR' : becomes
        const billed = becomes !== 'FAILED' || billing === 'ACCEPTED'
        expect(after[i], what).toMatchObject({ status, billed, held: true })
        expect(after[i]!.error_code, what).toBe(becomes === 'FAILED' ? 'E7' : null)
        // That a doubt, or a verdict, was ended by a callback is in the lead's record.
        const moved = ['SENT', 'DELIVERED'].includes(before[i]!.status)
        expect(after[i]!.resolved, what).toBe(moved ? 0 : 1)
      }
    }
    const waiting = await db.pool.query(
      `SELECT event FROM "WebhookEvent" WHERE broker_id = $1 AND applied_at IS NULL`,
      [campaign.brokerId],
    )
    expect(waiting.rows).toHaveLength(row === WAITS ? 2 * EVENTS.length : 0)
    const books = await booksOf(db.pool, campaign.id)
    expect([books.ledger, books.billed]).toEqual([books.used, books.used])
    expect((await reconcileBudgets(db.pool)).differences).toEqual([])
    const { rows: blocked } = await db.pool.query(`SELECT 1 FROM "Blocklist" WHERE phone = $1`, [
      campaign.leads[EVENTS.indexOf('OPT_OUT')]!.phone,
    ])
    expect(blocked).toHaveLength(1)
  })
})

test('what is told about a lead that was to be sent again closes its campaign, where it was the last one', async () => {
  const campaign = await sentCampaign(db.pool, { leads: 1 })
  await stampApproval(db.pool, campaign.id)
  await resent(campaign)
  await db.pool.query(`UPDATE "Batch" SET status = 'DONE' WHERE campaign_id = $1`, [campaign.id])
  await openInbox(db.pool, { now }).store(campaign.brokerId, [callback('DELIVERED', campaign.leads[0]!.id)])
  await applyEvents(db.pool, { limit: 100, now: now() })
  expect(await booksOf(db.pool, campaign.id)).toMatchObject({ campaign: 'FINISHED', statuses: { DELIVERED: 1 } })
})

test('a place in the cap that another message has taken meanwhile is held for both', async () => {
  const campaign = await sentCampaign(db.pool, { leads: 1 })
  await holdContacts(campaign)
  const [lead] = campaign.leads
  const other = await sentCampaign(db.pool, { leads: 1 })
  await leaveInDoubt(db.pool, campaign)
  await resolve(campaign, 'NOT_SENT')
  const key = `p:${lead!.phone}`
  const later = new Date(Date.now() + 60_000)
  await db.pool.query(`UPDATE "Contact" SET last_sent_at = $2, lead_id = $3 WHERE key = $1`, [
    key,
    later,
    other.leads[0]!.id,
  ])
  await openInbox(db.pool, { now }).store(campaign.brokerId, [callback('READ', lead!.id)])
  await applyEvents(db.pool, { limit: 100, now: now() })
  const { rows } = await db.pool.query(
    `SELECT k.last_sent_at, k.lead_id, k.held_before = l.sent_at AS before FROM "Contact" k, "CampaignLead" l WHERE ` +
      `k.key = $1 AND l.id = $2`,
    [key, lead!.id],
  )
  expect(rows).toEqual([{ last_sent_at: later, lead_id: other.leads[0]!.id, before: true }])
})

test('what a person found not sent is not counted as accepted, until the broker reports that it was read', async () => {
  const campaign = await sentCampaign(db.pool, { leads: 2 })
  await leaveInDoubt(db.pool, campaign)
  await resolve(campaign, 'NOT_SENT')
  expect((await campaignReport(db.pool, campaign.id)).rates.accepted).toBe(0)
  await openInbox(db.pool, { now }).store(campaign.brokerId, [callback('READ', campaign.leads[0]!.id)])
  await applyEvents(db.pool, { limit: 100, now: now() })
  expect((await campaignReport(db.pool, campaign.id)).rates).toMatchObject({ accepted: 1, read: 1 })
})
