import { readFileSync } from 'node:fs'

/** A task of a document: what is typed, and what the document says is shown. */
export interface Task {
  title: string
  blocks: Block[]
}

interface Block {
  /** The terminal it is typed into: 'first' unless the block names another. */
  terminal: string
  commands: TypedCommand[]
}

export interface TypedCommand {
  line: string
  /** In order: lines that are shown, and keys that are pressed once all lines before them are shown. */
  steps: Step[]
}

type Step = { shows: string } | { presses: string[] }

/** The tasks of a Markdown document: its third-level headings with their `console` blocks. */
export function tasksOf(path: string): Task[] {
  const tasks: Task[] = []
  let block: Block | undefined
  for (const text of readFileSync(path, 'utf8').split('\n')) {
    const fence = /^```(?:console ?(\w*))?$/.exec(text)
    if (text.startsWith('### ')) tasks.push({ title: text.slice('### '.length), blocks: [] })
    else if (fence && block) block = undefined
    else if (fence) {
      block = { terminal: fence[1] || 'first', commands: [] }
      tasks.at(-1)!.blocks.push(block)
    } else if (block) readLine(block, text)
  }
  return tasks
}

function readLine(block: Block, text: string): void {
  const command = block.commands.at(-1)
  const keys = /^(?:\[[^\]]+\])+$/.test(text) ? [...text.matchAll(/\[([^\]]+)\]/g)].map(([, key]) => key!) : undefined
  if (text.startsWith('$ ')) block.commands.push({ line: text.slice('$ '.length), steps: [] })
  else command!.steps.push(keys ? { presses: keys } : { shows: text })
}

/**
 * Whether `shown` has the lines of a document, one after the other; a `…` stands for any lines, or for any text within one. Dates,
 * times and seconds may be others. The first time that a campaign's handle of the document is shown, `handles` learns its real one.
 */
export function shows(lines: readonly string[], shown: readonly string[], handles: Map<string, string>): boolean {
  const known = new Map(handles)
  const from = (line: number, at: number): boolean => {
    const expected = lines[line]
    if (expected === undefined) return true
    if (expected === '…') return shown.slice(at).some((_, i) => from(line + 1, at + i)) || line === lines.length - 1
    return shown[at] !== undefined && isShown(expected, shown[at], known) && from(line + 1, at + 1)
  }
  // The first line is the command's own.
  const isAll = shown.some((_, start) => from(0, start))
  if (isAll) for (const [documented, real] of known) handles.set(documented, real)
  return isAll
}

const HANDLE = /C\d{6}-[0-9A-Z]{5}/

const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\d/, '\\d{4}-\\d\\d-\\d\\d'],
  [/\d\d\/\d\d\/\d{4}/, '\\d\\d/\\d\\d/\\d{4}'],
  [/\d{4}-\d\d/, '\\d{4}-\\d\\d'],
  [/\d\d:\d\d:\d\d/, '\\d\\d:\\d\\d:\\d\\d'],
  [/\d\d:\d\d/, '\\d\\d:\\d\\d'],
  [/…/, '.*'],
]

function isShown(expected: string, line: string, handles: Map<string, string>): boolean {
  const names: string[] = []
  let pattern = ''
  let rest = folded(expected)
  while (rest !== '') {
    const [found, replaced] = firstOf(rest)
    pattern += escaped(found ? rest.slice(0, found.index) : rest)
    if (!found) break
    if (replaced !== undefined) pattern += replaced
    else {
      const real = handles.get(found[0])
      pattern += real ?? `(${HANDLE.source})`
      if (real === undefined) names.push(found[0])
    }
    rest = rest.slice(found.index + found[0].length)
  }
  const match = new RegExp(`^${pattern}$`).exec(folded(line))
  if (!match) return false
  for (const [i, name] of names.entries()) handles.set(name, match[i + 1]!)
  return true
}

/** The first varying piece of a text, and its pattern; none for a handle. */
function firstOf(text: string): [found: RegExpExecArray | undefined, replaced?: string] {
  const all: [RegExpExecArray, string?][] = []
  for (const [piece, pattern] of VARYING) {
    const found = piece.exec(text)
    if (found) all.push([found, pattern])
  }
  const handle = HANDLE.exec(text)
  if (handle) all.push([handle])
  return all.sort(([a], [b]) => a.index - b.index)[0] ?? [undefined]
}

const folded = (line: string) => line.trim().replaceAll(/\s+/g, ' ')
const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
