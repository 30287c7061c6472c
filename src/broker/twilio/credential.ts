import { z } from 'zod'
import { filled, httpUrl } from '../credential-fields.ts'

export const twilioCredential = z
  .strictObject({
    account_sid: filled,
    /** It also signs the callbacks. */
    auth_token: filled,
    /** A sender; where there is a Messaging Service too, that one chooses. */
    from: filled.optional(),
    messaging_service_sid: filled.optional(),
    /** The API's base. */
    url: httpUrl.default('https://api.twilio.com'),
    channel: z.enum(['sms', 'whatsapp']).default('sms'),
    /** Of the content that templates stand for, instead of the template's own code. */
    content_sid: filled.optional(),
  })
  .refine(({ from, messaging_service_sid }) => from ?? messaging_service_sid, 'from or messaging_service_sid is needed')
  .refine(
    ({ from, channel }) => channel === 'whatsapp' || !from?.startsWith('whatsapp:'),
    'a WhatsApp sender (from) needs channel=whatsapp',
  )

export type TwilioCredential = z.infer<typeof twilioCredential>

/** As HTTP Basic. */
export function basicAuth({ account_sid, auth_token }: TwilioCredential): string {
  return `Basic ${Buffer.from(`${account_sid}:${auth_token}`).toString('base64')}`
}

/** What of it no result may hold: the token, alone and as the header carries it. */
export function secretsOf({ account_sid, auth_token }: TwilioCredential): string[] {
  return [auth_token, `${account_sid}:${auth_token}`]
}
