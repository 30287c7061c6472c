import { failedTest, isSuccess } from '../classify-response.ts'
import { headerOf } from '../media-header.ts'
import type { Adapter } from '../port.ts'
import { MANY_EVENTS_BYTES, NO_TEMPLATE, WHATSAPP_TEMPLATES } from '../wire-format.ts'
import { readAnswer, readNumber } from './answer.ts'
import { withoutButtons } from './buttons.ts'
import { callback } from './callback.ts'
import { META_WPP_CODES } from './codes.ts'
import { type MetaCredential, metaCredential, secretsOf } from './credential.ts'
import { handshake } from './handshake.ts'
import { numberRequest, requestFor } from './request.ts'

/**
 * WhatsApp templates by Meta's own Cloud API, one message per request (docs/wire/meta.md). Its callbacks are signed, and go to the one
 * URL that is configured for its app.
 */
export const meta: Adapter<MetaCredential> = {
  name: 'META_WPP',
  credential: metaCredential,
  secrets: ['access_token', 'app_secret', 'verify_token'],
  content: 'TEMPLATE',
  texts: WHATSAPP_TEMPLATES,
  messagesPerRequest: 1,
  usualRate: 80,
  usualBilling: 'DELIVERED',
  oneTextPerRequest: false,
  documentRequired: false,
  correlatesByProviderId: true,
  callbackBytes: MANY_EVENTS_BYTES,
  codes: META_WPP_CODES,

  async send({ template, messages }, credential, http) {
    if (!template) return NO_TEMPLATE
    const message = messages[0]!
    const header = headerOf(message, withoutButtons(template))
    if (header?.kind === 'WRONG') return { kind: 'REJECTED', code: 'BAD_HEADER', detail: header.detail }
    const answer = await http.request(requestFor(message, template, header, credential))
    return readAnswer(answer, http.clock.now(), secretsOf(credential))
  },

  /** Reads the sender's number. */
  async test(credential, http) {
    const answer = await http.request(numberRequest(credential))
    return isSuccess(answer) ? readNumber(answer, secretsOf(credential)) : failedTest(answer, secretsOf(credential))
  },

  handshake,
  callback,
}
