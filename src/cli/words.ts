import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { asksForJson } from './streams.ts'

/**
 * The words of a command line as commander has to read them. `help` before or among the names of commands asks for the help of the
 * last one; so does a group without one of its commands. An unknown name stays alone, so that commander reports it before the
 * words after it.
 */
export function resolveWords(program: CommandUnknownOpts, argv: readonly string[]): string[] {
  const { command, path, flags, rest, isHelp } = namesOf(program, argv)
  if (command === undefined) return path
  // The words after the names are dropped: an option among them would take --help as its value.
  if (isHelp) return [...path, '--help']
  if (command.commands.length > 0 && rest.length === 0 && !asksForJson(argv)) return [...path, ...flags, '--help']
  return [...path, ...flags, ...rest]
}

interface Names {
  /** The last command that is named; undefined if the last word of `path` is no command. */
  command: CommandUnknownOpts | undefined
  path: string[]
  /** Options before and between the names; each is one word (the options of the program and of groups take no value). */
  flags: string[]
  rest: string[]
  isHelp: boolean
}

/** Divides a command line into the names of the command and the words after them. */
export function namesOf(program: CommandUnknownOpts, argv: readonly string[]): Names {
  const [path, flags]: [string[], string[]] = [[], []]
  let command = program
  let isHelp = false
  let at = 0
  for (; command.commands.length > 0 && at < argv.length && argv[at] !== '--'; at++) {
    const word = argv[at]!
    if (word.startsWith('-')) flags.push(word)
    else if (word === 'help') isHelp = true
    else {
      const next = command.commands.find(each => each.name() === word)
      path.push(word)
      if (next === undefined) return { command: undefined, path, flags, rest: argv.slice(at + 1), isHelp }
      command = next
    }
  }
  return { command, path, flags, rest: argv.slice(at), isHelp }
}
