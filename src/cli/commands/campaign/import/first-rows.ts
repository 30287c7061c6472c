import type { Preview } from '../../../../intake/preview.ts'
import { t } from '../../../../language/text.ts'
import type { Block, Human } from '../../../blocks.ts'
import { table } from '../../../table.ts'

/** The first rows of a file, with as many columns as fit. @param width of the terminal */
export function firstRows({ file, headers, headerLine, rows }: Preview, width: number): Human {
  const lines = rows.map(cells => headers.map((_, i) => shortened(cells[i] ?? '')))
  const widths = headers.map((header, i) =>
    Math.max(...[shortened(header), ...lines.map(cells => cells[i]!)].map(length)),
  )
  const shown = fitting(widths, width)
  const grid: Block = table(
    lines,
    headers.slice(0, shown).map((header, i) => ({ title: shortened(header), value: cells => cells[i]! })),
  )
  const rest = headers.slice(shown)
  return [t`${file}, the names of the columns on line ${headerLine}:`, grid, ...furtherText(rest), '']
}

function furtherText(columns: readonly string[]): string[] {
  const names = columns.join(', ')
  if (columns.length === 0) return []
  return [columns.length === 1 ? t`and 1 more column: ${names}` : t`and ${columns.length} more columns: ${names}`]
}

const LONGEST = 24

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line
}

function length(text: string): number {
  return text.length
}

/** How many of the columns fit, at least one. */
function fitting(widths: readonly number[], width: number): number {
  let used = 0
  for (const [i, each] of widths.entries()) {
    used += each + (i === 0 ? 0 : 2)
    if (used > width) return Math.max(1, i)
  }
  return widths.length
}
