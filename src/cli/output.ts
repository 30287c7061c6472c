import { once } from 'node:events'
import { Chalk, type ChalkInstance } from 'chalk'
import { t } from '../language/text.ts'
import { visible, visibleJson } from '../visible.ts'
import { type Human, type Line, linesOf, styled } from './blocks.ts'
import { fold } from './fold.ts'
import { lazy } from './lazy.ts'
import type { Streams, Target } from './streams.ts'
import { type Column, table } from './table.ts'

const openBar = lazy(() => import('./bar.ts').then(module => module.openBar))
const openPainter = lazy(() => import('./bar.ts').then(module => module.openPainter))

export interface OutputOptions {
  json: boolean
  quiet: boolean
  env: NodeJS.ProcessEnv
}

/**
 * Data goes to stdout, messages go to stderr, so a pipe gets data only. With --json, stdout gets exactly one JSON document. The
 * other writers are commander's help (streams.ts), inquirer's questions (prompt.ts) and the output of a server (remote.ts). All
 * that this class writes is encoded: see blocks.ts.
 */
export class Output {
  readonly json: boolean
  readonly quiet: boolean
  readonly #streams: Streams
  readonly #color: { stdout: ChalkInstance; stderr: ChalkInstance }

  constructor(streams: Streams, { json, quiet, env }: OutputOptions) {
    this.#streams = streams
    this.json = json
    this.quiet = quiet
    this.#color = { stdout: colorFor(env, streams.stdout), stderr: colorFor(env, streams.stderr) }
  }

  /** The columns of the terminal that messages go to; 80 if there is none. */
  get width(): number {
    return this.#streams.stderr.columns || 80
  }

  /** A command's result: `value` as JSON, or `human` as text. */
  result(value: unknown, human: Human | (() => Human)): void {
    if (this.json) this.#write('stdout', `${visibleJson(JSON.stringify(value, null, 2))}\n`)
    else this.#say('stdout', typeof human === 'function' ? human() : human)
  }

  /** A result on one line, for a program that waits for it. */
  line(value: unknown, human: string): void {
    if (this.json) this.#write('stdout', `${visibleJson(JSON.stringify(value))}\n`)
    else this.#say('stdout', human)
  }

  /** Part of a result that is too long for memory; `json` is part of a JSON document. Resolves when the stream takes more. */
  async piece(piece: { json: string } | { human: Human }): Promise<void> {
    const text = 'json' in piece ? visibleJson(piece.json) : this.#textOf('stdout', piece.human)
    if (!this.#streams.stdout.write(text)) await once(this.#streams.stdout, 'drain')
  }

  /** Part of a file's content that goes to stdout (--csv -), unchanged. Resolves when the stream takes more. */
  async content(text: string): Promise<void> {
    if (!this.#streams.stdout.write(text)) await once(this.#streams.stdout, 'drain')
  }

  /** A list: an array as JSON, a table as text; `empty` if there are no rows. */
  list<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string, json: unknown = rows): void {
    this.result(json, () => (rows.length === 0 ? empty : table(rows, columns)))
  }

  /** Progress and next steps; silent with --quiet and --json. */
  talk(human: Human): void {
    if (!this.quiet && !this.json) this.#say('stderr', human === '' ? [''] : human)
  }

  /** As `talk`, but also printed with --json. */
  notice(human: Human): void {
    if (!this.quiet) this.#say('stderr', human)
  }

  /** A warning, printed even with --quiet. */
  warn(text: string): void {
    this.#say('stderr', warning(text))
  }

  /** The error that ends a command; each of `more` is a line below it. */
  error(message: string, { declined = false, more = [] as readonly string[] } = {}): void {
    const first = declined ? message : styled(['red', t`error:`], ` ${message}`)
    this.#say('stderr', [first, ...more.map(line => `  ${line}`)])
  }

  /** The error for a program: one line of JSON, without colours. */
  errorJson(document: object): void {
    this.#write('stderr', `${visibleJson(JSON.stringify(document))}\n`)
  }

  /** A progress bar on stderr; undefined with --quiet, with --json or without a terminal. */
  async bar(format: string, options: { clearOnComplete?: boolean } = {}): Promise<Bar | undefined> {
    const { stderr } = this.#streams
    if (this.quiet || this.json || stderr.isTTY !== true) return undefined
    const bar = await openBar({
      stream: stderr as NodeJS.WriteStream,
      format: `{bar} ${format}`,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      ...options,
    })
    let running = false
    return {
      update: (total, value, words) => {
        const shown = Object.fromEntries(Object.entries(words).map(([name, word]) => [name, visible(word)]))
        if (!running) bar.start(total, 0, shown)
        running = true
        bar.setTotal(total)
        bar.update(value, shown)
      },
      end: () => {
        if (running) bar.stop()
        running = false
      },
    }
  }

  /** The encoded and styled lines of a screen, for inquirer to draw on stderr (screen.ts). */
  drawn(human: Human): string {
    return this.#textOf('stderr', human).replace(/\n$/, '')
  }

  /** Whether a person sees stderr. */
  get isTerminal(): boolean {
    return this.#streams.stderr.isTTY === true
  }

  /** Whether `screen` shows something. */
  get hasScreen(): boolean {
    return !this.quiet && !this.json && this.isTerminal
  }

  /** Of stdout; 80 if it is not a terminal, or does not know. */
  get columns(): number {
    return (this.#streams.stdout.isTTY && this.#streams.stdout.columns) || 80
  }

  /** Lines on stderr that are redrawn in place; undefined with --quiet, with --json or without a terminal. */
  async screen(): Promise<Screen | undefined> {
    const { stderr } = this.#streams
    if (!this.hasScreen) return undefined
    const painter = await openPainter(stderr as NodeJS.WriteStream)
    return {
      // A terminal that does not know its size reports 0.
      size: () => ({ columns: stderr.columns || 80, rows: stderr.rows || 24 }),
      draw: human => painter.draw(linesOf(human).map(line => this.#styled('stderr', line))),
      warn: text => painter.print(this.#textOf('stderr', warning(text))),
      end: () => painter.end(),
    }
  }

  #say(stream: 'stdout' | 'stderr', human: Human): void {
    if (human !== '') this.#write(stream, this.#textOf(stream, human))
  }

  #textOf(stream: 'stdout' | 'stderr', human: Human): string {
    const { isTTY, columns } = this.#streams[stream]
    const lines = isTTY && columns ? linesOf(human, columns).flatMap(line => fold(line, columns)) : linesOf(human)
    return lines.map(line => `${this.#styled(stream, line)}\n`).join('')
  }

  #styled(stream: 'stdout' | 'stderr', { parts }: Line): string {
    const color = this.#color[stream]
    return parts.map(({ text, style }) => (style ? color[style](text) : text)).join('')
  }

  #write(stream: 'stdout' | 'stderr', text: string): void {
    this.#streams[stream].write(text)
  }
}

export interface Bar {
  /** @param words the values of the placeholders in the format */
  update(total: number, value: number, words: Readonly<Record<string, string>>): void
  end(): void
}

export interface Screen {
  size(): { columns: number; rows: number }
  /** Replaces what is shown; each line must fit the columns. */
  draw(human: Human): void
  /** Prints a warning above it. */
  warn(text: string): void
  /** Removes it. */
  end(): void
}

function warning(text: string): Human {
  return styled(['yellow', t`warning:`], ` ${text}`)
}

export function openOutput(streams: Streams, options: OutputOptions): Output {
  return new Output(streams, options)
}

/** Never colours with NO_COLOR; otherwise with FORCE_COLOR, or on a terminal that is not dumb. */
function colorFor(env: NodeJS.ProcessEnv, stream: Target): ChalkInstance {
  const isTerminal = stream.isTTY === true && env.TERM !== 'dumb'
  const wanted = !env.NO_COLOR && (Boolean(env.FORCE_COLOR) || isTerminal)
  return new Chalk({ level: wanted ? 1 : 0 })
}
