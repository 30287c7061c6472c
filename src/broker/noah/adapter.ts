import { z } from 'zod'
import { fieldOf } from '../../recipient/field-names.ts'
import { parseDay } from '../../time/day.ts'
import { type AnswerWords, answerWords } from '../answer-words.ts'
import { failureOf, isSuccess } from '../classify-response.ts'
import { headerText, httpUrl } from '../credential-fields.ts'
import type { Adapter, Message, SendRequest } from '../port.ts'
import { refusalWithoutText } from '../shared-text.ts'
import { below, plainDocument, UNDOCUMENTED_LIMITS } from '../wire-format.ts'
import { readAcceptance, readNotFound } from './answer.ts'
import { readHook } from './callback.ts'
import { NOAH_CODES } from './codes.ts'

/** NOAH (docs/wire/noah.md): contacts in bulk, each with its own text. The format of answers is unknown. */
export const noah: Adapter<NoahCredential> = {
  name: 'NOAH',
  credential: z.strictObject({ url: httpUrl, token: headerText.transform(withoutPrefix), ...answerWords }),
  secrets: ['token'],
  content: 'TEXT',
  ...UNDOCUMENTED_LIMITS,
  oneTextPerRequest: false,
  documentRequired: false,
  correlatesByProviderId: true,
  codes: NOAH_CODES,

  async send(request, credential, http) {
    const refused = refusalWithoutText(request.messages)
    if (refused) return refused
    const answer = await http.request({
      method: 'POST',
      url: below(credential.url, 'contacts'),
      headers: { authorization: `INTEGRATION ${credential.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        name: request.name,
        data: request.messages.map(message => contactOf(message, request.wallet)),
      }),
    })
    const secrets = [credential.token]
    if (isSuccess(answer)) return readAcceptance(answer, request.messages, credential, secrets)
    return readNotFound(answer, secrets) ?? failureOf(answer, http.clock.now(), secrets)
  },

  callback: (request, { receivedAt }) => readHook(request.body, receivedAt),
}

interface NoahCredential extends AnswerWords {
  /** The API's base URL: contacts are posted to a path below it. */
  url: string
  token: string
}

/** The prefix is mandatory on the wire, and easily copied together with the token. */
function withoutPrefix(token: string): string {
  return token.replace(/^INTEGRATION\s+/i, '')
}

/** Missing texts are sent empty; a missing contract or date, which have no empty value, is omitted. */
function contactOf(message: Message, { idgisAmbiente }: SendRequest['wallet']) {
  return {
    telefone: message.phone,
    nome: message.nome ?? '',
    idgis_ambiente: idgisAmbiente,
    idcob_contrato: contractOf(message),
    cpf_cnpj: plainDocument(message.cpf_cnpj),
    mensagem: message.text,
    data_cadastro: registeredOn(message),
  }
}

/** A number, as in NOAH's example; a contract that a number cannot represent exactly stays a text. */
function contractOf({ idcob_contrato: contract }: Message): number | string | undefined {
  if (contract === null) return undefined
  return /^(0|[1-9]\d*)$/.test(contract) && Number.isSafeInteger(Number(contract)) ? Number(contract) : contract
}

const DAY_MS = 86_400_000

/** yyyy-mm-dd, from the file's column of registration dates. */
function registeredOn({ columns }: Message): string | undefined {
  const column = Object.keys(columns).find(name => fieldOf(name) === 'data_cadastro')
  const day = column === undefined ? undefined : parseDay(columns[column] ?? '')
  return day === undefined ? undefined : new Date(day * DAY_MS).toISOString().slice(0, 10)
}
