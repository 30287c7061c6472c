import { basename } from 'node:path'
import { type Header, textVariables } from './media-header.ts'
import type { Message, Template } from './port.ts'

/** What a credential says of its templates: their language, and whether their variables have names at WhatsApp or stand in order. */
export interface MetaTemplates {
  language: string
  parameters: 'positional' | 'named'
}

export interface MetaBody {
  messaging_product: string
  recipient_type: string
  to: string
  type: string
  template: { name: string; language: { code: string }; components?: object[] }
}

/** Meta's body for a template. A text variable has its name in it only if the template at WhatsApp names its variables. */
export function metaBody(
  { phone, variables }: Message,
  template: Template,
  header: Header | undefined,
  { language, parameters }: MetaTemplates,
): MetaBody {
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
