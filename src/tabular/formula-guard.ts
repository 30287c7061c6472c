/**
 * A spreadsheet program may calculate a cell that begins with = + - @ (or their wide forms), a tab or a line break, and a cell of a
 * mailing is a text from outside. What camp writes for such programs has an apostrophe before it, which makes it a text. It keeps
 * the digits of +5511987654321, too, which they would write as 5,51199E+12.
 */
const CALCULATED = /^'*(?:\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])/

/** `cell` as it is written; `withoutGuard` reads it back, whatever it was. */
export function withGuard(cell: string): string {
  return CALCULATED.test(cell) ? `'${cell}` : cell
}

/** The cell that `withGuard` was given. */
export function withoutGuard(cell: string): string {
  return cell.startsWith("'") && CALCULATED.test(cell) ? cell.slice(1) : cell
}
