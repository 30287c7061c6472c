import type { CodeTable } from '../codes.ts'

/**
 * No code of NOAH's own is known for /contacts: these are what camp makes of its answers and hooks (docs/wire/noah.md#answers). Classes:
 * assumptions.
 */
export const NOAH_CODES: CodeTable = {
  REFUSED: { class: 'record', byShare: true, meaning: 'NOAH refuses the contact' },
  NOT_ON_WHATSAPP: { class: 'record', meaning: 'the number is not on WhatsApp' },
  NO_TEXT: { class: 'record', meaning: 'the message has no text' },
  HTTP_400: { class: 'record', byShare: true, meaning: 'NOAH refuses the request' },
  HTTP_401: {
    class: 'fatal',
    meaning: 'NOAH does not accept the token',
    cure: 'Set its token (camp credential set); then resume.',
  },
  HTTP_403: {
    class: 'fatal',
    meaning: 'NOAH does not accept the token',
    cure: 'Set its token (camp credential set); then resume.',
  },
}
