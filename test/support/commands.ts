import { PassThrough } from 'node:stream'
import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { buildProgram } from '../../src/cli/program.ts'
import { systemClock } from '../../src/clock.ts'

/** Every command that does something, by its path: "campaign repeat list". */
export async function commandTree(): Promise<Map<string, CommandUnknownOpts>> {
  const found = new Map<string, CommandUnknownOpts>()
  const walk = (command: CommandUnknownOpts, path: readonly string[]) => {
    if (command.commands.length === 0) found.set(path.join(' '), command)
    for (const child of command.commands) walk(child, [...path, child.name()])
  }
  for (const { name } of (await buildProgram([], deadHost())).commands.map(command => ({ name: command.name() }))) {
    const program = await buildProgram([name], deadHost())
    walk(program.commands.find(command => command.name() === name)!, [name])
  }
  return found
}

/** The paths of the groups of a tree: "campaign", "campaign repeat". */
export function groupsOf(tree: ReadonlyMap<string, CommandUnknownOpts>): string[] {
  const beginnings = [...tree.keys()].flatMap(path => {
    const words = path.split(' ')
    return words.slice(1).map((_, i) => words.slice(0, i + 1).join(' '))
  })
  return [...new Set(beginnings)]
}

/**
 * Parses a command line without running its command.
 * @param line with "camp" as its first word
 * @returns the path of the command
 * @throws CommanderError if commander refuses it
 */
export async function parseOnly([, ...argv]: readonly string[]): Promise<string> {
  const program = await buildProgram(argv, deadHost())
  let path = ''
  const silence = (command: CommandUnknownOpts, parents: readonly string[]) => {
    if (command.commands.length === 0)
      command.action(() => {
        path = parents.join(' ')
      })
    for (const child of command.commands) silence(child, [...parents, child.name()])
  }
  silence(program, [])
  await program.parseAsync(argv, { from: 'user' })
  return path
}

function deadHost() {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  return { env: {}, streams, clock: systemClock, signal: new AbortController().signal }
}
