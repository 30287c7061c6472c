import type { HttpAnswer, HttpResponse } from '../http/client.ts'
import type { SendResult, TestResult } from './port.ts'
import { excerpt } from './redact.ts'

/** A complete 2xx answer. The adapter interprets its body. */
export function isSuccess(answer: HttpAnswer): answer is HttpResponse {
  return answer.kind === 'RESPONSE' && answer.status >= 200 && answer.status < 300
}

/** Outcome of a request as a whole. */
export type ResponseFailure = Exclude<SendResult, { kind: 'ANSWERED' }>

/**
 * Meaning of an answer that is not a success, for brokers whose documentation says nothing else, with the code `HTTP_` and its
 * status. Adapters handle their broker's exceptions first. The text that is kept is short and redacted.
 * @param now for a Retry-After that is a date
 * @param secrets the credential's values that must not be kept
 */
export function failureOf(answer: HttpAnswer, now: Date, secrets: readonly string[]): ResponseFailure {
  if (answer.kind === 'NOT_SENT') return { kind: 'NOT_ACCEPTED', reason: answer.reason }
  if (answer.kind === 'UNKNOWN') return { kind: 'IN_DOUBT', reason: answer.reason }
  const { status } = answer
  const said = `HTTP ${status}${excerpt(answer.body, secrets)}`
  const code = `HTTP_${status}`
  if (status === 429) {
    return { kind: 'NOT_ACCEPTED', reason: said, code, retryAfterMs: retryAfterMs(answer.headers['retry-after'], now) }
  }
  if (status === 400 || status === 413 || status === 422) return { kind: 'REJECTED', code, detail: said }
  // A timeout (408) or a server fault (5xx) may follow after the messages were accepted.
  if (status === 408 || status >= 500) return { kind: 'IN_DOUBT', reason: said, code }
  return { kind: 'FATAL', reason: said, code }
}

/** Meaning of an answer to a credential test that is not a success. */
export function failedTest(answer: HttpAnswer, secrets: readonly string[]): TestResult {
  if (answer.kind !== 'RESPONSE') return { ok: false, cause: 'UNREACHABLE', detail: answer.reason }
  const passing = answer.status === 408 || answer.status === 429 || answer.status >= 500
  return {
    ok: false,
    cause: passing ? 'UNREACHABLE' : 'REFUSED',
    detail: `HTTP ${answer.status}${excerpt(answer.body, secrets)}`,
  }
}

/** The longest wait that a broker can impose. After it the request is tried, and may be refused again. */
const MAX_WAIT_MS = 3_600_000

/** @returns `ms`, at most an hour; undefined if it is not a valid duration */
export function boundedWait(ms: number | undefined): number | undefined {
  return ms !== undefined && Number.isFinite(ms) && ms >= 0 ? Math.min(ms, MAX_WAIT_MS) : undefined
}

const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/

/**
 * @param header seconds, or an HTTP date
 * @returns at most an hour; undefined if it is neither, or not a plausible number
 */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined
  if (/^\d+$/.test(header)) return Number.isSafeInteger(Number(header)) ? boundedWait(Number(header) * 1000) : undefined
  return HTTP_DATE.test(header) ? boundedWait(Math.max(0, Date.parse(header) - now.getTime())) : undefined
}
