import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { onTestFinished } from 'vitest'

const COLUMNS = 80
const ROWS = 24
/** Against what never comes. */
const GIVE_UP_MS = Number(process.env.GIVE_UP ?? 300_000)

/** What a key sends. */
const KEYS: Readonly<Record<string, string>> = {
  enter: '\r',
  space: ' ',
  escape: '\u001b',
  up: '\u001b[A',
  down: '\u001b[B',
  'ctrl-c': '\u0003',
}

export interface PseudoTerminal {
  /** Types a command at the shell's prompt, and Enter. */
  command(line: string): Promise<void>
  /** Types a key of KEYS, or a text as it is. */
  press(key: string): void
  /** Resolves once what the last command has shown is as `isReached` asks: its lines, without what the window has wrapped. */
  untilShown(isReached: (lines: readonly string[]) => boolean): Promise<void>
  /** Resolves with the last command's exit code once the shell's prompt is back. */
  ended(): Promise<number>
  /** What the last command has shown, as a person reads it now. */
  shown(): string[]
}

/**
 * A real bash in a real pseudo-terminal of 80×24, read through a terminal emulator. It ends with the test.
 * @param path a folder that is first in its PATH
 */
export async function openTerminal(options: {
  cwd: string
  env: Readonly<Record<string, string>>
  path: string
}): Promise<PseudoTerminal> {
  const screen = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, scrollback: 10_000, allowProposedApi: true })
  const shell = spawn('bash', ['--norc', '--noprofile', '-i'], {
    name: 'xterm-256color',
    cols: COLUMNS,
    rows: ROWS,
    cwd: options.cwd,
    env: {
      TERM: 'xterm-256color',
      HOME: options.cwd,
      HISTFILE: '',
      PATH: `${options.path}:${process.env.PATH}`,
      // The title tells that the prompt is back, with the exit code, and stands on no line.
      PS1: '\\[\\e]0;ended $?\\a\\]$ ',
      ...options.env,
    },
  })
  onTestFinished(() => shell.kill('SIGKILL'))

  let exitCode: number | undefined
  let firstLine = 0
  const listeners = new Set<() => void>()
  screen.onTitleChange(title => {
    if (title.startsWith('ended ')) exitCode = Number(title.slice('ended '.length))
  })
  shell.onData(data =>
    screen.write(data, () => {
      for (const listener of [...listeners]) listener()
    }),
  )
  const until = (isReached: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const giveUp = setTimeout(() => reject(new Error(`the terminal still shows\n${shown().join('\n')}`)), GIVE_UP_MS)
      const check = () => {
        if (!isReached()) return
        clearTimeout(giveUp)
        listeners.delete(check)
        resolve()
      }
      listeners.add(check)
      check()
    })

  const shown = () => linesOf(screen, firstLine)
  await until(() => exitCode !== undefined)
  return {
    shown,
    press: key => shell.write(KEYS[key] ?? key),
    untilShown: isReached => until(() => isReached(shown())),
    ended: async () => {
      await until(() => exitCode !== undefined)
      return exitCode!
    },
    async command(line) {
      await until(() => exitCode !== undefined)
      firstLine = screen.buffer.normal.baseY + screen.buffer.normal.cursorY
      exitCode = undefined
      shell.write(`${line}\r`)
    },
  }
}

/** The lines from `first` on; of a screen that a command has taken whole, all that stands there. A wrapped line is one. */
function linesOf(terminal: xterm.Terminal, first: number): string[] {
  const buffer = terminal.buffer.active
  const lines: string[] = []
  for (let i = buffer.type === 'alternate' ? 0 : first; i < buffer.length; i++) {
    const line = buffer.getLine(i)
    if (!line) break
    const text = line.translateToString(true)
    if (line.isWrapped && lines.length > 0) lines.push(lines.pop() + text)
    else lines.push(text)
  }
  while (lines.at(-1) === '') lines.pop()
  return lines
}
