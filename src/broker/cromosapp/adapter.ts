import { z } from 'zod'
import type { HttpResponse } from '../../http/client.ts'
import type { TextRules } from '../../message/text-rules.ts'
import { type AnswerWords, accountWords, answerWords, hasWord } from '../answer-words.ts'
import { failureOf, isSuccess } from '../classify-response.ts'
import { filled, httpUrl } from '../credential-fields.ts'
import type { Adapter, Message, SendRequest, SendResult } from '../port.ts'
import { excerpt, quoted } from '../redact.ts'
import { sharedText } from '../shared-text.ts'
import { meaningOf } from '../undocumented-answers.ts'
import { jsonOf, notUnderstood, UNDOCUMENTED_LIMITS } from '../wire-format.ts'
import { CROMOS_CODES } from './codes.ts'

/** One of CromosApp's two imports (docs/wire/cromosapp.md): its URL, and the format of a message's row. */
export interface CromosImport {
  name: string
  url: string
  texts: TextRules
  rowOf(message: Message, team: string): string[]
  /** Body keys that only this import has. */
  keysOf?(request: SendRequest): Record<string, string>
}

export interface CromosCredential extends AnswerWords {
  api_key: string
  /** The full endpoint. */
  url: string
  codigo_usuario: string
  account_words: string
}

/**
 * CDA and CDA_RCS: a request is one campaign at CromosApp, with one text. The key is in the body, and messages are rows of
 * columns. The format of answers is unknown, and there is no status of single messages.
 */
export function cromosApp({ name, url, texts, rowOf, keysOf }: CromosImport): Adapter<CromosCredential> {
  return {
    name,
    credential: z.strictObject({
      api_key: filled,
      url: httpUrl.default(url),
      codigo_usuario: filled.default('1'),
      ...answerWords,
      account_words: accountWords,
    }),
    secrets: ['api_key'],
    content: 'TEXT',
    texts,
    ...UNDOCUMENTED_LIMITS,
    oneTextPerRequest: true,
    documentRequired: false,
    timeoutMs: TIMEOUT_MS,
    correlatesByProviderId: false,
    codes: CROMOS_CODES,

    async send(request, credential, http) {
      const shared = sharedText(request.messages)
      if (shared.kind === 'REJECTED') return shared
      const { idgisAmbiente } = request.wallet
      if (idgisAmbiente <= 0) return NO_TEAM
      const team = String(idgisAmbiente)
      const answer = await http.request({
        method: 'POST',
        url: credential.url,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          chave_api: credential.api_key,
          codigo_equipe: team,
          codigo_usuario: credential.codigo_usuario,
          nome: request.name,
          ativo: true,
          corpo_mensagem: shared.text,
          ...keysOf?.(request),
          mensagens: request.messages.map(message => rowOf(message, team).map(column).join(';')),
        }),
        timeoutMs: TIMEOUT_MS,
      })
      const secrets = [credential.api_key]
      return isSuccess(answer)
        ? resultOf(answer, request.messages, credential, secrets)
        : failureOf(answer, http.clock.now(), secrets)
    },
  }
}

/** An import that takes longer than the usual 30 s would be in doubt. */
const TIMEOUT_MS = 120_000

const NO_TEAM: SendResult = {
  kind: 'FATAL',
  code: 'NO_TEAM',
  reason: 'not sent: the wallet has no team code at CromosApp (camp wallet set WALLET --idgis N)',
}

/** No escaping is known, so characters that would break a row are removed (docs/wire/cromosapp.md#request). */
function column(text: string): string {
  return text.replace(/[;\r\n"']/g, '').trim()
}

/** The whole interpretation is an assumption (docs/wire/cromosapp.md#answers). The answer's text is kept, to learn from it. */
function resultOf(
  answer: HttpResponse,
  messages: readonly Message[],
  words: Pick<CromosCredential, keyof AnswerWords | 'account_words'>,
  secrets: readonly string[],
): SendResult {
  const body = jsonOf(answer.body)
  if (typeof body !== 'object' || body === null) return notUnderstood(answer, secrets)
  const verdict = meaningOf(body, words)
  switch (verdict.kind) {
    case 'NONE': {
      const reference = codeIn(body) ?? quoted(answer.body, secrets)
      return { kind: 'ANSWERED', outcomes: messages.map(() => ({ kind: 'ACCEPTED' })), reference }
    }
    case 'NO': {
      const said = `HTTP ${answer.status}${excerpt(answer.body, secrets)}`
      if (hasWord(verdict.words, words.account_words)) return { kind: 'FATAL', code: 'ACCOUNT_REFUSED', reason: said }
      return { kind: 'REJECTED', code: 'REFUSED', detail: said }
    }
    case 'MIXED':
      return notUnderstood(answer, secrets)
  }
}

const code = z
  .union([z.string().trim().min(1), z.number()])
  .transform(String)
  .optional()
  .catch(undefined)
const codes = z.object({ id: code, codigo: code })

function codeIn(body: object): string | undefined {
  const read = codes.safeParse(body)
  return read.success ? (read.data.id ?? read.data.codigo) : undefined
}
