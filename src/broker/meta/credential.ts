import { z } from 'zod'
import { t } from '../../language/text.ts'
import { filled, headerText, httpUrl } from '../credential-fields.ts'

export const metaCredential = z
  .strictObject({
    /** Of a system user of the business, with the permission to send WhatsApp messages. */
    access_token: headerText,
    /** Meta's id of the sender's number, which is not the number itself. */
    phone_number_id: filled.regex(/^\d{1,30}$/, { error: () => t`must be the id of a number: digits` }),
    /** The secret of the app that calls back, which signs its calls. */
    app_secret: filled.min(10, { error: () => t`must have at least 10 characters` }),
    /** What Meta says when it first calls the callback URL: chosen by a person, and entered there and here. */
    verify_token: filled.min(10, { error: () => t`must have at least 10 characters` }),
    /** The language of its templates, and whether their variables have names at WhatsApp or stand in order. */
    language: filled.default('pt_BR'),
    parameters: z.enum(['positional', 'named']).default('positional'),
    route: z.enum(['messages', 'marketing_messages']).default('messages'),
    /** What marketing_messages does with a template that is no marketing; absent: not sent. */
    product_policy: z.enum(['CLOUD_API_FALLBACK', 'STRICT']).optional(),
    /** The API's base and version. */
    url: httpUrl.default('https://graph.facebook.com'),
    api_version: filled.regex(/^v\d{1,3}\.\d{1,2}$/, { error: () => t`must be a version as v23.0` }).default('v23.0'),
  })
  .superRefine(({ route, product_policy }, context) => {
    if (product_policy === undefined || route === 'marketing_messages') return
    const message = t`is only sent with route=marketing_messages`
    context.addIssue({ code: 'custom', path: ['product_policy'], message })
  })

export type MetaCredential = z.infer<typeof metaCredential>

/** Values that no result may contain. */
export function secretsOf({ access_token, app_secret, verify_token }: MetaCredential): string[] {
  return [access_token, app_secret, verify_token]
}
