import type { CommandUnknownOpts } from '@commander-js/extra-typings'

/** What commands are added to. */
export type Parent = CommandUnknownOpts

/** For help alone: the option is taken off the command line before commander sees it (env-file.ts). */
export const ENV_FILE_HELP = 'read settings from a file, as systemd EnvironmentFile='

/** A command that does something: every one takes the same options. */
export function addCommand<Usage extends string>(parent: Parent, usage: Usage, description: string) {
  return parent
    .command(usage)
    .description(description)
    .option('--json', 'print one JSON document on stdout, nothing else')
    .option('--yes', 'answer every question with yes')
    .option('--quiet', 'print only the result')
    .option('--debug', 'show the stack of an error')
    .option('--env-file <path>', ENV_FILE_HELP)
}

/** What every command takes. */
export type GlobalOptions = ReturnType<ReturnType<typeof addCommand<string>>['opts']>

/** Says in a command's help that it asks before it does what cannot be undone (`confirm` in prompt.ts). */
export function asks<Asking extends { addHelpText(position: 'after', text: string): Asking }>(command: Asking): Asking {
  return command.addHelpText('after', `\n${ASKS}`)
}

export const ASKS = 'It asks first; --yes answers. Without a terminal it requires --yes.'
