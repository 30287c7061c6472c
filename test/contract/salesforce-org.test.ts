import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { classifyResult } from '../../src/broker/classify-code.ts'
import type { SendResult } from '../../src/broker/port.ts'
import { adapterOf } from '../../src/broker/registry.ts'
import { createHttp, type HttpClient } from '../../src/http/client.ts'
import { LOGINS } from '../support/salesforce-logins.ts'
import { type Org, type OrgSettings, orgCredential, startOrg } from '../support/salesforce-org.ts'
import { requestOf } from './adapter.ts'

/** The adapter against an org that shares no code with it (test/support/salesforce-org.ts). */
const salesforce = await adapterOf('SALESFORCE')
const BOOK = { table: salesforce.codes, overrides: {} }
const IMPORT = 'POST /services/data/v59.0/composite/sobjects'

let http: HttpClient
let now: Date
beforeEach(() => {
  now = new Date()
  http = createHttp({ timeoutMs: 5_000, clock: { now: () => now } })
})
afterEach(() => http.close())

const parsed = (given: Record<string, unknown>) => salesforce.credential.parse(given)

function requestWith(leads: number) {
  const request = requestOf(leads)
  const messages = request.messages.map((message, i) => ({
    ...message,
    cpf_cnpj: String(10_000_000_000 + i),
    idcob_contrato: i === 0 ? null : `C-${i}`,
  }))
  return { ...request, messages }
}

/** 1,200 leads, as dispatch sends them: by 200. */
async function sendAll(org: Org, change: Record<string, unknown> = {}): Promise<SendResult[]> {
  const credential = parsed(orgCredential(org, change))
  const { messages, ...request } = requestWith(1_200)
  const results: SendResult[] = []
  for (let from = 0; from < 1_200; from += 200) {
    results.push(await salesforce.send({ ...request, messages: messages.slice(from, from + 200) }, credential, http))
  }
  return results
}

describe('the login', () => {
  test.each<[string, (org: Org) => Record<string, unknown>]>([
    ['password', () => LOGINS.password],
    ['client_credentials', () => LOGINS.client_credentials],
    ['jwt', LOGINS.jwt],
    ['jwt, its key on one line', org => ({ ...LOGINS.jwt(org), private_key: org.privateKey.replaceAll('\n', '\\n') })],
  ])('with %s is accepted, and its token serves 1,200 leads', async (_, login) => {
    const org = await startOrg()
    const results = await sendAll(org, login(org))
    expect(results.map(({ kind }) => kind)).toEqual(Array.from({ length: 6 }, () => 'ANSWERED'))
    expect(org.records.length).toBe(1_200)
    expect(org.count('POST /services/oauth2/token')).toBe(1)
    expect(await salesforce.test!(parsed(orgCredential(org, login(org))), http)).toMatchObject({ ok: true })
  })

  test('with jwt is dated by the clock that is passed in', async () => {
    now = new Date('2027-03-01T12:00:00Z')
    const org = await startOrg({ now: () => now })
    expect(await salesforce.test!(parsed(orgCredential(org, LOGINS.jwt(org))), http)).toMatchObject({ ok: true })
    // By the machine's clock it is out of its time.
    org.set.now = () => new Date('2026-11-30T12:00:00Z')
    expect(await salesforce.test!(parsed(orgCredential(org, LOGINS.jwt(org))), http)).toMatchObject({ ok: false })
  })

  test('with a key that the org does not know is refused', async () => {
    const org = await startOrg()
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const result = await salesforce.test!(parsed(orgCredential(org, { ...LOGINS.jwt(org), private_key })), http)
    expect(result).toMatchObject({ ok: false, cause: 'REFUSED', detail: expect.stringContaining('invalid assertion') })
  })

  test.each<[string, Partial<OrgSettings>]>([
    ['has not approved the app', { approved: false }],
    ['may not use the app', { appAccess: false }],
  ])('of a user who %s is fatal, and says what to do', async (_, change) => {
    const org = await startOrg(change)
    const result = await salesforce.send(requestWith(1), parsed(orgCredential(org, LOGINS.jwt(org))), http)
    expect(result).toMatchObject({
      kind: 'FATAL',
      reason: expect.stringContaining("pre-authorize the user in the app's"),
    })
    expect(JSON.stringify(result)).not.toContain(org.privateKey.slice(60, 120))
  })

  test('with a password that is refused says from its last day on that the flow is switched off', async () => {
    const org = await startOrg()
    const wrong = parsed(orgCredential(org, { ...LOGINS.password, password: 'wrong password' }))
    const reason = async () => JSON.stringify(await salesforce.send(requestWith(1), wrong, http))
    now = new Date('2027-02-19T23:59:59Z')
    expect(await reason()).not.toContain('switched')
    now = new Date('2027-02-20T00:00:00Z')
    expect(await reason()).toContain('has switched this flow off on 2027-02-20')
  })
})

describe('the business unit', () => {
  test('is part of the token of Marketing Cloud: its automations are seen', async () => {
    const org = await startOrg()
    const test = (change: Record<string, unknown>) => salesforce.test!(parsed(orgCredential(org, change)), http)
    expect(await test({ mc_account_id: 51000123 })).toMatchObject({ ok: true })
    expect(await test({ mc_account_id: undefined })).toMatchObject({
      ok: false,
      detail: expect.stringContaining('404'),
    })
    expect(await test({ mc_account_id: '51000124' })).toMatchObject({ ok: false })
  })
})

describe('object and fields of another org', () => {
  const NAMES = {
    object: 'Lead',
    field_phone: 'Celular__c',
    field_name: 'Nome__c',
    field_document: 'Documento__c',
    field_operation: 'Carteira__c',
    field_flag: 'Disparo__c',
    flag_value: 'Enviar',
    field_contract: 'acme__Contrato__c',
    extra_fields: 'Valor__c=Valor da Dívida, Vencimento__c=vencimento',
  }

  test('are those that the credential names; a lead without a contract or a value is sent without the field', async () => {
    const fields = [...Object.values(NAMES).slice(1, 6), 'acme__Contrato__c', 'Valor__c', 'Vencimento__c']
    const org = await startOrg({ object: 'Lead', fields, documentField: 'Documento__c' })
    const { messages, ...request } = requestWith(2)
    const columns = [{ 'Valor da Dívida': ' 10,50 ', outra: 'x' }, { vencimento: '' }]
    const result = await salesforce.send(
      { ...request, messages: messages.map((message, i) => ({ ...message, columns: columns[i] as never })) },
      parsed(orgCredential(org, NAMES)),
      http,
    )
    expect(result).toMatchObject({ outcomes: [{ kind: 'ACCEPTED' }, { kind: 'ACCEPTED' }] })
    expect(org.records).toEqual([
      {
        Id: expect.any(String),
        Celular__c: messages[0]!.phone,
        Nome__c: messages[0]!.nome,
        Documento__c: messages[0]!.cpf_cnpj,
        Carteira__c: 'COBRANCA_SUL',
        Disparo__c: 'Enviar',
        Valor__c: '10,50',
      },
      expect.objectContaining({ acme__Contrato__c: 'C-1' }),
    ])
    expect(org.records[1]).not.toHaveProperty('Vencimento__c')
  })

  test('are upserted under the external id of that object', async () => {
    const org = await startOrg({ object: 'Lead' })
    const credential = parsed(orgCredential(org, { object: 'Lead', external_id_field: 'Chave__c' }))
    expect(await salesforce.send(requestWith(2), credential, http)).toMatchObject({ kind: 'ANSWERED' })
    expect(org.count('PATCH /services/data/v59.0/composite/sobjects/Lead/Chave__c')).toBe(1)
  })
})

test('two contracts of one person are saved where the credential says so', async () => {
  const org = await startOrg({ duplicateRule: true })
  const { messages, ...request } = requestWith(2)
  const twice = { ...request, messages: messages.map(message => ({ ...message, cpf_cnpj: '52998224725' })) }
  const send = (change: object) => salesforce.send(twice, parsed(orgCredential(org, { ...change })), http)
  expect(await send({})).toMatchObject({
    outcomes: [{ kind: 'ACCEPTED' }, { kind: 'REJECTED', code: 'DUPLICATES_DETECTED' }],
  })
  expect(await send({ duplicates: 'save' })).toMatchObject({ outcomes: [{ kind: 'ACCEPTED' }, { kind: 'ACCEPTED' }] })
})

describe('an error of the org', () => {
  const every = (statusCode: string) => ({ judge: () => ({ statusCode, message: 'mensagem fictícia' }) })

  test.each([
    ['STORAGE_LIMIT_EXCEEDED', 'free or buy storage'],
    ['INVALID_FIELD', 'compare object, field_'],
    ['INVALID_TYPE', 'compare object, field_'],
    ['LIMIT_EXCEEDED', 'see the limit'],
  ])('%s of every record stops the campaign, and refuses no lead', async (code, cure) => {
    const org = await startOrg(every(code))
    for (const result of await sendAll(org)) {
      const { outcomes, stop } = classifyResult(BOOK, result, 200)
      expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['NOT_ACCEPTED']))
      expect(stop).toMatchObject({ ends: 'FAIL', reason: expect.stringContaining(cure) })
      expect(stop!.reason).toContain(code)
    }
    expect(org.count(IMPORT)).toBe(6)
  })

  test('a field that the org does not have stops the campaign', async () => {
    const org = await startOrg({ fields: DEFAULT_FIELDS.filter(name => name !== 'Operacao__c') })
    const [first] = await sendAll(org)
    expect(classifyResult(BOOK, first!, 200)).toMatchObject({ stop: { ends: 'FAIL' }, halve: false })
  })

  test.each([
    'INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE',
    'SERVER_UNAVAILABLE',
    'UNABLE_TO_LOCK_ROW',
    'ALREADY_IN_PROCESS',
  ])('%s of every record is waited for', async code => {
    const org = await startOrg(every(code))
    for (const result of await sendAll(org)) {
      const { outcomes, stop, retryAfterMs } = classifyResult(BOOK, result, 200)
      expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['NOT_ACCEPTED']))
      expect(stop).toBeUndefined()
      expect(retryAfterMs).toBeGreaterThanOrEqual(5_000)
    }
  })

  test.each(['INVALID_FIELD', 'INVALID_TYPE'])('%s of the whole request is never halved', async errorCode => {
    const org = await startOrg({ whole: { status: 400, errorCode, message: "No such column 'X__c'" } })
    const result = await salesforce.send(requestWith(200), parsed(orgCredential(org)), http)
    expect(result).toMatchObject({ kind: 'REJECTED', code: errorCode })
    expect(classifyResult(BOOK, result, 200)).toMatchObject({ halve: false, stop: { ends: 'FAIL' } })
  })

  test('that is not known, of the whole request, is the configuration’s (403) or may be a record’s (400)', async () => {
    const org = await startOrg()
    const classified = async (status: number) => {
      org.set.whole = { status, errorCode: 'SOMETHING_NEW', message: 'x' }
      return classifyResult(BOOK, await salesforce.send(requestWith(2), parsed(orgCredential(org)), http), 2)
    }
    expect(await classified(400)).toMatchObject({ halve: true })
    expect(await classified(403)).toMatchObject({ halve: false, stop: { ends: 'FAIL' } })
    expect(await classified(503)).toMatchObject({ outcomes: [{ kind: 'IN_DOUBT' }, { kind: 'IN_DOUBT' }] })
  })

  test('of one record is that record’s', async () => {
    const org = await startOrg({
      judge: ({ CPF_CNPJ__c }) =>
        CPF_CNPJ__c === '10000000001' ? { statusCode: 'STRING_TOO_LONG', message: 'x' } : undefined,
    })
    const result = await salesforce.send(requestWith(3), parsed(orgCredential(org)), http)
    expect(classifyResult(BOOK, result, 3).outcomes).toMatchObject([
      { kind: 'ACCEPTED' },
      { kind: 'REJECTED', code: 'STRING_TOO_LONG' },
      { kind: 'ACCEPTED' },
    ])
  })
})

const DEFAULT_FIELDS = ['MobilePhone', 'LastName', 'CPF_CNPJ__c', 'Operacao__c', 'disparo__c']

describe('the requests of 24 hours', () => {
  test('are told of at each percent from 80 on, and not before', async () => {
    const org = await startOrg({ limit: 1_000, used: 789 })
    const credential = parsed(orgCredential(org))
    const quotas = []
    for (let i = 0; i < 25; i++) {
      const result = await salesforce.send(requestWith(1), credential, http)
      if (result.kind === 'ANSWERED' && result.quota) quotas.push(result.quota)
    }
    expect(quotas).toEqual([
      { used: 800, limit: 1_000 },
      { used: 810, limit: 1_000 },
    ])
  })

  test('that are used up are waited for without a request, by the clock', async () => {
    const org = await startOrg({ limit: 10, used: 9 })
    const credential = parsed(orgCredential(org))
    const send = () => salesforce.send(requestWith(1), credential, http)
    expect(await send()).toMatchObject({ kind: 'ANSWERED', quota: { used: 10, limit: 10 } })
    now = new Date(now.getTime() + 5 * 60_000)
    expect(await send()).toEqual({
      kind: 'NOT_ACCEPTED',
      reason: 'the org has used 10 of its 10 API requests of 24 hours',
      retryAfterMs: 10 * 60_000,
    })
    expect(org.count(IMPORT)).toBe(1)
    now = new Date(now.getTime() + 10 * 60_000)
    org.set.used = 5
    expect(await send()).toMatchObject({ kind: 'ANSWERED' })
    expect(org.count(IMPORT)).toBe(2)
  })

  test('that another program has used up are waited for as the answer says', async () => {
    const org = await startOrg({ limit: 10, used: 10 })
    const result = await salesforce.send(requestWith(2), parsed(orgCredential(org)), http)
    expect(classifyResult(BOOK, result, 2)).toMatchObject({ halve: false, retryAfterMs: 15 * 60_000, stop: undefined })
  })
})
