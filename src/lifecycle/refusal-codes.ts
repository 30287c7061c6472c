/** Who gives a code to a lead. */
type Giver = 'import' | 'claim' | 'settle' | 'callback' | 'person' | 'legacy'

/**
 * The codes that camp gives to a lead that is ERROR (its error_code): who gives each, and its meaning. A broker's refusals have
 * the broker's own codes in addition to these. The table of docs/errors.md is the same.
 */
export const REFUSAL_CODES = {
  BAD_ROW: {
    by: ['import'],
    meaning: 'its row has too many cells, a quoted cell that may hold another row, or an escape that was not decoded',
  },
  INVALID_PHONE: { by: ['import'], meaning: 'its row has no valid phone' },
  MISSING_DOCUMENT: { by: ['import', 'settle'], meaning: 'its row has no CPF or CNPJ, and the broker needs one' },
  INVALID_DOCUMENT: { by: ['import'], meaning: 'its CPF or CNPJ is not valid, and the broker needs a valid one' },
  STALE: { by: ['import'], meaning: 'it was registered too long ago, or its date cannot be read' },
  BAD_ENCODING: { by: ['import'], meaning: 'a needed value contains a byte that is not a character' },
  BROKEN_VALUE: { by: ['import'], meaning: 'a needed value was destroyed by a program' },
  MISSING_VARIABLE: { by: ['import', 'settle'], meaning: 'a column that its text or the template uses is empty' },
  BAD_TEXT: { by: ['import'], meaning: 'its text, or a value in it, cannot be sent as it is' },
  DUPLICATE: { by: ['import'], meaning: 'an earlier row has the same phone' },
  BLOCKLISTED: { by: ['import', 'claim'], meaning: 'its phone or document is on the blocklist' },
  FREQUENCY_CAP: {
    by: ['claim'],
    meaning: 'another message went to its phone or document within 24 hours',
  },
  REFUSED: { by: ['settle'], meaning: 'the broker refused it without a code, or with one that cannot be stored' },
  CANCELLED: { by: ['settle', 'person'], meaning: 'its campaign was cancelled before it was sent' },
  NOT_SENT: {
    by: ['settle', 'person'],
    meaning: 'it was in doubt and not sent: a person decided so, or its worker reported it too late',
  },
  FAILED: { by: ['callback'], meaning: 'the broker reports a failure without a code' },
  LEGACY_FAILED: { by: ['legacy'], meaning: 'the old system reports that it failed' },
  LEGACY_STOPPED: { by: ['legacy'], meaning: 'it was refused or cancelled in the old system' },
  LEGACY_OPEN: { by: ['legacy'], meaning: 'the old system had not sent it when its data was read' },
} as const satisfies Record<string, { by: readonly Giver[]; meaning: string }>

type Table = typeof REFUSAL_CODES

export type RefusalCode = keyof Table

/** A lead's error_code: one of camp's, or a broker's own. */
export type LeadErrorCode = RefusalCode | (string & {})

/** The codes that `By` gives. */
export type RefusalCodeBy<By extends Giver> = {
  [Code in RefusalCode]: By extends Table[Code]['by'][number] ? Code : never
}[RefusalCode]

/** Why a row of the file is not sent. All are refusals of the row itself, so such a lead is never retried. */
export type ImportCode = RefusalCodeBy<'import'>

export const IMPORT_CODES = (Object.keys(REFUSAL_CODES) as RefusalCode[]).filter((code): code is ImportCode =>
  (REFUSAL_CODES[code].by as readonly Giver[]).includes('import'),
)
