import { describe, expect, test } from 'vitest'
import type { CallbackEvent } from '../../../src/broker/port.ts'
import { wrongHistories, wrongStatuses } from '../../../src/budget/reconcile-leads.ts'
import { retryFailed } from '../../../src/campaign/actions/retry.ts'
import { systemClock } from '../../../src/clock.ts'
import { type Applied, applyEvents } from '../../../src/webhook/apply-events.ts'
import { inboxFigures, openInbox } from '../../../src/webhook/inbox.ts'
import { useDatabase } from '../../support/database.ts'
import { booksOf } from '../../support/fixtures.ts'
import { callback, leaveInDoubt, type SentCampaign, sentCampaign } from './scene.ts'

const db = useDatabase()
const NOON = new Date('2026-11-24T12:00:00Z')

/** Stores the events and applies what is in the inbox. */
async function tell(campaign: Pick<SentCampaign, 'brokerId'>, ...events: CallbackEvent[]): Promise<Applied> {
  await openInbox(db.pool, { now: () => NOON }).store(campaign.brokerId, events)
  return apply()
}

const apply = (now = NOON) => applyEvents(db.pool, { limit: 10_000, now })

async function leadOf(id: string) {
  const { rows } = await db.pool.query(
    `SELECT status, billed, error_code, error_message, delivered_at, read_at, provider_msg_id FROM "CampaignLead" WHERE id = $1`,
    [id],
  )
  return rows[0]
}

async function batchOf({ batchId }: SentCampaign) {
  const { rows } = await db.pool.query(`SELECT status, accepted, reserved FROM "Batch" WHERE id = $1`, [batchId])
  return rows[0]
}

async function inboxOf({ brokerId }: SentCampaign) {
  const { rows } = await db.pool.query(
    `SELECT event, lead_id, payload, applied_at IS NOT NULL AS applied FROM "WebhookEvent" WHERE broker_id = $1 ORDER BY id`,
    [brokerId],
  )
  return rows
}

describe('callbacks of a settled campaign', () => {
  test('move each lead forward, once', async () => {
    const campaign = await sentCampaign(db.pool)
    const [a, b, c] = campaign.leads.map(lead => lead.id) as [string, string, string]
    const events = [callback('READ', a), callback('DELIVERED', a), callback('DELIVERED', b), callback('SENT', c)]
    expect(await tell(campaign, ...events, ...events)).toMatchObject({ applied: 8, waiting: 0, unknown: 0 })
    expect(await leadOf(a)).toMatchObject({ status: 'READ', delivered_at: NOON, read_at: NOON })
    expect(await leadOf(b)).toMatchObject({ status: 'DELIVERED', delivered_at: NOON, read_at: null })
    expect(await leadOf(c)).toMatchObject({ status: 'SENT', delivered_at: null })
    expect(await tell(campaign, callback('SENT', a), callback('DELIVERED', a), callback('FAILED', b))).toMatchObject({
      applied: 3,
    })
    expect([(await leadOf(a)).status, (await leadOf(b)).status]).toEqual(['READ', 'DELIVERED'])
  })

  test('find their lead by the broker’s own id, at that broker only', async () => {
    const [campaign, other] = [await sentCampaign(db.pool), await sentCampaign(db.pool)]
    const lead = campaign.leads[0]!.id
    await db.pool.query(`INSERT INTO "ProviderMessage" (broker_id, provider_msg_id, lead_id) VALUES ($1, 'SM1', $2)`, [
      campaign.brokerId,
      lead,
    ])
    const event: CallbackEvent = { event: 'READ', providerMsgId: 'SM1', occurredAt: NOON, payload: { sid: 'SM1' } }
    expect(await tell(other, event)).toMatchObject({ applied: 0, unknown: 1 })
    expect((await leadOf(lead)).status).toBe('SENT')
    expect(await tell(campaign, event)).toMatchObject({ applied: 1 })
    expect(await leadOf(lead)).toMatchObject({ status: 'READ', provider_msg_id: 'SM1' })
    expect(await inboxOf(campaign)).toEqual([{ event: 'READ', lead_id: lead, payload: null, applied: true }])
  })

  test('teach the broker’s other id for the same message', async () => {
    const campaign = await sentCampaign(db.pool)
    const lead = campaign.leads[0]!.id
    await tell(campaign, { ...callback('SENT', lead), providerMsgId: 'gs-1', alias: 'wamid.1' })
    const late: CallbackEvent = { event: 'READ', providerMsgId: 'wamid.1', occurredAt: NOON, payload: {} }
    expect(await tell(campaign, late)).toMatchObject({ applied: 1 })
    expect(await leadOf(lead)).toMatchObject({ status: 'READ', provider_msg_id: 'gs-1' })
  })

  test('that speak of a person, not of a message, block that person; a phone of no lead has its own source, and an audit', async () => {
    const campaign = await sentCampaign(db.pool)
    const optOut = (phone: string): CallbackEvent => ({ event: 'OPT_OUT', phone, occurredAt: NOON, payload: {} })
    const { phone } = campaign.leads[0]!
    const told = [optOut(phone), optOut('5511955550000'), optOut('5511955550000')]
    expect(await tell(campaign, ...told)).toMatchObject({ applied: 3 })
    expect(await tell(campaign, ...told)).toMatchObject({ applied: 3 })
    const { rows } = await db.pool.query(
      `SELECT k.phone, k.source = 'broker:' || r.name AS own, k.source = 'broker:' || r.name || ':unknown' AS unknown
       FROM "Blocklist" k, "Broker" r WHERE k.phone = ANY($1) AND r.id = $2 ORDER BY k.phone`,
      [[phone, '5511955550000'], campaign.brokerId],
    )
    expect(rows.sort((a, b) => Number(b.own) - Number(a.own))).toEqual([
      { phone, own: true, unknown: false },
      { phone: '5511955550000', own: false, unknown: true },
    ])
    const { rows: audit } = await db.pool.query(
      `SELECT user_id, detail FROM "AuditEvent" WHERE action = 'blocklist.optout' AND subject_id = $1`,
      [campaign.brokerId],
    )
    expect(audit).toMatchObject([{ user_id: null, detail: { added: 1 } }])
    expect((await inboxOf(campaign)).every(({ applied }) => applied)).toBe(true)
  })

  test('that say that the whole campaign is wrong pause it, while it runs', async () => {
    const [running, finished] = [await sentCampaign(db.pool), await sentCampaign(db.pool)]
    await db.pool.query(`UPDATE "Campaign" SET status = 'FINISHED' WHERE id = $1`, [finished.id])
    for (const campaign of [running, finished]) {
      const failed = callback('FAILED', campaign.leads[0]!.id)
      await tell(campaign, { ...failed, code: '1004', detail: 'template disabled', stops: true })
    }
    expect(await booksOf(db.pool, running.id)).toMatchObject({
      campaign: 'PAUSED',
      reason: 'the broker reports: template disabled',
    })
    expect((await booksOf(db.pool, finished.id)).campaign).toBe('FINISHED')
  })

  test('that a template is stopped pause the campaigns that send it at this broker, and no other', async () => {
    const [paused, other, elsewhere] = [
      await sentCampaign(db.pool),
      await sentCampaign(db.pool),
      await sentCampaign(db.pool),
    ]
    const template = async (campaigns: SentCampaign[], code: string) => {
      await db.pool.query(
        `WITH t AS (
           INSERT INTO "Template" (id, name, template_code, content, updated_at)
           VALUES (gen_random_uuid(), $1, $1, 'Olá', now()) RETURNING id
         ) UPDATE "Campaign" SET template_id = t.id FROM t WHERE "Campaign".id = ANY($2::uuid[])`,
        [code, campaigns.map(({ id }) => id)],
      )
    }
    await template([paused, elsewhere], 'aviso-stopped')
    await template([other], 'aviso-other')
    await db.pool.query(`UPDATE "Campaign" SET broker_id = $2 WHERE id = $1`, [other.id, paused.brokerId])
    const stopped: CallbackEvent = {
      event: 'FAILED',
      occurredAt: NOON,
      payload: {},
      detail: 'the template aviso is paused',
    }
    const events = ['aviso-uuid', 'aviso-stopped'].map(name => ({ ...stopped, template: name }))
    expect(await tell(paused, ...events)).toMatchObject({ applied: 2, waiting: 0, unknown: 0 })
    expect(await booksOf(db.pool, paused.id)).toMatchObject({
      campaign: 'PAUSED',
      reason: 'the broker reports: the template aviso is paused',
      statuses: { SENT: 10 },
    })
    expect((await booksOf(db.pool, other.id)).campaign).toBe('PROCESSING')
    expect((await booksOf(db.pool, elsewhere.id)).campaign).toBe('PROCESSING')
  })

  test('do not reach the leads of another broker', async () => {
    const [campaign, other] = [await sentCampaign(db.pool), await sentCampaign(db.pool)]
    const lead = campaign.leads[0]!.id
    expect(await tell(other, callback('READ', lead))).toMatchObject({ applied: 0, waiting: 0 })
    expect((await leadOf(lead)).status).toBe('SENT')
  })

  test('wait for a lead that is not settled yet, and are applied when it is', async () => {
    const campaign = await sentCampaign(db.pool)
    const lead = campaign.leads[0]!.id
    await db.pool.query(`UPDATE "CampaignLead" SET status = 'SENDING' WHERE id = $1`, [lead])
    expect(await tell(campaign, callback('DELIVERED', lead))).toMatchObject({ applied: 0, waiting: 1 })
    expect((await leadOf(lead)).status).toBe('SENDING')
    await db.pool.query(`UPDATE "CampaignLead" SET status = 'SENT' WHERE id = $1`, [lead])
    expect(await apply(NOON)).toMatchObject({ seen: 0 })
    expect(await apply(new Date(NOON.getTime() + 1_000))).toMatchObject({ applied: 1, waiting: 0 })
    expect((await leadOf(lead)).status).toBe('DELIVERED')
  })

  test('resolve what was in doubt: it had been accepted, and stays paid for', async () => {
    const campaign = await sentCampaign(db.pool)
    await leaveInDoubt(db.pool, campaign)
    const before = await booksOf(db.pool, campaign.id)
    const [first, ...others] = campaign.leads.map(lead => lead.id) as [string, ...string[]]
    await tell(campaign, callback('SENT', first))
    expect(await leadOf(first)).toMatchObject({ status: 'SENT', billed: true, error_message: null })
    expect(await batchOf(campaign)).toMatchObject({ status: 'IN_DOUBT', accepted: 1 })
    await tell(
      campaign,
      ...others.map((id, i) => callback(i % 2 ? 'FAILED' : 'READ', id, { code: 'E7', detail: 'no such number' })),
    )
    expect(await batchOf(campaign)).toMatchObject({ status: 'DONE', accepted: campaign.leads.length })
    expect(await leadOf(others[1]!)).toMatchObject({
      status: 'ERROR',
      error_code: 'E7',
      error_message: 'no such number',
      billed: true,
    })
    const after = await booksOf(db.pool, campaign.id)
    expect([after.used, after.ledger, after.billed]).toEqual([before.used, before.ledger, before.billed])
  })

  test('put the person who opted out on the blocklist', async () => {
    const campaign = await sentCampaign(db.pool)
    const { id, phone } = campaign.leads[3]!
    await tell(campaign, callback('DELIVERED', id), callback('OPT_OUT', id), callback('OPT_OUT', id))
    const { rows } = await db.pool.query(
      `SELECT k.source, r.name FROM "Blocklist" k, "Broker" r WHERE k.phone = $1 AND r.id = $2`,
      [phone, campaign.brokerId],
    )
    expect(rows).toEqual([{ source: `broker:${rows[0]?.name}`, name: expect.any(String) }])
    expect((await leadOf(id)).status).toBe('DELIVERED')
  })

  test('put a person on the blocklist of whom no message is known, by a phone with or without its ninth digit', async () => {
    const campaign = await sentCampaign(db.pool)
    const told = { occurredAt: NOON, payload: {}, phone: '552187650001' }
    expect(await tell(campaign, { event: 'OPT_OUT', ...told })).toMatchObject({ applied: 1 })
    const { rows } = await db.pool.query(`SELECT phone FROM "Blocklist" WHERE phone LIKE '5521%87650001'`)
    expect(rows).toEqual([{ phone: '5521987650001' }])
  })
})

describe('at a broker that bills deliveries', () => {
  test('a failure gives the cost back, and a delivery after it books it again', async () => {
    const campaign = await sentCampaign(db.pool, { billing: 'DELIVERED' })
    const ids = campaign.leads.map(lead => lead.id)
    await tell(
      campaign,
      ...ids.slice(0, 4).map(id => callback('FAILED', id)),
      ...ids.slice(4).map(id => callback('READ', id)),
    )
    expect(await booksOf(db.pool, campaign.id)).toMatchObject({ used: '0.2700', ledger: '0.2700', billed: '0.2700' })
    expect(await batchOf(campaign)).toMatchObject({ reserved: '0.2700' })
    expect(await leadOf(ids[0]!)).toMatchObject({ status: 'ERROR', error_code: 'FAILED', billed: false })

    await tell(campaign, callback('FAILED', ids[1]!), callback('DELIVERED', ids[0]!))
    expect(await leadOf(ids[0]!)).toMatchObject({ status: 'DELIVERED', error_code: null, billed: true })
    expect(await booksOf(db.pool, campaign.id)).toMatchObject({ used: '0.3150', ledger: '0.3150', billed: '0.3150' })
    const { rows } = await db.pool.query(
      `SELECT kind, messages, amount FROM "BudgetEntry" WHERE batch_id = $1 ORDER BY created_at, messages`,
      [campaign.batchId],
    )
    expect(rows.map(({ kind, messages, amount }) => `${kind} ${messages} ${amount}`).sort()).toEqual([
      'RELEASE -4 -0.1800',
      'RESERVE 1 0.0450',
      'RESERVE 10 0.4500',
    ])
  })
})

test('a delivery that the broker does not bill gives its cost back, once, and the ledger says why', async () => {
  const campaign = await sentCampaign(db.pool, { billing: 'DELIVERED' })
  const ids = campaign.leads.map(lead => lead.id)
  const free = { billable: false } as const
  await tell(campaign, ...ids.slice(0, 3).map(id => callback('DELIVERED', id, free)), callback('SENT', ids[3]!, free))
  await tell(campaign, ...ids.slice(0, 3).map(id => callback('READ', id)), callback('DELIVERED', ids[0]!, free))
  expect(await leadOf(ids[0]!)).toMatchObject({ status: 'READ', billed: false })
  expect(await leadOf(ids[3]!)).toMatchObject({ status: 'SENT', billed: true })
  const seven = { used: '0.3150', ledger: '0.3150', billed: '0.3150' }
  expect(await booksOf(db.pool, campaign.id)).toMatchObject(seven)
  const entries = async () => {
    const { rows } = await db.pool.query(
      `SELECT kind, messages, reason FROM "BudgetEntry" WHERE batch_id = $1 AND kind = 'RELEASE' ORDER BY created_at, messages`,
      [campaign.batchId],
    )
    return rows
  }
  expect(await entries()).toEqual([{ kind: 'RELEASE', messages: -3, reason: 'not billed by the broker' }])
  // Together with a failure, one entry of the batch names the failure.
  await tell(campaign, callback('FAILED', ids[4]!), callback('DELIVERED', ids[5]!, free))
  expect(await entries()).toMatchObject([{}, { messages: -2, reason: 'not delivered' }])
  expect(await booksOf(db.pool, campaign.id)).toMatchObject({ used: '0.2250', ledger: '0.2250', billed: '0.2250' })
  expect(await wrongStatuses(db.pool)).toEqual([])
  expect(await wrongHistories(db.pool)).toEqual([])
  // A delivered lead whose record says nothing of it was not given back by a callback.
  await db.pool.query(`UPDATE "CampaignLead" SET status = 'READ', billed = false WHERE id = $1`, [ids[6]])
  expect(await wrongStatuses(db.pool)).toMatchObject([
    { check: 'STATUS', found: expect.stringMatching(/^1 \(seq \d+\)$/) },
  ])
})

describe('of a message that failed, and was sent again since', () => {
  /** Each lead's first message, `old-N`, failed; the second one, `new-N`, is SENT. */
  async function sentAgain(): Promise<SentCampaign & { lead: string }> {
    const campaign = await sentCampaign(db.pool, { billing: 'DELIVERED' })
    const lead = campaign.leads[0]!.id
    await nameMessage(campaign, lead, 'old-1')
    await tell(campaign, { ...callback('FAILED', lead), providerMsgId: 'old-1' })
    await db.pool.query(`UPDATE "Campaign" SET status = 'FINISHED' WHERE id = $1`, [campaign.id])
    expect(await retryFailed({ pool: db.pool, clock: systemClock }, campaign.id, campaign.userId, undefined)).toBe(1)
    await nameMessage(campaign, lead, 'new-1')
    return { ...campaign, lead }
  }

  async function nameMessage({ brokerId }: SentCampaign, lead: string, name: string) {
    await db.pool.query(
      `UPDATE "CampaignLead" SET status = 'SENT', billed = true, provider_msg_id = $2, sent_at = now() WHERE id = $1`,
      [lead, name],
    )
    await db.pool.query(`INSERT INTO "ProviderMessage" (broker_id, provider_msg_id, lead_id) VALUES ($1, $2, $3)`, [
      brokerId,
      name,
      lead,
    ])
  }

  test('it counts once in its batch, where the first message turns out delivered before it is sent again', async () => {
    const campaign = await sentCampaign(db.pool, { billing: 'DELIVERED' })
    const lead = campaign.leads[0]!.id
    await leaveInDoubt(db.pool, campaign)
    await tell(campaign, callback('FAILED', lead))
    await db.pool.query(`UPDATE "Campaign" SET status = 'FINISHED' WHERE id = $1`, [campaign.id])
    expect(await retryFailed({ pool: db.pool, clock: systemClock }, campaign.id, campaign.userId, ['FAILED'])).toBe(1)
    expect((await batchOf(campaign)).accepted).toBe(1)
    await tell(campaign, callback('DELIVERED', lead))
    expect((await leadOf(lead)).status).toBe('DELIVERED')
    expect((await batchOf(campaign)).accepted).toBe(1)
  })

  test('a second word of the first failure does not fail it, whether it names the lead or the message', async () => {
    const campaign = await sentAgain()
    const byKey: CallbackEvent = { ...callback('FAILED', campaign.lead), providerMsgId: 'old-1' }
    expect(await tell(campaign, byKey)).toMatchObject({ applied: 1 })
    const byMessage: CallbackEvent = { event: 'FAILED', providerMsgId: 'old-1', occurredAt: NOON, payload: {} }
    expect(await tell(campaign, byMessage)).toMatchObject({ applied: 0, waiting: 0 })
    expect(await leadOf(campaign.lead)).toMatchObject({ status: 'SENT', billed: true, provider_msg_id: 'new-1' })
  })

  test('its own failure does', async () => {
    const campaign = await sentAgain()
    await tell(campaign, { ...callback('FAILED', campaign.lead), providerMsgId: 'new-1' })
    expect((await leadOf(campaign.lead)).status).toBe('ERROR')
  })
})

describe('callbacks of unknown messages', () => {
  test('are kept, looked at for a day, and then left as unknown with what the broker sent', async () => {
    const campaign = await sentCampaign(db.pool)
    const nobody = '0190f3a0-0000-7000-8000-00000000dead'
    await openInbox(db.pool, { now: () => NOON }).store(campaign.brokerId, [
      callback('READ', nobody),
      { event: 'READ', providerMsgId: 'lost', occurredAt: NOON, payload: { id: 'lost' } },
    ])
    const hours = (n: number) => new Date(NOON.getTime() + n * 3_600_000)
    await apply(hours(23))
    expect(await inboxFigures(db.pool, campaign.brokerId)).toEqual({ applied: 0, waiting: 2, unknown: 0, dropped: 0 })
    expect(await inboxOf(campaign)).toMatchObject([{ applied: false }, { applied: false }])
    expect(await apply(hours(23))).toMatchObject({ seen: 0 })
    await apply(hours(25))
    expect(await inboxOf(campaign)).toEqual([
      { event: 'READ', lead_id: null, payload: { lead_id: nobody, provider_msg_id: null }, applied: true },
      { event: 'READ', lead_id: null, payload: { id: 'lost' }, applied: true },
    ])
    expect(await inboxFigures(db.pool, campaign.brokerId)).toEqual({ applied: 0, waiting: 0, unknown: 2, dropped: 0 })
  })

  test('cannot fail those that are stored with them, not even by a broker that is gone', async () => {
    const campaign = await sentCampaign(db.pool)
    const inbox = openInbox(db.pool, { now: () => NOON })
    const known = callback('READ', campaign.leads[0]!.id)
    const odd = (occurredAt: Date) => ({ ...known, occurredAt })
    const stored = await Promise.allSettled([
      inbox.store(campaign.brokerId, [known]),
      inbox.store('0190f3a0-0000-7000-8000-00000000dead', [known]),
      inbox.store(campaign.brokerId, [odd(new Date(Number.NaN)), odd(new Date('-100000-01-01T00:00:00Z'))]),
    ])
    expect(stored.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const { rows } = await db.pool.query(`SELECT occurred_at FROM "WebhookEvent" WHERE broker_id = $1`, [
      campaign.brokerId,
    ])
    expect(rows).toEqual([{ occurred_at: NOON }, { occurred_at: NOON }, { occurred_at: NOON }])
    await apply()
  })

  test('cannot keep the inbox from storing others', async () => {
    const campaign = await sentCampaign(db.pool)
    const odd = {
      event: 'FAILED',
      leadId: 'no uuid',
      code: 'a\0b',
      detail: 'x'.repeat(2_000),
      occurredAt: NOON,
      payload: { odd: '\0\ud800' },
    } as const
    const known = callback('READ', campaign.leads[0]!.id)
    expect(await tell(campaign, odd, known)).toMatchObject({ applied: 1 })
    expect(await inboxOf(campaign)).toMatchObject([
      { lead_id: null, payload: { odd: '\ufffd\ufffd' } },
      { applied: true },
    ])
  })
})

test('workers that apply at once, beside settles that hold leads, do every event once and wait for no lock', async () => {
  const campaign = await sentCampaign(db.pool, { leads: 600, billing: 'DELIVERED' })
  const ids = campaign.leads.map(lead => lead.id)
  const [read, failed, mixed] = [ids.slice(0, 200), ids.slice(200, 400), ids.slice(400)]
  const events = [
    ...[...read].reverse().flatMap(id => [callback('READ', id), callback('DELIVERED', id)]),
    ...failed.map(id => callback('FAILED', id)),
    ...mixed.flatMap(id => [callback('FAILED', id), callback('DELIVERED', id)]),
  ]
  // Interleaved, so that each worker's share touches the leads of the others'.
  const shuffled = [...events, ...events]
    .map((event, i) => ({ event, at: (i * 7919) % 4_001 }))
    .sort((a, b) => a.at - b.at)
  await openInbox(db.pool, { now: () => NOON }).store(
    campaign.brokerId,
    shuffled.map(({ event }) => event),
  )

  const holder = await db.pool.connect()
  await holder.query('BEGIN')
  await holder.query(`SELECT 1 FROM "CampaignLead" WHERE id = ANY($1::uuid[]) FOR UPDATE`, [ids.slice(190, 210)])
  let rounds = 0
  const round = () => applyEvents(db.pool, { limit: 150, now: new Date(NOON.getTime() + ++rounds * 30_000) })
  let applied = 0
  for (let i = 0; i < 10; i++) {
    for (const result of await Promise.all([round(), round(), round(), round()])) applied += result.applied
  }
  expect(applied).toBeLessThan(events.length * 2)
  await holder.query('COMMIT')
  holder.release()
  while (applied < events.length * 2) {
    const results = await Promise.all([round(), round(), round(), round()])
    const now = results.reduce((sum, result) => sum + result.applied, 0)
    if (now === 0) throw new Error(`${events.length * 2 - applied} events are stuck`)
    applied += now
  }
  expect(applied).toBe(events.length * 2)
  const books = await booksOf(db.pool, campaign.id)
  expect(books.statuses).toEqual({ READ: 200, ERROR: 200, DELIVERED: 200 })
  expect([books.used, books.ledger, books.billed]).toEqual(['18.0000', '18.0000', '18.0000'])
  expect(await batchOf(campaign)).toMatchObject({ reserved: '18.0000' })
})
