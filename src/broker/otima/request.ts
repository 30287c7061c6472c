import type { Message, SendRequest, Template } from '../port.ts'
import { nationalPhone, plainDocument } from '../wire-format.ts'
import type { Channel, OtimaCredential } from './channel.ts'
import { extraFieldsOf } from './extra-fields.ts'

/** The query parameter of a message's URL that distinguishes inbound messages (MO) from statuses. */
export const INBOUND_MARK = 'mo'

/**
 * The body of docs/wire/otima.md#request. Never a `date`: that field schedules. Never a `fallback`: it sends and bills a second
 * message that camp would not know about.
 */
export function bodyOf(
  request: SendRequest & { template: Template },
  credential: OtimaCredential,
  channel: Channel,
): object {
  return {
    broker_code: credential.broker_code,
    customer_code: credential.customer_code,
    template_code: request.template.code,
    messages: request.messages.map(message => messageOf(message, request, credential, channel)),
  }
}

function messageOf(message: Message, request: SendRequest, credential: OtimaCredential, channel: Channel): object {
  const { phone } = message
  const national = (credential.phone_format ?? channel.phoneFormat) === 'national'
  const url = request.callbackUrl(message.leadId)
  return {
    [channel.recipientField]: national ? nationalPhone(phone) : phone,
    document: plainDocument(message.cpf_cnpj),
    variables: Object.fromEntries(
      Object.entries(message.variables).map(([name, value]) => [channel.variableKey(name), value]),
    ),
    extra_fields: extraFieldsOf(message, request, credential.extra_fields),
    ...(url !== undefined && { url_callback_status: url, url_callback_mo: inbound(url) }),
  }
}

function inbound(statusUrl: string): string {
  const url = new URL(statusUrl)
  url.searchParams.set(INBOUND_MARK, '1')
  return url.href
}
