import { visible, visibleLines } from '../visible.ts'

/**
 * Output for people. A plain string is always one line, because most strings contain texts from outside. Only a block has several
 * lines, and only the functions of this file make blocks: they encode each value before they lay it out and style it. So no value
 * can end its line, start another one or colour anything.
 */
export type Human = string | Block | readonly (string | Block)[]

export type Style = 'dim' | 'green' | 'red' | 'yellow'

export interface Part {
  /** Encoded by `visible`. */
  text: string
  style?: Style
}

export interface Line {
  /** Number of columns by which continuation lines are indented if the terminal is too narrow. */
  indent: number
  parts: readonly Part[]
}

/** Encoded lines. Not a string, and never part of one. */
export class Block {
  readonly #lines: readonly Line[]

  private constructor(lines: readonly Line[]) {
    this.#lines = lines
  }

  /** @param indent of continuation lines, if the terminal is too narrow */
  static of(lines: readonly (readonly { text: string; style?: Style }[])[], indent = 2): Block {
    return new Block(
      lines.map(parts => ({ indent, parts: parts.map(part => ({ ...part, text: visible(part.text) })) })),
    )
  }

  get lines(): readonly Line[] {
    return this.#lines
  }
}

/** One line of several parts. */
export function styled(...parts: readonly (string | readonly [style: Style, text: string])[]): Block {
  return Block.of([parts.map(part => (typeof part === 'string' ? { text: part } : { style: part[0], text: part[1] }))])
}

export type Column<Row> = { title: string; value: (row: Row) => string; align?: 'right' }

export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Block {
  const cells = rows.map(row => columns.map(column => visible(column.value(row))))
  const widths = columns.map((column, i) =>
    cells.reduce((most, line) => Math.max(most, line[i]!.length), column.title.length),
  )
  const line = (texts: readonly string[]) =>
    texts
      .map((text, i) => (columns[i]!.align === 'right' ? text.padStart(widths[i]!) : text.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
  const head = { text: line(columns.map(column => column.title)), style: 'dim' as const }
  return Block.of([[head], ...cells.map(texts => [{ text: line(texts) }])])
}

/** Name and value, one pair per line, with the values in one column; further lines of a value start in the same column. */
export function fields(pairs: readonly (readonly [string, string | null | undefined])[]): Block {
  const shown = pairs.filter((pair): pair is readonly [string, string] => pair[1] != null && pair[1] !== '')
  const width = Math.max(0, ...shown.map(([name]) => visible(name).length)) + 2
  const lines = shown.flatMap(([name, value]) =>
    visibleLines(value).map((line, i) => [{ text: (i === 0 ? visible(name) : '').padEnd(width) + line }]),
  )
  return Block.of(lines, width)
}

/** The parts with an empty line between them. */
export function spaced(parts: readonly (string | Block)[]): (string | Block)[] {
  return parts.flatMap((part, i) => (i === 0 ? [part] : ['', part]))
}

/** A line and what it consists of. */
export interface Branch {
  text: string
  of?: readonly Branch[]
}

/** Lines joined by ├ and └. */
export function tree(root: Branch): Block {
  const below = (branches: readonly Branch[], indent: string): string[] =>
    branches.flatMap(({ text, of = [] }, i) => {
      const isLast = i === branches.length - 1
      return [`${indent}${isLast ? '└' : '├'} ${text}`, ...below(of, `${indent}${isLast ? '  ' : '│ '}`)]
    })
  return Block.of([root.text, ...below(root.of ?? [], '')].map(text => [{ text }]))
}

/** The lines of an output; a string is one line. */
export function linesOf(human: Human): readonly Line[] {
  if (human instanceof Block) return human.lines
  if (typeof human === 'string') return styled(human).lines
  return human.flatMap(linesOf)
}

/** The text without styles, as written to a pipe. */
export function plainText(human: Human): string {
  return linesOf(human)
    .map(({ parts }) => parts.map(({ text }) => text).join(''))
    .join('\n')
}
