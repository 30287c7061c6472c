import type { Http, HttpAnswer } from '../../http/client.ts'
import { failureOf, isSuccess } from '../classify-response.ts'
import type { Closing, ClosingResult } from '../port.ts'
import { below, notUnderstood } from '../wire-format.ts'
import { type GosacCredential, headersFor, secretsOf } from './credential.ts'

/** The timeout of the code that starts campaigns (docs/wire/gosac.md). */
export const START_TIMEOUT_MS = 60_000

/**
 * Starts the campaigns that were created, if the credential says that creating does not start them (docs/wire/gosac.md#start:
 * the older plugin started each after two minutes; the newer one found that they start automatically, and that a second start
 * fails).
 *
 * Each start is a separate step: its outcome says nothing about another, and none is requested twice. A start is repeated only
 * if it certainly did not happen (no connection, 429), or after the token was fixed (401, 403). Any other failure leaves it
 * IN_DOUBT with GOSAC's words, for a person to check: a start that fails ("already running") is no reason to create the
 * campaign again, and a second start might send everything again.
 */
export const starting: Closing<GosacCredential> = {
  perReference: true,

  plan: credential =>
    credential.start === 'none' ? undefined : { delayMs: credential.start_delay_seconds * 1000, lockKey: null },

  async run({ references }, credential, http) {
    for (const [i, reference] of references.entries()) {
      const result = await start(reference, credential, http)
      if (result.kind === 'DONE') continue
      if (i === 0 && result.kind !== 'IN_DOUBT') return result
      const before = references.slice(0, i).join(', ')
      const reason =
        i > 0
          ? `the start of GOSAC's campaign ${reference} (${before} was started): ${result.reason}`
          : `the start of GOSAC's campaign ${reference}: ${result.reason}`
      return { kind: 'IN_DOUBT', reason }
    }
    return { kind: 'DONE' }
  },
}

/** A start's end is not looked at. */
type Started = Exclude<ClosingResult, { kind: 'TAKEN' }>

async function start(reference: string, credential: GosacCredential, http: Http): Promise<Started> {
  const answer = await http.request({
    method: 'PUT',
    url: below(credential.url, `${encodeURIComponent(reference)}/status/started`),
    headers: headersFor(credential),
    body: '{}',
    timeoutMs: START_TIMEOUT_MS,
  })
  return resultOf(answer, http.clock.now(), secretsOf(credential))
}

/** No answer is documented: any 2xx that is not a web page counts as started. */
function resultOf(answer: HttpAnswer, now: Date, secrets: readonly string[]): Started {
  const status = answer.kind === 'RESPONSE' ? answer.status : 0
  if (isSuccess(answer))
    return answer.body.trimStart().startsWith('<') ? notUnderstood(answer, secrets) : { kind: 'DONE' }
  const failure = failureOf(answer, now, secrets)
  if (failure.kind === 'REJECTED') return { kind: 'IN_DOUBT', reason: failure.detail }
  // For a campaign that was just created, "not found" and the like say nothing about the credential.
  const isOfCredential = status === 401 || status === 403 || status < 400
  return failure.kind === 'FATAL' && !isOfCredential ? { kind: 'IN_DOUBT', reason: failure.reason } : failure
}
