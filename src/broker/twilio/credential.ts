import { z } from 'zod'
import { t } from '../../language/text.ts'
import { filled, httpUrl } from '../credential-fields.ts'

export const twilioCredential = z
  .strictObject({
    account_sid: filled,
    /** Also the key that signs the callbacks. */
    auth_token: filled,
    /** A sender; if there is also a Messaging Service, the service chooses. */
    from: filled.optional(),
    messaging_service_sid: filled.optional(),
    /** The API's base URL. */
    url: httpUrl.default('https://api.twilio.com'),
    channel: z.enum(['sms', 'whatsapp']).default('sms'),
    /** The content that templates refer to, instead of the template's own code. */
    content_sid: filled.optional(),
  })
  .refine(({ from, messaging_service_sid }) => from ?? messaging_service_sid, {
    error: () => t`from or messaging_service_sid is needed`,
  })
  .refine(({ from, channel }) => channel === 'whatsapp' || !from?.startsWith('whatsapp:'), {
    error: () => t`a WhatsApp sender (from) needs channel=whatsapp`,
  })

export type TwilioCredential = z.infer<typeof twilioCredential>

/** As HTTP Basic. */
export function basicAuth({ account_sid, auth_token }: TwilioCredential): string {
  return `Basic ${Buffer.from(`${account_sid}:${auth_token}`).toString('base64')}`
}

/** Values that no result may contain: the token, alone and as in the header. */
export function secretsOf({ account_sid, auth_token }: TwilioCredential): string[] {
  return [auth_token, `${account_sid}:${auth_token}`]
}
