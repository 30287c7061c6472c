import { z } from 'zod'
import { t } from '../../language/text.ts'
import { count, filled, headerText, httpUrl } from '../credential-fields.ts'

const MOST_ID = 0x7fff_ffff
export const LAST_MINUTE = 1439

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** A wallet's account at GOSAC (docs/wire/gosac.md). */
export const gosacCredential = z
  .strictObject({
    /** The campaign collection. */
    url: httpUrl,
    /** Sent unchanged: a prefix that it needs ("INTEGRATION …") is part of it. */
    token: headerText,
    /** Whether a campaign must be started after it was created (closing.ts). */
    start: z.enum(['none', 'put']).default('none'),
    /** The older plugin's two minutes (docs/wire/gosac.md#start). */
    start_delay_seconds: count(86_400).default(120),
    default_queue_id: count(MOST_ID).default(1),
    /** The sender's connection at GOSAC; absent: GOSAC chooses. */
    connection_id: count(MOST_ID).optional(),
    tag_id: count(MOST_ID).default(0),
    kind: filled.default('whats'),
    speed: filled.default('low'),
    /** GOSAC's sending window, in minutes since its midnight, instead of the campaign's contact hours (docs/wire/gosac.md#window). */
    initial_minutes: count(LAST_MINUTE).optional(),
    end_minutes: count(LAST_MINUTE).optional(),
    /** The zone of GOSAC's minutes. */
    timezone: filled
      .refine(isZone, { error: () => t`must be a time zone such as America/Sao_Paulo` })
      .default('America/Sao_Paulo'),
    /** Both code bases that send to GOSAC identify as a browser; a firewall may require it (docs/wire/gosac.md#credential). */
    user_agent: headerText.default('Mozilla/5.0'),
  })
  .refine(({ initial_minutes = 0, end_minutes = LAST_MINUTE }) => initial_minutes < end_minutes, {
    path: ['end_minutes'],
    error: () => t`must be after initial_minutes`,
  })

export type GosacCredential = z.infer<typeof gosacCredential>

/** Values that must never be kept: the token, and the part after its prefix. */
export function secretsOf({ token }: GosacCredential): string[] {
  return [token, token.slice(token.lastIndexOf(' ') + 1)]
}

export function headersFor({ token, user_agent }: GosacCredential): Record<string, string> {
  return {
    authorization: token,
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': user_agent,
  }
}
