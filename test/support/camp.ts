import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { runCamp } from '../../src/cli/main.ts'
import { type Clock, systemClock } from '../../src/clock.ts'

export interface Run {
  code: number
  out: string
  err: string
  /** stdout as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  json: () => any
}

/** Runs a command line in this process. `env` is all of its environment; without DATABASE_URL it would run embedded. */
export async function camp(
  argv: readonly string[],
  options: {
    env: NodeJS.ProcessEnv
    stdin?: string | Buffer | Readable
    /** Which of its streams look like a terminal. */
    terminal?: 'stdin' | 'stderr'
    clock?: Clock
    signal?: AbortSignal
  },
): Promise<Run> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const input = options.stdin ?? ''
  if (typeof input === 'string' || Buffer.isBuffer(input)) stdin.end(input)
  else input.pipe(stdin)
  if (options.terminal) Object.assign({ stdin, stderr }[options.terminal], { isTTY: true })
  const [out, err] = [collect(stdout), collect(stderr)]
  const code = await runCamp([...argv], {
    env: { CAMP_HOME: scratchHome(), ...options.env },
    streams: { stdin, stdout, stderr },
    clock: options.clock ?? systemClock,
    signal: options.signal ?? new AbortController().signal,
  })
  return { code, out: out(), err: err(), json: () => JSON.parse(out()) }
}

let home: string | undefined
function scratchHome(): string {
  home ??= mkdtempSync(join(tmpdir(), 'camp-home-'))
  return home
}

function collect(stream: PassThrough): () => string {
  const chunks: Buffer[] = []
  stream.on('data', chunk => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString('utf8')
}
