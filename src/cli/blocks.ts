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
  readonly #lay: (columns: number | undefined) => readonly Line[]

  private constructor(lay: (columns: number | undefined) => readonly Line[]) {
    this.#lay = lay
  }

  /** @param indent of continuation lines, if the terminal is too narrow */
  static of(lines: readonly (readonly { text: string; style?: Style | undefined }[])[], indent = 2): Block {
    const encoded = lines.map(parts => encodedLine(parts, indent))
    return new Block(() => encoded)
  }

  /** Lines that depend on the columns of the terminal; without a terminal they are undefined. */
  static fitted(lay: (columns: number | undefined) => readonly (readonly Part[])[]): Block {
    return new Block(columns => lay(columns).map(parts => encodedLine(parts, 2)))
  }

  linesAt(columns: number | undefined): readonly Line[] {
    return this.#lay(columns)
  }
}

function encodedLine(parts: readonly { text: string; style?: Style | undefined }[], indent: number): Line {
  return { indent, parts: parts.map(({ text, style }) => ({ text: visible(text), ...(style && { style }) })) }
}

/** One line of several parts. */
export function styled(...parts: readonly (string | readonly [style: Style, text: string])[]): Block {
  return Block.of([parts.map(part => (typeof part === 'string' ? { text: part } : { style: part[0], text: part[1] }))])
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

/** The lines of an output; a string is one line. @param columns of the terminal, if there is one */
export function linesOf(human: Human, columns?: number): readonly Line[] {
  if (human instanceof Block) return human.linesAt(columns)
  if (typeof human === 'string') return styled(human).linesAt(columns)
  return human.flatMap(each => linesOf(each, columns))
}

/** The text without styles, as written to a pipe. */
export function plainText(human: Human): string {
  return linesOf(human)
    .map(({ parts }) => parts.map(({ text }) => text).join(''))
    .join('\n')
}
