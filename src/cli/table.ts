import { visible } from '../visible.ts'
import { Block, type Part, type Style } from './blocks.ts'

export interface Column<Row> {
  title: string
  value: (row: Row) => string
  align?: 'right'
  style?: (row: Row) => Style | undefined
  /** Free text: it is shortened if the table is wider than the terminal. */
  shrinks?: true
  /** It is left out if the table is too wide even when it is shortened; the last such column first. */
  spare?: true
}

/** A table. At a terminal it fits its width as far as it can; elsewhere it is complete. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Block {
  const full = columns.map(column => {
    const cells = rows.map(row => visible(column.value(row)))
    const width = cells.reduce((most, cell) => Math.max(most, cell.length), column.title.length)
    return { ...column, cells, width }
  })
  return Block.fitted(terminal => {
    const laid = terminal === undefined ? full : fit(full, terminal)
    const head: Part[] = [{ text: lineOf(laid.map(each => padded(each.title, each))), style: 'dim' }]
    return [head, ...rows.map((row, i) => partsOf(laid, row, i))]
  })
}

type Laid<Row> = Column<Row> & { cells: readonly string[]; width: number }

const GAP = 2
/** What a shortened column keeps: as long as columns can be left out, and after that. */
const ROOMY = 16
const NARROW = 8

function fit<Row>(full: readonly Laid<Row>[], terminal: number): readonly Laid<Row>[] {
  let kept = full
  for (;;) {
    const shrunk = shrink(kept, terminal, ROOMY)
    if (widthOf(shrunk) <= terminal) return shrunk
    const spare = kept.findLast(column => column.spare)
    if (spare === undefined) return shrink(kept, terminal, NARROW)
    kept = kept.filter(column => column !== spare)
  }
}

/** Shortens the widest columns, none of them below `least` or its title. */
function shrink<Row>(columns: readonly Laid<Row>[], terminal: number, least: number): readonly Laid<Row>[] {
  const shrunk = columns.map(column => ({ ...column }))
  for (let excess = widthOf(shrunk) - terminal; excess > 0; excess--) {
    const widest = shrunk
      .filter(column => column.shrinks && column.width > Math.max(least, column.title.length))
      .reduce<Laid<Row> | undefined>((most, column) => (most && most.width >= column.width ? most : column), undefined)
    if (widest === undefined) return shrunk
    widest.width--
  }
  return shrunk
}

function widthOf(columns: readonly { width: number }[]): number {
  return columns.reduce((sum, { width }) => sum + width, GAP * (columns.length - 1))
}

function partsOf<Row>(laid: readonly Laid<Row>[], row: Row, at: number): Part[] {
  const texts = laid.map(column => padded(column.cells[at]!, column))
  const end = lineOf(texts).length
  let from = 0
  return laid.flatMap((column, i) => {
    const text = `${texts[i]}${' '.repeat(GAP)}`.slice(0, Math.max(0, end - from))
    from += texts[i]!.length + GAP
    const style = column.style?.(row)
    return text === '' ? [] : [{ text, ...(style && { style }) }]
  })
}

function lineOf(texts: readonly string[]): string {
  return texts.join(' '.repeat(GAP)).trimEnd()
}

function padded<Row>(text: string, { align, width }: Laid<Row>): string {
  // A pair of code units is one character: it is not divided.
  const cut = text.length <= width ? text : `${text.slice(0, width - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
  return align === 'right' ? cut.padStart(width) : cut.padEnd(width)
}
