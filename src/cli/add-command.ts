import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings'
import { t } from '../language/text.ts'

/** The program or a command that gets subcommands. */
export type Parent = CommandUnknownOpts

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
  return command.addHelpText('after', `\n${t`Examples:`}\n${examples.map(line => `  ${line}`).join('\n')}`)
}

const EXAMPLES = new WeakMap<object, readonly string[]>()

/** The examples of a command; none for a group. */
export function examplesOf(command: Parent): readonly string[] {
  return EXAMPLES.get(command) ?? []
}

/** Adds the options that every command takes, before or after its name. */
export function addGlobalOptions(program: Command) {
  // --env-file is for the help only: src/cli/env-file.ts removes it before commander parses the command line.
  return program
    .option('--json', t`print one JSON document on stdout, nothing else`)
    .option('--yes', t`answer every question with yes`)
    .option('--quiet', t`print only the result`)
    .option('--debug', t`show the stack of an error`)
    .option('--env-file <path>', t`read settings from a file, as systemd EnvironmentFile=`)
}

/** The options of every command. */
export type GlobalOptions = ReturnType<ReturnType<typeof addGlobalOptions>['opts']>

/** Adds to the help of a command that it asks before an irreversible action (`confirm` in prompt.ts). */
export function asks<Asking extends { addHelpText(position: 'after', text: string): Asking }>(command: Asking): Asking {
  return command.addHelpText('after', `\n${asksNote()}`)
}

/** The sentence that `asks` adds. */
export function asksNote(): string {
  return t`It asks first; --yes answers. Without a terminal it requires --yes.`
}
