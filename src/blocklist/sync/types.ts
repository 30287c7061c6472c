/** The columns of phones and documents. Positions count from 0. */
export interface ListColumns {
  headers: readonly string[]
  phones: readonly number[]
  documents: readonly number[]
  /** Columns that may hold either. */
  values: readonly number[] | 'ALL'
  reason: number | undefined
  /** Of the registration. */
  date: number | undefined
  /** The first row is a header. */
  named: boolean
}

/** An entry: the blocklist's column and the canonical value. */
export interface Named {
  kind: EntryKind
  value: string
}

export type EntryKind = 'phone' | 'cpf_cnpj'

/** The kind of all values, if the list's owner says it. */
export type OnlyKind = 'phone' | 'document'

export interface Judged {
  named: Named[]
  /** The unreadable value. Other values of the row are still blocked. */
  problem?:
    | {
        code: 'INVALID_PHONE' | 'INVALID_DOCUMENT' | 'INVALID_VALUE' | 'BAD_ROW' | 'OUT_OF_SCOPE' | 'NO_PHONE'
        detail: string
      }
    | undefined
  /** Its digits are both a phone and a document; both are blocked. */
  ambiguous?: boolean
}
