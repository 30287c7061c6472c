import type { Http, HttpAnswer } from '../../http/client.ts'
import { failureOf, isSuccess } from '../classify-response.ts'
import type { Closing, ClosingResult } from '../port.ts'
import { below, notUnderstood } from '../wire-format.ts'
import { type GosacCredential, headersFor, secretsOf } from './credential.ts'

/** What the code that starts campaigns waits for an answer (docs/wire/gosac.md). */
export const START_TIMEOUT_MS = 60_000

/**
 * Starts the campaigns that were created, where the credential says that creating does not start them (docs/wire/gosac.md#start: the older
 * plugin started each after two minutes; the newer one found that they start by themselves, and that a second start fails).
 *
 * Each is a step of its own, so that what became of one says nothing about another, and none is asked for twice. Only a start
 * that certainly did not happen is asked for again (no connection, 429), or may be by whoever has mended the token (401, 403).
 * Whatever else is no success leaves it IN_DOUBT, with GOSAC's words: it is a person's to look at, for a start that fails
 * ("already running") is no reason to create the campaign again, and a second start might send everything again.
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
      const before = i > 0 ? ` (${references.slice(0, i).join(', ')} was started)` : ''
      return { kind: 'IN_DOUBT', reason: `the start of GOSAC's campaign ${reference}${before}: ${result.reason}` }
    }
    return { kind: 'DONE' }
  },
}

async function start(reference: string, credential: GosacCredential, http: Http): Promise<ClosingResult> {
  const answer = await http.request({
    method: 'PUT',
    url: below(credential.url, `${encodeURIComponent(reference)}/status/started`),
    headers: headersFor(credential),
    body: '{}',
    timeoutMs: START_TIMEOUT_MS,
  })
  return resultOf(answer, http.clock.now(), secretsOf(credential))
}

/** No answer is documented: any 2xx that is no web page says that it was started. */
function resultOf(answer: HttpAnswer, now: Date, secrets: readonly string[]): ClosingResult {
  const status = answer.kind === 'RESPONSE' ? answer.status : 0
  if (isSuccess(answer))
    return answer.body.trimStart().startsWith('<') ? notUnderstood(answer, secrets) : { kind: 'DONE' }
  const failure = failureOf(answer, now, secrets)
  if (failure.kind === 'REJECTED') return { kind: 'IN_DOUBT', reason: failure.detail }
  // Of a campaign that it has just created, "not found" and the like say nothing about the credential.
  const isOfCredential = status === 401 || status === 403 || status < 400
  return failure.kind === 'FATAL' && !isOfCredential ? { kind: 'IN_DOUBT', reason: failure.reason } : failure
}
