import { z } from 'zod'
import type { Http, HttpAnswer, HttpResponse } from '../../http/client.ts'
import { failureOf, isSuccess } from '../classify-response.ts'
import type { Closing, ClosingLook, ClosingPlan, ClosingResult } from '../port.ts'
import { quoted } from '../redact.ts'
import { below, jsonOf, notUnderstood } from '../wire-format.ts'
import { type SalesforceCredential, secretsOf } from './credential.ts'
import { TIMEOUT_MS } from './send.ts'
import { type Answered, MARKETING_CLOUD, refusalOf, type TokenRefusal, withToken } from './token.ts'

/**
 * Phase 2 (docs/wire/salesforce.md#marketing-cloud-run), which sends the messages: the automation is run once, for every
 * flagged contact. A second run may write to all of them again.
 */
export const closing: Closing<SalesforceCredential> = {
  unrun:
    'its contacts stay flagged at Salesforce and go out with the next run of this automation, unless the flag is cleared there',
  plan,
  look,
  run: (_request, credential, http) => run(credential, http),
}

function plan({ closing_delay_minutes, mc_api_url, automation_id }: SalesforceCredential): ClosingPlan {
  return {
    delayMs: closing_delay_minutes * 60_000,
    lockKey: `salesforce ${below(mc_api_url, automation_id).toLowerCase()}`,
  }
}

/** For other states (ready, paused, scheduled …) the answer to the run decides. */
const STATUS = { ERROR: -1, RUNNING: 3 } as const

const automation = z.object({
  statusId: z.number(),
  status: z.string().nullish(),
  lastRunTime: z.string().nullish(),
  lastRunInstanceId: z.string().nullish(),
})

async function look(credential: SalesforceCredential, http: Http, before?: string): Promise<ClosingLook> {
  const what = 'reading the automation'
  const sent = await request('GET', '', credential, http)
  if (sent.kind !== 'ANSWER') return sent
  const secrets = secretsOf(credential, sent.token.value)
  if (!isSuccess(sent.answer)) return refusalOf(what, sent.answer, http, secrets)
  const read = automation.safeParse(jsonOf(sent.answer.body))
  if (!read.success) return { kind: 'NOT_ACCEPTED', reason: `${what}: an unreadable answer` }
  const { statusId, status, lastRunTime, lastRunInstanceId } = read.data
  // Without an id only the time is available, and that may be updated when a run ends.
  const run = lastRunInstanceId ? `run ${lastRunInstanceId}` : lastRunTime ? `run at ${lastRunTime}` : 'never run'
  const busy = statusId === STATUS.RUNNING
  if (statusId === STATUS.ERROR) {
    const failed = `the automation stands at statusId ${statusId}${status ? ` (${quoted(status, secrets)})` : ''}`
    return { kind: 'SEEN', mark: run + IN_ERROR, busy, failed }
  }
  // An automation that stood in error, and was saved or repaired without a run.
  return { kind: 'SEEN', mark: before === run + IN_ERROR ? before : run, busy }
}

const IN_ERROR = ', in error'

async function run(credential: SalesforceCredential, http: Http): Promise<ClosingResult> {
  const sent = await request('POST', '/actions/runallonce', credential, http)
  if (sent.kind !== 'ANSWER') return sent
  const { answer, token } = sent
  if (isSuccess(answer)) return understood(answer, secretsOf(credential, token.value))
  const failure = failureOf(answer, http.clock.now(), secretsOf(credential, token.value))
  if (failure.kind === 'NOT_ACCEPTED' || failure.kind === 'IN_DOUBT') return failure
  const reason = failure.kind === 'FATAL' ? failure.reason : failure.detail
  return (await isRunning(answer, credential, http))
    ? { kind: 'NOT_ACCEPTED', reason: `the automation is running: ${reason}`, retryAfterMs: RUNNING_PAUSE_MS }
    : { kind: 'FATAL', reason }
}

/**
 * The body is not documented, and a 2xx is no proof of a run: the result is looked at. An HTML page comes from a proxy in front
 * of Marketing Cloud.
 */
function understood(answer: HttpResponse, secrets: readonly string[]): ClosingResult {
  return answer.body.trimStart().startsWith('<') ? notUnderstood(answer, secrets) : { kind: 'TAKEN' }
}

const RUNNING_PAUSE_MS = 60_000

/** Refused because it is already running: a 400 says so, a 403 may mean it (docs/wire/salesforce.md#marketing-cloud-run). */
async function isRunning(answer: HttpAnswer, credential: SalesforceCredential, http: Http): Promise<boolean> {
  if (answer.kind !== 'RESPONSE') return false
  if (answer.status === 400) return /already running|is (currently )?running/i.test(answer.body)
  if (answer.status !== 403) return false
  const seen = await look(credential, http)
  // If that cannot be determined now, the next look decides.
  return seen.kind === 'NOT_ACCEPTED' || (seen.kind === 'SEEN' && seen.busy)
}

/** An id, or key: and the automation's external key, whose colon is not encoded. */
function pathPart(automation: string): string {
  return encodeURIComponent(automation).replace(/^key%3A/, 'key:')
}

function request(
  method: 'GET' | 'POST',
  action: string,
  credential: SalesforceCredential,
  http: Http,
): Promise<Answered | TokenRefusal> {
  const path = `automation/v1/automations/${pathPart(credential.automation_id)}${action}`
  return withToken(MARKETING_CLOUD, credential, http, token =>
    http.request({
      method,
      url: below(credential.mc_api_url, path),
      headers: {
        authorization: `Bearer ${token.value}`,
        accept: 'application/json',
        ...(method === 'POST' && { 'content-type': 'application/json' }),
      },
      ...(method === 'POST' && { body: '{}', timeoutMs: TIMEOUT_MS }),
    }),
  )
}
