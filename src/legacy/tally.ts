/** Why a row of the old system is not taken. docs/legacy.md explains each. */
export type RejectCode =
  | 'ALREADY_SET'
  | 'BAD_ENCODING'
  | 'BAD_TEXT'
  | 'BROKER_MISSING'
  | 'CREDENTIAL_UNFIT'
  | 'ENDED'
  | 'ID_UNUSABLE'
  | 'IDGIS_UNKNOWN'
  | 'INACTIVE'
  | 'INVALID_AMOUNT'
  | 'INVALID_DATE'
  | 'INVALID_DOCUMENT'
  | 'INVALID_PHONE'
  | 'MONTH_MISSING'
  | 'NAME_TAKEN'
  | 'NO_CAMPAIGN'
  | 'OPTION_UNREADABLE'
  | 'PROVIDER_UNKNOWN'
  | 'STATUS_UNKNOWN'
  | 'TYPE_UNKNOWN'
  | 'WALLET_UNKNOWN'

export interface Reject {
  table: string
  /** Its id in the old system, or the name of the entry. */
  id: string
  code: RejectCode
  /** Without a value of the row: no phone, no document, no secret. */
  detail: string
}

/** read = taken + already + refused. */
export interface TableCount {
  table: string
  read: number
  taken: number
  /** They were there before. */
  already: number
  refused: number
  reasons: Partial<Record<RejectCode, number>>
}

/** Counts each row of each table once. */
export class Tally {
  readonly #counts = new Map<string, TableCount>()
  readonly #onReject: (reject: Reject) => void

  constructor(onReject: (reject: Reject) => void) {
    this.#onReject = onReject
  }

  taken(table: string, rows = 1): void {
    const count = this.#count(table, rows)
    count.taken += rows
  }

  already(table: string, rows = 1): void {
    const count = this.#count(table, rows)
    count.already += rows
  }

  refused(reject: Reject): void {
    const count = this.#count(reject.table, 1)
    count.refused++
    count.reasons[reject.code] = (count.reasons[reject.code] ?? 0) + 1
    this.#onReject(reject)
  }

  get tables(): TableCount[] {
    return [...this.#counts.values()]
  }

  #count(table: string, rows: number): TableCount {
    const known = this.#counts.get(table)
    const count = known ?? { table, read: 0, taken: 0, already: 0, refused: 0, reasons: {} }
    if (!known) this.#counts.set(table, count)
    count.read += rows
    return count
  }
}
