import { createHmac } from 'node:crypto'
import { v7 as uuid } from 'uuid'
import { expect, onTestFinished, test } from 'vitest'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { systemClock } from '../../../src/clock.ts'
import { openQueues } from '../../../src/queue/queues.ts'
import { type WebhookBroker, webhookUrl } from '../../../src/security/webhook-token.ts'
import { useDatabase } from '../../support/database.ts'
import { openSandbox } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene, testKeys } from '../../support/fixtures.ts'
import { startTestWorker, until } from '../../support/worker.ts'

/** Campaigns at META_WPP through a worker and the listener, whose callbacks are signed. */
const db = useDatabase()
const APP_SECRET = 'an-app-secret-of-the-sandbox'

async function open(control: object) {
  const sandbox = await openSandbox(control)
  const scene = await makeScene(db.pool, {
    adapter: 'META_WPP',
    credential: {
      ...{ access_token: 'a-token', phone_number_id: '100000000000001', url: sandbox.url },
      ...{ app_secret: APP_SECRET, verify_token: 'a-verify-token' },
    },
  })
  await db.pool.query(`UPDATE "Broker" SET billing = 'DELIVERED' WHERE id = $1`, [scene.brokerId])
  const { rows } = await db.pool.query<WebhookBroker & { name: string }>(
    `SELECT id, name, webhook_version FROM "Broker" WHERE id = $1`,
    [scene.brokerId],
  )
  const worker = await startTestWorker({ databaseUrl: db.url, listen: true, brokers: [rows[0]!.name] })
  onTestFinished(() => worker.stop())
  const callback_url = webhookUrl(worker.url!, await testKeys(), rows[0]!)!
  const quirks = (more: object = {}) =>
    sandbox.control({ brokers: { META_WPP: { callback_url, quirks: { app_secret: APP_SECRET, ...more } } } })
  quirks()
  const queues = openQueues({ redisUrl: undefined, databaseUrl: db.url })
  onTestFinished(() => queues.close())
  const template = uuid()
  const name = `template_${template}`
  await db.pool.query(
    `INSERT INTO "Template" (id, name, template_code, content, updated_at) VALUES ($1, $2, $2, 'Olá {{nome}}', now())`,
    [template, name],
  )
  const columns = { template_id: template, base_message: null, template_vars: JSON.stringify({ nome: 'nome' }) }
  const campaign = (leads: number) => makeCampaign(db.pool, scene, { leads, columns })
  const deps = { pool: db.pool, queues, clock: systemClock }
  return {
    ...{ sandbox, quirks, campaign, callback_url, templateName: name },
    run: (id: string) => runCampaign(deps, id, scene.userId),
    resume: (id: string) => resumeCampaign(deps, id, scene.userId),
  }
}

interface LeadRow {
  phone: string
  nome: string
  status: string
  error_code: string | null
  billed: boolean
  provider_msg_id: string | null
  read_at: Date | null
  delivered_at: Date | null
}

async function leadsOf(campaign: string): Promise<LeadRow[]> {
  const { rows } = await db.pool.query<LeadRow>(
    `SELECT phone, nome, status, error_code, billed, provider_msg_id, read_at, delivered_at
     FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY seq`,
    [campaign],
  )
  return rows
}

const untilStatuses = (id: string, wanted: readonly string[]) =>
  until(
    'all are told',
    async () => (await leadsOf(id)).map(({ status }) => status),
    seen => `${seen}` === `${wanted}`,
  )

test('signed callbacks tell each message’s story, that of a lost answer too, and what is not billed is given back', async () => {
  const { sandbox, campaign, quirks, run } = await open({
    next: [{ fault: 'accept-drop' }],
    callbacks: { delay_ms: 2_000, forged: 1 },
  })
  const id = await campaign(6)
  const leads = await leadsOf(id)
  const fates = ['deliver', 'read', 'read', 'read', 'fail', 'opt_out']
  sandbox.control({ phones: Object.fromEntries(leads.map(({ phone }, i) => [phone, fates[i]])) })
  await run(id)
  const sent = await until(
    'all is sent and nothing told',
    () => booksOf(db.pool, id),
    ({ campaign }) => campaign === 'FINISHED',
  )
  expect(sent).toMatchObject({ statuses: { IN_DOUBT: 1, SENT: 5 }, billed: '0.2700' })

  sandbox.control({ callbacks: { delay_ms: 0 } })
  await untilStatuses(id, ['DELIVERED', 'READ', 'READ', 'READ', 'ERROR', 'DELIVERED'])
  const told = await leadsOf(id)
  expect(told.map(({ error_code }) => error_code)).toEqual([null, null, null, null, '131026', null])
  expect(told.map(({ provider_msg_id }) => provider_msg_id)).toEqual(
    told.map(({ phone }) => sandbox.messages(phone)[0]!.id),
  )
  for (const { phone, nome } of told)
    expect(sandbox.messages(phone)).toMatchObject([
      { content: { language: { code: 'pt_BR' }, components: [{ type: 'body', parameters: [{ text: nome }] }] } },
    ])
  // The failure is not billed; who stopped marketing messages is blocked.
  const five = { billed: '0.2250', used: '0.2250', ledger: '0.2250' }
  await until(
    'its cost is given back',
    () => booksOf(db.pool, id),
    ({ used }) => used === five.used,
  )
  expect(await booksOf(db.pool, id)).toMatchObject(five)
  const blocked = () => db.pool.query(`SELECT 1 FROM "Blocklist" WHERE phone = $1`, [told[5]!.phone])
  await until('it is blocked', blocked, ({ rows }) => rows.length === 1)
  expect(sandbox.stats('META_WPP')).toMatchObject({ accepted: 6, duplicates: 0, invalid: 0, violations: [] })

  quirks({ billable: false, read_alone: true })
  const free = await campaign(4)
  const more = await leadsOf(free)
  sandbox.control({ phones: Object.fromEntries(more.map(({ phone }) => [phone, 'read'])) })
  await run(free)
  await untilStatuses(free, ['READ', 'READ', 'READ', 'READ'])
  const read = await leadsOf(free)
  expect(read.map(({ billed }) => billed)).toEqual([false, false, false, false])
  expect(read.map(({ delivered_at }) => delivered_at)).toEqual(read.map(({ read_at }) => read_at))
  expect(await booksOf(db.pool, free)).toMatchObject(five)
})

test('a template that Meta holds pauses its campaign after the first batch, which counts as sent', async () => {
  const { sandbox, campaign, quirks, run, resume } = await open({ callbacks: { delivered: 0, failed: 0 } })
  quirks({ message_status: 'held_for_quality_assessment' })
  const id = await campaign(200)
  await run(id)
  const books = await until(
    'it is paused',
    () => booksOf(db.pool, id),
    ({ campaign, statuses }) => campaign === 'PAUSED' && statuses.SENDING === undefined,
  )
  expect(books.reason).toContain('HELD_FOR_QUALITY_ASSESSMENT: Meta holds the template’s messages')
  const { accepted, duplicates } = sandbox.stats('META_WPP')
  expect(duplicates).toBe(0)
  expect(books.statuses).toEqual({ SENT: accepted, PENDING: 200 - accepted })
  expect(accepted).toBeGreaterThan(0)
  expect(accepted).toBeLessThan(200)

  quirks({ message_status: 'accepted' })
  await resume(id)
  await until(
    'it is finished',
    () => booksOf(db.pool, id),
    ({ statuses }) => statuses.SENT === 200,
  )
  expect(sandbox.stats('META_WPP')).toMatchObject({ accepted: 200, duplicates: 0 })
})

test('a template that Meta pauses pauses the campaign that runs with it, by a callback that is about no message', async () => {
  const { campaign, run, callback_url, templateName } = await open({
    latency_ms: 200,
    callbacks: { delivered: 0, failed: 0 },
  })
  const id = await campaign(2_000)
  await run(id)
  await until(
    'it runs',
    () => booksOf(db.pool, id),
    ({ statuses }) => (statuses.SENT ?? 0) > 0,
  )
  const value = {
    ...{ event: 'PAUSED', message_template_id: 7, message_template_name: templateName },
    message_template_language: 'pt_BR',
  }
  const changes = [{ field: 'message_template_status_update', value }]
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes }] })
  const signature = `sha256=${createHmac('sha256', APP_SECRET).update(body).digest('hex')}`
  const { status } = await fetch(callback_url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
    body,
  })
  expect(status).toBe(200)
  const { reason, statuses } = await until(
    'it is paused',
    () => booksOf(db.pool, id),
    ({ campaign, statuses }) => campaign === 'PAUSED' && statuses.SENDING === undefined,
  )
  expect(reason).toBe(`the broker reports: the template ${templateName} is paused`)
  expect(statuses.PENDING).toBeGreaterThan(0)
})
