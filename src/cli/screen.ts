import { clearScreenDown, cursorTo } from 'node:readline'
import { createPrompt, type KeypressEvent, useEffect, useKeypress, useState } from '@inquirer/core'
import type { Block } from './blocks.ts'
import type { Context } from './context.ts'
import type { Target } from './streams.ts'

/** Of a terminal, in characters. */
export interface Size {
  columns: number
  rows: number
}

/** Two pure functions: what a key makes of a state, and how a state is drawn. */
export interface Screen<State, Wish> {
  /** @returns the next state; with a wish, the screen ends, and its caller acts on it */
  press(state: State, key: KeypressEvent, size: Size): Pressed<State, Wish>
  /** At most `rows` lines of at most `columns` columns. */
  draw(state: State, size: Size): Block
}

export interface Pressed<State, Wish> {
  state: State
  wish?: Wish
}

/**
 * Shows a screen until a key makes a wish, and removes it. Keys that were pressed before it was drawn are ignored. inquirer
 * restores the terminal in every case.
 * @throws Error ExitPromptError on Ctrl-C (main.ts ends with 130), AbortPromptError when the command is interrupted
 */
export async function showScreen<State, Wish>(
  context: Context,
  first: State,
  { press, draw }: Screen<State, Wish>,
): Promise<{ state: State; wish: Wish }> {
  const { stdin, stderr: output } = context.host.streams
  const prompt = createPrompt<{ state: State; wish: Wish }, object>((_, done) => {
    const [state, setState] = useState<State>(() => first)
    const [size, setSize] = useState(sizeOf(output))
    useKeypress((key, line) => {
      // inquirer keeps what is typed as a line of text; this screen has none.
      line.clearLine(0)
      const { state: next, wish } = press(state, key, size)
      setState(() => next)
      if (wish !== undefined) done({ state: next, wish })
    })
    useEffect(() => {
      const resized = () => {
        // The terminal has folded the old lines: their number is unknown.
        cursorTo(output, 0, 0)
        clearScreenDown(output)
        setSize(sizeOf(output))
      }
      output.on('resize', resized)
      return () => void output.off('resize', resized)
    }, [])
    return context.out.drawn(draw(state, size))
  })
  return prompt({}, { input: stdin, output, signal: context.signal, clearPromptOnDone: true })
}

/** One column and one row less than the terminal has: a full one would scroll. A terminal that does not know its size has 80x24. */
function sizeOf(output: Target): Size {
  const { columns, rows } = output as Partial<Size>
  return { columns: Math.max(20, columns || 80) - 1, rows: Math.max(8, rows || 24) - 1 }
}
