import { z } from 'zod'
import { t } from '../../language/text.ts'
import { filled, httpUrl } from '../credential-fields.ts'

/** A number in E.164, a short code, or a name of at most 11 letters, digits and spaces. */
const SENDER = /^(?:whatsapp:)?\+[1-9]\d{7,14}$|^\d{3,6}$|^(?=[\d ]*[A-Za-z])[A-Za-z\d ]{1,11}$/

export const twilioCredential = z
  .strictObject({
    account_sid: sid('AC'),
    /** The key that signs the callbacks; it also opens the account, unless there is an API key. */
    auth_token: filled.optional(),
    /** An API key for requests. */
    api_key_sid: sid('SK').optional(),
    api_key_secret: filled.optional(),
    /** A sender; if there is also a Messaging Service, the service chooses. */
    from: filled
      .regex(SENDER, { error: () => t`must be +5511…, a short code, or a name of at most 11 letters and digits` })
      .optional(),
    messaging_service_sid: sid('MG').optional(),
    /** The API's base URL. */
    url: httpUrl.default('https://api.twilio.com'),
    channel: z.enum(['sms', 'whatsapp']).default('sms'),
    /** The content that templates refer to, instead of the template's own code. */
    content_sid: sid('HX').optional(),
    /** Seconds that a message may wait at Twilio. [the default is an assumption, docs/wire/twilio.md#validity-and-rate] */
    validity: z.coerce.number().int().min(1).max(36_000).default(3600),
    /** What the sender sends a second, in SMS or WhatsApp messages; by default that of its kind (sender.ts). */
    sender_rate: z.coerce.number().positive().max(10_000).optional(),
  })
  .refine(({ from, messaging_service_sid }) => from ?? messaging_service_sid, {
    error: () => t`from or messaging_service_sid is needed`,
  })
  .refine(({ from, channel }) => channel === 'whatsapp' || !from?.startsWith('whatsapp:'), {
    error: () => t`a WhatsApp sender (from) needs channel=whatsapp`,
  })
  .refine(({ from, channel }) => channel === 'sms' || from === undefined || from.includes('+'), {
    error: () => t`with channel=whatsapp the sender (from) is a number: +5511…`,
  })
  .refine(({ api_key_sid, api_key_secret }) => (api_key_sid === undefined) === (api_key_secret === undefined), {
    error: () => t`api_key_sid and api_key_secret are given together`,
  })
  .refine(({ auth_token, api_key_sid }) => auth_token ?? api_key_sid, {
    error: () => t`auth_token is needed, or api_key_sid and api_key_secret`,
  })

export type TwilioCredential = z.infer<typeof twilioCredential>

function sid(prefix: SidPrefix) {
  return filled.refine(value => isSid(prefix, value), { error: () => t`must be ${prefix} and 32 hexadecimal digits` })
}

type SidPrefix = 'AC' | 'HX' | 'MG' | 'SK'

/** Whether it has the form of a Twilio identifier of this kind. */
export function isSid(prefix: SidPrefix, value: string): boolean {
  return value.startsWith(prefix) && /^[\da-fA-F]{32}$/.test(value.slice(prefix.length))
}

/** As HTTP Basic: the API key if there is one, as Twilio advises. */
export function basicAuth(credential: TwilioCredential): string {
  return `Basic ${Buffer.from(userAndPassword(credential)).toString('base64')}`
}

/** Values that no result may contain: the token and the key, alone and as in the header. */
export function secretsOf(credential: TwilioCredential): string[] {
  const { auth_token, api_key_secret } = credential
  return [auth_token, api_key_secret, userAndPassword(credential)].filter(secret => secret !== undefined)
}

function userAndPassword({ account_sid, auth_token, api_key_sid, api_key_secret }: TwilioCredential): string {
  return api_key_sid === undefined ? `${account_sid}:${auth_token}` : `${api_key_sid}:${api_key_secret}`
}
