import { createHmac } from 'node:crypto'
import { constantTimeEqual } from '../../constant-time.ts'

/** The header with the signature. */
export const SIGNATURE = 'x-hub-signature-256'

/** Whether Meta signed the body with this app's secret (docs/wire/meta.md#callbacks): over its bytes as received. */
export function isSignedByMeta(signature: string, body: Buffer, appSecret: string): boolean {
  const hmac = createHmac('sha256', appSecret).update(body).digest('hex')
  return constantTimeEqual(signature.toLowerCase(), `sha256=${hmac}`)
}
