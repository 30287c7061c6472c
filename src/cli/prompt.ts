import { styleText } from 'node:util'
import { createPromptModule } from 'inquirer'
import { CampError, Declined } from '../errors.ts'
import { t } from '../language/text.ts'
import { visible } from '../visible.ts'
import type { Context } from './context.ts'

/**
 * Questions are asked only on a terminal, and on stderr, because stdout is for data. Without a terminal, a question is an error
 * that names the flag to give instead.
 */

/**
 * Asks before an irreversible action (`asks` in add-command.ts adds this to the help of the command). Returns on a yes, or with
 * --yes.
 * @throws CampError USAGE without a terminal and without --yes; INTERRUPTED on a no
 */
export async function confirm(context: Context, question: string): Promise<void> {
  if (context.options.yes) return
  if (!hasTerminal(context)) {
    throw new CampError('TERMINAL_REQUIRED', t`${question} This requires an answer, and there is no terminal.`, {
      hint: t`Add --yes to answer yes.`,
    })
  }
  await askYes(context, question)
}

/** As `confirm`, but --yes does not answer: the caller has checked the flag that does. A login that has ended meanwhile does not count. */
export async function askYes(context: Context, question: string): Promise<void> {
  const { yes } = await promptOf(context)<{ yes: boolean }>({
    type: 'confirm',
    name: 'yes',
    message: visible(question),
    default: false,
    theme: confirmTheme(),
  })
  if (!yes) throw new Declined(t`Nothing was changed.`)
  await context.reaffirm()
}

/** @param instead what to give on the command line without a terminal */
export async function ask(context: Context, message: string, instead: string): Promise<string> {
  assertTerminal(context, message, instead)
  const { answer } = await promptOf(context)<{ answer: string }>({
    type: 'input',
    name: 'answer',
    message: visible(message),
    validate: (text: string) => problemOfEmpty(text) ?? true,
  })
  return answer
}

/**
 * A text on one line; the caller has checked that there is a terminal.
 * @param problemOf what is wrong with a text, or undefined; a wrong one is asked for again
 */
export async function askText(
  context: Context,
  message: string,
  problemOf: (text: string) => string | undefined,
): Promise<string> {
  const { answer } = await promptOf(context)<{ answer: string }>({
    type: 'input',
    name: 'answer',
    message: visible(message),
    validate: (text: string) => {
      const problem = problemOfEmpty(text) ?? problemOf(text)
      return problem === undefined ? true : visible(problem)
    },
  })
  return answer
}

/** A password: from stdin with `fromStdin`, otherwise asked for without showing it. */
export async function askPassword(context: Context, message: string, fromStdin: boolean): Promise<string> {
  if (fromStdin) {
    const password = (await readStdin(context)).replace(/\r?\n$/, '')
    if (password === '') throw new CampError('INPUT_MISSING', t`--password-stdin is given, but stdin is empty`)
    return password
  }
  assertTerminal(context, message, t`Pipe it to stdin with --password-stdin.`)
  const { answer } = await promptOf(context)<{ answer: string }>({
    type: 'password',
    name: 'answer',
    message: visible(message),
    theme: { style: { maskedText: t`[input is masked]`, keysHelpTip } },
  })
  return answer
}

/** @returns the value of the chosen option; the caller has checked that there is a terminal */
export async function choose(
  context: Context,
  message: string,
  choices: readonly { name: string; value: string }[],
): Promise<string> {
  const { answer } = await promptOf(context)<{ answer: string }>({
    type: 'select',
    name: 'answer',
    message: visible(message),
    choices: choices.map(choice => ({ ...choice, name: visible(choice.name) })),
    theme: { style: { keysHelpTip } },
  })
  return answer
}

/** A text that may be empty; the caller has checked that there is a terminal. */
export async function askOptional(context: Context, message: string): Promise<string> {
  const { answer } = await promptOf(context)<{ answer: string }>({
    type: 'input',
    name: 'answer',
    message: visible(message),
  })
  return answer.trim()
}

export function hasTerminal({ host }: Context): boolean {
  return host.streams.stdin.isTTY === true
}

/**
 * For a display that runs until it is left.
 * @returns a signal that the key, Ctrl-C and the end of the command abort; `end` gives the keyboard back
 */
export function untilKey({ host, signal }: Context, key: string): { signal: AbortSignal; end: () => void } {
  const left = new AbortController()
  const stdin = host.streams.stdin as NodeJS.ReadStream
  const leave = () => left.abort()
  const typed = (keys: Buffer | string) => {
    const text = keys.toString()
    if (text.includes(key) || text.includes(CTRL_C)) leave()
  }
  if (signal.aborted) leave()
  signal.addEventListener('abort', leave, { once: true })
  if (stdin.isTTY !== true) return { signal: left.signal, end: () => signal.removeEventListener('abort', leave) }
  stdin.setRawMode?.(true)
  stdin.on('data', typed)
  return {
    signal: left.signal,
    end: () => {
      signal.removeEventListener('abort', leave)
      stdin.off('data', typed)
      stdin.setRawMode?.(false)
      stdin.pause()
    },
  }
}

/** In raw mode a terminal sends it as a key, and no signal. */
const CTRL_C = '\u0003'

// Enough for a password or a credential: longer input is the wrong file.
const STDIN_LIMIT = 1024 * 1024

export async function readStdin({ host }: Context): Promise<string> {
  assertPiped(host)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of host.streams.stdin) {
    const bytes = Buffer.from(chunk as Buffer | string)
    size += bytes.length
    if (size > STDIN_LIMIT) throw new CampError('FILE_TOO_LARGE', t`stdin is longer than 1 MB`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Through a server, a terminal's lines are not sent as input, only as answers to questions. @throws CampError USAGE */
export function assertPiped({ files, streams }: Context['host']): void {
  if (files && streams.stdin.isTTY) throw new CampError('INPUT_MISSING', t`on a server, standard input must be piped`)
}

/** inquirer's own texts in the language of the run. It also takes y, and whole words. */
function confirmTheme() {
  const [yes, no] = [t`Yes`, t`No`]
  const error = t`You must answer with "${yes}" or "${no}"`
  return { keywords: { yes, no, error: () => error } }
}

function problemOfEmpty(text: string): string | undefined {
  return text === '' ? t`You must provide a value` : undefined
}

/** As inquirer draws it. */
function keysHelpTip(keys: readonly (readonly [key: string, action: string])[]): string {
  const actions: Readonly<Record<string, string>> = {
    navigate: t`navigate`,
    select: t`select`,
    'toggle visibility': t`toggle visibility`,
  }
  return keys
    .map(([key, action]) => `${styleText('bold', key)} ${styleText('dim', actions[action] ?? action)}`)
    .join(styleText('dim', ' • '))
}

function assertTerminal(context: Context, message: string, instead: string): void {
  if (!hasTerminal(context))
    throw new CampError('TERMINAL_REQUIRED', t`${message} is required, and there is no terminal to ask for it`, {
      hint: instead,
    })
}

/**
 * inquirer on the streams of this run. The functions above encode the texts before inquirer styles them. A question ends with the
 * signal of its command, for example when the client of a server disconnects.
 */
function promptOf({ host, signal }: Context) {
  return createPromptModule({ input: host.streams.stdin, output: host.streams.stderr, signal })
}
