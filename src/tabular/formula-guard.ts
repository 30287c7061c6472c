/**
 * A spreadsheet program may evaluate a cell that begins with = + - @ (or their wide forms), a tab or a line break, and a
 * mailing's cells come from outside. camp writes an apostrophe before such cells, which makes them text. It also keeps the
 * digits of +5511987654321, which would be displayed as 5,51199E+12.
 */
const CALCULATED = /^'*(?:\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/

/** `cell` as it is written; `withoutGuard` restores any cell. */
export function withGuard(cell: string): string {
  return CALCULATED.test(cell) ? `'${cell}` : cell
}

/** The cell that `withGuard` was given. */
export function withoutGuard(cell: string): string {
  return cell.startsWith("'") && CALCULATED.test(cell) ? cell.slice(1) : cell
}
