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

/** Runs a command line in this process. `env` is all of its environment; without DATABASE_URL it would run embedded. */
export async function camp(
  argv: readonly string[],
  options: {
    env: NodeJS.ProcessEnv
    stdin?: string | Buffer | Readable
    /** Which of its streams look like a terminal. */
    terminal?: 'stdin' | 'stderr'
    /** At a terminal: what is typed at the first question that takes yes or no. */
    answer?: 'y' | 'n'
    /** At a terminal: what is typed at each question in turn, once its text is written. */
    typed?: readonly { at: string; keys: string }[]
    clock?: Clock
    signal?: AbortSignal
  },
): Promise<Run> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const input = options.stdin ?? ''
  const typed = options.answer ? [{ at: '(y/N)', keys: `${options.answer}\n` }] : options.typed
  if (typed) typeWhenAsked(stdin, stderr, typed)
  else if (typeof input === 'string' || Buffer.isBuffer(input)) stdin.end(input)
  else input.pipe(stdin)
  if (options.terminal) Object.assign({ stdin, stderr }[options.terminal], { isTTY: true })
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
function typeWhenAsked(stdin: PassThrough, stderr: PassThrough, typed: readonly { at: string; keys: string }[]): void {
  Object.assign(stdin, { isTTY: true })
  // inquirer ends its output; a process's own cannot be ended.
  Object.assign(stderr, { end: () => stderr })
  const rest = [...typed]
  let said = ''
  const look = (chunk: Buffer) => {
    said += chunk
    const next = rest[0]
    if (!next || !said.includes(next.at)) return
    rest.shift()
    said = ''
    // The question is written before its listener is there.
    setImmediate(() => stdin.write(next.keys))
  }
  stderr.on('data', look)
}

function collect(stream: PassThrough): () => string {
  const chunks: Buffer[] = []
  stream.on('data', chunk => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}
