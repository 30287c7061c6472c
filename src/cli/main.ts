import { closeSync } from 'node:fs'
import { CommanderError } from '@commander-js/extra-typings'
import { systemClock } from '../clock.ts'
import { EXIT_CODES } from '../error-codes.ts'
import { CampError, Declined, errorDocument, messageOf } from '../errors.ts'
import type { Host } from './context.ts'
import { applyEnvFile } from './env-file.ts'
import { lazy } from './lazy.ts'
import { buildProgram } from './program.ts'
import { asksForJson } from './streams.ts'

const isRemote = lazy(() => import('./remote.ts').then(module => module.isRemote))
const runRemote = lazy(() => import('./remote.ts').then(module => module.runRemote))
const openOutput = lazy(() => import('./output.ts').then(module => module.openOutput))
const databaseError = lazy(() => import('../database/faults.ts').then(module => module.databaseError))
const userOf = lazy(() => import('../database/faults.ts').then(module => module.userOf))

/**
 * Runs camp as this process, and ends it with the command's exit code when what it said is written: no handle that is still open
 * keeps it alive. The only place that knows the process's streams, signals and environment.
 */
export async function main(argv: string[]): Promise<never> {
  // A reader that has seen enough (camp … | head) is not an error; a terminal that is closed must not end a worker's drain.
  process.stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0)
  })
  process.stderr.on('error', () => undefined)
  const code = await runCamp(argv, {
    env: process.env,
    streams: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    clock: systemClock,
    signal: interruption(),
  })
  await Promise.all([process.stdout, process.stderr].map(flushed))
  leave(code)
}

/** A terminal that closes sends SIGHUP more than once: from its shell and from the kernel. */
const HANGUP_MS = 1_000

/** @returns a signal that SIGINT, SIGTERM and SIGHUP abort; the next one of them ends the process at once */
function interruption(): AbortSignal {
  const interrupted = new AbortController()
  process.on('SIGHUP', () => {
    isHungUp = true
  })
  let abortedAt = 0
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!interrupted.signal.aborted) {
        abortedAt = performance.now()
        interrupted.abort(new CampError('INTERRUPTED', `stopped by ${name}`))
      } else if (name !== 'SIGHUP' || performance.now() - abortedAt > HANGUP_MS) {
        leave(EXIT_CODES.INTERRUPTED)
      }
    })
  }
  return interrupted.signal
}

let isHungUp = false

/** Node sets a terminal back as it was when it ends, and aborts where the terminal is gone: then it is let go of before. */
function leave(code: number): never {
  for (const fd of isHungUp ? [0, 1, 2] : []) {
    try {
      closeSync(fd)
    } catch {
      // It was closed already.
    }
  }
  process.exit(code)
}

/** Resolves when all that was written before is written, or cannot be. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => {
    if (stream.destroyed || stream.writableEnded) resolve()
    else stream.write('', () => resolve())
  })
}

/** Runs one command line. The only place that prints errors and decides the exit code. */
export async function runCamp(argv: string[], host: Host): Promise<number> {
  try {
    const words = applyEnvFile(argv, host)
    if (host.env.CAMP_URL && !host.files) {
      if (await isRemote(words)) return await runRemote(words, host)
    }
    const program = await buildProgram(words, host)
    await program.parseAsync(words, { from: 'user' })
    return 0
  } catch (error) {
    return report(error, argv, host)
  }
}

async function report(thrown: unknown, argv: string[], host: Host): Promise<number> {
  if (thrown instanceof CommanderError && (thrown.exitCode === 0 || !asksForJson(argv))) {
    return thrown.exitCode === 0 ? 0 : EXIT_CODES.USAGE
  }
  const error = await known(thrown, host)
  if (asksForJson(argv)) return reportJson(error, argv, host)
  const more = error instanceof CampError && error.hint ? error.hint.split('\n') : []
  if (argv.includes('--debug'))
    more.push(...[String((error as Error).stack), ...causes(error)].flatMap(text => text.split('\n')))
  else if (!(error instanceof CampError)) more.push(BUG)
  const out = await openOutput(host.streams, { json: false, quiet: false, env: host.env })
  out.error(messageOf(error), { declined: error instanceof Declined, more })
  return error instanceof CampError ? error.exitCode : EXIT_CODES.UNEXPECTED
}

/** The last line of stderr: `{"error":{"code","message","hint"}}`. */
async function reportJson(error: unknown, argv: string[], host: Host): Promise<number> {
  const told =
    error instanceof CampError ? error : new CampError('UNEXPECTED', messageOf(error), { hint: BUG, cause: error })
  const stack = argv.includes('--debug') && [(error as Error).stack, ...causes(error)].join('\n')
  const out = await openOutput(host.streams, { json: true, quiet: false, env: host.env })
  const document = errorDocument(told)
  out.errorJson(stack === false ? document : { error: { ...document.error, stack } })
  return told.exitCode
}

const BUG = 'This is a bug in camp. Run it again with --debug for the details.'

/** What comes from below without a name: a database that went away, a person who left a question with Ctrl-C. */
async function known(thrown: unknown, { env }: Host): Promise<unknown> {
  if (thrown instanceof CampError) return thrown
  if (thrown instanceof CommanderError) return usageError(thrown)
  const told = await databaseError(thrown, await userOf(env.DATABASE_URL))
  if (told) return told
  if (thrown instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(thrown.name)) {
    return new CampError('INTERRUPTED', 'interrupted')
  }
  return thrown
}

function usageError({ code, message }: CommanderError): CampError {
  const text = code === 'commander.help' ? 'a subcommand is missing' : message.replace(/^error: /, '')
  return new CampError('INVALID_COMMAND_LINE', text, { hint: 'See the subcommands with --help.' })
}

function causes(error: unknown): string[] {
  const cause = error instanceof Error ? error.cause : undefined
  return cause === undefined
    ? []
    : [`caused by: ${cause instanceof Error ? cause.stack : String(cause)}`, ...causes(cause)]
}
