/** Corrections and remarks on rows that are sent. */
export type WarningCode =
  | 'BAD_DOCUMENT'
  | 'BAD_NAME'
  | 'MISSING_DATE'
  | 'HIDDEN_ROW'
  | 'NO_RESULT'
  | 'MERGED_CELL'
  | 'OTHER_SHEET'
  | 'REPAIRED_PHONE'
  | 'SAME_DOCUMENT'
  | 'LOST_CHARACTERS'
  | 'LEFTOVER'
  | 'LONG_TEXT'
  | 'ODD_CHARACTERS'
  | 'HTML'
  | 'LITERAL_ESCAPE'

/** Number of rows. */
export type Warnings = Partial<Record<WarningCode, number>>

/** Lines of the first occurrences, and an example where it helps. */
export type WarningPlaces = Partial<Record<WarningCode, { lines: number[]; example: string | null }>>

const LINES = 5

/** Counts an import's warnings. */
export class WarningCount {
  readonly counts: Warnings = {}
  readonly places: WarningPlaces = {}

  add(code: WarningCode, line: number, example: string | null = null): void {
    this.counts[code] = (this.counts[code] ?? 0) + 1
    const place = this.places[code] ?? { lines: [], example }
    this.places[code] = place
    if (place.lines.length < LINES && place.lines.at(-1) !== line) place.lines.push(line)
  }

  /** Counts at most once per row. */
  addOnce(code: WarningCode, line: number, example: string | null = null): void {
    if (this.#latest.get(code) === line) return
    this.#latest.set(code, line)
    this.add(code, line, example)
  }

  readonly #latest = new Map<WarningCode, number>()
}
