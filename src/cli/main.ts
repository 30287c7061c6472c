import { closeSync } from 'node:fs'
import { CommanderError } from '@commander-js/extra-typings'
import { systemClock } from '../clock.ts'
import { EXIT_CODES } from '../error-codes.ts'
import { CampError, Declined, errorDocument, messageOf } from '../errors.ts'
import { type Language, languageOf } from '../language/language.ts'
import { speaking, t } from '../language/text.ts'
import type { Host } from './context.ts'
import { applyEnvFile } from './env-file.ts'
import { lazy } from './lazy.ts'
import { buildProgram } from './program.ts'
import { asksForJson } from './streams.ts'
import { usageMessage } from './usage-message.ts'
import { resolveWords } from './words.ts'

const complete = lazy(() => import('./completion/complete.ts').then(module => module.complete))
const isRemote = lazy(() => import('./remote.ts').then(module => module.isRemote))
const runRemote = lazy(() => import('./remote.ts').then(module => module.runRemote))
const openOutput = lazy(() => import('./output.ts').then(module => module.openOutput))
const databaseError = lazy(() => import('../database/faults.ts').then(module => module.databaseError))
const userOf = lazy(() => import('../database/faults.ts').then(module => module.userOf))

/**
 * Runs camp as this process, and exits with the command's exit code once the output is written, even if handles are still open.
 * The only code that uses the process's streams, signals and environment.
 */
export async function main(argv: string[]): Promise<never> {
  // A reader that closes the pipe (camp … | head) is not an error. A closed terminal must not end a worker's drain.
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

/** A closing terminal sends SIGHUP more than once (shell and kernel). Repeats within this time are ignored. */
const HANGUP_MS = 1_000

/** @returns a signal that SIGINT, SIGTERM and SIGHUP abort; a second one of them ends the process at once */
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
        interrupted.abort(new StoppedBy(name))
      } else if (name !== 'SIGHUP' || performance.now() - abortedAt > HANGUP_MS) {
        leave(EXIT_CODES.INTERRUPTED)
      }
    })
  }
  return interrupted.signal
}

/** The signal arrives outside a run: `known` gives the message in the language of the run. */
class StoppedBy extends CampError {
  readonly signal: string

  constructor(signal: string) {
    super('INTERRUPTED', `stopped by ${signal}`)
    this.signal = signal
  }
}

let isHungUp = false

/**
 * On exit Node restores the mode of the terminal, and aborts if the terminal is gone. In that case its descriptors are closed
 * first.
 */
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

/** Resolves when everything written so far is flushed, or cannot be. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => {
    if (stream.destroyed || stream.writableEnded) resolve()
    else stream.write('', () => resolve())
  })
}

/** Runs one command line. The only code that prints errors and decides the exit code. */
export async function runCamp(argv: string[], host: Host): Promise<number> {
  let language: Language = 'en'
  try {
    if (argv[0] === '__complete' && !host.files) {
      await complete(argv.slice(1), host)
      return 0
    }
    language = languageFor(argv, host)
    const words = await speaking(language, async () => applyEnvFile(argv, host))
    language = languageFor(words, host)
    return await speaking(language, () => runWords(words, host))
  } catch (error) {
    return await speaking(language, () => report(error, argv, host))
  }
}

/** Documents for programs, and their errors, are English. The file of settings may name the language, too. */
function languageFor(argv: string[], { env }: Host): Language {
  return asksForJson(argv) ? 'en' : languageOf(env)
}

async function runWords(words: string[], host: Host): Promise<number> {
  if (host.env.CAMP_URL && !host.files) {
    if (await isRemote(words)) return await runRemote(words, host)
  }
  const program = await buildProgram(words, host)
  await program.parseAsync(resolveWords(program, words), { from: 'user' })
  return 0
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
  else if (!(error instanceof CampError)) more.push(bugHint())
  const out = await openOutput(host.streams, { json: false, quiet: false, env: host.env })
  out.error(messageOf(error), { declined: error instanceof Declined, more })
  return error instanceof CampError ? error.exitCode : EXIT_CODES.UNEXPECTED
}

/** Prints the error as the last line of stderr: `{"error":{"code","message","hint"}}`. */
async function reportJson(error: unknown, argv: string[], host: Host): Promise<number> {
  const reported =
    error instanceof CampError
      ? error
      : new CampError('UNEXPECTED', messageOf(error), { hint: bugHint(), cause: error })
  const stack = argv.includes('--debug') && [(error as Error).stack, ...causes(error)].join('\n')
  const out = await openOutput(host.streams, { json: true, quiet: false, env: host.env })
  const document = errorDocument(reported)
  out.errorJson(stack === false ? document : { error: { ...document.error, stack } })
  return reported.exitCode
}

function bugHint(): string {
  return t`This is a bug in camp. Run it again with --debug for the details.`
}

/** Gives a code to errors without one: a lost database connection, a prompt that was left with Ctrl-C. */
async function known(thrown: unknown, { env }: Host): Promise<unknown> {
  if (thrown instanceof StoppedBy) return new CampError('INTERRUPTED', t`stopped by ${thrown.signal}`)
  if (thrown instanceof CampError) return thrown
  if (thrown instanceof CommanderError) return usageError(thrown)
  const reported = await databaseError(thrown, await userOf(env.DATABASE_URL))
  if (reported) return reported
  if (thrown instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(thrown.name)) {
    return new CampError('INTERRUPTED', t`interrupted`)
  }
  return thrown
}

function usageError({ code, message }: CommanderError): CampError {
  const text = code === 'commander.help' ? t`a subcommand is missing` : usageMessage(message)
  return new CampError('INVALID_COMMAND_LINE', text, { hint: t`See the subcommands with --help.` })
}

function causes(error: unknown): string[] {
  const cause = error instanceof Error ? error.cause : undefined
  return cause === undefined
    ? []
    : [`caused by: ${cause instanceof Error ? cause.stack : String(cause)}`, ...causes(cause)]
}
