import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings'

/** The program or a command that gets subcommands. */
export type Parent = CommandUnknownOpts

/** For the help only: src/cli/env-file.ts removes the option before commander parses the command line. */
const ENV_FILE_HELP = 'read settings from a file, as systemd EnvironmentFile='

/**
 * Adds a command that has an action.
 * @param examples command lines for the help, at least one; a test parses each
 */
export function addCommand<Usage extends string>(
  parent: Parent,
  usage: Usage,
  description: string,
  examples: readonly [string, ...string[]],
) {
  const command = parent.command(usage).description(description)
  EXAMPLES.set(command, examples)
  return command.addHelpText('after', `\nExamples:\n${examples.map(line => `  ${line}`).join('\n')}`)
}

const EXAMPLES = new WeakMap<object, readonly string[]>()

/** The examples of a command; none for a group. */
export function examplesOf(command: Parent): readonly string[] {
  return EXAMPLES.get(command) ?? []
}

/** Adds the options that every command takes, before or after its name. */
export function addGlobalOptions(program: Command) {
  return program
    .option('--json', 'print one JSON document on stdout, nothing else')
    .option('--yes', 'answer every question with yes')
    .option('--quiet', 'print only the result')
    .option('--debug', 'show the stack of an error')
    .option('--env-file <path>', ENV_FILE_HELP)
}

/** The options of every command. */
export type GlobalOptions = ReturnType<ReturnType<typeof addGlobalOptions>['opts']>

/** Adds to the help of a command that it asks before an irreversible action (`confirm` in prompt.ts). */
export function asks<Asking extends { addHelpText(position: 'after', text: string): Asking }>(command: Asking): Asking {
  return command.addHelpText('after', `\n${ASKS}`)
}

export const ASKS = 'It asks first; --yes answers. Without a terminal it requires --yes.'
