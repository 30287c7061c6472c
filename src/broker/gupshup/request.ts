import type { HttpRequest } from '../../http/client.ts'
import { type Header, textVariables } from '../media-header.ts'
import { metaBody } from '../meta-body.ts'
import type { Message, Template } from '../port.ts'
import type { GupshupCredential } from './credential.ts'

/** A message on the wire: a form on the self-serve route, Meta's body on a partner's (docs/wire/gupshup.md#request). */
export function requestFor(
  message: Message,
  template: Template,
  header: Header | undefined,
  credential: GupshupCredential,
): HttpRequest {
  const { mode, url, api_key, token } = credential
  const request = { method: 'POST', url } as const
  if (mode === 'partner') {
    return {
      ...request,
      headers: { authorization: token!, 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(metaBody(message, template, header, credential)),
    }
  }
  return {
    ...request,
    headers: {
      apikey: api_key!,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: formOf(message, template, header, credential),
  }
}

function formOf(
  { phone, variables }: Message,
  template: Template,
  header: Header | undefined,
  { source, app_name }: GupshupCredential,
): string {
  const params = textVariables(template).map(name => variables[name] ?? '')
  return new URLSearchParams({
    channel: 'whatsapp',
    source: source!.replace(/\D/g, ''),
    'src.name': app_name!,
    destination: phone,
    template: JSON.stringify({ id: template.code, params }),
    ...(header && { message: JSON.stringify(formHeader(header)) }),
  }).toString()
}

function formHeader(header: Header): object {
  if (header.kind !== 'location') return { type: header.kind, [header.kind]: { link: header.link } }
  const { latitude, longitude } = header
  return { type: 'location', location: { longitude, latitude } }
}
