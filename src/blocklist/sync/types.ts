/** Which cells of a row name somebody. Positions count from 0. */
export interface ListColumns {
  headers: readonly string[]
  phones: readonly number[]
  documents: readonly number[]
  /** Cells that may hold either. */
  values: readonly number[] | 'ALL'
  reason: number | undefined
  /** The first row names the columns: it is no data. */
  named: boolean
}

/** Who is named: the column of the blocklist, and the canonical value. */
export interface Named {
  kind: EntryKind
  value: string
}

export type EntryKind = 'phone' | 'cpf_cnpj'

/** What a list holds, where its owner knows: then nothing in it can be taken for the other. */
export type OnlyKind = 'phone' | 'document'

export interface Judged {
  named: Named[]
  /** What could not be read. What else the row names is blocked all the same. */
  problem?: { code: 'INVALID_PHONE' | 'INVALID_DOCUMENT' | 'INVALID_VALUE' | 'BAD_ROW'; detail: string } | undefined
  /** Its digits are a phone and a document: both are named. */
  ambiguous?: boolean
}
