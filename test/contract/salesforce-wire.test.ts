import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { salesforce } from '../../src/broker/salesforce/adapter.ts'
import { createHttp, type HttpClient } from '../../src/http/client.ts'
import { serveHttp } from '../support/http.ts'
import { SALESFORCE_SECRETS, salesforceCredential } from '../support/salesforce.ts'
import { requestOf } from './adapter.ts'

let http: HttpClient
beforeEach(() => {
  http = createHttp({ timeoutMs: 5_000 })
})
afterEach(() => http.close())

interface Seen {
  line: string
  headers: Record<string, unknown>
  body: string
}

/** Both clouds, answering as docs/wire/salesforce.md shows. */
async function serveSalesforce(): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const answers: Record<string, (url: string) => unknown> = {
    '/services/oauth2/token': url => ({ access_token: '00Dx!core', instance_url: `${url}/instance`, issued_at: '1' }),
    '/v2/token': url => ({ access_token: 'mc-token', expires_in: 1080, rest_instance_url: `${url}/elsewhere/` }),
    '/rest/automation/v1/automations/auto%2F1': () => ({ status: 'Ready', statusId: 2, lastRunInstanceId: 'r1' }),
    '/rest/automation/v1/automations/auto%2F1/actions/runallonce': () => ({}),
  }
  const url: string = await serveHttp(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body })
    const records = [
      { id: '003000000000001AAA', success: true, errors: [] },
      {
        success: false,
        errors: [{ statusCode: 'REQUIRED_FIELD_MISSING', message: 'texto ficticio', fields: ['LastName'] }],
      },
    ]
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answers[request.url ?? '']?.(url) ?? records))
  })
  return { url, seen }
}

const credentialOf = (url: string, change: Record<string, unknown> = {}) =>
  salesforce.credential.parse(
    salesforceCredential(url, { mc_api_url: `${url}/rest/`, automation_id: 'auto/1', ...change }),
  )

function request() {
  const it = requestOf(2)
  const [first, second] = it.messages
  return {
    ...it,
    messages: [
      { ...first!, phone: '5500900000001', nome: ' CLIENTE TESTE UM ', cpf_cnpj: '000.000.001-91' },
      { ...second!, phone: '5500900000002', nome: 'José D’Ávila', cpf_cnpj: '12ABC34501DE35' },
    ],
  }
}

const CONTACTS = [
  {
    attributes: { type: 'Contact' },
    MobilePhone: '5500900000001',
    LastName: 'CLIENTE TESTE UM',
    CPF_CNPJ__c: '00000000191',
    Operacao__c: 'OPERACAO_FICTICIA',
    disparo__c: true,
  },
  {
    attributes: { type: 'Contact' },
    MobilePhone: '5500900000002',
    LastName: 'José D’Ávila',
    CPF_CNPJ__c: '12ABC34501DE35',
    Operacao__c: 'OPERACAO_FICTICIA',
    disparo__c: true,
  },
]

test('contacts are imported as docs/wire/salesforce.md shows', async () => {
  const { url, seen } = await serveSalesforce()
  expect(await salesforce.send(request(), credentialOf(url), http)).toEqual({
    kind: 'ANSWERED',
    outcomes: [
      { kind: 'ACCEPTED', providerId: '003000000000001AAA' },
      { kind: 'REJECTED', code: 'REQUIRED_FIELD_MISSING', detail: 'REQUIRED_FIELD_MISSING: texto ficticio' },
    ],
  })
  expect(seen.map(({ line }) => line)).toEqual([
    'POST /services/oauth2/token',
    'POST /instance/services/data/v59.0/composite/sobjects',
  ])
  expect(seen[0]).toMatchObject({
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body:
      'grant_type=password&client_id=FICTITIOUS_CLIENT&client_secret=core+secret%21%2F%2B' +
      '&username=api%40example.com&password=password%22and%2Btoken',
  })
  expect(seen[1]!.headers).toMatchObject({ authorization: 'Bearer 00Dx!core', 'content-type': 'application/json' })
  expect(seen[1]!.body).toBe(JSON.stringify({ allOrNone: false, records: CONTACTS }))
})

test('with an external-id field contacts are upserted under our own key, at the URL and version that are set', async () => {
  const { url, seen } = await serveSalesforce()
  const it = request()
  const change = { url: `${url}/mine/`, api_version: 'v61.0', external_id_field: 'Chave_Camp__c' }
  await salesforce.send(it, credentialOf(url, change), http)
  expect(seen[1]!.line).toBe('PATCH /mine/services/data/v61.0/composite/sobjects/Contact/Chave_Camp__c')
  expect(JSON.parse(seen[1]!.body).records).toEqual(
    CONTACTS.map((contact, i) => ({ ...contact, Chave_Camp__c: it.messages[i]!.leadId })),
  )
})

describe('the automation', () => {
  const closing = salesforce.closing!

  test('is run as docs/wire/salesforce.md#marketing-cloud-run shows', async () => {
    const { url, seen } = await serveSalesforce()
    const run = { name: 'camp-X-0004', agendamentoId: 'X', references: [] }
    expect(await closing.look!(credentialOf(url), http)).toEqual({ kind: 'SEEN', mark: 'run r1', busy: false })
    expect(await closing.run(run, credentialOf(url), http)).toEqual({ kind: 'TAKEN' })
    expect(seen.map(({ line }) => line)).toEqual([
      'POST /v2/token',
      'GET /rest/automation/v1/automations/auto%2F1',
      'POST /rest/automation/v1/automations/auto%2F1/actions/runallonce',
    ])
    expect(seen[0]).toMatchObject({
      headers: { 'content-type': 'application/json' },
      body: '{"grant_type":"client_credentials","client_id":"fictitious-mc-client","client_secret":"mc-secret-value"}',
    })
    expect(seen[1]!.body).toBe('')
    expect(seen[2]).toMatchObject({ headers: { authorization: 'Bearer mc-token' }, body: '{}' })
  })

  test('is read by the test of a credential, and not run', async () => {
    const { url, seen } = await serveSalesforce()
    expect(await salesforce.test!(credentialOf(url), http)).toMatchObject({ ok: true })
    expect(seen.map(({ line }) => line)).toEqual([
      'POST /services/oauth2/token',
      'POST /v2/token',
      'GET /rest/automation/v1/automations/auto%2F1',
    ])
  })

  test('that is not there fails the test of a credential, without its secrets', async () => {
    const { url } = await serveSalesforce()
    const other = await serveHttp((_, response) => response.writeHead(404).end(`no such thing, mc-secret-value`))
    const result = await salesforce.test!(credentialOf(url, { mc_api_url: other }), http)
    expect(result).toMatchObject({ ok: false, cause: 'REFUSED', detail: expect.stringContaining('HTTP 404') })
    for (const secret of SALESFORCE_SECRETS) expect(JSON.stringify(result)).not.toContain(secret)
  })
})
