import { z } from 'zod'
import { t } from '../../language/text.ts'
import { filled, headerText, httpUrl } from '../credential-fields.ts'

/** A header's name (RFC 9110, 5.6.2). */
const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, { error: () => t`must be the name of a header` })

export const gupshupCredential = z
  .strictObject({
    /** self-serve: an account of one's own. partner: an app that a partner of Gupshup manages. */
    mode: z.enum(['self-serve', 'partner']).default('self-serve'),
    /** self-serve: the account's key. */
    api_key: headerText.optional(),
    /** self-serve: the sender's number with country code. */
    source: filled
      .regex(/^\+?[\d\s().-]{8,25}$/, { error: () => t`must be a phone number with its country code` })
      .optional(),
    /** self-serve: the app that the number belongs to. */
    app_name: filled.optional(),
    /** partner: the app's id, and its access token. */
    app_id: filled.optional(),
    token: headerText.optional(),
    /** partner: the language of the templates, and whether their variables have names at WhatsApp or stand in order. */
    language: filled.default('pt_BR'),
    parameters: z.enum(['positional', 'named']).default('positional'),
    /** The full endpoint. */
    url: httpUrl.optional(),
    /** The header that Gupshup is told to send with every callback (its subscription's `meta`), and its value. */
    webhook_header: headerName.optional(),
    webhook_secret: headerText.min(16, { error: () => t`must have at least 16 characters` }).optional(),
  })
  .superRefine((given, context) => {
    const needed = NEEDED[given.mode].filter(key => given[key] === undefined)
    for (const key of needed) context.addIssue({ code: 'custom', path: [key] })
    const { webhook_header, webhook_secret } = given
    if ((webhook_header === undefined) !== (webhook_secret === undefined))
      context.addIssue({ code: 'custom', message: t`webhook_header and webhook_secret are set together` })
    const wrong = given.url === undefined ? undefined : wrongRoute(given.mode, given.app_id, new URL(given.url))
    if (wrong !== undefined) context.addIssue({ code: 'custom', path: ['url'], message: wrong })
  })
  .transform(given => ({ ...given, url: given.url ?? endpointOf(given) }))

const NEEDED = { 'self-serve': ['api_key', 'source', 'app_name'], partner: ['app_id', 'token'] } as const

/** Why an endpoint contradicts the mode or the app. */
function wrongRoute(mode: keyof typeof NEEDED, app_id: string | undefined, url: URL): string | undefined {
  const app = /\/partner\/app\/([^/]+)\//.exec(url.pathname)?.[1]
  if (mode === 'self-serve') return app === undefined ? undefined : t`is a partner's route: mode=partner sends there`
  if (app !== undefined && app !== encodeURIComponent(app_id ?? '')) return t`is the route of another app than app_id`
  const isOfSelfServe = app === undefined && url.hostname.endsWith('.gupshup.io')
  return isOfSelfServe ? t`is not a partner's route: leave it out` : undefined
}

function endpointOf({ mode, app_id }: { mode: keyof typeof NEEDED; app_id?: string | undefined }): string {
  if (mode === 'self-serve') return 'https://api.gupshup.io/wa/api/v1/template/msg'
  return `https://partner.gupshup.io/partner/app/${encodeURIComponent(app_id ?? '')}/v3/message`
}

export type GupshupCredential = z.infer<typeof gupshupCredential>

/** Values that no result may contain. */
export function secretsOf({ api_key, token, webhook_secret }: GupshupCredential): string[] {
  return [api_key, token, webhook_secret].filter(secret => secret !== undefined)
}
