import { z } from 'zod'
import {
  type Inbound,
  type InboundMessage,
  POISONED,
  type Reply,
  type RequestContext,
  type SimulatedBroker,
} from '../../simulated-broker.ts'
import { readJson } from '../read-request.ts'
import { bearerOf, type Contact, newContactId, newToken, orgOf, quirksOf } from './org.ts'

/** The CRM (docs/wire/salesforce.md#core-token, #import, #upsert): tokens, and contacts that are imported but not sent to yet. */
export const coreErrors: NonNullable<SimulatedBroker['errors']> = {
  '400': () => error(400, 'JSON_PARSER_ERROR', 'one of the records cannot be read'),
  '401': () => error(401, 'INVALID_SESSION_ID', 'Session expired or invalid'),
  '403': () => error(403, 'API_DISABLED_FOR_ORG', 'the API is not enabled for this organisation'),
  '429': () => error(429, 'REQUEST_LIMIT', 'too many requests'),
  '500': () => error(500, 'UNKNOWN_EXCEPTION', 'an unexpected error occurred'),
  '503': () => error(503, 'SERVER_UNAVAILABLE', 'the server is too busy'),
  'accept-500': () => error(500, 'UNKNOWN_EXCEPTION', 'an unexpected error occurred'),
  'accept-502': () => ({
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: '<html><title>Bad Gateway</title></html>',
  }),
}

function error(status: number, errorCode: string, message: string): Reply {
  return { status, body: [{ message, errorCode }] }
}

/** The fields of each grant. Whether an assertion is signed by the right key is not checked: the sandbox has no key. */
const TOKEN_FIELDS: Readonly<Record<string, string>> = {
  password: 'client_id,client_secret,grant_type,password,username',
  client_credentials: 'client_id,client_secret,grant_type',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'assertion,grant_type',
}

export function takeCoreToken({ headers, body }: Inbound, desk: RequestContext): Reply {
  const form = new URLSearchParams(body)
  const grant = form.get('grant_type') ?? ''
  const fields = Object.hasOwn(TOKEN_FIELDS, grant) ? TOKEN_FIELDS[grant] : undefined
  const wrong = !headers['content-type']?.startsWith('application/x-www-form-urlencoded')
    ? 'a token request must be a form'
    : fields === undefined
      ? `grant_type must be one of ${Object.keys(TOKEN_FIELDS).join(', ')}`
      : ([...form.keys()].sort().join() !== fields || [...form.values()].some(value => value === '')) &&
        `a token request must hold ${fields}`
  if (wrong) return refused('unsupported_grant_type', desk.violation(wrong))
  if (quirksOf(desk.control).invalid_grant) return refused('invalid_grant', 'authentication failure')
  const access_token = newToken()
  orgOf(desk).sessions.set(access_token, 0)
  return { status: 200, body: { access_token, instance_url: `http://${headers.host}`, token_type: 'Bearer' } }
}

function refused(code: string, error_description: string): Reply {
  return { status: 400, body: { error: code, error_description } }
}

export const takeInsert = (request: Inbound, desk: RequestContext) => take(request, desk, undefined)

/** Part of the path: the external-id field. */
export const takeUpsert = (request: Inbound, desk: RequestContext) => take(request, desk, request.parts[0])

/** The fields of docs/wire/salesforce.md#import, no others; a missing name is an error of the record, which is refused alone. */
function requestOf(externalField: string | undefined) {
  return z.strictObject({
    allOrNone: z.literal(false),
    records: z
      .array(
        z.strictObject({
          attributes: z.strictObject({ type: z.literal('Contact') }),
          MobilePhone: z.string().regex(/^55\d{10,11}$/, 'must be digits with 55'),
          LastName: z.string().optional(),
          CPF_CNPJ__c: z.string().regex(/^(\d{11}|[0-9A-Z]{14})$/, 'must be a document without punctuation'),
          Operacao__c: z.string().min(1),
          disparo__c: z.literal(true),
          ...(externalField !== undefined && { [externalField]: z.string().min(1) }),
        }),
      )
      .min(1)
      .max(200),
  })
}

interface InboundContact extends InboundMessage {
  fields: Readonly<Record<string, unknown>>
  externalId: string | undefined
}

function take(request: Inbound, desk: RequestContext, externalField: string | undefined): Reply | typeof POISONED {
  const refusal = refusalOf(request, desk)
  if (refusal) return refusal
  const read = readJson(request, requestOf(externalField), desk)
  if (read.wrong !== undefined) return error(400, 'JSON_PARSER_ERROR', read.wrong)
  const contacts = read.body.records.map(({ attributes: _, ...fields }): InboundContact => {
    const given = externalField === undefined ? undefined : (fields as Record<string, unknown>)[externalField]
    const externalId = typeof given === 'string' ? given : undefined
    return { key: externalId ?? fields.MobilePhone, phone: fields.MobilePhone, fields, externalId }
  })
  if (desk.poisoned(contacts)) return POISONED
  const { record_errors } = quirksOf(desk.control)
  return { status: 200, body: contacts.map(contact => keep(contact, record_errors[contact.phone], desk)) }
}

/** Errors of the token, or of the whole org. */
function refusalOf({ headers }: Inbound, desk: RequestContext): Reply | undefined {
  const { sessions } = orgOf(desk)
  const { session_requests, request_limit } = quirksOf(desk.control)
  const token = bearerOf(headers)
  if (token === undefined) desk.violation('no Authorization: Bearer')
  const used = token === undefined ? undefined : sessions.get(token)
  if (token === undefined || used === undefined || (session_requests > 0 && used >= session_requests)) {
    return error(401, 'INVALID_SESSION_ID', 'Session expired or invalid')
  }
  sessions.set(token, used + 1)
  return request_limit ? error(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.') : undefined
}

/** One record's answer, in the request's order. */
function keep(inbound: InboundContact, ordered: string | undefined, desk: RequestContext) {
  const { fields, externalId, phone, key } = inbound
  const code = ordered ?? (desk.refuses(inbound) ? 'FIELD_CUSTOM_VALIDATION_EXCEPTION' : undefined)
  if (code) return failed(code, [])
  if (!String(fields.LastName ?? '').trim()) return failed('REQUIRED_FIELD_MISSING', ['LastName'])
  const { contacts, byExternalId } = orgOf(desk)
  const known = externalId === undefined ? undefined : byExternalId.get(externalId)
  const contact: Contact = { id: known ?? newContactId(), key, phone, fields, flagged: true }
  contacts.set(contact.id, contact)
  if (externalId === undefined) return { id: contact.id, success: true, errors: [] }
  byExternalId.set(externalId, contact.id)
  return { id: contact.id, success: true, errors: [], created: known === undefined }
}

function failed(statusCode: string, fields: readonly string[]) {
  return { success: false, errors: [{ statusCode, message: 'the sandbox was told to refuse it', fields }] }
}
