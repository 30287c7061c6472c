import type { CodeTable } from '../codes.ts'

/** No code of GOSAC's own is known: its answers have an HTTP status and words (docs/wire/gosac.md#answers). Classes: assumptions. */
export const GOSAC_CODES: CodeTable = {
  HTTP_400: { class: 'record', byShare: true, meaning: 'GOSAC refuses the request' },
  HTTP_422: { class: 'record', byShare: true, meaning: 'GOSAC refuses a value of the request' },
  HTTP_401: {
    class: 'fatal',
    meaning: 'GOSAC does not accept the token',
    cure: 'Set its token (camp credential set); then resume.',
  },
  HTTP_403: { class: 'fatal', meaning: 'GOSAC does not allow it', cure: 'Ask GOSAC for the permission; then resume.' },
  HTTP_404: {
    class: 'fatal',
    meaning: 'GOSAC has no such address',
    cure: 'Set its url (camp credential set); then resume.',
  },
  MISSING_NAME: { class: 'record', meaning: 'the contact has no name' },
  NO_TEXT: { class: 'record', meaning: 'the message has no text' },
}
