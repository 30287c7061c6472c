import { PassThrough } from 'node:stream'
import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { buildProgram } from '../../src/cli/program.ts'
import { systemClock } from '../../src/clock.ts'

/** Every command that does something, by its path: "campaign repeat list". */
export async function commandTree(): Promise<Map<string, CommandUnknownOpts>> {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  const host = { env: {}, streams, clock: systemClock, signal: new AbortController().signal }
  const found = new Map<string, CommandUnknownOpts>()
  const walk = (command: CommandUnknownOpts, path: readonly string[]) => {
    if (command.commands.length === 0) found.set(path.join(' '), command)
    for (const child of command.commands) walk(child, [...path, child.name()])
  }
  for (const { name } of (await buildProgram([], host)).commands.map(command => ({ name: command.name() }))) {
    const program = await buildProgram([name], host)
    walk(program.commands.find(command => command.name() === name)!, [name])
  }
  return found
}
