import { t } from '../../language/text.ts'
import { failedTest, isSuccess } from '../classify-response.ts'
import type { Adapter } from '../port.ts'
import { NO_TEMPLATE } from '../wire-format.ts'
import { objection, warnings } from './advice.ts'
import { readAnswer } from './answer.ts'
import { callback } from './callback.ts'
import { TWILIO_CODES } from './codes.ts'
import { secretsOf, type TwilioCredential, twilioCredential } from './credential.ts'
import { findMessage } from './find.ts'
import { formOf, headersOf, messagesUrl } from './request.ts'

const LONGEST_BODY = 1600

/** Twilio's Messages resource, one message per request, by SMS or WhatsApp (docs/wire/twilio.md). Its callbacks are signed. */
export const twilio: Adapter<TwilioCredential> = {
  name: 'TWILIO',
  credential: twilioCredential,
  secrets: ['auth_token', 'api_key_secret'],
  content: 'EITHER',
  // Templates are only for WhatsApp here; an SMS has none.
  texts: { longest: LONGEST_BODY, oneLineVariables: true },
  messagesPerRequest: 1,
  oneTextPerRequest: false,
  documentRequired: false,
  correlatesByProviderId: true,
  codes: TWILIO_CODES,
  billsSegments: ({ channel }) => channel === 'sms',

  async send(request, credential, http) {
    if (credential.channel === 'whatsapp' && !request.template) return NO_TEMPLATE
    const message = request.messages[0]!
    const length = [...(message.text ?? '')].length
    if (!request.template && length > LONGEST_BODY) {
      const detail = `its text has ${length} characters, and Twilio's maximum is ${LONGEST_BODY}`
      return { kind: 'ANSWERED', outcomes: [{ kind: 'REJECTED', code: 'TEXT_TOO_LONG', detail }] }
    }
    const answer = await http.request({
      method: 'POST',
      url: messagesUrl(credential),
      headers: { ...headersOf(credential), 'content-type': 'application/x-www-form-urlencoded' },
      body: formOf(message, request, credential),
    })
    return readAnswer(answer, http.clock.now(), secretsOf(credential))
  },

  /** Reads one message of the account's list. */
  async test(credential, http) {
    const url = new URL(messagesUrl(credential))
    url.searchParams.set('PageSize', '1')
    const answer = await http.request({ method: 'GET', url: url.href, headers: headersOf(credential) })
    if (!isSuccess(answer)) return failedTest(answer, secretsOf(credential))
    return { ok: true, detail: t`Twilio accepts the token of account ${credential.account_sid}` }
  },

  find: findMessage,
  objection,
  warnings,
  callback,
}
