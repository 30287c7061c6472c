import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Http, HttpAnswer, HttpRequest, HttpResponse } from '../../http/client.ts'
import { failureOf, isSuccess } from '../classify-response.ts'
import { httpUrl } from '../credential-fields.ts'
import { jsonOf } from '../wire-format.ts'
import { type SalesforceCredential, secretsOf } from './credential.ts'
import { loginCure, loginForm, loginIdentity } from './login.ts'

/**
 * The tokens of both clouds (docs/wire/salesforce.md#core-token, docs/wire/salesforce.md#marketing-cloud-run). A token is
 * fetched on first use, by one request for all concurrent callers, cached with the HTTP client that fetched it, and fetched
 * again once if it is refused.
 */
export interface Cloud {
  name: string
  tokenRequest(credential: SalesforceCredential, now: Date): HttpRequest
  /** What its token depends on; the request itself may differ each time. */
  identity(credential: SalesforceCredential): readonly (string | undefined)[]
  /** @returns undefined if the answer contains no token */
  read(answer: unknown, now: number): AccessToken | undefined
  /** An answer that says that its token is no longer valid. */
  refusesToken(answer: HttpResponse): boolean
  /** What a person does about a refused token request, if that is known. */
  cure?(credential: SalesforceCredential, said: string, now: Date): string | undefined
}

export interface AccessToken {
  value: string
  /** The core API's URL. */
  instanceUrl?: string | undefined
  expiresAt: number
}

/** Failure of a request that had no side effect, or was never made. */
export type TokenRefusal =
  | { kind: 'NOT_ACCEPTED'; reason: string; retryAfterMs?: number | undefined }
  | { kind: 'FATAL'; reason: string }

export type Answered = { kind: 'ANSWER'; answer: HttpAnswer; token: AccessToken }

/** The CRM. Its token has no expiry time: it is used until it is refused. */
export const CORE: Cloud = {
  name: 'Salesforce',
  tokenRequest: (credential, now) => ({
    method: 'POST',
    url: credential.token_url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(loginForm(credential, now)).toString(),
  }),
  identity: loginIdentity,
  read(answer) {
    const read = z.object({ access_token: z.string().min(1), instance_url: httpUrl }).safeParse(answer)
    if (!read.success) return undefined
    return { value: read.data.access_token, instanceUrl: read.data.instance_url, expiresAt: Number.POSITIVE_INFINITY }
  },
  refusesToken: answer => answer.status === 401 && errorCodesOf(answer).includes('INVALID_SESSION_ID'),
  cure: loginCure,
}

/** A token must not expire while a request is in flight. */
const MARGIN_MS = 60_000

export const MARKETING_CLOUD: Cloud = {
  name: 'Marketing Cloud',
  tokenRequest: ({ mc_token_url, mc_client_id, mc_client_secret, mc_account_id }) => ({
    method: 'POST',
    url: mc_token_url,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: mc_client_id,
      client_secret: mc_client_secret,
      account_id: mc_account_id,
    }),
  }),
  identity: ({ mc_token_url, mc_client_id, mc_client_secret, mc_account_id }) => [
    mc_token_url,
    mc_client_id,
    mc_client_secret,
    mc_account_id,
  ],
  read(answer, now) {
    // Without expires_in it is used for one request only.
    const read = z
      .object({ access_token: z.string().min(1), expires_in: z.number().nonnegative().default(0) })
      .safeParse(answer)
    if (!read.success) return undefined
    return { value: read.data.access_token, expiresAt: now + 1000 * read.data.expires_in - MARGIN_MS }
  },
  refusesToken: answer => answer.status === 401,
}

/** Makes a request with a token; if the token is refused, once more with a new one. */
export async function withToken(
  cloud: Cloud,
  credential: SalesforceCredential,
  http: Http,
  send: (token: AccessToken) => Promise<HttpAnswer>,
): Promise<Answered | TokenRefusal> {
  const first = await answerWith(await tokenOf(cloud, credential, http), send)
  if (first.kind !== 'ANSWER' || first.answer.kind !== 'RESPONSE' || !cloud.refusesToken(first.answer)) return first
  forget(cloud, credential, http, first.token)
  return answerWith(await tokenOf(cloud, credential, http), send)
}

async function answerWith(
  token: Fetched,
  send: (token: AccessToken) => Promise<HttpAnswer>,
): Promise<Answered | TokenRefusal> {
  return token.kind === 'TOKEN' ? { kind: 'ANSWER', answer: await send(token.token), token: token.token } : token
}

type Fetched = { kind: 'TOKEN'; token: AccessToken } | TokenRefusal

interface Kept {
  fetched: Promise<Fetched>
  /** Set once it has arrived. */
  token?: AccessToken
}

/** Per HTTP client, and released with it. The inner key is a hash of the token's identity, because that contains secrets. */
const kept = new WeakMap<Http, Map<string, Kept>>()

async function tokenOf(cloud: Cloud, credential: SalesforceCredential, http: Http): Promise<Fetched> {
  const { tokens, key } = placeOf(cloud, credential, http)
  const known = tokens.get(key)
  const fetched = await known?.fetched
  // The same refusal was just returned to every caller that waited for it.
  if (fetched && fetched.kind !== 'TOKEN') return fetched
  if (fetched && fetched.token.expiresAt > http.clock.now().getTime()) return fetched
  // The first caller fetches the next token.
  return tokens.get(key) === known ? freshToken(cloud, credential, http) : tokenOf(cloud, credential, http)
}

/** Fetches a token, even if one is cached. */
export async function freshToken(cloud: Cloud, credential: SalesforceCredential, http: Http): Promise<Fetched> {
  const { tokens, key } = placeOf(cloud, credential, http)
  const entry: Kept = { fetched: fetchToken(cloud, credential, http) }
  tokens.set(key, entry)
  const fetched = await entry.fetched
  if (fetched.kind === 'TOKEN') entry.token = fetched.token
  else if (tokens.get(key) === entry) tokens.delete(key)
  return fetched
}

/** Unless another has been fetched in the meantime. */
function forget(cloud: Cloud, credential: SalesforceCredential, http: Http, token: AccessToken): void {
  const { tokens, key } = placeOf(cloud, credential, http)
  if (tokens.get(key)?.token === token) tokens.delete(key)
}

function placeOf(cloud: Cloud, credential: SalesforceCredential, http: Http) {
  const tokens = kept.get(http.unguarded) ?? new Map<string, Kept>()
  kept.set(http.unguarded, tokens)
  return { tokens, key: identityHash(cloud, credential) }
}

/** The same for credentials that use the same token. */
export function identityHash(cloud: Cloud, credential: SalesforceCredential): string {
  const identity = JSON.stringify([cloud.name, ...cloud.identity(credential)])
  return createHash('sha256').update(identity).digest('base64')
}

async function fetchToken(cloud: Cloud, credential: SalesforceCredential, http: Http): Promise<Fetched> {
  const now = http.clock.now()
  const request = cloud.tokenRequest(credential, now)
  const answer = await http.unguarded.request(request)
  const what = `the token of ${cloud.name}`
  const said = answer.kind === 'RESPONSE' ? answer.body : ''
  if (!isSuccess(answer)) {
    const refusal = refusalOf(what, answer, http, secretsOf(credential, assertionIn(request)))
    const cure = refusal.kind === 'FATAL' ? cloud.cure?.(credential, said, now) : undefined
    return cure === undefined ? refusal : { ...refusal, reason: `${refusal.reason}. ${cure}` }
  }
  const token = cloud.read(jsonOf(answer.body), http.clock.now().getTime())
  // The body is not kept: it may contain part of a token.
  if (!token) return { kind: 'NOT_ACCEPTED', reason: `${what}: HTTP ${answer.status} with an unreadable answer` }
  return { kind: 'TOKEN', token }
}

/** An assertion is as good as a password while it is valid. */
function assertionIn({ body }: HttpRequest): string | undefined {
  return new URLSearchParams(body).get('assertion') ?? undefined
}

/** A request without side effects that failed: temporary failures may be retried, the rest are permanent. */
export function refusalOf(what: string, answer: HttpAnswer, http: Http, secrets: readonly string[]): TokenRefusal {
  const failure = failureOf(answer, http.clock.now(), secrets)
  switch (failure.kind) {
    case 'FATAL':
      return { kind: 'FATAL', reason: `${what}: ${failure.reason}` }
    case 'REJECTED':
      return { kind: 'FATAL', reason: `${what}: ${failure.detail}` }
    case 'NOT_ACCEPTED':
      return { ...failure, reason: `${what}: ${failure.reason}` }
    case 'IN_DOUBT':
      return { kind: 'NOT_ACCEPTED', reason: `${what}: ${failure.reason}` }
  }
}

const coreErrors = z.array(z.object({ errorCode: z.string().min(1) }))

/** The codes of core errors outside the answer's records: [{message, errorCode, fields?}] (docs/wire/salesforce.md#import). */
export function errorCodesOf(answer: HttpResponse): string[] {
  const read = coreErrors.safeParse(jsonOf(answer.body))
  return read.success ? read.data.map(({ errorCode }) => errorCode) : []
}
