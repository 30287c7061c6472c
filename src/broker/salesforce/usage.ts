import type { Http, HttpAnswer } from '../../http/client.ts'
import type { Quota } from '../port.ts'
import { LIMIT_PAUSE_MS } from './codes.ts'
import type { SalesforceCredential } from './credential.ts'
import { CORE, identityHash } from './token.ts'

/**
 * How much of the org's API requests of 24 hours is used, as the header Sforce-Limit-Info of each answer says
 * (docs/wire/salesforce.md#import). From 80 % on an operator is told, at each whole percent; at 100 % nothing is sent for a while.
 */
interface Usage {
  /** The last percentage that was told. */
  told: number
  /** Until when nothing is sent; milliseconds. */
  fullUntil: number
  quota: Quota
}

const TOLD_FROM = 80

/** Per HTTP client, and released with it; by the login, because two wallets may use one org. */
const kept = new WeakMap<Http, Map<string, Usage>>()

/** @returns how long nothing is to be sent, and why; undefined if requests are left as far as is known */
export function waitForRequests(
  credential: SalesforceCredential,
  http: Http,
): { reason: string; retryAfterMs: number } | undefined {
  const usage = usageOf(credential, http)
  const leftMs = usage.fullUntil - http.clock.now().getTime()
  if (leftMs <= 0) return undefined
  const { used, limit } = usage.quota
  return { reason: `the org has used ${used} of its ${limit} API requests of 24 hours`, retryAfterMs: leftMs }
}

/** Keeps what an answer says. @returns it from 80 % on, once for each percent */
export function noteUsage(answer: HttpAnswer, credential: SalesforceCredential, http: Http): Quota | undefined {
  const read = answer.kind === 'RESPONSE' ? LIMIT_INFO.exec(answer.headers['sforce-limit-info'] ?? '') : null
  const [used, limit] = [Number(read?.[1]), Number(read?.[2])]
  if (read === null || limit === 0) return undefined
  const usage = usageOf(credential, http)
  const percent = Math.floor((100 * used) / limit)
  usage.quota = { used, limit }
  if (percent >= 100) usage.fullUntil = http.clock.now().getTime() + LIMIT_PAUSE_MS
  const isNew = percent >= TOLD_FROM && percent !== usage.told
  usage.told = percent
  return isNew ? usage.quota : undefined
}

/** api-usage=18/5000, before or after per-app-api-usage=17/250(appName=sample). */
const LIMIT_INFO = /(?:^|[;,\s])api-usage=(\d{1,9})\/(\d{1,9})/

function usageOf(credential: SalesforceCredential, http: Http): Usage {
  const usages = kept.get(http.unguarded) ?? new Map<string, Usage>()
  kept.set(http.unguarded, usages)
  const key = identityHash(CORE, credential)
  const usage = usages.get(key) ?? { told: 0, fullUntil: 0, quota: { used: 0, limit: 0 } }
  usages.set(key, usage)
  return usage
}
