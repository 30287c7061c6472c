import { PassThrough, type Readable } from 'node:stream'
import { runCamp } from '../../src/cli/main.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import type { ErrorDocument } from '../../src/errors.ts'
import { sharedScratchFolder } from './scratch.ts'

export interface Run {
  code: number
  out: string
  err: string
  /** stdout as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  json: () => any
  /** With --json, what the command says of its error: the last line of stderr. */
  error: () => ErrorDocument['error']
}

/** A function does something before it types. */
export type Step = readonly [shown: string, typed: string | (() => Promise<string>)]

/** Runs a command line in this process. `env` is all of its environment; without DATABASE_URL it would run embedded. */
export async function camp(
  argv: readonly string[],
  options: {
    env: NodeJS.ProcessEnv
    stdin?: string | Buffer | Readable
    /** Which of its streams look like a terminal. */
    terminal?: 'stdin' | 'stdout' | 'stderr'
    /** How wide the terminal is (default: unknown). */
    columns?: number
    /** At a terminal: what is typed at the first question that takes yes or no. */
    answer?: 'y' | 'n'
    /** At a terminal: what is typed once stderr has shown a text, step by step. */
    keys?: readonly Step[]
    clock?: Clock
    signal?: AbortSignal
  },
): Promise<Run> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const input = options.stdin ?? ''
  if (options.answer) typeWhenShown(stdin, stderr, [['(y/N)', `${options.answer}\n`]])
  else if (options.keys) typeWhenShown(stdin, Object.assign(stderr, { isTTY: true }), options.keys)
  else if (typeof input === 'string' || Buffer.isBuffer(input)) stdin.end(input)
  else input.pipe(stdin)
  if (options.terminal)
    Object.assign({ stdin, stdout, stderr }[options.terminal], { isTTY: true, columns: options.columns })
  const [out, err] = [collect(stdout), collect(stderr)]
  const code = await runCamp([...argv], {
    env: { CAMP_HOME: sharedScratchFolder('home'), ...options.env },
    streams: { stdin, stdout, stderr },
    clock: options.clock ?? systemClock,
    signal: options.signal ?? new AbortController().signal,
  })
  return {
    code,
    out: out(),
    err: err(),
    json: () => JSON.parse(out()),
    error: () => JSON.parse(err().trim().split('\n').at(-1)!).error,
  }
}

/** inquirer reads what is typed once it has asked. */
function typeWhenShown(stdin: PassThrough, stderr: PassThrough, steps: readonly Step[]): void {
  Object.assign(stdin, { isTTY: true })
  // inquirer ends its output; a process's own cannot be ended.
  Object.assign(stderr, { end: () => stderr })
  const left = [...steps]
  let said = ''
  stderr.on('data', (chunk: Buffer) => {
    said += chunk
    if (left[0] === undefined || !said.includes(left[0][0])) return
    const [, typed] = left.shift()!
    said = ''
    // The question is written before its listener is there.
    setImmediate(async () => stdin.write(typeof typed === 'string' ? typed : await typed()))
  })
}

function collect(stream: PassThrough): () => string {
  const chunks: Buffer[] = []
  stream.on('data', chunk => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}
