import { createHash, createHmac } from 'node:crypto'
import { constantTimeEqual } from '../constant-time.ts'
import type { Keys } from './keys.ts'

export interface WebhookBroker {
  id: string
  webhook_version: number
}

/**
 * The secret in a broker's webhook URL. It is derived, so nothing is stored; incrementing the broker's webhook_version voids
 * it.
 */
export function webhookToken(keys: Pick<Keys, 'webhook'>, broker: WebhookBroker): string {
  return createHmac('sha256', keys.webhook).update(`${broker.id}.${broker.webhook_version}`).digest('base64url')
}

/** Constant-time comparison that does not reveal the length either. */
export function sameToken(a: string, b: string): boolean {
  return constantTimeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
}

/** The broker's callback URL; undefined without CAMP_PUBLIC_URL. */
export function webhookUrl(
  publicUrl: string | undefined,
  keys: Pick<Keys, 'webhook'>,
  broker: WebhookBroker,
): string | undefined {
  return publicUrl === undefined ? undefined : `${publicUrl}/webhooks/${broker.id}/${webhookToken(keys, broker)}`
}

/** The query parameter of a message's own URL. */
export const MESSAGE_KEY = 'm'

const ID_BYTES = 16
const SIGNATURE_BYTES = 16

/** A lead's id, signed: 43 characters that reveal nothing to others. Valid as long as the broker's token. */
export function messageKey(keys: Pick<Keys, 'webhook'>, broker: WebhookBroker, leadId: string): string {
  const id = Buffer.from(leadId.replaceAll('-', ''), 'hex')
  return Buffer.concat([id, signature(keys, broker, id)]).toString('base64url')
}

/** @returns the lead's id; undefined for a key that is not ours */
export function leadOfMessageKey(keys: Pick<Keys, 'webhook'>, broker: WebhookBroker, key: string): string | undefined {
  const bytes = Buffer.from(key, 'base64url')
  if (bytes.length !== ID_BYTES + SIGNATURE_BYTES) return undefined
  const id = bytes.subarray(0, ID_BYTES)
  if (!constantTimeEqual(bytes.subarray(ID_BYTES), signature(keys, broker, id))) return undefined
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function signature(keys: Pick<Keys, 'webhook'>, broker: WebhookBroker, id: Buffer): Buffer {
  const hmac = createHmac('sha256', keys.webhook).update(`${broker.id}.${broker.webhook_version}.`).update(id)
  return hmac.digest().subarray(0, SIGNATURE_BYTES)
}
