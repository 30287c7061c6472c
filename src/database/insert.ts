import type pg from 'pg'

/** An INSERT of one row, by its columns' names: they stand in the code, and never come from outside. */
export function insertOf(
  table: string,
  row: Readonly<Record<string, unknown>>,
): pg.QueryConfig & { values: unknown[] } {
  const columns = Object.keys(row)
  const places = columns.map((_, i) => `$${i + 1}`)
  return {
    text: `INSERT INTO "${table}" (${columns.join(', ')}) VALUES (${places.join(', ')})`,
    values: Object.values(row),
  }
}
