import { z } from 'zod'
import { count, headerText, httpUrl } from '../credential-fields.ts'

/** A wallet's account at GOSAC (docs/wire/gosac.md). */
export const gosacCredential = z.strictObject({
  /** The campaign collection. */
  url: httpUrl,
  /** Sent unchanged: a prefix that it needs ("INTEGRATION …") is part of it. */
  token: headerText,
  /** Whether a campaign must be started after it was created (closing.ts). */
  start: z.enum(['none', 'put']).default('none'),
  /** The older plugin's two minutes (docs/wire/gosac.md#start). */
  start_delay_seconds: count(86_400).default(120),
  default_queue_id: count(0x7fff_ffff).default(1),
})

export type GosacCredential = z.infer<typeof gosacCredential>

/** Values that must never be kept: the token, and the part after its prefix. */
export function secretsOf({ token }: GosacCredential): string[] {
  return [token, token.slice(token.lastIndexOf(' ') + 1)]
}

export function headersFor({ token }: GosacCredential): Record<string, string> {
  return {
    authorization: token,
    'content-type': 'application/json',
    accept: 'application/json',
    // Both code bases that send to GOSAC identify as a browser; a firewall may require it (docs/wire/gosac.md#credential).
    'user-agent': 'Mozilla/5.0',
  }
}
