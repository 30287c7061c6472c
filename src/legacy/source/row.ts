/** A row of a table of the old system: the requested columns as text, null for NULL and for a column that the table does not have. */
export type LegacyRow = Readonly<Record<string, string | null>>

/** Some rows of one table, in their order. */
export interface LegacyRows {
  /** Without its prefix. */
  table: string
  rows: readonly LegacyRow[]
}

/** The columns to read of each table, by the table's name without its prefix. Other tables are skipped. */
export type Wanted = Readonly<Record<string, readonly string[]>>

/** A database of the old system, or a dump of one. It can be read several times, and memory holds some rows at a time. */
export interface LegacySource {
  /** For display: the file, or the URL without its password. */
  name: string
  read: (wanted: Wanted) => AsyncIterable<LegacyRows>
  close: () => Promise<void>
}

/** Rows in one LegacyRows, at most. */
export const ROWS_AT_ONCE = 1_000
