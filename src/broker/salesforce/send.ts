import { z } from 'zod'
import type { Http, HttpAnswer } from '../../http/client.ts'
import { failureOf, isSuccess, type ResponseFailure } from '../classify-response.ts'
import type { CodeClass } from '../codes.ts'
import type { Message, Outcome, SendRequest, SendResult } from '../port.ts'
import { quoted } from '../redact.ts'
import { below, jsonOf, notUnderstood, plainDocument } from '../wire-format.ts'
import { CODES, LIMIT_PAUSE_MS } from './codes.ts'
import { type SalesforceCredential, secretsOf } from './credential.ts'
import { recordOf } from './fields.ts'
import { type AccessToken, CORE, errorCodesOf, withToken } from './token.ts'
import { noteUsage, waitForRequests } from './usage.ts'

/**
 * Phase 1 (docs/wire/salesforce.md#import): contacts are imported with the flag that the automation selects. No message is sent
 * yet.
 */
export async function send(
  { messages }: SendRequest,
  credential: SalesforceCredential,
  http: Http,
): Promise<SendResult> {
  const checked = messages.map(message => ({ message, refusal: refusalOf(message) }))
  const whole = checked.flatMap(({ message, refusal }) => (refusal ? [] : [message]))
  const result: SendResult =
    whole.length === 0 ? { kind: 'ANSWERED', outcomes: [] } : await importContacts(whole, credential, http)
  if (result.kind !== 'ANSWERED') return result
  const answers = result.outcomes.values()
  return { ...result, outcomes: checked.map(({ refusal }) => refusal ?? answers.next().value!) }
}

/**
 * A message that Salesforce would refuse, or for which a value would have to be invented, is refused here, alone, with our own
 * text.
 */
function refusalOf({ nome, cpf_cnpj }: Message): Outcome | undefined {
  if (!nome?.trim()) return { kind: 'REJECTED', code: 'MISSING_NAME', detail: 'a contact needs a name (LastName)' }
  if (plainDocument(cpf_cnpj) === '') {
    return { kind: 'REJECTED', code: 'MISSING_DOCUMENT', detail: 'a contact needs a CPF or CNPJ' }
  }
  return undefined
}

/**
 * A call that ends after our timeout may still succeed: Salesforce itself gives up after 10 minutes
 * (docs/wire/salesforce.md#import).
 */
export const TIMEOUT_MS = 120_000

async function importContacts(
  messages: readonly Message[],
  credential: SalesforceCredential,
  http: Http,
): Promise<SendResult> {
  const body = JSON.stringify({
    allOrNone: false,
    records: messages.map(message => recordOf(message, credential)),
  })
  const full = waitForRequests(credential, http)
  if (full) return { kind: 'NOT_ACCEPTED', ...full }
  const sent = await withToken(CORE, credential, http, token =>
    http.request({
      method: credential.external_id_field === undefined ? 'POST' : 'PATCH',
      url: below(credential.url ?? token.instanceUrl ?? credential.token_url, pathOf(credential)),
      headers: {
        authorization: `Bearer ${token.value}`,
        'content-type': 'application/json',
        accept: 'application/json',
        ...(credential.duplicates === 'save' && { 'sforce-duplicate-rule-header': 'allowSave=true' }),
      },
      body,
      timeoutMs: TIMEOUT_MS,
    }),
  )
  return sent.kind === 'ANSWER' ? read(sent.answer, sent.token, messages, credential, http) : sent
}

function pathOf({ api_version, object, external_id_field }: SalesforceCredential): string {
  const collection = `services/data/${api_version}/composite/sobjects`
  return external_id_field === undefined ? collection : `${collection}/${object}/${external_id_field}`
}

const results = z.array(
  z.object({
    id: z.string().min(1).nullish(),
    success: z.boolean(),
    errors: z.array(z.object({ statusCode: z.string().min(1), message: z.string().nullish() })).default([]),
  }),
)
type RecordResult = z.infer<typeof results>[number]

function read(
  answer: HttpAnswer,
  token: AccessToken,
  messages: readonly Message[],
  credential: SalesforceCredential,
  http: Http,
): SendResult {
  const secrets = secretsOf(credential, token.value)
  const quota = noteUsage(answer, credential, http)
  if (!isSuccess(answer)) return withCode(answer, failureOf(answer, http.clock.now(), secrets))
  const answered = results.safeParse(jsonOf(answer.body))
  if (!answered.success) return notUnderstood(answer, secrets)
  // Records carry no key of ours: if one is missing, positions are not reliable.
  const [known, wanted] = [answered.data.length, messages.length]
  if (known !== wanted) return { kind: 'IN_DOUBT', reason: `Salesforce answered for ${known} of ${wanted} contacts` }
  return { kind: 'ANSWERED', outcomes: answered.data.map(result => outcomeOf(result, secrets)), quota }
}

/**
 * The same, with Salesforce's own code if the body has one, so that the code's class decides. A fault of the server (5xx) stays in
 * doubt with any code.
 */
function withCode(answer: HttpAnswer, failure: ResponseFailure): SendResult {
  const code = answer.kind === 'RESPONSE' ? errorCodesOf(answer)[0] : undefined
  if (code === undefined || failure.kind === 'IN_DOUBT') return failure
  // Certain without the table: the org took nothing, and asking sooner would use up what becomes available.
  if (code === 'REQUEST_LIMIT_EXCEEDED' && failure.kind === 'FATAL')
    return { kind: 'NOT_ACCEPTED', code, reason: failure.reason, retryAfterMs: LIMIT_PAUSE_MS }
  return { ...failure, code }
}

type RecordError = RecordResult['errors'][number]

function outcomeOf({ id, success, errors }: RecordResult, secrets: readonly string[]): Outcome {
  if (success) {
    return id ? { kind: 'ACCEPTED', providerId: id } : { kind: 'IN_DOUBT', reason: 'accepted without an id' }
  }
  const [error] = errors.toSorted((a, b) => weightOf(b) - weightOf(a))
  if (!error) return { kind: 'REJECTED', code: 'REFUSED', detail: 'Salesforce gave no reason' }
  const [code, words] = [error.statusCode, wordsOf(error, secrets)]
  return classOf(error) === 'wait'
    ? { kind: 'NOT_ACCEPTED', code, reason: words }
    : { kind: 'REJECTED', code, detail: words }
}

/** Of several errors of a record the one that decides: what concerns the org before the record, and what lasts before what passes. */
function weightOf(error: RecordError): number {
  const known = classOf(error)
  return known === 'fatal' ? 2 : known === 'wait' ? 0 : 1
}

function classOf({ statusCode }: RecordError): CodeClass | undefined {
  return Object.hasOwn(CODES, statusCode) ? CODES[statusCode]?.class : undefined
}

function wordsOf({ statusCode, message }: RecordError, secrets: readonly string[]): string {
  return message ? `${statusCode}: ${quoted(message, secrets)}` : statusCode
}
