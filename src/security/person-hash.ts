import { createHmac } from 'node:crypto'
import type { Keys } from './keys.ts'

/**
 * A name of a person for the audit that does not contain their phone or document: an HMAC under the secret, so that only a
 * process with the secret can compare it with a given number. After `camp secret rotate` earlier names no longer match.
 * @param kind how the value is read
 * @param value canonical
 * @returns base64url
 */
export function personHash(keys: Pick<Keys, 'records'>, kind: 'phone' | 'document', value: string): string {
  return createHmac('sha256', keys.records).update(`person ${kind} ${value}`).digest('base64url')
}
