import { createPromptModule } from 'inquirer'
import { CampError, Declined } from '../errors.ts'
import { visible } from '../visible.ts'
import type { Context } from './context.ts'

/**
 * Questions are asked on a terminal only, and on stderr: stdout is for data. Elsewhere each is an error that names the flag to
 * give instead.
 */

/**
 * Before what cannot be undone (`asks` in command.ts names these commands in their help). Goes on with a yes, or with --yes.
 * @throws CampError USAGE without a terminal and without --yes; INTERRUPTED on a no
 */
export async function confirm(context: Context, question: string): Promise<void> {
  if (context.options.yes) return
  if (!hasTerminal(context)) {
    throw new CampError('TERMINAL_REQUIRED', `${question} This requires an answer, and there is no terminal.`, {
      hint: 'Add --yes to answer yes.',
    })
  }
  await askYes(context, question)
}

/** As `confirm`, where --yes is not the answer: the caller has looked at the flag that is. */
export async function askYes(context: Context, question: string): Promise<void> {
  const { yes } = await promptOf(context)<{ yes: boolean }>({
    type: 'confirm',
    name: 'yes',
    message: visible(question),
    default: false,
  })
  if (!yes) throw new Declined()
}

/** @param instead what to give on the command line where nobody can be asked */
export async function ask(context: Context, message: string, instead: string): Promise<string> {
  assertTerminal(context, message, instead)
  const { answer } = await promptOf(context)<{ answer: string }>({
    type: 'input',
    name: 'answer',
    message: visible(message),
    required: true,
  })
  return answer
}

/** A password: from stdin with `fromStdin`, else asked for without showing it. */
export async function askPassword(context: Context, message: string, fromStdin: boolean): Promise<string> {
  if (fromStdin) {
    const password = (await readStdin(context)).replace(/\r?\n$/, '')
    if (password === '') throw new CampError('INPUT_MISSING', '--password-stdin is given, but stdin is empty')
    return password
  }
  assertTerminal(context, message, 'Pipe it to stdin with --password-stdin.')
  const { answer } = await promptOf(context)<{ answer: string }>({
    type: 'password',
    name: 'answer',
    message: visible(message),
  })
  return answer
}

/** @returns the value of the choice that was taken; the caller has seen that there is a terminal */
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
  })
  return answer
}

export function hasTerminal({ host }: Context): boolean {
  return host.streams.stdin.isTTY === true
}

// A password or a credential: what is longer is the wrong file.
const STDIN_LIMIT = 1024 * 1024

export async function readStdin({ host }: Context): Promise<string> {
  assertPiped(host)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of host.streams.stdin) {
    const bytes = Buffer.from(chunk as Buffer | string)
    size += bytes.length
    if (size > STDIN_LIMIT) throw new CampError('FILE_TOO_LARGE', 'stdin is longer than 1 MB')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A terminal's lines do not come here from another machine, but for the answers to questions. @throws CampError USAGE */
export function assertPiped({ files, streams }: Context['host']): void {
  if (files && streams.stdin.isTTY) throw new CampError('INPUT_MISSING', 'on a server, standard input must be piped')
}

function assertTerminal(context: Context, message: string, instead: string): void {
  if (!hasTerminal(context))
    throw new CampError('TERMINAL_REQUIRED', `${message} is required, and there is no terminal to ask for it`, {
      hint: instead,
    })
}

/**
 * inquirer on the run's own streams. What it is given to show is encoded here, before it styles it. A question ends with its command's
 * signal: a server's client that is gone answers none.
 */
function promptOf({ host, signal }: Context) {
  return createPromptModule({ input: host.streams.stdin, output: host.streams.stderr, signal })
}
