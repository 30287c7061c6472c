import { describe, expect, test } from 'vitest'
import type { CallbackEvent, Reply } from '../../../src/broker/port.ts'
import { handleReplies } from '../../../src/inbound/handle.ts'
import { applyEvents } from '../../../src/webhook/apply-events.ts'
import { openInbox } from '../../../src/webhook/inbox.ts'
import { useDatabase } from '../../support/database.ts'
import { callback, type SentCampaign, sentCampaign } from './scene.ts'

const db = useDatabase()
const NOON = new Date('2026-11-24T12:00:00Z')

function replyTo(
  phone: string | undefined,
  text: string,
  rest: Partial<CallbackEvent> = {},
  reply: Partial<Reply> = {},
): CallbackEvent {
  return {
    event: 'REPLY',
    phone,
    reply: { id: `in-${phone}-${text}`, kind: 'text', text, ...reply },
    occurredAt: NOON,
    payload: { text },
    ...rest,
  }
}

async function tell({ brokerId }: SentCampaign, ...events: CallbackEvent[]) {
  await openInbox(db.pool, { now: () => NOON }).store(brokerId, events)
  return applyEvents(db.pool, { limit: 10_000, now: NOON })
}

async function stored({ brokerId }: SentCampaign) {
  const { rows } = await db.pool.query(
    `SELECT campaign_id, lead_id, phone, sender, kind, text, payload, request, verdict, words, handled_at IS NOT NULL AS handled
     FROM "InboundMessage" WHERE broker_id = $1 ORDER BY id`,
    [brokerId],
  )
  return rows
}

async function nameOf({ brokerId }: SentCampaign): Promise<string> {
  const { rows } = await db.pool.query<{ name: string }>(`SELECT name FROM "Broker" WHERE id = $1`, [brokerId])
  return rows[0]!.name
}

async function entriesOf(phone: string) {
  const { rows } = await db.pool.query(
    `SELECT source, reason, purpose FROM "Blocklist" WHERE phone = $1 ORDER BY source`,
    [phone],
  )
  return rows
}

describe('a reply', () => {
  test('that this version cannot read waits for one that can', async () => {
    const campaign = await sentCampaign(db.pool)
    await openInbox(db.pool, { now: () => NOON }).store(campaign.brokerId, [replyTo(campaign.leads[0]!.phone, 'sair')])
    const rewrite = (reply: string) =>
      db.pool.query(`UPDATE "WebhookEvent" SET reply = ${reply}, next_try_at = NULL WHERE broker_id = $1`, [
        campaign.brokerId,
      ])
    await rewrite(`jsonb_build_object('newer', reply)`)
    expect(await applyEvents(db.pool, { limit: 10, now: NOON })).toMatchObject({ applied: 0, unknown: 1 })
    await rewrite(`reply->'newer'`)
    expect(await applyEvents(db.pool, { limit: 10, now: NOON })).toMatchObject({ applied: 1 })
    expect(await stored(campaign)).toMatchObject([{ verdict: 'OPT_OUT', handled: true }])
  })

  test('is stored with the last lead of its phone, judged, and waits for a person', async () => {
    const campaign = await sentCampaign(db.pool)
    const { id, phone } = campaign.leads[0]!
    expect(await tell(campaign, replyTo(phone, 'qual o valor?'))).toMatchObject({ applied: 1, unknown: 0, waiting: 0 })
    expect(await stored(campaign)).toEqual([
      {
        ...{
          campaign_id: campaign.id,
          lead_id: id,
          phone,
          sender: null,
          kind: 'text',
          text: 'qual o valor?',
          payload: null,
        },
        ...{ request: null, verdict: 'OTHER', words: '', handled: false },
      },
    ])
    expect(await entriesOf(phone)).toEqual([])
  })

  test('that asks for no more messages blocks its phone at once, for every purpose', async () => {
    const campaign = await sentCampaign(db.pool)
    const { phone } = campaign.leads[0]!
    await tell(campaign, replyTo(phone, 'SAIR'))
    expect(await stored(campaign)).toMatchObject([{ verdict: 'OPT_OUT', words: 'sair', handled: true }])
    expect(await entriesOf(phone)).toEqual([
      { source: `reply:${await nameOf(campaign)}`, reason: 'asked by a reply not to be contacted', purpose: null },
    ])
  })

  test('that a user corrects to a wrong person has the new reason, and the audit names the one that it replaced', async () => {
    const campaign = await sentCampaign(db.pool)
    const { phone } = campaign.leads[0]!
    await tell(campaign, replyTo(phone, 'SAIR'))
    const { rows } = await db.pool.query<{ id: string }>(
      `SELECT id::text FROM "InboundMessage" WHERE campaign_id = $1`,
      [campaign.id],
    )
    const decision = { as: 'WRONG_PERSON', reason: null, now: NOON } as const
    await handleReplies(db.pool, { id: campaign.userId }, [rows[0]!.id], decision)
    expect(await entriesOf(phone)).toMatchObject([{ reason: 'answered that the phone is not of the person' }])
    const { rows: audits } = await db.pool.query(
      `SELECT detail FROM "AuditEvent" WHERE action = 'inbox.handle' AND subject_id = $1`,
      [rows[0]!.id],
    )
    const replaced = ['asked by a reply not to be contacted']
    expect(audits).toMatchObject([{ detail: { was: 'OPT_OUT', verdict: 'WRONG_PERSON', blocked: 0, replaced } }])
  })

  test('of a wrong person blocks its phone, with its own reason', async () => {
    const campaign = await sentCampaign(db.pool)
    const { phone } = campaign.leads[0]!
    await tell(campaign, replyTo(phone, 'número errado'))
    expect(await entriesOf(phone)).toMatchObject([{ reason: 'answered that the phone is not of the person' }])
  })

  test('changes no status of its lead', async () => {
    const campaign = await sentCampaign(db.pool)
    const { id, phone } = campaign.leads[0]!
    await tell(campaign, replyTo(phone, 'já paguei', { leadId: id }))
    const { rows } = await db.pool.query(`SELECT status FROM "CampaignLead" WHERE id = $1`, [id])
    expect(rows).toEqual([{ status: 'SENT' }])
    expect(await stored(campaign)).toMatchObject([{ verdict: 'PAID', lead_id: id, handled: false }])
  })

  test('finds its lead by the message that it answers, though its phone is another’s', async () => {
    const campaign = await sentCampaign(db.pool)
    const [answered, other] = [campaign.leads[0]!, campaign.leads[1]!]
    await db.pool.query(`INSERT INTO "ProviderMessage" (broker_id, provider_msg_id, lead_id) VALUES ($1, 'gs-7', $2)`, [
      campaign.brokerId,
      answered.id,
    ])
    await tell(campaign, replyTo(other.phone, 'pare', { providerMsgId: 'gs-7' }))
    expect(await stored(campaign)).toMatchObject([{ lead_id: answered.id, phone: other.phone }])
    expect(await entriesOf(answered.phone)).toHaveLength(1)
    expect(await entriesOf(other.phone)).toHaveLength(1)
  })

  test('that comes twice is stored once, and blocks once: a person may have unblocked the phone', async () => {
    const campaign = await sentCampaign(db.pool)
    const { phone } = campaign.leads[0]!
    const event = replyTo(phone, 'sair')
    await tell(campaign, event, event)
    await db.pool.query(`DELETE FROM "Blocklist" WHERE phone = $1`, [phone])
    await tell(campaign, event)
    expect(await stored(campaign)).toHaveLength(1)
    expect(await entriesOf(phone)).toEqual([])
  })

  test('without an id is known again by all that it has', async () => {
    const campaign = await sentCampaign(db.pool)
    const { phone } = campaign.leads[0]!
    const without = (text: string) => replyTo(phone, text, {}, { id: undefined })
    await tell(campaign, without('oi'), without('sair'), without('oi'))
    expect((await stored(campaign)).map(({ text }) => text)).toEqual(['oi', 'sair'])
  })

  test('of a phone that no campaign has goes to a source of its own, with an audit row', async () => {
    const campaign = await sentCampaign(db.pool)
    await tell(campaign, replyTo('5511900000123', 'SAIR'))
    expect(await entriesOf('5511900000123')).toMatchObject([{ source: `reply:${await nameOf(campaign)}:unknown` }])
    const { rows } = await db.pool.query(
      `SELECT detail FROM "AuditEvent" WHERE action = 'blocklist.optout' AND subject_id = $1`,
      [campaign.brokerId],
    )
    expect(rows).toMatchObject([{ detail: { phones: ['5511900000123'] } }])
  })

  test('of a sender without a phone is not lost, and waits though it asks to stop', async () => {
    const campaign = await sentCampaign(db.pool)
    await tell(campaign, replyTo(undefined, 'SAIR', {}, { sender: 'BR.1234567890' }))
    expect(await stored(campaign)).toMatchObject([
      { phone: null, sender: 'BR.1234567890', verdict: 'OPT_OUT', handled: false },
    ])
  })

  test('of a broker that has unsubscribed the person is an opt-out with any text; one that subscribes again is not', async () => {
    const campaign = await sentCampaign(db.pool)
    const [a, b] = [campaign.leads[0]!.phone, campaign.leads[1]!.phone]
    await tell(campaign, replyTo(a, 'fim', {}, { request: 'STOP' }), replyTo(b, 'sair', {}, { request: 'START' }))
    expect(await stored(campaign)).toMatchObject([
      { verdict: 'OPT_OUT', request: 'STOP' },
      { verdict: 'OTHER', request: 'START' },
    ])
    expect([(await entriesOf(a)).length, (await entriesOf(b)).length]).toEqual([1, 0])
  })

  test('is bounded and storable, and its line breaks end its sentences', async () => {
    const campaign = await sentCampaign(db.pool)
    const { phone } = campaign.leads[0]!
    await tell(campaign, replyTo(phone, `oi\u0000\r\nparem\n${'a'.repeat(10_000)}`, {}, { id: 'x'.repeat(1_000) }))
    const [reply] = await stored(campaign)
    expect(reply.text).toHaveLength(4_096)
    expect(reply.text).toMatch(/^oi\ufffd\nparem\na/)
    expect(reply.verdict).toBe('OPT_OUT')
  })
})

describe('with 3,000 new replies in the inbox', () => {
  test('a status that came after them is applied in the first round, which takes a bounded number of them', async () => {
    const campaign = await sentCampaign(db.pool)
    await db.pool.query(
      `INSERT INTO "WebhookEvent" (broker_id, event, phone, reply, occurred_at, received_at)
       SELECT $1, 'REPLY', NULL, jsonb_build_object('id', 'r' || n, 'kind', 'text', 'text', 'oi', 'payload', NULL, 'request', NULL,
              'sender', 'x'), $2, $2 FROM generate_series(1, 3000) n`,
      [campaign.brokerId, NOON],
    )
    const lead = campaign.leads[0]!.id
    const first = await tell(campaign, callback('DELIVERED', lead))
    const { rows } = await db.pool.query(`SELECT status FROM "CampaignLead" WHERE id = $1`, [lead])
    expect(rows).toEqual([{ status: 'DELIVERED' }])
    expect(first).toMatchObject({ applied: 1_001, more: true })
    const rest = []
    for (let round = { more: true }; round.more; ) {
      round = await applyEvents(db.pool, { limit: 10_000, now: NOON })
      rest.push(round)
    }
    expect(await stored(campaign)).toHaveLength(3_000)
    expect(rest.at(-1)).toMatchObject({ more: false })
  })
})
