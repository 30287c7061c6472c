import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { serveHttp } from '../support/http.ts'
import { readAutomation, runAutomation } from '../support/salesforce.ts'
import { useSandbox } from '../support/sandbox.ts'

/** Salesforce in the sandbox, as docs/wire/salesforce.md has it: what it refuses, what it counts, what only it does. */
const it = useSandbox()
const control = (change: unknown) => it.broker.control({ brokers: { SALESFORCE: change } })
const stats = () => it.broker.stats('SALESFORCE')

async function call(method: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(it.broker.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: JSON.parse(await response.text()) }
}

const FORM = 'grant_type=password&client_id=c&client_secret=s&username=u&password=p'

const askToken = (form = FORM, type = 'application/x-www-form-urlencoded') =>
  call('POST', '/services/oauth2/token', form, { 'content-type': type })

async function bearer(): Promise<Record<string, string>> {
  return { authorization: `Bearer ${(await askToken()).body.access_token}` }
}

const contactOf = (n: number, change: object = {}) => ({
  attributes: { type: 'Contact' },
  MobilePhone: `55119${String(n).padStart(8, '0')}`,
  LastName: 'CLIENTE TESTE',
  CPF_CNPJ__c: '00000000191',
  Operacao__c: 'OPERACAO_FICTICIA',
  disparo__c: true,
  ...change,
})

const SOBJECTS = '/services/data/v59.0/composite/sobjects'

async function insert(records: object[], headers?: Record<string, string>) {
  return call('POST', SOBJECTS, { allOrNone: false, records }, headers ?? (await bearer()))
}

async function upsert(records: object[]) {
  return call('PATCH', `${SOBJECTS}/Contact/Chave__c`, { allOrNone: false, records }, await bearer())
}

const run = async (id = 'a1') => runAutomation(it.broker.url, id)

describe('the token of the core', () => {
  test('comes with the URL of the instance', async () => {
    expect(await askToken()).toMatchObject({ status: 200, body: { instance_url: it.broker.url } })
  })

  test.each([
    'grant_type=client_credentials&client_id=c&client_secret=s',
    'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=a.b.c',
  ])('is given for %s', async form => {
    expect(await askToken(form)).toMatchObject({ status: 200 })
  })

  test.each([
    ['no form', FORM, 'application/json'],
    ['another grant', FORM.replace('=password', '=client_credentials'), undefined],
    ['an unknown grant', FORM.replace('=password', '=device'), undefined],
    ['a field too few', FORM.replace('&username=u', ''), undefined],
    ['a field too many', `${FORM}&scope=api`, undefined],
    ['an empty field', FORM.replace('=s', '='), undefined],
  ])('is not given for %s', async (_, form, type) => {
    expect(await askToken(form, type)).toMatchObject({ status: 400, body: { error: expect.any(String) } })
    expect(stats().invalid).toBe(1)
  })

  test('is not given for a wrong password', async () => {
    control({ quirks: { invalid_grant: true } })
    expect(await askToken()).toEqual({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'authentication failure' },
    })
  })

  test('ends after as many requests as it is told to', async () => {
    control({ quirks: { session_requests: 1 } })
    const headers = await bearer()
    expect((await insert([contactOf(1)], headers)).status).toBe(200)
    expect(await insert([contactOf(2)], headers)).toMatchObject({
      status: 401,
      body: [{ errorCode: 'INVALID_SESSION_ID' }],
    })
  })
})

describe('an import', () => {
  test.each<[string, object[]]>([
    ['no record', []],
    ['over 200', Array.from({ length: 201 }, (_, i) => contactOf(i))],
    ['a phone without 55', [contactOf(1, { MobilePhone: '11900000001' })]],
    ['a document with punctuation', [contactOf(1, { CPF_CNPJ__c: '000.000.001-91' })]],
    ['no flag', [contactOf(1, { disparo__c: false })]],
    ['another type', [contactOf(1, { attributes: { type: 'Lead' } })]],
    ['an unknown field', [contactOf(1, { Email: 'x@example.com' })]],
    ['an external id that the path does not name', [contactOf(1, { Chave__c: 'k1' })]],
  ])('is refused whole with %s', async (_, records) => {
    expect(await insert(records)).toMatchObject({ status: 400, body: [{ errorCode: 'JSON_PARSER_ERROR' }] })
    expect(stats()).toMatchObject({ requests: 1, invalid: 1 })
    await run()
    expect(stats().accepted).toBe(0)
  })

  test('is refused without a token that is known', async () => {
    for (const headers of [{}, { authorization: 'Bearer nobody' }, { authorization: 'Basic eDp5' }]) {
      expect((await insert([contactOf(1)], headers)).status).toBe(401)
    }
  })

  test('is refused when the day’s requests are used up', async () => {
    control({ quirks: { request_limit: true } })
    expect(await insert([contactOf(1)])).toMatchObject({ status: 403, body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }] })
  })

  test('is answered by record, in the request’s order', async () => {
    const records = [1, 2, 3, 4].map(n => contactOf(n))
    control({
      quirks: { record_errors: { [records[1]!.MobilePhone]: 'UNABLE_TO_LOCK_ROW' } },
      phones: { [records[2]!.MobilePhone]: 'refuse' },
    })
    const { status, body } = await insert([...records.slice(0, 3), { ...records[3], LastName: ' ' }])
    expect(status).toBe(200)
    expect(body).toEqual([
      { id: expect.stringMatching(/^003[0-9A-Z]{12}AAA$/), success: true, errors: [] },
      { success: false, errors: [expect.objectContaining({ statusCode: 'UNABLE_TO_LOCK_ROW' })] },
      { success: false, errors: [expect.objectContaining({ statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION' })] },
      {
        success: false,
        errors: [expect.objectContaining({ statusCode: 'REQUIRED_FIELD_MISSING', fields: ['LastName'] })],
      },
    ])
    expect(stats()).toMatchObject({ refused: 1, accepted: 0 })
    await run()
    expect(stats()).toMatchObject({ accepted: 1, unique: 1 })
  })

  test('under an external id makes one contact, however often', async () => {
    const first = await upsert([contactOf(1, { Chave__c: 'k1' })])
    const second = await upsert([contactOf(1, { Chave__c: 'k1', LastName: 'OUTRO NOME' })])
    expect(first.body).toMatchObject([{ success: true, created: true }])
    expect(second.body).toMatchObject([{ id: first.body[0].id, success: true, created: false }])
    await run()
    expect(stats()).toMatchObject({ accepted: 1, unique: 1 })
    expect(it.broker.countOf('k1')).toBe(1)
    expect(it.broker.messages(contactOf(1).MobilePhone)).toMatchObject([
      { id: first.body[0].id, content: { LastName: 'OUTRO NOME' } },
    ])
  })

  test('that is repeated without one makes two, and the person hears twice', async () => {
    await insert([contactOf(1)])
    await insert([contactOf(1)])
    await run()
    expect(stats()).toMatchObject({ accepted: 2, unique: 1, duplicates: 1 })
  })
})

describe('a run', () => {
  test('writes to whom an earlier, failed one left behind', async () => {
    control({ next: [{ fault: '500', on: 'runallonce' }] })
    await insert([contactOf(1)])
    expect((await run()).status).toBe(500)
    expect(stats().accepted).toBe(0)
    await insert([contactOf(2)])
    await run()
    expect(stats()).toMatchObject({ accepted: 2, unique: 2 })
  })

  test('writes to all contacts again, unless the org clears the flag', async () => {
    await insert([contactOf(1)])
    await run()
    await run()
    expect(stats()).toMatchObject({ accepted: 2, unique: 1 })
    it.broker.reset()
    control({ quirks: { resets_flag: true } })
    await run()
    await run()
    expect(stats()).toMatchObject({ accepted: 1 })
  })

  test('shows in what is read of the automation', async () => {
    expect(await readAutomation(it.broker.url, 'a1')).toEqual({ id: 'a1', name: 'a1', status: 'Ready', statusId: 2 })
    await run()
    const first = await readAutomation(it.broker.url, 'a1')
    await run()
    const second = await readAutomation(it.broker.url, 'a1')
    expect([first.lastRunInstanceId, second.lastRunInstanceId]).toEqual(['a1-1', 'a1-2'])
    expect(await readAutomation(it.broker.url, 'another')).not.toHaveProperty('lastRunInstanceId')
  })

  test.each([400, 403])('while one is going on is refused with %i', async status => {
    control({ quirks: { busy_reads: 1, busy_status: status } })
    expect((await run()).status).toBe(status)
    expect(await readAutomation(it.broker.url, 'a1')).toMatchObject({ statusId: 3 })
    expect((await run()).status).toBe(200)
    expect((await run()).status).toBe(status)
  })

  test('of an automation that is not there is refused; one that is selects its own operation', async () => {
    control({ quirks: { automations: { a1: 'OPERACAO_FICTICIA', a2: 'OUTRA' } } })
    await insert([contactOf(1), contactOf(2, { Operacao__c: 'OUTRA' })])
    expect((await run('a3')).status).toBe(404)
    await run('a2')
    expect(it.broker.messages().map(({ phone }) => phone)).toEqual([contactOf(2).MobilePhone])
  })

  test('needs a token, and no body but {}', async () => {
    const path = '/automation/v1/automations/a1/actions/runallonce'
    expect(await call('POST', path, {})).toMatchObject({ status: 401, body: { message: 'Not Authorized' } })
    const token = await call('POST', '/v2/token', {
      grant_type: 'client_credentials',
      client_id: 'c',
      client_secret: 's',
    })
    expect(token.body).toMatchObject({ expires_in: 1200, rest_instance_url: `${it.broker.url}/` })
    const headers = { authorization: `Bearer ${token.body.access_token}` }
    expect((await call('POST', path, { contacts: [] }, headers)).status).toBe(400)
    expect((await call('POST', path, {}, headers)).status).toBe(200)
    expect((await call('POST', '/v2/token', { grant_type: 'password', client_id: 'c' })).status).toBe(400)
  })
})

test('what became of messages is told as signed events, a forged one first', async () => {
  const told: { signature: unknown; body: string }[] = []
  let done: () => void
  const both = new Promise<void>(resolve => {
    done = resolve
  })
  const url = await serveHttp(async (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', chunk => {
      body += chunk
    })
    await once(request, 'end')
    told.push({ signature: request.headers['x-sfmc-ens-signature'], body })
    response.end()
    if (told.length === 2) done()
  })
  control({
    callback_url: url,
    quirks: { ens_key: 'k' },
    callbacks: { delay_ms: 0, delivered: 1, failed: 0, read: 0, forged: 1, opt_out: 1 },
  })
  const { body } = await insert([contactOf(1)])
  await run()
  await both
  const right = told.map(one => createHmac('sha256', 'k').update(one.body).digest('base64') === one.signature)
  expect(right).toEqual([false, true])
  expect(JSON.parse(told[1]!.body)).toMatchObject([
    { eventCategoryType: 'EngagementEvents.OttDelivered', contactKey: body[0].id },
  ])
})

test('a fault that is aimed at one request passes the others by, and comes as often as it is told to', async () => {
  control({ next: [{ fault: '503', on: 'sobjects', times: 2 }, { fault: '429' }] })
  expect((await askToken()).status).toBe(429)
  const headers = await bearer()
  const statuses = []
  for (let n = 0; n < 3; n++) statuses.push((await insert([contactOf(n)], headers)).status)
  expect(statuses).toEqual([503, 503, 200])
  expect(stats().faults).toEqual({ '429': 1, '503': 2 })
})

test('each cloud refuses in its own style', async () => {
  control({ next: [{ fault: '429' }, { fault: '429' }] })
  const core = await insert([contactOf(1)], {})
  const marketing = await call('POST', '/v2/token', {})
  expect(core.body).toEqual([{ errorCode: 'REQUEST_LIMIT', message: expect.any(String) }])
  expect(marketing.body).toMatchObject({ errorcode: 50100 })
})
