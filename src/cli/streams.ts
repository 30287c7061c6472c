import { visible, visibleLines } from '../visible.ts'

/** The streams of a run: a process's own, or a test's memory. Only output.ts and this file write to them. */
export interface Streams {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean }
  stdout: Target
  stderr: Target
}

export type Target = NodeJS.WritableStream & { isTTY?: boolean; columns?: number }

/** For commander: help, and usage errors, which repeat words of the command line. Loads nothing that a help text would wait for. */
export function commanderOutput({ stdout, stderr }: Streams) {
  return {
    writeOut: (text: string) => print(stdout, text),
    writeErr: (text: string) => print(stderr, text),
    outputError: (text: string, write: (text: string) => void) =>
      write(`${visibleLines(text.trimEnd()).join('\n  ')}\n`),
  }
}

function print(stream: Target, text: string): void {
  stream.write(text.split('\n').map(visible).join('\n'))
}
