import type { HttpRequest } from '../../http/client.ts'
import type { Header } from '../media-header.ts'
import { metaBody } from '../meta-body.ts'
import type { Message, Template } from '../port.ts'
import { below } from '../wire-format.ts'
import { buttonsOf, withoutButtons } from './buttons.ts'
import type { MetaCredential } from './credential.ts'

/** A message on the wire (docs/wire/meta.md#request). Meta returns biz_opaque_callback_data with each status of the message. */
export function requestFor(
  message: Message,
  template: Template,
  header: Header | undefined,
  credential: MetaCredential,
): HttpRequest {
  const { route, product_policy } = credential
  const body = metaBody(message, withoutButtons(template), header, credential)
  const buttons = buttonsOf(message, template)
  const components = [...(body.template.components ?? []), ...buttons]
  return {
    method: 'POST',
    url: numberUrl(credential, `/${route}`),
    headers: { ...headersOf(credential), 'content-type': 'application/json' },
    body: JSON.stringify({
      ...body,
      ...(product_policy !== undefined && { product_policy }),
      biz_opaque_callback_data: message.leadId,
      template: { ...body.template, ...(components.length > 0 && { components }) },
    }),
  }
}

/** The read of the sender's number (docs/wire/meta.md#test). */
export function numberRequest(credential: MetaCredential): HttpRequest {
  const url = new URL(numberUrl(credential, ''))
  url.searchParams.set('fields', 'verified_name,quality_rating,throughput,status')
  return { method: 'GET', url: url.href, headers: headersOf(credential) }
}

function numberUrl({ url, api_version, phone_number_id }: MetaCredential, path: string): string {
  return below(url, `${api_version}/${phone_number_id}${path}`)
}

function headersOf({ access_token }: MetaCredential): Record<string, string> {
  return { authorization: `Bearer ${access_token}`, accept: 'application/json' }
}
