import { constantTimeEqual } from '../../constant-time.ts'
import type { MetaCredential } from './credential.ts'

/** What Meta is answered: it sends digits, and nothing else is returned to a caller. */
const CHALLENGE = /^[\w.-]{1,200}$/

/** Meta's first call of the callback URL (docs/wire/meta.md#callbacks). Every token is compared, so the time does not tell which fits. */
export function handshake(url: URL, credentials: readonly MetaCredential[]): string | undefined {
  const [mode, token, challenge] = ['hub.mode', 'hub.verify_token', 'hub.challenge'].map(name =>
    url.searchParams.get(name),
  )
  const fits = credentials.filter(({ verify_token }) => constantTimeEqual(token ?? '', verify_token))
  if (mode !== 'subscribe' || fits.length === 0) return undefined
  return CHALLENGE.test(challenge ?? '') ? challenge! : undefined
}
