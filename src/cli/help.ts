import type { Argument, CommandUnknownOpts, Help, Option } from '@commander-js/extra-typings'
import { t } from '../language/text.ts'
import { closedWords } from './options.ts'

/** How commander lays out each help text (`configureHelp`). */
export const HELP_LAYOUT: Partial<Help> = {
  showGlobalOptions: true,
  minWidthToWrap: 30,
  // Every command has options: "[options]" in a list of commands says nothing.
  subcommandTerm: command => [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
  optionDescription: option => described(option.description, option.parseArg, defaultOf(option)),
  argumentDescription: argument => described(argument.description, argument.parseArg, undefined),
  styleTitle: heading => HEADINGS[heading]?.() ?? heading,
  styleUsage: usage => usage.replace('[options]', t`[options]`).replace('[command]', t`[command]`),
  visibleGlobalOptions: command => (command.parent === null ? [] : optionsOfProgram(command)),
}

/** The headings of commander, and those of the groups of commands (program.ts). */
const HEADINGS: Readonly<Record<string, () => string>> = {
  'Usage:': () => t`Usage:`,
  'Arguments:': () => t`Arguments:`,
  'Options:': () => t`Options:`,
  'Global Options:': () => t`Global Options:`,
  'Commands:': () => t`Commands:`,
  'Campaigns:': () => t`Campaigns:`,
  'Payers and senders:': () => t`Payers and senders:`,
  'Users and records:': () => t`Users and records:`,
  'Processes:': () => t`Processes:`,
  'This machine:': () => t`This machine:`,
  'To try camp:': () => t`To try camp:`,
}

function optionsOfProgram(command: CommandUnknownOpts): Option[] {
  let program = command
  while (program.parent) program = program.parent
  return program.options.filter(option => !option.hidden && option.long !== '--version')
}

/** The description, the words that are accepted unless it names them, and the default. */
function described(description: string, parse: unknown, preset: string | undefined): string {
  const words = closedWords(parse)
  const named = description.toLowerCase()
  const listed = words && !words.every(word => named.includes(word.toLowerCase())) ? `: ${words.join(', ')}` : ''
  const full = `${description}${listed}`
  return preset === undefined ? full : t`${full} (default: ${preset})`
}

function defaultOf({ defaultValue, defaultValueDescription, required }: Option): string | undefined {
  return required && defaultValue !== undefined ? (defaultValueDescription ?? String(defaultValue)) : undefined
}

function argumentTerm(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? '...' : '')
  return argument.required ? `<${name}>` : `[${name}]`
}
