import { createHmac, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { serveHttp } from './http.ts'
import { APP, keyPair, type Reply, refusalOfGrant } from './salesforce-logins.ts'

/**
 * A Salesforce org and its Marketing Cloud, written from the vendor's documentation (docs/wire/salesforce.md) and from no code of
 * camp: neither the adapter's nor the sandbox's. It checks what Salesforce checks, and answers as Salesforce answers.
 */
export interface Org {
  url: string
  /** The keys of its connected app: for auth=jwt. */
  privateKey: string
  /** Every request, tokens' included. */
  calls: { line: string; headers: IncomingMessage['headers']; body: string }[]
  /** What it does; a test changes it at any time. */
  set: OrgSettings
  /** The records that were saved, in order. */
  records: Record<string, unknown>[]
  /** How often a message went out, by phone: what the runs of the automation sent. */
  sent: Map<string, number>
  runs: number
  /** Calls of `line`, that begin with it. */
  count: (line: string) => number
  /** Posts events as the Event Notification Service does, signed. @returns the status */
  tell: (url: string, events: readonly object[], key?: string) => Promise<number>
}

export interface OrgSettings {
  now: () => Date
  /** Whether the user has approved the connected app, and may use it. */
  approved: boolean
  appAccess: boolean
  /** The API names of the object's fields; a record with another one is an error. */
  object: string
  fields: string[]
  /** The field whose value decides whom the automation selects, and the value. */
  flag: [field: string, value: unknown]
  phoneField: string
  documentField: string
  /** A duplicate rule on the document. */
  duplicateRule: boolean
  /** The error of a record; undefined: it is saved. */
  judge: (record: Record<string, unknown>) => { statusCode: string; message: string } | undefined
  /** An answer to the import as a whole. */
  whole: { status: number; errorCode: string; message: string } | undefined
  /** Requests of 24 hours. */
  limit: number
  used: number
  /** The business unit in which the automation is. */
  businessUnit: string
  automation: string
  /** What comes of a run that was answered with 200. */
  outcome: 'sends' | 'nothing' | 'error'
  /** So many reads show it running. */
  runningReads: number
  /** Whether lastRunInstanceId is shown. */
  showsRuns: boolean
  statusId: number
}

/** What is given to a credential of it, with what a test changes of it. */
export function orgCredential(org: Org, change: Record<string, unknown> = {}): Record<string, unknown> {
  const all: Record<string, unknown> = {
    token_url: `${org.url}/services/oauth2/token`,
    client_id: APP.client,
    client_secret: APP.secret,
    operacao: 'COBRANCA_SUL',
    automation_id: org.set.automation,
    mc_token_url: `${org.url}/v2/token`,
    mc_client_id: 'fictitious-mc-client',
    mc_client_secret: 'fictitious-mc-secret',
    mc_api_url: org.url,
    mc_account_id: org.set.businessUnit,
    closing_delay_minutes: 0,
    ens_signature_key: ENS_KEY,
    ...change,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

const ENS_KEY = 'FICTITIOUS_ENS_KEY'

export async function startOrg(change: Partial<OrgSettings> = {}): Promise<Org> {
  const state: State = { coreTokens: new Set(), units: new Map(), reads: 0, lastRun: undefined, isError: false }
  const org: Org = {
    url: '',
    privateKey: keyPair.privateKey,
    calls: [],
    set: { ...DEFAULTS, ...change },
    records: [],
    sent: new Map(),
    runs: 0,
    count: line => org.calls.filter(call => call.line.startsWith(line)).length,
    tell: async (url, events, key = ENS_KEY) => {
      const body = JSON.stringify(events)
      const signature = createHmac('sha256', Buffer.from(key, 'utf8')).update(body).digest('base64')
      const headers = { 'content-type': 'application/json', 'x-sfmc-ens-signature': signature }
      return (await fetch(url, { method: 'POST', headers, body })).status
    },
  }
  org.url = await serveHttp(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const line = `${request.method} ${request.url}`
    org.calls.push({ line, headers: request.headers, body })
    const reply = answer(org, state, { line, headers: request.headers, body })
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
    response.end(JSON.stringify(reply.body))
  })
  return org
}

const DEFAULTS: OrgSettings = {
  now: () => new Date(),
  approved: true,
  appAccess: true,
  object: 'Contact',
  fields: ['MobilePhone', 'LastName', 'CPF_CNPJ__c', 'Operacao__c', 'disparo__c'],
  flag: ['disparo__c', true],
  phoneField: 'MobilePhone',
  documentField: 'CPF_CNPJ__c',
  duplicateRule: false,
  judge: () => undefined,
  whole: undefined,
  limit: 100_000,
  used: 0,
  businessUnit: '51000123',
  automation: '00000000-0000-4000-8000-00000000a0a0',
  outcome: 'sends',
  runningReads: 0,
  showsRuns: true,
  statusId: 2,
}

interface State {
  coreTokens: Set<string>
  /** The business unit of each token of Marketing Cloud. */
  units: Map<string, string | undefined>
  /** Since the last run. */
  reads: number
  lastRun: string | undefined
  isError: boolean
}

interface Call {
  line: string
  headers: IncomingMessage['headers']
  body: string
}

function answer(org: Org, state: State, call: Call): Reply {
  const { line } = call
  if (line === 'POST /services/oauth2/token') return coreToken(org, state, call)
  if (/^(POST|PATCH) \/services\/data\/v\d+\.0\/composite\/sobjects(\/|$)/.test(line))
    return collections(org, state, call)
  if (line === 'POST /v2/token') return marketingToken(state, call)
  const path = `/automation/v1/automations/${org.set.automation}`
  const token = call.headers.authorization?.replace(/^Bearer /, '') ?? ''
  if (!state.units.has(token)) return { status: 401, body: { message: 'Not Authorized', errorcode: 0 } }
  // Automations are seen in their business unit only.
  const isSeen = state.units.get(token) === org.set.businessUnit
  if (isSeen && line === `GET ${path}`) return readAutomation(org, state)
  if (isSeen && line === `POST ${path}/actions/runallonce`) return runAutomation(org, state)
  return { status: 404, body: { message: 'Automation not found', errorcode: 10000 } }
}

function coreToken(org: Org, state: State, { headers, body }: Call): Reply {
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
    return { status: 400, body: { error: 'unsupported_grant_type' } }
  const form = new URLSearchParams(body)
  const refusal = refusalOfGrant(org.set, form)
  if (refusal) return refusal
  const access_token = `00D!${randomBytes(18).toString('base64url')}`
  state.coreTokens.add(access_token)
  return { status: 200, body: { access_token, instance_url: org.url, token_type: 'Bearer' } }
}

function coreError(status: number, errorCode: string, message: string): Reply {
  return { status, body: [{ message, errorCode }] }
}

function collections(org: Org, state: State, call: Call): Reply {
  const { set } = org
  const token = call.headers.authorization?.replace(/^Bearer /, '') ?? ''
  if (!state.coreTokens.has(token)) return coreError(401, 'INVALID_SESSION_ID', 'Session expired or invalid')
  if (set.used >= set.limit) return coreError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.')
  set.used++
  const headers = { 'sforce-limit-info': `api-usage=${set.used}/${set.limit}` }
  if (set.whole) return { ...coreError(set.whole.status, set.whole.errorCode, set.whole.message), headers }
  const [, object, externalId] = /sobjects(?:\/(\w+)\/(\w+))?$/.exec(call.line) ?? []
  if (object !== undefined && object !== set.object) return coreError(404, 'NOT_FOUND', 'no such object')
  const { allOrNone, records } = JSON.parse(call.body) as { allOrNone: boolean; records: Record<string, unknown>[] }
  if (allOrNone || records.length > 200) return coreError(400, 'EXCEEDED_ID_LIMIT', 'record limit reached')
  const allowSave = call.headers['sforce-duplicate-rule-header'] === 'allowSave=true'
  return { status: 200, body: records.map(record => save(org, record, { allowSave, externalId })), headers }
}

function save(
  org: Org,
  record: Record<string, unknown>,
  { allowSave, externalId }: { allowSave: boolean; externalId: string | undefined },
) {
  const { set } = org
  const { attributes, ...fields } = record
  const failed = (statusCode: string, message: string) => ({
    success: false,
    errors: [{ statusCode, message, fields: [] }],
  })
  if ((attributes as { type?: unknown }).type !== set.object)
    return failed('INVALID_TYPE', 'sObject type is not supported')
  const unknown = Object.keys(fields).find(name => !set.fields.includes(name) && name !== externalId)
  if (unknown !== undefined)
    return failed('INVALID_FIELD', `No such column '${unknown}' on sobject of type ${set.object}`)
  const error = set.judge(fields)
  if (error) return failed(error.statusCode, error.message)
  const isDouble = org.records.some(known => known[set.documentField] === fields[set.documentField])
  if (set.duplicateRule && isDouble && !allowSave)
    return failed('DUPLICATES_DETECTED', 'You may be creating a duplicate')
  const id = `003${String(org.records.length + 1).padStart(12, '0')}AAA`
  org.records.push({ Id: id, ...fields })
  return { id, success: true, errors: [] }
}

function marketingToken(state: State, { body }: Call): Reply {
  const { grant_type, client_id, account_id } = JSON.parse(body) as Record<string, string | undefined>
  if (grant_type !== 'client_credentials' || !client_id) return { status: 401, body: { error: 'invalid_client' } }
  const access_token = randomBytes(18).toString('base64url')
  state.units.set(access_token, account_id)
  return { status: 200, body: { access_token, expires_in: 1080, token_type: 'Bearer', scope: '' } }
}

function readAutomation({ set, runs }: Org, state: State): Reply {
  const isRunning = runs > 0 && state.reads++ < set.runningReads
  const statusId = isRunning ? 3 : state.isError ? -1 : set.statusId
  const words: Record<string, string> = { '-1': 'Error', '2': 'Ready', '3': 'Running' }
  return {
    status: 200,
    body: {
      id: set.automation,
      name: 'Disparo de cobrança',
      key: 'disparo-cobranca',
      statusId,
      status: words[String(statusId)],
      ...(set.showsRuns && state.lastRun !== undefined && { lastRunInstanceId: state.lastRun }),
    },
  }
}

/** 200 with any outcome. */
function runAutomation(org: Org, state: State): Reply {
  org.runs++
  state.reads = 0
  if (org.set.outcome !== 'nothing') state.lastRun = randomBytes(8).toString('hex')
  state.isError = org.set.outcome === 'error'
  const [flag, value] = org.set.flag
  if (org.set.outcome === 'sends') {
    for (const record of org.records) {
      if (record[flag] !== value) continue
      const phone = String(record[org.set.phoneField])
      org.sent.set(phone, (org.sent.get(phone) ?? 0) + 1)
      // As docs/salesforce.md asks for.
      record[flag] = null
    }
  }
  return { status: 200, body: {} }
}
