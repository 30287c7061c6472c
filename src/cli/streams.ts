import { t } from '../language/text.ts'
import { visible, visibleLines } from '../visible.ts'
import { fold } from './fold.ts'
import { usageMessage } from './usage-message.ts'

/**
 * The streams of a run: the process's own, a client's in camp serve, or a test's in memory. This file, output.ts, remote.ts and
 * inquirer (prompt.ts) write to them.
 */
export interface Streams {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean }
  stdout: Target
  stderr: Target
}

export type Target = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number }

/** Whether the command line asks for JSON. Known before it is parsed, so that its own errors are JSON, too. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}

/**
 * For the help and the usage errors of commander, which repeat words of the command line. Imports nothing that would delay a help
 * text.
 */
export function commanderOutput({ stdout, stderr }: Streams, isJson: boolean) {
  return {
    getOutHelpWidth: () => columnsOf(stdout),
    getErrHelpWidth: () => columnsOf(stderr),
    writeOut: (text: string) => print(stdout, text, columnsOf(stdout)),
    // With --json, main.ts prints the error as a document.
    writeErr: (text: string) =>
      isJson ? undefined : print(stderr, text, (stderr.isTTY && stderr.columns) || undefined),
    outputError: (text: string, write: (text: string) => void) =>
      write(`${t`error:`} ${visibleLines(usageMessage(text.trimEnd())).join('\n  ')}\n`),
  }
}

/** The columns of a terminal, and of a usual one for everything else. */
function columnsOf({ isTTY, columns }: Target): number {
  return (isTTY && columns) || 80
}

/** @param width of the lines; undefined: they stay as they are */
function print(stream: Target, text: string, width = Number.POSITIVE_INFINITY): void {
  const lines = text.split('\n').flatMap(line => {
    const shown = visible(line)
    return fold({ indent: shown.length - shown.trimStart().length, parts: [{ text: shown }] }, width)
  })
  stream.write(lines.map(({ parts }) => parts.map(part => part.text).join('')).join('\n'))
}
