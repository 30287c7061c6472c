import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Keys } from './keys.ts'

/**
 * The secret in a broker's webhook URL. It is derived, so nothing is stored; raising the broker's webhook_version voids it.
 */
export function webhookToken(keys: Pick<Keys, 'webhook'>, broker: { id: string; webhook_version: number }): string {
  return createHmac('sha256', keys.webhook).update(`${broker.id}.${broker.webhook_version}`).digest('base64url')
}

/** Compares in a time that tells nothing, not even the length. */
export function sameToken(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
}

/** Where a broker reports; undefined without CAMP_PUBLIC_URL. */
export function webhookUrl(
  publicUrl: string | undefined,
  keys: Pick<Keys, 'webhook'>,
  broker: { id: string; webhook_version: number },
): string | undefined {
  return publicUrl === undefined ? undefined : `${publicUrl}/webhooks/${broker.id}/${webhookToken(keys, broker)}`
}
