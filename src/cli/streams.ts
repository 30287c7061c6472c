import { visible, visibleLines } from '../visible.ts'

/** The streams of a run: a process's own, or a test's memory. Only output.ts and this file write to them. */
export interface Streams {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean }
  stdout: Target
  stderr: Target
}

export type Target = NodeJS.WritableStream & { isTTY?: boolean; columns?: number }

/** Whether the command line asks for JSON; known before it is parsed, so that its own errors are told in JSON, too. */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}

/** For commander: help, and usage errors, which repeat words of the command line. Loads nothing that a help text would wait for. */
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
