/** A column of a table that camp writes. The kind decides how CSV and xlsx write its cells. */
export interface TableColumn {
  title: string
  kind: CellKind
}

/**
 * `digits` is a text of digits that must not become a number, such as a phone or a document. `money` is a decimal string as
 * PostgreSQL writes it, and stays exact. `share` is a number from 0 to 1. `time` is a point in time.
 */
export type CellKind = 'text' | 'digits' | 'count' | 'money' | 'share' | 'time'

/** null: an empty cell. */
export type CellValue = string | number | Date | null

/** Writes a table to an open file, piece by piece. */
export interface TableWriter {
  /** Resolves when the file takes more. */
  add(rows: readonly (readonly CellValue[])[]): Promise<void>
  /** Completes the content; the caller closes the file. */
  end(): Promise<void>
}
