import type { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import type { CommandUnknownOpts, Help } from '@commander-js/extra-typings'
import { systemClock } from '../../clock.ts'
import { campVersion } from '../../config.ts'
import { EXIT_CODES } from '../../error-codes.ts'
import { speaking } from '../../language/text.ts'
import type { Host } from '../context.ts'
import { buildProgram } from '../program.ts'
import { block, bold, escaped, paragraph, type Roff, tagged, titled } from './roff.ts'

/**
 * The manual pages by file name, in roff: camp.1, and camp-NAME.1 for each command of the program with all commands of its group.
 * They come from the declarations that --help comes from, and are English.
 */
export function manPages(): Promise<Map<string, string>> {
  return speaking('en', pagesOfProgram)
}

async function pagesOfProgram(): Promise<Map<string, string>> {
  const root = await buildProgram([], host())
  const names = root.commands.map(command => command.name())
  const pages = new Map([['camp.1', [title('camp'), ...rootPage(root), ...seeAlso(names)].join('\n')]])
  for (const name of names) {
    const program = await buildProgram([name], host())
    const command = program.commands.find(one => one.name() === name)!
    const page = [title(`camp-${name}`), ...commandPage(command), ...exitStatus(), ...seeAlso([])]
    pages.set(`camp-${name}.1`, page.join('\n'))
  }
  return new Map([...pages].map(([file, page]) => [file, `${page}\n`]))
}

/** Nothing is run: the declarations are read. */
function host(): Host {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  return { env: {}, streams, clock: systemClock, signal: new AbortController().signal }
}

function title(name: string): Roff {
  return `.TH ${name.toUpperCase().replaceAll('-', '\\-')} 1 "" "camp ${campVersion()}" "Manual of camp"`
}

function rootPage(root: CommandUnknownOpts): Roff[] {
  const headings = [...new Set(root.commands.map(command => command.helpGroup()))]
  return [
    ...titled('SH', 'NAME', [escaped(`camp - ${root.description()}`)]),
    ...titled('SH', 'SYNOPSIS', [`${bold('camp')} ${escaped('COMMAND [options]')}`]),
    ...headings.flatMap(heading =>
      titled(
        'SH',
        heading.replace(/:$/, '').toUpperCase(),
        root.commands
          .filter(command => command.helpGroup() === heading)
          .flatMap(command => tagged(`camp ${command.name()}`, command.description())),
      ),
    ),
    ...titled('SH', 'OPTIONS OF EVERY COMMAND', optionsOf(root)),
    ...notesOf(root),
    ...exitStatus(),
  ]
}

function commandPage(command: CommandUnknownOpts): Roff[] {
  const path = pathOf(command)
  const leaves = leavesOf(command)
  return [
    ...titled('SH', 'NAME', [escaped(`${path.replaceAll(' ', '-')} - ${command.description()}`)]),
    ...titled('SH', 'SYNOPSIS', leaves.flatMap(synopsis).slice(0, -1)),
    ...(command.commands.length > 0 ? titled('SH', 'DESCRIPTION', notesOf(command)) : []),
    ...(command.commands.length > 0 ? titled('SH', 'COMMANDS', leaves.flatMap(section)) : bodyOf(command)),
    ...titled('SH', 'OPTIONS OF EVERY COMMAND', [escaped('See camp(1).')]),
  ]
}

const section = (leaf: CommandUnknownOpts): Roff[] => titled('SS', pathOf(leaf), bodyOf(leaf))

function bodyOf(leaf: CommandUnknownOpts): Roff[] {
  const help = leaf.createHelp()
  const operands = help
    .visibleArguments(leaf)
    .flatMap(argument => tagged(help.argumentTerm(argument), help.argumentDescription(argument)))
  return [...paragraph(sentence(leaf.description())), ...operands, ...optionsOf(leaf), ...notesOf(leaf)]
}

function synopsis(leaf: CommandUnknownOpts): Roff[] {
  return [`${bold(pathOf(leaf))} ${escaped(leaf.usage())}`, '.br']
}

function optionsOf(command: CommandUnknownOpts): Roff[] {
  const help: Help = command.createHelp()
  return help.visibleOptions(command).flatMap(option => tagged(help.optionTerm(option), help.optionDescription(option)))
}

/** What the help has behind the options: examples and remarks. Commander writes it by this event. */
function notesOf(command: CommandUnknownOpts): Roff[] {
  let text = ''
  // Its types leave out that a command is an emitter.
  ;(command as unknown as EventEmitter).emit('afterHelp', {
    command,
    error: false,
    write: (part: string) => {
      text += part
    },
  })
  return text.trim() === '' ? [] : block(text)
}

function exitStatus(): Roff[] {
  const codes = Object.entries(EXIT_CODES).flatMap(([kind, code]) => tagged(String(code), kind.replaceAll('_', ' ')))
  return titled('SH', 'EXIT STATUS', [...tagged('0', 'done'), ...codes])
}

function seeAlso(names: readonly string[]): Roff[] {
  const pages = names.length === 0 ? ['camp'] : names.map(name => `camp-${name}`)
  return titled('SH', 'SEE ALSO', [pages.map(page => `${bold(page)}(1)`).join(', ')])
}

function leavesOf(command: CommandUnknownOpts): CommandUnknownOpts[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf)
}

function pathOf(command: CommandUnknownOpts): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name()
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}
