import { Chalk, type ChalkInstance } from 'chalk'

/** The streams of a run: a process's own, or a test's memory. */
export interface Streams {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean }
  stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number }
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number }
}

export interface OutputOptions {
  json: boolean
  quiet: boolean
  color: boolean
}

export type Column<Row> = { title: string; value: (row: Row) => string; align?: 'right' }

/** Data goes to stdout, talk to stderr: a pipe gets nothing but data. With --json, exactly one JSON document. */
export class Output {
  readonly streams: Streams
  readonly json: boolean
  readonly quiet: boolean
  readonly color: ChalkInstance

  constructor(streams: Streams, options: OutputOptions) {
    this.streams = streams
    this.json = options.json
    this.quiet = options.quiet
    this.color = new Chalk({ level: options.color ? 1 : 0 })
  }

  /** A command's result: `value` as JSON, or `human` as text. */
  result(value: unknown, human: string | (() => string)): void {
    const text = this.json ? JSON.stringify(value, null, 2) : typeof human === 'function' ? human() : human
    if (text !== '') this.streams.stdout.write(`${text}\n`)
  }

  /** What is going on; silent with --quiet and --json. */
  talk(text: string): void {
    if (!this.quiet && !this.json) this.streams.stderr.write(`${text}\n`)
  }

  /** What should not be missed: said even with --quiet. */
  warn(text: string): void {
    this.streams.stderr.write(`${this.color.yellow('warning:')} ${text}\n`)
  }

  /** A list: an array as JSON, a table as text, `empty` when there is nothing. */
  list<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string, json: unknown = rows): void {
    this.result(json, () => (rows.length === 0 ? empty : table(rows, columns, this.color)))
  }
}

/** Whether colours are wanted: never with NO_COLOR, and else where a person looks. */
export function wantsColor(env: NodeJS.ProcessEnv, stream: { isTTY?: boolean }): boolean {
  if (env.NO_COLOR) return false
  return Boolean(env.FORCE_COLOR) || stream.isTTY === true
}

export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], color: ChalkInstance): string {
  const cells = rows.map(row => columns.map(column => column.value(row)))
  const widths = columns.map((column, i) => Math.max(column.title.length, ...cells.map(line => line[i]!.length)))
  const line = (texts: string[]) =>
    texts
      .map((text, i) => (columns[i]!.align === 'right' ? text.padStart(widths[i]!) : text.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
  return [color.dim(line(columns.map(column => column.title))), ...cells.map(line)].join('\n')
}

/** Name and value, one a line, the values in one column. */
export function fields(pairs: readonly (readonly [string, string | null | undefined])[]): string {
  const shown = pairs.filter((pair): pair is readonly [string, string] => pair[1] != null && pair[1] !== '')
  const width = Math.max(...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}
