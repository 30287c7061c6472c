import { headerOf } from '../media-header.ts'
import type { Adapter, SendResult } from '../port.ts'
import { MANY_EVENTS_BYTES, NO_TEMPLATE, WHATSAPP_TEMPLATES } from '../wire-format.ts'
import { readAnswer } from './answer.ts'
import { callback } from './callback.ts'
import { GUPSHUP_CODES } from './codes.ts'
import { type GupshupCredential, gupshupCredential, secretsOf } from './credential.ts'
import { requestFor } from './request.ts'

/**
 * Gupshup's WhatsApp templates, one message per request (docs/wire/gupshup.md), by an account of one's own or by a partner's app.
 * Callbacks go to the one URL that is configured for its app.
 */
export const gupshup: Adapter<GupshupCredential> = {
  name: 'GUPSHUP',
  credential: gupshupCredential,
  secrets: ['api_key', 'token', 'webhook_secret'],
  content: 'TEMPLATE',
  texts: WHATSAPP_TEMPLATES,
  messagesPerRequest: 1,
  // No limit per number is published. [assumption, docs/wire/gupshup.md#limits]
  usualRate: 10,
  oneTextPerRequest: false,
  documentRequired: false,
  correlatesByProviderId: true,
  callbackBytes: MANY_EVENTS_BYTES,
  codes: GUPSHUP_CODES,

  async send({ template, messages }, credential, http): Promise<SendResult> {
    if (!template) return NO_TEMPLATE
    const message = messages[0]!
    const header = headerOf(message, template)
    if (header?.kind === 'WRONG') return { kind: 'REJECTED', code: 'BAD_HEADER', detail: header.detail }
    const answer = await http.request(requestFor(message, template, header, credential))
    return readAnswer(answer, http.clock.now(), secretsOf(credential))
  },

  callback,
}
