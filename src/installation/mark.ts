/**
 * The progress of a database: compared by generation first, then by counter. The database's own half is raised and committed
 * before the half outside is written, so that the outer one is never ahead of current data.
 */
export interface Mark {
  generation: number
  mark: number
  /** When it was written, by the database's clock. */
  at: Date
}

/** @returns below 0 if `a` is older than `b` */
export function compareMarks(a: Omit<Mark, 'at'>, b: Omit<Mark, 'at'>): number {
  return a.generation - b.generation || a.mark - b.mark
}
