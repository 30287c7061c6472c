import type { CodeTable } from '../codes.ts'

const CODES = 'Compare broker_code, customer_code and template_code with those at Ótima; then resume.'

/**
 * Ótima's words, of answers and callbacks, as codes, and its HTTP statuses (docs/wire/otima.md#answers). The words are seen in code that
 * reads them, 400, 401 and 404 in the vendor's text about another channel of the API; all classes are assumptions.
 */
export const OTIMA_CODES: CodeTable = {
  INVALIDO: { class: 'record', byShare: true, meaning: 'the recipient or a value is not valid' },
  BLACKLIST: { class: 'opt-out', meaning: 'the person is on Ótima’s list of people who want no messages' },
  REPETIDO: { class: 'record', byShare: true, meaning: 'Ótima has had this message before' },
  CANCELADO: { class: 'record', byShare: true, meaning: 'the message was cancelled' },
  INDISPONIVEL: { class: 'record', meaning: 'the recipient is not available on this channel' },
  NAO_ENVIADO: { class: 'record', byShare: true, meaning: 'the message was not sent' },
  NAO_ENTREGUE: { class: 'record', meaning: 'the message was not delivered' },
  HTTP_400: { class: 'record', byShare: true, meaning: 'a value of the request is missing or not valid', cure: CODES },
  HTTP_401: {
    class: 'fatal',
    meaning: 'Ótima does not accept the token',
    cure: 'Set its token (camp credential set); then resume.',
  },
  HTTP_404: { class: 'fatal', meaning: 'Ótima does not know the customer or the broker code', cure: CODES },
  ADDRESS_NOT_ALLOWED: {
    class: 'fatal',
    meaning: 'Ótima takes no requests from this machine’s address',
    cure: 'Have Ótima list the address; then resume.',
  },
}
