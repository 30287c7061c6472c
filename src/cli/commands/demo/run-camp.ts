import { PassThrough } from 'node:stream'
import { CampError, type ErrorDocument } from '../../../errors.ts'
import { t } from '../../../language/text.ts'
import type { Context } from '../../context.ts'
import { runCamp } from '../../main.ts'

/** Runs a command line in this process. */
export interface RunCamp {
  /** With --json. @returns the document that it printed @throws CampError with the error that it printed */
  (...argv: string[]): Promise<unknown>
  /** With its progress on the stderr of this run. */
  shown(...argv: string[]): Promise<void>
}

export function campIn(context: Context, env: NodeJS.ProcessEnv): RunCamp {
  const { clock, signal, streams } = context.host
  const quiet = async (...argv: string[]): Promise<unknown> => {
    const [stdout, stderr] = [new Memory(), new Memory()]
    const code = await runCamp([...argv, '--json'], {
      env,
      clock,
      signal,
      streams: { stdin: new PassThrough(), stdout, stderr },
    })
    if (code === 0) return JSON.parse(stdout.text)
    throw new CampError('DEMO_FAILED', t`camp ${argv.slice(0, 2).join(' ')} failed (${code})`, {
      hint: linesOfError(stderr.text),
    })
  }
  const shown = async (...argv: string[]): Promise<void> => {
    const stderr = context.out.json || context.out.quiet ? new Memory() : streams.stderr
    const code = await runCamp(argv, {
      env,
      clock,
      signal,
      streams: { stdin: new PassThrough(), stdout: new Memory(), stderr },
    })
    if (code === 0) return
    const hint = stderr instanceof Memory ? stderr.text.trim().split('\n') : undefined
    throw new CampError('DEMO_FAILED', t`camp ${argv.slice(0, 2).join(' ')} failed (${code})`, { hint })
  }
  return Object.assign(quiet, { shown })
}

/** The lines on stderr of a command with --json; the last one is the document of the error. */
function linesOfError(said: string): string[] {
  const lines = said.trim().split('\n')
  const { error }: ErrorDocument = JSON.parse(lines.pop()!)
  return [...lines, error.message, ...(error.hint?.split('\n') ?? [])]
}

class Memory extends PassThrough {
  text = ''

  constructor() {
    super()
    this.on('data', chunk => {
      this.text += chunk
    })
  }
}
