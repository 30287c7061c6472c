import { visible, visibleLines } from '../visible.ts'

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
    writeOut: (text: string) => print(stdout, text),
    // With --json, main.ts prints the error as a document.
    writeErr: (text: string) => (isJson ? undefined : print(stderr, text)),
    outputError: (text: string, write: (text: string) => void) =>
      write(`${visibleLines(text.trimEnd()).join('\n  ')}\n`),
  }
}

function print(stream: Target, text: string): void {
  stream.write(text.split('\n').map(visible).join('\n'))
}
