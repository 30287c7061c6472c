import { onTestFinished, test } from 'vitest'
import { startApplier } from '../../../src/webhook/apply-loop.ts'
import { openInbox } from '../../../src/webhook/inbox.ts'
import { useDatabase } from '../../support/database.ts'
import { until } from '../../support/worker.ts'
import { callback, sentCampaign } from './scene.ts'

const db = useDatabase()
const now = () => new Date()

async function statusesOf(campaignId: string): Promise<Record<string, number>> {
  const { rows } = await db.pool.query<{ status: string; n: number }>(
    `SELECT status, count(*)::int AS n FROM "CampaignLead" WHERE campaign_id = $1 GROUP BY 1`,
    [campaignId],
  )
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]))
}

function untilStatuses(campaignId: string, statuses: Record<string, number>) {
  const is = (found: Record<string, number>) => Object.entries(statuses).every(([status, n]) => found[status] === n)
  return until(`the leads are ${JSON.stringify(statuses)}`, () => statusesOf(campaignId), is)
}

function applier() {
  const started = startApplier(db.pool, {
    now,
    onError: error => {
      throw error
    },
  })
  onTestFinished(() => started.stop())
  return started
}

test('comes back by itself for a callback that overtook the settle of its lead', async () => {
  const campaign = await sentCampaign(db.pool, { leads: 2 })
  const [early, usual] = campaign.leads.map(lead => lead.id) as [string, string]
  await db.pool.query(`UPDATE "CampaignLead" SET status = 'SENDING' WHERE id = $1`, [early])
  const it = applier()
  await openInbox(db.pool, { now }).store(campaign.brokerId, [callback('READ', early), callback('DELIVERED', usual)])
  it.wake()
  await untilStatuses(campaign.id, { SENDING: 1, DELIVERED: 1 })
  await db.pool.query(`UPDATE "CampaignLead" SET status = 'SENT' WHERE id = $1`, [early])
  await untilStatuses(campaign.id, { READ: 1, DELIVERED: 1 })
})

test('finds an event that was committed behind others', async () => {
  const campaign = await sentCampaign(db.pool, { leads: 3 })
  const [late, usual, last] = campaign.leads.map(lead => lead.id) as [string, string, string]
  const { rows } = await db.pool.query<{ id: string }>(
    `SELECT nextval(pg_get_serial_sequence('"WebhookEvent"', 'id')) AS id`,
  )
  const inbox = openInbox(db.pool, { now })
  const it = applier()
  await inbox.store(campaign.brokerId, [callback('DELIVERED', usual)])
  it.wake()
  await untilStatuses(campaign.id, { SENT: 2, DELIVERED: 1 })
  await db.pool.query(
    `INSERT INTO "WebhookEvent" (id, broker_id, event, lead_id, occurred_at) VALUES ($1, $2, 'READ', $3, now())`,
    [rows[0]!.id, campaign.brokerId, late],
  )
  await inbox.store(campaign.brokerId, [callback('DELIVERED', last)])
  it.wake()
  await untilStatuses(campaign.id, { READ: 1, DELIVERED: 2 })
})
