import { type SalesforceCredential, credential as schema } from '../../../../src/broker/salesforce/credential.ts'
import type { Http, HttpAnswer, HttpRequest } from '../../../../src/http/client.ts'
import { salesforceCredential } from '../../../support/salesforce.ts'

export const CORE_TOKEN = '00Dfictitious!core.token'
export const MC_TOKEN = 'fictitious.mc.token'

export const credentialOf = (change: Record<string, unknown> = {}): SalesforceCredential =>
  schema.parse(salesforceCredential('http://salesforce.invalid', change))

export function response(status: number, body: unknown = '', headers: Record<string, string> = {}): HttpAnswer {
  return { kind: 'RESPONSE', status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }
}

export const NOT_SENT: HttpAnswer = { kind: 'NOT_SENT', reason: 'cannot connect (ECONNREFUSED)' }
export const UNKNOWN: HttpAnswer = { kind: 'UNKNOWN', reason: 'no answer within 120000 ms' }

export interface Scripted extends Http {
  /** Every request, tokens' included. */
  seen: HttpRequest[]
  now: Date
  /** How many tokens were asked for. */
  tokens(): number
}

/**
 * Both clouds in memory: answers what is no token request by the script, one after the other.
 * @param tokens answers to token requests, before they are as they should be
 */
export function scripted(script: readonly HttpAnswer[], tokens: readonly HttpAnswer[] = []): Scripted {
  const [answers, tokenAnswers] = [[...script], [...tokens]]
  const seen: HttpRequest[] = []
  const isToken = ({ url }: HttpRequest) => url.endsWith('/token')
  const it: Scripted = {
    seen,
    now: new Date('2026-11-24T12:00:00Z'),
    clock: { now: () => it.now },
    tokens: () => seen.filter(isToken).length,
    get unguarded() {
      return it
    },
    async request(request) {
      seen.push(request)
      // What is at work at the same time gets its turn.
      await Promise.resolve()
      if (!isToken(request)) return answers.shift() ?? response(599, 'the script is at its end')
      const ordered = tokenAnswers.shift()
      if (ordered) return ordered
      return request.url.endsWith('/v2/token')
        ? response(200, { access_token: MC_TOKEN, expires_in: 1200, rest_instance_url: 'http://elsewhere.invalid' })
        : response(200, { access_token: CORE_TOKEN, instance_url: 'http://instance.invalid' })
    },
  }
  return it
}
