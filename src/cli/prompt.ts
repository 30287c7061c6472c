import { createPromptModule } from 'inquirer'
import { CampError } from '../errors.ts'
import type { Context } from './context.ts'

/**
 * Questions are asked only where somebody can answer them, and on stderr: stdout is for data. Elsewhere each is an error that
 * names the flag to give instead.
 */

/** Goes on only if a person says yes, or `--yes` was given. @throws CampError USAGE without either, INTERRUPTED on a no */
export async function confirm(context: Context, question: string): Promise<void> {
  if (context.options.yes) return
  if (!hasTerminal(context)) throw new CampError('USAGE', `${question} There is nobody to ask.`, { hint: 'Add --yes.' })
  const { yes } = await promptOf(context)<{ yes: boolean }>({
    type: 'confirm',
    name: 'yes',
    message: question,
    default: false,
  })
  if (!yes) throw new CampError('INTERRUPTED', 'nothing was changed')
}

/** @param instead what to give on the command line where nobody can be asked */
export async function ask(context: Context, message: string, instead: string): Promise<string> {
  assertTerminal(context, message, instead)
  const { answer } = await promptOf(context)<{ answer: string }>({
    type: 'input',
    name: 'answer',
    message,
    required: true,
  })
  return answer
}

/** A password: from stdin with `fromStdin`, else asked for without showing it. */
export async function askPassword(context: Context, message: string, fromStdin: boolean): Promise<string> {
  if (fromStdin) {
    const password = (await readStdin(context)).replace(/\r?\n$/, '')
    if (password === '') throw new CampError('USAGE', '--password-stdin was given, and stdin is empty')
    return password
  }
  assertTerminal(context, message, 'Give it on stdin with --password-stdin.')
  const { answer } = await promptOf(context)<{ answer: string }>({ type: 'password', name: 'answer', message })
  return answer
}

export function hasTerminal({ host }: Context): boolean {
  return host.streams.stdin.isTTY === true
}

// A password or a credential; whoever pipes in more has taken the wrong file.
const STDIN_LIMIT = 1024 * 1024

export async function readStdin({ host }: Context): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of host.streams.stdin) {
    const bytes = Buffer.from(chunk as Buffer | string)
    size += bytes.length
    if (size > STDIN_LIMIT) throw new CampError('DATA', 'stdin is longer than 1 MB')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function assertTerminal(context: Context, message: string, instead: string): void {
  if (!hasTerminal(context)) throw new CampError('USAGE', `${message}: there is nobody to ask`, { hint: instead })
}

/** inquirer on the run's own streams. */
export function promptOf({ host }: Context) {
  return createPromptModule({ input: host.streams.stdin, output: host.streams.stderr })
}
