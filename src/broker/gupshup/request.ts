import { basename } from 'node:path'
import type { HttpRequest } from '../../http/client.ts'
import type { Message, Template } from '../port.ts'
import type { GupshupCredential } from './credential.ts'
import { type Header, textVariables } from './header.ts'

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

/** Meta's body for a template. A text variable has its name in it only if the template at WhatsApp names its variables. */
function metaBody(
  { phone, variables }: Message,
  template: Template,
  header: Header | undefined,
  { language, parameters }: GupshupCredential,
): object {
  const values = textVariables(template).map(name => ({
    type: 'text',
    ...(parameters === 'named' && { parameter_name: name }),
    text: variables[name] ?? '',
  }))
  const components = [
    ...(header ? [{ type: 'header', parameters: [metaHeader(header)] }] : []),
    ...(values.length > 0 ? [{ type: 'body', parameters: values }] : []),
  ]
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: phone,
    type: 'template',
    template: { name: template.code, language: { code: language }, ...(components.length > 0 && { components }) },
  }
}

/** A document has a name, which the recipient sees: the last part of its link. */
function metaHeader(header: Header): object {
  if (header.kind === 'location')
    return { type: 'location', location: { latitude: header.latitude, longitude: header.longitude } }
  const { kind, link } = header
  const filename = kind === 'document' ? nameOf(link) : ''
  return { type: kind, [kind]: { link, ...(filename !== '' && { filename }) } }
}

function nameOf(link: string): string {
  const name = basename(new URL(link).pathname)
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
