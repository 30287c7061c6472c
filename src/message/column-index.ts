import { plainName } from '../recipient/field-names.ts'

/** A file's columns by the names that a text may use; of several with one name, the first. */
export interface ColumnIndex {
  /** By the name under which a lead keeps it. */
  byName: ReadonlyMap<string, NamedColumn>
  /** By its header, as `plainName` compares it. */
  byHeader: ReadonlyMap<string, NamedColumn>
  /** By either of the two, as `plainName` compares them. */
  byEither: ReadonlyMap<string, NamedColumn>
}

const made = new WeakMap<readonly NamedColumn[], ColumnIndex>()

/** Built once per file: a text may name columns thousands of times, and a file may have thousands of them. */
export function indexOf(columns: readonly NamedColumn[]): ColumnIndex {
  let index = made.get(columns)
  if (!index) {
    index = {
      byName: firstBy(columns, ({ name }) => [name]),
      byHeader: firstBy(columns, ({ header }) => [plainName(header)]),
      byEither: firstBy(columns, ({ name, header }) => [plainName(name), plainName(header)]),
    }
    made.set(columns, index)
  }
  return index
}

function firstBy(columns: readonly NamedColumn[], keysOf: (column: NamedColumn) => string[]): Map<string, NamedColumn> {
  const first = new Map<string, NamedColumn>()
  for (const column of columns) for (const key of keysOf(column)) if (!first.has(key)) first.set(key, column)
  return first
}

/** A column that a text can name: its name in the file, and its name in a lead (a field, or a key of `variables`). */
export interface NamedColumn {
  header: string
  name: string
  /** It names a field, and the file has no column of this name: with several phone columns, {{phone}} is the one that is used. */
  isMeaning?: boolean
}
