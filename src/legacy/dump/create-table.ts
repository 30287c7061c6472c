/** The place of each column in a row, by its name in lower case. */
export type ColumnsOf = ReadonlyMap<string, number>

/** @param list "(a, `b`)" */
export function columnsInList(list: string): ColumnsOf {
  return placesOf(list.slice(1, -1).split(',').map(nameOf))
}

/** @param statement CREATE TABLE, with a line for each column, as all dumps write it */
export function columnsInStatement(statement: string): ColumnsOf {
  const lines = statement
    .slice(statement.indexOf('(') + 1)
    .split('\n')
    .map(line => line.trim())
  return placesOf(lines.filter(line => /^[`"\w]/.test(line) && !NOT_A_COLUMN.test(line)).map(nameOf))
}

const NOT_A_COLUMN = /^(?:PRIMARY|UNIQUE|KEY|INDEX|CONSTRAINT|FULLTEXT|SPATIAL|FOREIGN|CHECK)\b/i

/** The name that a text begins with, without its quotes. */
function nameOf(text: string): string {
  const [, quoted, word] = /^(?:[`"]([^`"]+)|(\w+))/.exec(text.trim()) ?? []
  return quoted ?? word ?? ''
}

function placesOf(names: readonly string[]): ColumnsOf {
  return new Map(names.map((name, place) => [name.toLowerCase(), place]))
}
