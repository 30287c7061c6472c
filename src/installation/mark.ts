/**
 * How far a database has come: the generation first, then the counter. The database's own half is raised and committed before the half
 * outside is written, so that the outer one is never ahead of data that is current.
 */
export interface Mark {
  generation: number
  mark: number
  /** When it was made, by the database's clock. */
  at: Date
}

/** @returns below 0 where `a` is older than `b` */
export function compareMarks(a: Omit<Mark, 'at'>, b: Omit<Mark, 'at'>): number {
  return a.generation - b.generation || a.mark - b.mark
}
