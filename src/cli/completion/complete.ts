import { PassThrough } from 'node:stream'
import type { Argument, CommandUnknownOpts, Option } from '@commander-js/extra-typings'
import type { NamedRecord } from '../../campaign/read/names.ts'
import type { Host } from '../context.ts'
import { applyEnvFile } from '../env-file.ts'
import { lazy } from '../lazy.ts'
import { closedWords } from '../options.ts'
import { buildProgram } from '../program.ts'
import { namesOf } from '../words.ts'

// Only names of records are read from the database.
const storedNames = lazy(() => import('./stored-names.ts').then(module => module.storedNames))

/**
 * Completes a command line for a shell, one candidate a line on stdout; none where the shell offers files. It starts no database,
 * asks nothing and reports no error: what cannot be read is left out.
 * @param typed the words after "camp"; the last one, which may be empty, is completed
 */
export async function complete(typed: readonly string[], host: Host): Promise<void> {
  const candidates = await candidatesOf(typed, host).catch(() => [])
  host.streams.stdout.write(candidates.map(candidate => `${candidate}\n`).join(''))
}

async function candidatesOf(typed: readonly string[], host: Host): Promise<readonly string[]> {
  const beginning = typed.at(-1) ?? ''
  const env = { ...host.env }
  const before = applyEnvFile(typed.slice(0, -1), { env })
  const silent = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  const program = await buildProgram(before, { ...host, env, streams: silent })
  const { command, rest } = namesOf(program, before)
  if (command === undefined) return []
  const options = [...command.options, ...program.options].filter(option => !option.hidden)
  const wanted = wantedAt(command, options, rest)
  if (beginning.startsWith('-') && !isOption(wanted)) return matching(flagsOf(options), beginning)
  if (command.commands.length > 0) return matching([...namesIn(command), 'help'], beginning)
  if (wanted === undefined) return []
  const words = closedWords(wanted.parseArg)
  if (words) return matching(words, beginning)
  const record = recordOf(wanted, command)
  return record === undefined ? [] : await storedNames(record, beginning, env)
}

type Wanted = Option | Argument | undefined

/** The option whose value is to be typed, or else the argument. */
function wantedAt(command: CommandUnknownOpts, options: readonly Option[], rest: readonly string[]): Wanted {
  let operands = 0
  let open: Option | undefined
  for (const word of rest) {
    if (open && !open.variadic) open = undefined
    else if (word.startsWith('-')) {
      const option = options.find(({ long, short }) => word === long || word === short)
      open = option?.required || option?.optional ? option : undefined
    } else if (!open) operands++
  }
  if (open) return open
  const last = command.registeredArguments.at(-1)
  return command.registeredArguments[operands] ?? (last?.variadic ? last : undefined)
}

/** What an option or an argument names, by its placeholder or flag. */
const RECORDS: Readonly<Record<string, NamedRecord>> = {
  wallet: 'wallet',
  broker: 'broker',
  brokers: 'broker',
  template: 'template',
  campaign: 'campaign',
  id: 'campaign',
  ids: 'campaign',
}

function recordOf(wanted: Option | Argument, command: CommandUnknownOpts): NamedRecord | undefined {
  const record = RECORDS[wanted.name()]
  return record === 'campaign' && command.parent?.name() === 'repeat' ? 'recurrence' : record
}

function isOption(wanted: Wanted): boolean {
  return wanted !== undefined && 'long' in wanted
}

function flagsOf(options: readonly Option[]): string[] {
  return [...options.flatMap(option => option.long ?? []), '--help']
}

function namesIn(command: CommandUnknownOpts): string[] {
  return command.commands.map(each => each.name())
}

function matching(words: readonly string[], beginning: string): string[] {
  return words.filter(word => word.toLowerCase().startsWith(beginning.toLowerCase()))
}
