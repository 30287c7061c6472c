import type { Message, SendRequest } from '../port.ts'
import { below } from '../wire-format.ts'
import { basicAuth, type TwilioCredential } from './credential.ts'

/** The account's messages: POST sends one, GET lists them. */
export function messagesUrl({ url, account_sid }: TwilioCredential): string {
  return below(url, `2010-04-01/Accounts/${encodeURIComponent(account_sid)}/Messages.json`)
}

export function headersOf(credential: TwilioCredential): Record<string, string> {
  return { authorization: basicAuth(credential), accept: 'application/json' }
}

/** The form of docs/wire/twilio.md#request. */
export function formOf(message: Message, { template, callbackUrl }: SendRequest, credential: TwilioCredential): string {
  const { channel, from, messaging_service_sid, content_sid, validity } = credential
  const form = new URLSearchParams({ To: recipientOf(message.phone, credential) })
  if (messaging_service_sid !== undefined) form.set('MessagingServiceSid', messaging_service_sid)
  else if (from !== undefined) form.set('From', addressOf(from.replace(/^whatsapp:/, ''), channel))
  if (template) {
    form.set('ContentSid', content_sid ?? template.code)
    if (template.variables.length > 0) form.set('ContentVariables', JSON.stringify(message.variables))
  } else form.set('Body', message.text ?? '')
  form.set('ValidityPeriod', String(validity))
  const url = callbackUrl(message.leadId)
  if (url !== undefined) form.set('StatusCallback', url)
  return form.toString()
}

/** @param phone E.164 digits */
export function recipientOf(phone: string, { channel }: TwilioCredential): string {
  return addressOf(`+${phone}`, channel)
}

function addressOf(sender: string, channel: TwilioCredential['channel']): string {
  return channel === 'whatsapp' ? `whatsapp:${sender}` : sender
}
