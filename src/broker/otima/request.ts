import type { Message, SendRequest, Template } from '../port.ts'
import { nationalPhone, plainDocument } from '../wire-format.ts'
import type { Channel, OtimaCredential } from './channel.ts'

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
  const { phone, nome, idcob_contrato } = message
  const national = (credential.phone_format ?? channel.phoneFormat) === 'national'
  const url = request.callbackUrl(message.leadId)
  return {
    [channel.recipientField]: national ? nationalPhone(phone) : phone,
    document: plainDocument(message.cpf_cnpj),
    variables: Object.fromEntries(
      Object.entries(message.variables).map(([name, value]) => [channel.variableKey(name), value]),
    ),
    extra_fields: {
      ...(nome !== null && { nome }),
      id_carteira: request.wallet.idgisAmbiente,
      ...(idcob_contrato !== null && { idcob_contrato: numberOr(idcob_contrato) }),
    },
    ...(url !== undefined && { url_callback_status: url, url_callback_mo: inbound(url) }),
  }
}

/** A contract is sent as a number if that keeps every digit: not 007, nor a value that a double cannot hold. */
function numberOr(text: string): number | string {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : text
}

function inbound(statusUrl: string): string {
  const url = new URL(statusUrl)
  url.searchParams.set(INBOUND_MARK, '1')
  return url.href
}
