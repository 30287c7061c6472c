import { v7 as uuid } from 'uuid'
import { expect, onTestFinished, test } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { queryBroker } from '../../../src/campaign/doubt/query-broker.ts'
import { systemClock } from '../../../src/clock.ts'
import { createHttp } from '../../../src/http/client.ts'
import { openQueues } from '../../../src/queue/queues.ts'
import { type WebhookBroker, webhookUrl } from '../../../src/security/webhook-token.ts'
import { useDatabase } from '../../support/database.ts'
import { openSandbox } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene, type Scene, testKeys } from '../../support/fixtures.ts'
import { startTestWorker, until } from '../../support/worker.ts'

/** End to end through a worker and the listener, at brokers that answer and call back each in its own manner. */
const db = useDatabase()
const KEYS = await testKeys()

async function open(adapter: string, credentialOf: (url: string) => object, control: object) {
  const sandbox = await openSandbox(control)
  const scene = await makeScene(db.pool, { adapter, credential: credentialOf(sandbox.url) })
  // Its queue alone: workers of other tests are none of its business.
  const { rows } = await db.pool.query<{ name: string }>(`SELECT name FROM "Broker" WHERE id = $1`, [scene.brokerId])
  const listening = await startTestWorker({ databaseUrl: db.url, listen: true, brokers: [] })
  onTestFinished(() => listening.stop())
  const env = { CAMP_PUBLIC_URL: listening.url }
  const worker = await startTestWorker({ databaseUrl: db.url, env, brokers: [rows[0]!.name] })
  onTestFinished(() => worker.stop())
  const queues = openQueues({ redisUrl: undefined, databaseUrl: db.url })
  onTestFinished(() => queues.close())
  return { sandbox, scene, publicUrl: listening.url, deps: { pool: db.pool, queues, clock: systemClock } }
}

async function templateCampaign(scene: Scene, leads: number, content: string, vars: Record<string, string>) {
  const template = uuid()
  await db.pool.query(
    `INSERT INTO "Template" (id, name, template_code, content, updated_at) VALUES ($1, 'Acordo', $2, $3, now())`,
    [template, `template_${template}`, content],
  )
  const columns = { template_id: template, base_message: null, template_vars: JSON.stringify(vars) }
  return makeCampaign(db.pool, scene, { leads, columns })
}

interface LeadRow {
  id: string
  phone: string
  nome: string
  status: string
  error_code: string | null
  provider_msg_id: string | null
}

async function leadsOf(campaign: string): Promise<LeadRow[]> {
  const { rows } = await db.pool.query<LeadRow>(
    `SELECT id, phone, nome, status, error_code, provider_msg_id FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY seq`,
    [campaign],
  )
  return rows
}

const statusesOf = async (campaign: string) => (await leadsOf(campaign)).map(({ status }) => status)

test('Twilio: signed callbacks tell each message’s story, that of a lost answer too', async () => {
  const { sandbox, scene, deps } = await open(
    'TWILIO',
    url => ({
      account_sid: 'AC00000000000000000000000000000000',
      auth_token: 'a-token',
      from: '+5500900000099',
      url,
    }),
    { next: [{ fault: 'accept-drop' }], callbacks: { delay_ms: 2_000, forged: 1 } },
  )
  const id = await makeCampaign(db.pool, scene, { leads: 6 })
  const [leads, settledLeads] = [await leadsOf(id), ['deliver', 'read', 'read', 'read', 'fail', 'opt_out']]
  sandbox.control({ phones: Object.fromEntries(leads.map(({ phone }, i) => [phone, settledLeads[i]])) })
  await runCampaign(deps, id, scene.userId)
  const sent = await until(
    'all is sent and nothing told',
    () => booksOf(db.pool, id),
    ({ campaign }) => campaign === 'FINISHED',
  )
  expect(sent).toMatchObject({ statuses: { IN_DOUBT: 1, SENT: 5 }, billed: '0.2700' })
  const batches = async () =>
    (await db.pool.query(`SELECT status, accepted FROM "Batch" WHERE campaign_id = $1`, [id])).rows
  expect(await batches()).toEqual([{ status: 'IN_DOUBT', accepted: 5 }])

  sandbox.control({ callbacks: { delay_ms: 0 } })
  const wanted = ['DELIVERED', 'READ', 'READ', 'READ', 'ERROR', 'ERROR']
  await until(
    'all are told, of the lost one too',
    () => statusesOf(id),
    seen => `${seen}` === `${wanted}`,
  )
  const told = await leadsOf(id)
  expect(told.map(({ error_code }) => error_code)).toEqual([null, null, null, null, '30001', '21610'])
  expect(told.map(({ provider_msg_id }) => provider_msg_id)).toEqual(
    told.map(({ phone }) => sandbox.messages(phone)[0]!.id),
  )
  expect(await batches()).toEqual([{ status: 'DONE', accepted: 6 }])
  expect(await booksOf(db.pool, id)).toMatchObject({ billed: '0.2700', used: '0.2700', ledger: '0.2700' })
  const { rows: blocked } = await db.pool.query(`SELECT 1 FROM "Blocklist" WHERE phone = $1`, [told[5]!.phone])
  expect(blocked).toHaveLength(1)
  expect(sandbox.stats('TWILIO')).toMatchObject({ accepted: 6, duplicates: 0, invalid: 0 })
})

test('Ótima: one answer with V, I, a repeat and a repeat that proves an earlier request, and nothing of the last', async () => {
  const { sandbox, scene, deps } = await open(
    'OTIMA_WPP',
    url => ({ token: 'a-token', broker_code: 'b', customer_code: 'c', url }),
    { next: [{ fault: 'accept-missing' }], callbacks: { delay_ms: 2_000 } },
  )
  const id = await templateCampaign(scene, 5, 'Olá {{nome}}', { nome: 'nome' })
  const leads = await leadsOf(id)
  const [valid, invalid, repeated, doubtful, missing] = leads.map(({ phone }) => phone) as [
    string,
    string,
    string,
    string,
    string,
  ]
  sandbox.control({
    phones: { [valid]: 'deliver', [missing]: 'read' },
    brokers: {
      OTIMA_WPP: { quirks: { echo: 'with_55', statuses: { [invalid]: 'I', [repeated]: 'R', [doubtful]: 'R' } } },
    },
  })
  await db.pool.query(`UPDATE "CampaignLead" SET sent_at = now() - interval '2 days' WHERE id = $1`, [leads[3]!.id])
  await runCampaign(deps, id, scene.userId)
  await until(
    'it is sent and nothing told',
    () => booksOf(db.pool, id),
    ({ campaign }) => campaign === 'FINISHED',
  )
  const sent = await leadsOf(id)
  expect(sent.map(({ status, error_code }) => [status, error_code])).toEqual([
    ['SENT', null],
    ['ERROR', 'INVALIDO'],
    ['ERROR', 'REPETIDO'],
    ['SENT', null],
    ['IN_DOUBT', null],
  ])
  expect(sent[3]!.provider_msg_id).toBeNull()
  expect(await booksOf(db.pool, id)).toMatchObject({ billed: '0.1350', used: '0.1350', ledger: '0.1350' })

  sandbox.control({ callbacks: { delay_ms: 0 } })
  const wanted = ['DELIVERED', 'ERROR', 'ERROR', 'SENT', 'READ']
  await until(
    'all are told',
    () => statusesOf(id),
    seen => `${seen}` === `${wanted}`,
  )
  expect(sandbox.messages(missing)).toMatchObject([{ content: { variables: { nome: leads[4]!.nome } } }])
  expect(sandbox.stats('OTIMA_WPP')).toMatchObject({ requests: 1, accepted: 2, duplicates: 0, invalid: 0 })
})

test('Gupshup: values in the template’s order, and callbacks that find their message by WhatsApp’s id', async () => {
  const { sandbox, scene, publicUrl, deps } = await open(
    'GUPSHUP',
    url => ({ api_key: 'k', source: '5500900000099', app_name: 'App', url: `${url}/wa/api/v1/template/msg` }),
    { callbacks: { delay_ms: 20, delivered: 1, failed: 0, read: 1 } },
  )
  const { rows } = await db.pool.query<WebhookBroker>(`SELECT id, webhook_version FROM "Broker" WHERE id = $1`, [
    scene.brokerId,
  ])
  const callback_url = webhookUrl(publicUrl, await testKeys(), rows[0]!)
  sandbox.control({ brokers: { GUPSHUP: { callback_url, quirks: { without_gs_id: true } } } })
  // jsonb would put the shorter name first.
  const id = await templateCampaign(scene, 20, '{{telefone}} é de {{nome}}', { telefone: 'phone', nome: 'nome' })
  await runCampaign(deps, id, scene.userId)
  await until(
    'all are read',
    () => booksOf(db.pool, id),
    ({ statuses }) => statuses.READ === 20,
  )
  for (const { phone, nome } of await leadsOf(id))
    expect(sandbox.messages(phone)).toMatchObject([{ content: { params: [phone, nome] } }])
  expect(sandbox.stats('GUPSHUP')).toMatchObject({ accepted: 20, duplicates: 0, invalid: 0 })
})

test('Twilio: its list tells what it has of the messages in doubt, and nothing is sent by asking', async () => {
  const { sandbox, scene, deps } = await open(
    'TWILIO',
    url => ({ account_sid: 'AC00000000000000000000000000000000', auth_token: 'a-token', from: '+5500900000099', url }),
    { next: [{ fault: 'accept-drop' }, { fault: 'drop' }], phones: {}, callbacks: { delivered: 0, failed: 0 } },
  )
  const id = await makeCampaign(db.pool, scene, { leads: 5, columns: { base_message: 'Olá {{nome}}' } })
  await runCampaign(deps, id, scene.userId)
  await until(
    'it is finished',
    () => booksOf(db.pool, id),
    ({ campaign }) => campaign === 'FINISHED',
  )
  const doubtful = (await leadsOf(id)).filter(({ status }) => status === 'IN_DOUBT')
  expect(doubtful).toHaveLength(2)
  const ask = (minutes: number) => {
    const clock = { now: () => new Date(Date.now() + minutes * 60_000) }
    const http = createHttp({ timeoutMs: 5_000, clock })
    onTestFinished(() => http.close())
    return queryBroker({ pool: db.pool, clock, keys: KEYS, http }, id)
  }
  await expect(ask(0)).rejects.toMatchObject({ code: 'NOTHING_IN_DOUBT' })
  const tooEarly = [expect.stringContaining('after 15 minutes')]
  expect(await ask(3)).toEqual({ found: 1, absent: 0, unknown: 1, reasons: tooEarly })
  const [had, not] = doubtful.map(lead => sandbox.countOf(lead.phone) > 0) as [boolean, boolean]
  expect([had, not].sort()).toEqual([false, true])
  const after = new Map((await leadsOf(id)).map(lead => [lead.id, lead]))
  for (const lead of doubtful) {
    const isThere = sandbox.countOf(lead.phone) > 0
    expect(after.get(lead.id)).toMatchObject(
      isThere
        ? { status: 'SENT', provider_msg_id: expect.stringMatching(/./) }
        : { status: 'IN_DOUBT', provider_msg_id: null },
    )
  }
  expect(sandbox.stats()).toMatchObject({ accepted: 4, duplicates: 0 })
  expect(await ask(16)).toEqual({ found: 0, absent: 1, unknown: 0, reasons: [] })
  sandbox.control({ faults: { '500': 1 } })
  expect(await ask(3)).toMatchObject({ found: 0, absent: 0, unknown: 1, reasons: [expect.stringContaining('500')] })
})
