import type { HttpAnswer } from '../../http/client.ts'
import { t } from '../../language/text.ts'
import { failedTest, failureOf, isSuccess } from '../classify-response.ts'
import type { Adapter } from '../port.ts'
import { quoted } from '../redact.ts'
import { below, jsonOf, NO_TEMPLATE } from '../wire-format.ts'
import { readAnswer } from './answer.ts'
import { callback } from './callback.ts'
import { type Channel, type OtimaCredential, otimaCredential, RCS, WHATSAPP } from './channel.ts'
import { OTIMA_CODES } from './codes.ts'
import { bodyOf } from './request.ts'
import { plainWord } from './words.ts'

/** The timeout that its other clients use. (docs/wire/otima.md#credential) */
const TIMEOUT_MS = 60_000

/**
 * Ótima's bulk routes for approved templates: one answer per message, callbacks to a separate URL for each message
 * (docs/wire/otima.md).
 */
export const otimaWpp = otima(WHATSAPP)
export const otimaRcs = otima(RCS)

function otima(channel: Channel): Adapter<OtimaCredential> {
  return {
    name: channel.name,
    credential: otimaCredential,
    secrets: ['token'],
    content: 'TEMPLATE',
    texts: channel.texts,
    // Neither is documented. [assumption, docs/wire/otima.md#limits]
    messagesPerRequest: 1000,
    usualBatch: 200,
    usualConcurrency: 2,
    oneTextPerRequest: false,
    documentRequired: false,
    timeoutMs: TIMEOUT_MS,
    correlatesByProviderId: true,
    codes: OTIMA_CODES,

    async send(request, credential, http) {
      const { template } = request
      if (!template) return NO_TEMPLATE
      const answer = await http.request({
        method: 'POST',
        url: below(credential.url, channel.sendPath),
        headers: { ...headersOf(credential), 'content-type': 'application/json' },
        body: JSON.stringify(bodyOf({ ...request, template }, credential, channel)),
        timeoutMs: TIMEOUT_MS,
      })
      const secrets = [credential.token]
      const refused = addressRefusal(answer)
      if (refused !== undefined) return { kind: 'FATAL', code: 'ADDRESS_NOT_ALLOWED', reason: quoted(refused, secrets) }
      if (!isSuccess(answer)) return failureOf(answer, http.clock.now(), secrets)
      return readAnswer(answer, request.messages, secrets)
    },

    async test(credential, http) {
      const url = below(credential.url, channel.linesPath)
      const answer = await http.request({ method: 'GET', url, headers: headersOf(credential) })
      if (!isSuccess(answer)) return failedTest(answer, [credential.token])
      return { ok: true, detail: t`Ótima accepts the token` }
    },

    callback,
  }
}

/** The token without "Bearer". */
function headersOf({ token }: OtimaCredential): Record<string, string> {
  return { authorization: token, accept: 'application/json' }
}

/**
 * Ótima accepts requests from listed addresses only; the status of that refusal is unknown.
 * @returns the refusal's text; undefined if the answer is something else
 */
function addressRefusal(answer: HttpAnswer): string | undefined {
  if (answer.kind !== 'RESPONSE') return undefined
  const body = jsonOf(answer.body)
  if (typeof body !== 'object' || body === null) return undefined
  const said = ['error', 'message'].map(key => Reflect.get(body, key)).filter(value => typeof value === 'string')
  const text = said.join(': ')
  const words = plainWord(text)
  const at = words.search(/\bip\b/)
  return at >= 0 && /\b(not allowed|nao permitido|nao autorizado)/.test(words.slice(at)) ? text : undefined
}
