/** The last columns of a rejects file: written by camp, and not data when the file is imported again. */
export const REJECT_COLUMNS = ['linha', 'coluna', 'motivo', 'detalhe'] as const

/** The same columns in rejects files from before they had a column's name. */
const EARLIER_REJECT_COLUMNS = ['linha', 'motivo', 'detalhe']

/** Without the columns after the last name (Excel leaves them) and those of a rejects file. */
export function namesOf(row: readonly string[]): string[] {
  const names = row.slice(0, widthOf(row)).map(name => name.trim())
  const written = [REJECT_COLUMNS, EARLIER_REJECT_COLUMNS].find(columns => endsWith(names, columns))
  if (written) names.length -= written.length
  return names.map((name, i) => name || `coluna_${i + 1}`)
}

/** Whether camp wrote the file, with rows that it had refused. */
export function isOfRejects(row: readonly string[]): boolean {
  return endsWith(
    row.slice(0, widthOf(row)).map(name => name.trim()),
    REJECT_COLUMNS,
  )
}

function endsWith(names: readonly string[], columns: readonly string[]): boolean {
  return columns.every((name, i) => names.at(i - columns.length) === name)
}

export function widthOf(row: readonly string[]): number {
  return row.findLastIndex(name => name.trim() !== '') + 1
}

/** A lead keeps its columns by name: the second "obs" becomes "obs_2". */
export function uniqueNames(headers: readonly string[]): string[] {
  const seen = new Set<string>()
  const numbers = new Map<string, number>()
  return headers.map(header => {
    let name = header
    let n = numbers.get(header) ?? 2
    for (; seen.has(name); n++) name = `${header}_${n}`
    numbers.set(header, n)
    seen.add(name)
    return name
  })
}
