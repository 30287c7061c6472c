import type { CodeTable } from '../codes.ts'

/**
 * No code of CromosApp's own is known: these are what camp makes of its answers (docs/wire/cromosapp.md#answers). Classes: assumptions.
 */
export const CROMOS_CODES: CodeTable = {
  REFUSED: { class: 'record', byShare: true, meaning: 'CromosApp refuses the import' },
  ACCOUNT_REFUSED: {
    class: 'fatal',
    meaning: 'CromosApp refuses the key, the team or a permission',
    cure: 'Compare api_key and the wallet’s --idgis with the account at CromosApp; then resume.',
  },
  NO_TEAM: {
    class: 'fatal',
    meaning: 'the wallet has no team code at CromosApp',
    cure: 'Set it: camp wallet set WALLET --idgis N; then resume.',
  },
  NO_TEXT: { class: 'record', meaning: 'the message has no text' },
  HTTP_400: { class: 'record', byShare: true, meaning: 'CromosApp refuses the request' },
  HTTP_422: { class: 'record', byShare: true, meaning: 'CromosApp refuses a value of the request' },
  HTTP_401: {
    class: 'fatal',
    meaning: 'CromosApp does not accept the key',
    cure: 'Set its api_key (camp credential set); then resume.',
  },
  HTTP_403: {
    class: 'fatal',
    meaning: 'CromosApp does not allow it',
    cure: 'Ask CromosApp for the permission; then resume.',
  },
}
