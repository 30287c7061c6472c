import { z } from 'zod'
import type { Http, HttpAnswer } from '../../http/client.ts'
import { failureOf, isSuccess } from '../classify-response.ts'
import type { Message, Outcome, SendRequest, SendResult } from '../port.ts'
import { quoted } from '../redact.ts'
import { below, jsonOf, notUnderstood, plainDocument } from '../wire-format.ts'
import { type SalesforceCredential, secretsOf } from './credential.ts'
import { recordOf } from './fields.ts'
import { type AccessToken, CORE, hasErrorCode, withToken } from './token.ts'

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

/**
 * The org has used up its requests of 24 hours (docs/wire/salesforce.md#import): they become available gradually, and polling
 * sooner would use them up.
 */
const LIMIT_PAUSE_MS = 15 * 60_000

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
  if (!isSuccess(answer)) {
    const failure = failureOf(answer, http.clock.now(), secrets)
    return failure.kind === 'FATAL' && isOverLimit(answer)
      ? { kind: 'NOT_ACCEPTED', reason: failure.reason, retryAfterMs: LIMIT_PAUSE_MS }
      : failure
  }
  const answered = results.safeParse(jsonOf(answer.body))
  if (!answered.success) return notUnderstood(answer, secrets)
  // Records carry no key of ours: if one is missing, positions are not reliable.
  const [known, wanted] = [answered.data.length, messages.length]
  if (known !== wanted) return { kind: 'IN_DOUBT', reason: `Salesforce answered for ${known} of ${wanted} contacts` }
  const forbidden = answered.data.every(({ success, errors }) => !success && errors.some(isPermission))
  const first = answered.data[0]?.errors.find(isPermission)
  if (forbidden && first) return { kind: 'FATAL', reason: `no contact may be written: ${wordsOf(first, secrets)}` }
  return { kind: 'ANSWERED', outcomes: answered.data.map(result => outcomeOf(result, secrets)) }
}

function isOverLimit(answer: HttpAnswer): boolean {
  return answer.kind === 'RESPONSE' && answer.status === 403 && hasErrorCode(answer, 'REQUEST_LIMIT_EXCEEDED')
}

type RecordError = RecordResult['errors'][number]

/** Errors that are not about the record itself (docs/wire/salesforce.md#import): the row or the server was busy. */
const PASSING = ['UNABLE_TO_LOCK_ROW', 'SERVER_UNAVAILABLE']

function isPermission({ statusCode }: RecordError): boolean {
  return statusCode.startsWith('INSUFFICIENT_ACCESS') || statusCode === 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY'
}

function outcomeOf({ id, success, errors }: RecordResult, secrets: readonly string[]): Outcome {
  if (success) {
    return id ? { kind: 'ACCEPTED', providerId: id } : { kind: 'IN_DOUBT', reason: 'accepted without an id' }
  }
  const lasting = errors.find(error => !PASSING.includes(error.statusCode))
  if (lasting) return { kind: 'REJECTED', code: lasting.statusCode, detail: wordsOf(lasting, secrets) }
  const passing = errors[0]
  if (passing) return { kind: 'NOT_ACCEPTED', reason: wordsOf(passing, secrets) }
  return { kind: 'REJECTED', code: 'REFUSED', detail: 'Salesforce gave no reason' }
}

function wordsOf({ statusCode, message }: RecordError, secrets: readonly string[]): string {
  return message ? `${statusCode}: ${quoted(message, secrets)}` : statusCode
}
