import { offsetAt } from '../../time/local-time.ts'
import { withGuard } from '../formula-guard.ts'
import type { CellKind, CellValue, TableColumn, TableWriter } from './cells.ts'

/**
 * `excel`: as Excel in Portuguese opens it with a double click: byte order mark, semicolon, decimal comma, local times, CRLF.
 * `plain`: for programs: comma, decimal point, UTC times, LF, no byte order mark.
 */
export type CsvForm = 'excel' | 'plain'

export interface CsvOptions {
  form: CsvForm
  timezone: string
}

/** Text cells are guarded against formulas in both forms (src/tabular/formula-guard.ts). */
export async function openCsv(
  columns: readonly TableColumn[],
  write: (text: string) => Promise<void>,
  options: CsvOptions,
): Promise<TableWriter> {
  const { form } = options
  const [separator, lineBreak] = form === 'excel' ? [';', '\r\n'] : [',', '\n']
  const special = new RegExp(`["\\r\\n${separator}]`)
  const quoted = (cell: string) => (special.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  const line = (cells: readonly string[]) => cells.map(quoted).join(separator) + lineBreak
  await write((form === 'excel' ? '\ufeff' : '') + line(columns.map(column => withGuard(column.title))))
  return {
    add: rows =>
      write(rows.map(row => line(row.map((value, i) => cellText(columns[i]!.kind, value, options)))).join('')),
    end: async () => undefined,
  }
}

function cellText(kind: CellKind, value: CellValue, { form, timezone }: CsvOptions): string {
  if (value === null) return ''
  if (value instanceof Date) return form === 'plain' ? value.toISOString() : localText(value, timezone)
  switch (kind) {
    case 'text':
      return withGuard(String(value))
    case 'digits':
      return form === 'excel' ? withDigits(String(value)) : withGuard(String(value))
    default:
      return form === 'excel' ? String(value).replace('.', ',') : String(value)
  }
}

/** 30/11/2026 14:16:18 */
function localText(at: Date, timezone: string): string {
  const shown = new Date(at.getTime() + offsetAt(timezone, at.getTime())).toISOString()
  return `${shown.slice(8, 10)}/${shown.slice(5, 7)}/${shown.slice(0, 4)} ${shown.slice(11, 19)}`
}

/** Excel displays 12 digits as 5,51199E+11, and removes a zero in front: an apostrophe keeps them. */
const CHANGED_BY_EXCEL = /^(?:0\d+|\d{12,})$/

function withDigits(cell: string): string {
  return CHANGED_BY_EXCEL.test(cell) ? `'${cell}` : withGuard(cell)
}
