import { z } from 'zod'
import type { HttpResponse } from '../../http/client.ts'
import { failureOf, isSuccess } from '../classify-response.ts'
import type { Adapter, Message, SendResult, Template } from '../port.ts'
import { quoted } from '../redact.ts'
import { jsonOf, MANY_EVENTS_BYTES, NO_TEMPLATE, notUnderstood, WHATSAPP_TEMPLATES } from '../wire-format.ts'
import { callback } from './callback.ts'
import { type GupshupCredential, gupshupCredential } from './credential.ts'

/**
 * Gupshup's WhatsApp templates, one message per request (docs/wire/gupshup.md). Callbacks go to the one URL that is configured
 * for its app.
 */
export const gupshup: Adapter<GupshupCredential> = {
  name: 'GUPSHUP',
  credential: gupshupCredential,
  secrets: ['api_key'],
  content: 'TEMPLATE',
  texts: WHATSAPP_TEMPLATES,
  messagesPerRequest: 1,
  // No limit per number is published. [assumption, docs/wire/gupshup.md#limits]
  usualRate: 10,
  oneTextPerRequest: false,
  documentRequired: false,
  correlatesByProviderId: true,
  callbackBytes: MANY_EVENTS_BYTES,
  codes: {},

  async send({ template, messages }, credential, http) {
    if (!template) return NO_TEMPLATE
    const answer = await http.request({
      method: 'POST',
      url: credential.url,
      headers: {
        apikey: credential.api_key,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      },
      body: formOf(messages[0]!, template, credential),
    })
    const secrets = [credential.api_key]
    return isSuccess(answer) ? read(answer, secrets) : failureOf(answer, http.clock.now(), secrets)
  },

  callback,
}

function formOf({ phone, variables }: Message, template: Template, { source, app_name }: GupshupCredential): string {
  return new URLSearchParams({
    channel: 'whatsapp',
    source: source.replace(/\D/g, ''),
    'src.name': app_name,
    destination: phone,
    template: JSON.stringify({ id: template.code, params: template.variables.map(name => variables[name] ?? '') }),
  }).toString()
}

const said = z.object({ status: z.string(), messageId: z.string().optional(), message: z.unknown().optional() })

/** "submitted" means queued; WhatsApp's result comes as a callback. */
function read(answer: HttpResponse, secrets: readonly string[]): SendResult {
  const { data } = said.safeParse(jsonOf(answer.body))
  if (data?.status === 'submitted' && data.messageId)
    return { kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED', providerId: data.messageId }] }
  if (data?.status !== 'error') return notUnderstood(answer, secrets)
  const { message = 'no reason given' } = data
  const text = typeof message === 'string' ? message : JSON.stringify(message)
  const detail = quoted(text, secrets)
  return CONFIGURATION.test(text)
    ? { kind: 'FATAL', reason: detail }
    : { kind: 'ANSWERED', outcomes: [{ kind: 'REJECTED', code: 'ERROR', detail }] }
}

/** An error about one of these does not concern a single message. [assumption, docs/wire/gupshup.md#answers] */
const CONFIGURATION = /\b(app|(api[ _-]?)?key|wallet)\b/i
